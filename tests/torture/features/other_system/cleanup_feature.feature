@cleanup.feature
Feature: A cleanup of the feature breaks

  Scenario: Is run before that
    Ends passed
    Given a step passes
