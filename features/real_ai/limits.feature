Feature: The time and the connections of a real model
  A real model may be slow, and a slow run is an expensive one. A scenario says how long it may take; what is over time,
  or interrupted by its user, ends at once and leaves nothing behind that goes on asking.

  # The limits are tried at a fiftieth of their length.
  @AI-4 @critical
  Scenario Outline: A scenario that may take <limit> and takes longer is broken off and fails
    Given a run of this suite with
      | patience | 0.02 |
    And its scenarios
      | scenario   | tags         |
      | is limited | real_ai<tag> |
    And its server answers, one after another
      | answer | saying       | after  |
      | words  | All is well. | <late> |
    When it runs
    Then it meets suite.failed after <limit> to <late> seconds
    And nothing of it goes on

    Examples:
      | limit | tag         | late |
      | 0.30  | within.15s  | 9    |

  @AI-7
  Scenario: A run that is interrupted breaks off what it has asked, and tells what that has cost
    Given a run of this suite
    And its scenarios
      | scenario       | does           |
      | is interrupted | is interrupted |
      | never begun    |                |
    And its server answers, one after another
      | answer | saying            | each |
      | words  | All \| is \| well | 9    |
    When it runs
    Then its console says, in this order
      | INTERRUPTED |
    And nothing of it goes on
