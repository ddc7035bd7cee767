@DS-1 @minor
Feature: Plain scenarios end in every way
  The name of another feature, and of its first scenarios.

  Scenario: Passes
    Ends passed
    Given a step passes

  Scenario: Fails
    Ends failed: expected 3 datasets, found 2
    When a check fails
