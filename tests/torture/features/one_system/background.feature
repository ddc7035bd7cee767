Feature: The background fails

  Background:
    Given a check fails

  Scenario: Is not asked
    Ends failed: expected 3 datasets, found 2
    Then a step passes

  Scenario Outline: Is not asked for row <n>
    Then a step passes

    Examples:
      | n | ends   | says                             |
      | 1 | failed | expected 3 datasets, found 2     |
