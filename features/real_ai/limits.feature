@program
Feature: The time and the connections of a real model
  A real model may be slow, and a slow run is an expensive one. A scenario says how long it may take; what is over time,
  or interrupted by its user, ends at once and leaves nothing behind that goes on asking.

  # The limits are tried at a fiftieth of their length.
  @AI-4 @critical
  Scenario Outline: A scenario that may take <limit> s, and takes longer, is broken off and fails
    Given a run of this suite with
      | patience | 0.02 |
    And its scenarios
      | scenario   | tags          |
      | is limited | real_ai <tag> |
    And its server answers, one after another
      | answer | saying       | after |
      | words  | All is well. | 9     |
    When it runs
    Then it meets suite.failed, saying "it took longer than the <limit> s"
    And it meets suite.failed after <least> to 8 seconds
    And nothing of it goes on

    Examples:
      | limit | tag        | least |
      | 15    | within.15s | 0.30  |
      | 30    | within.30s | 0.60  |
      | 60    | within.60s | 1.20  |

  @AI-4
  Scenario: A scenario that is answered in time is not disturbed, and one without a limit may take a minute
    Given a run of this suite with
      | patience | 0.06 |
    And its scenarios
      | scenario     | tags               |
      | is limited   | real_ai within.15s |
      | has no limit | real_ai            |
    And its server answers, one after another
      | answer | saying       | after |
      | words  | All is well. | 0.1   |
      | words  | All is well. | 1.1   |
    When it runs
    Then its scenarios end so, and it is green
      | scenario     | verdict |
      | is limited   | passed  |
      | has no limit | passed  |

  @AI-7
  Scenario: What a scenario has asked that was broken off has ended when the next one asks
    Given a run of this suite with
      | patience | 0.02 |
    And its scenarios
      | scenario   | tags               |
      | is limited | real_ai within.15s |
      | asks once  | real_ai            |
    And its server answers, one after another
      | answer | saying       | after |
      | words  | All is well. | 9     |
    When it runs
    Then its scenarios end so, and it is red
      | scenario   | verdict |
      | is limited | failed  |
      | asks once  | passed  |
    And nothing of it goes on

  @AI-7
  Scenario: A run that is interrupted breaks off what it has asked
    Given a run of this suite
    And its scenarios
      | scenario       | does           |
      | is interrupted | is interrupted |
      | never begun    |                |
    And its server answers, one after another
      | answer | saying            | each |
      | words  | All \| is \| well | 0.5  |
    When it runs
    Then its console says, in this order
      | INTERRUPTED |
    And nothing of it goes on
