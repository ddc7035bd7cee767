@skip.feature
Feature: The whole feature is skipped

  Scenario: Is skipped with it
    Ends skipped: the whole feature is out of order
    Given a step passes

  Scenario Outline: Is skipped with it, row <n>
    Given a step passes

    Examples:
      | n | ends    | says                            |
      | 1 | skipped | the whole feature is out of order |
      | 2 | skipped | the whole feature is out of order |
      | 3 | skipped | the whole feature is out of order |

  Rule: The same under a rule

    Scenario: Is skipped with it
      Ends skipped: the whole feature is out of order
      Given a step passes
