Feature: The process is killed

  Scenario: Is run before
    Given a step passes

  Scenario: Is cut off
    Given a step passes
    When the worker is killed
    Then a step passes

  Scenario: Comes behind
    Given a step passes
