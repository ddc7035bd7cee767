@program
Feature: The key of a real model
  Scenarios that ask a real model need a key, and a good one. Whoever has none runs everything else as usual; whoever
  has a bad one learns it at once, and not after an hour of scenarios that could not be asked.

  @AI-1 @critical
  Scenario: Without a key the scenarios of real AI are skipped, and nothing else changes
    Given a run of this suite with
      | key | (left out) |
    And its scenarios
      | scenario     | does         | tags       |
      | asks a model |              | real_ai    |
      | asks nobody  | asks nothing | (left out) |
    When it runs
    Then its scenarios end so, and it is green
      | scenario     | verdict | saying         |
      | asks a model | skipped | OPENAI_API_KEY |
      | asks nobody  | passed  |                |
    And its server was asked 0 times

  @AI-1
  Scenario: With a key they are run
    Given a run of this suite
    And its scenarios
      | scenario     | does         | tags       |
      | asks a model |              | real_ai    |
      | asks nobody  | asks nothing | (left out) |
    When it runs
    Then its scenarios end so, and it is green
      | scenario     | verdict |
      | asks a model | passed  |
      | asks nobody  | passed  |
    And its server was asked once

  @AI-2 @critical
  Scenario: An invalid key is found before the first scenario, in one call
    Given a run of this suite with
      | key | sk-of-nobody-0123456789 |
    And its scenarios
      | scenario     |
      | asks a model |
      | asks again   |
    When it runs
    Then its scenarios end so, and it is red
      | scenario | verdict |
    And its console says, in this order
      | refuses the key (401                |
      | put a valid key into OPENAI_API_KEY |
    And its server was asked once

  @AI-2
  Scenario: A provider that cannot be reached is found before the first scenario, too
    Given a run of this suite
    And its scenarios
      | scenario     |
      | asks a model |
    And the network before its server refuses connections
    When it runs
    Then its scenarios end so, and it is red
      | scenario | verdict |
    And its console says, in this order
      | could not be asked whether it takes the key |
