@program
Feature: Asking a real model again
  A model that is busy for a moment must not fail a promise, and one that cannot be asked must not keep one. The suite
  asks again after growing pauses, as patiently as the provider wishes, and then says that nothing is decided.

  @AI-3 @critical
  Scenario Outline: A model that <fails> once is asked again, and the scenario is decided
    Given a run of this suite
    And its scenarios
      | scenario     |
      | asks a model |
    And its server answers, one after another
      | answer   |
      | <status> |
    When it runs
    Then it is served
    And its server was asked twice

    Examples:
      | fails                  | status |
      | takes no more requests | 429    |
      | has an inner error     | 500    |
      | is overloaded          | 503    |

  # Two seconds, where nothing is told: see the default in configuration/precedence.feature.
  @AI-3
  Scenario: The first pause is as long as the run is told
    Given a run of this suite with
      | first pause | 0.6 |
    And its scenarios
      | scenario     |
      | asks a model |
    And its server answers, one after another
      | answer |
      | 503    |
    When it runs
    Then it is served
    And its server was asked again after 0.6 to 1.5 seconds

  @AI-3 @critical
  Scenario: A model that fails on and on is asked four times, after pauses that double, and nothing is decided
    Given a run of this suite
    And its scenarios
      | scenario     |
      | asks a model |
    And its server answers, one after another
      | answer | times | saying     |
      | 503    | 9     | overloaded |
    When it runs
    Then it meets suite.broken, saying "could not be asked: the model could not be asked, tried 4 times: 503: overloaded"
    And its server was asked 4 times
    And each pause is about twice as long as the one before

  @AI-3
  Scenario: The pause that the provider asks for is kept
    Given a run of this suite
    And its scenarios
      | scenario     |
      | asks a model |
    And its server answers, one after another
      | answer | retry after |
      | 429    | 1           |
    When it runs
    Then it is served
    And its server was asked again after 0.9 to 1.9 seconds

  @AI-3
  Scenario Outline: When the network <trouble>, the model is asked again, and the scenario is decided
    Given a run of this suite
    And its scenarios
      | scenario     |
      | asks a model |
    And the network before its server <trouble>
    When it runs
    Then it is served

    Examples:
      | trouble                                     |
      | resets the first connection in mid-response |
      | loses the first answer                      |

  @AI-3
  Scenario: What the model refuses for good is not asked again
    Given a run of this suite
    And its scenarios
      | scenario     |
      | asks a model |
    And its server answers, one after another
      | answer |
      | 400    |
    When it runs
    Then its server was asked once

  # Nobody has calibrated this judge, so that it is asked, and its word is shown only.
  @AI-93
  Scenario: A judge whose answer cannot be read decides nothing
    Given a run of this suite
    And its scenarios
      | scenario  | does      |
      | is judged | is judged |
    And its server answers, one after another
      | answer |
      | [1, 2] |
    When it runs
    Then its scenarios end so, and it is green
      | scenario  | verdict | saying                                             |
      | is judged | skipped | "the tone is empathetic": 0 of 0, 1 undecided; adv |
    And its report says
      | the judge's model gpt-4.1 gave no answer that can be read |
