@break.after_feature
Feature: after_feature breaks

  Scenario: The same name in two files
    Ends passed
    Given a step passes
