@skip.feature
Feature: The whole feature is skipped

  Scenario: Is skipped with it
    Ends skipped: the whole feature is out of order
    Given a step passes

  Rule: The same under a rule

    Scenario: Is skipped with it
      Ends skipped: the whole feature is out of order
      Given a step passes
