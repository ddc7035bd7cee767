Feature: The background breaks

  Background:
    Given a step passes
    And a sentence that nobody knows

  Scenario: Is not asked
    Ends error: undefined step: "And a sentence that nobody knows"
    Then a step passes
