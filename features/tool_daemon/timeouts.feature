@needs.daemon.settings
Feature: Time limits of the tool daemon
  A call passes four hands: the tool, the daemon, the shim, the agent. Each must be more patient than the one before it,
  or nobody is left to say what went wrong. How much: the daemon 1.5 times the tool, and each of the other two 1.25 times
  the one before. (1.5 throughout would refuse the limits that hold where nothing is told: 120, 180, 240, 300 seconds.)

  @TD-8 @TD-26 @critical
  Scenario: With nothing told, each hand is more patient than the one before
    Given the tool daemon
    And the planner is connected
    When the planner calls "health"
    Then the planner is told
      | timeouts: tool       | 120  |
      | timeouts: daemon     | 180  |
      | timeouts: shim       | 240  |
      | timeouts: client     | 300  |
      | intervals: heartbeat | 8    |
      | intervals: session   | 3600 |
      | intervals: hello     | 15   |

  @TD-8 @TD-9
  Scenario: A daemon lives by the limits that it is given
    Given the tool daemon with
      | tool timeout   | 20 |
      | daemon timeout | 30 |
      | shim timeout   | 40 |
      | client timeout | 50 |
    And the planner is connected
    When the planner calls "health"
    Then the planner is told
      | timeouts: tool   | 20 |
      | timeouts: daemon | 30 |
      | timeouts: shim   | 40 |
      | timeouts: client | 50 |

  @TD-9 @TD-99
  Scenario: The acknowledgement promises the daemon's limit
    Given the tool daemon with
      | tool timeout   | 20 |
      | daemon timeout | 31 |
    And the planner is connected
    When the planner calls "echo" with
      | text | Good morning |
    Then the planner's call is told from its acceptance to one result
    And the planner was promised an answer within 31 seconds

  Rule: The innermost limit speaks first

    @TD-11 @critical
    Scenario: A tool that takes too long is stopped, and it is said whose limit it was
      Given the tool daemon with
        | tool timeout   | 0.05 |
        | daemon timeout | 0.3  |
      And the planner is connected
      When the planner calls "slow" with
        | seconds | 20 |
      Then the planner's call fails as timed out, saying "within 0.05 s (tool timeout)"
      And it took 0.05 to 1.5 seconds

    @TD-11
    Scenario: A tool that does not let itself be stopped is given up at the daemon's limit
      Given the tool daemon with
        | tool timeout   | 0.05 |
        | daemon timeout | 0.15 |
      And the planner is connected
      When the planner calls "slow" with
        | seconds  | 20  |
        | stubborn | yes |
      Then the planner's call fails as timed out, saying "within 0.15 s (daemon timeout)"
      And it took 0.15 to 2 seconds
      And the planner is still served

    @TD-11
    Scenario: A tool that is in time is not stopped
      Given the tool daemon with
        | tool timeout   | 2 |
        | daemon timeout | 3 |
      And the planner is connected
      When the planner calls "slow" with
        | seconds | 0.1 |
      Then the planner is answered "wait: done in 3 steps"
