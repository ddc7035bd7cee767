Feature: A step is interrupted

  Scenario: Is run before
    Given a step passes

  Scenario: Is cut off
    Given a step passes
    When the user interrupts
    Then a step passes

  Scenario: Comes behind
    Given a step passes
