Feature: A step calls sys.exit

  Scenario: Is run before
    Given a step passes

  Scenario: Is cut off
    Given a step passes
    When the program exits with 0
    Then a step passes

  Scenario: Comes behind
    Given a step passes
