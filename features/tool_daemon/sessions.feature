@needs.daemon.settings @needs.daemon.files
Feature: Sessions of the tool daemon
  Every agent that is connected has a session of its own. An operator must be able to rely on it that nobody is counted
  who has gone, nobody is thrown out who is at work, and that the daemon takes in no more agents than it was told to.

  Rule: Whoever is connected has a session, and nobody else

    @TD-1 @critical
    Scenario: A session begins when an agent connects
      Given the tool daemon
      When the planner connects
      Then the planner is served
      And 1 session is open

    @TD-1
    Scenario: Two agents have two sessions
      Given the tool daemon
      And the planner is connected
      When the reviewer connects
      Then the planner and the reviewer are served
      And 2 sessions are open

    @TD-2
    Scenario Outline: The session of an agent that <goes> is over, and no other
      Given the tool daemon
      And the planner and the reviewer are connected
      When the planner <goes>
      Then 1 session is open
      And the reviewer is still served

      Examples:
        | goes     |
        | leaves   |
        | vanishes |

  Rule: Silence ends a session, anything else keeps it

    @TD-3 @critical
    Scenario: An agent that says something again and again keeps its session
      Given the tool daemon with
        | session timeout | 0.2  |
        | sweep interval  | 0.01 |
      And the planner is connected
      When the planner says something every 0.02 seconds, for 0.22 seconds
      Then the planner is still served
      And 1 session is open

    @TD-3
    Scenario: A session that waits for a slow tool is not silent
      Given the tool daemon with
        | session timeout | 0.2  |
        | sweep interval  | 0.02 |
      And the planner is connected
      When the planner calls "slow" with
        | seconds | 0.3 |
      Then the planner is answered "wait: done in 3 steps"

    @TD-4 @critical
    Scenario: A silent agent is sent away, and told why
      Given the tool daemon with
        | session timeout | 0.05 |
        | sweep interval  | 0.01 |
      And the planner is connected
      When the planner falls silent
      Then the planner is sent away after 0.05 to 2 seconds, saying "timed out after 0.05 s without activity"
      And 0 sessions are open

    @TD-4
    Scenario: An agent that has called a tool and then says no more is sent away, too
      Given the tool daemon with
        | session timeout | 0.2  |
        | sweep interval  | 0.02 |
      And the planner is connected
      And the planner has called "echo" with
        | text | Good morning |
      When the planner falls silent
      Then the planner is sent away after 0.2 to 2 seconds, saying "timed out"

    @TD-5 @critical
    Scenario: The sweep takes all who are silent and nobody who is active
      Given the tool daemon with
        | session timeout | 0.2  |
        | sweep interval  | 0.01 |
      And the planner, the reviewer and the writer are connected
      When the planner says something every 0.02 seconds, for 0.22 seconds
      Then the reviewer is sent away, saying "timed out"
      And the writer is sent away, saying "timed out"
      And the planner is still served
      And 1 session is open

    @TD-5
    Scenario: Nobody is swept before the time
      Given the tool daemon with
        | session timeout | 30   |
        | sweep interval  | 0.01 |
      And the planner and the reviewer are connected
      When the planner says something every 0.02 seconds, for 0.1 seconds
      Then the planner and the reviewer are still served

  Rule: There are at most as many sessions as the operator allows

    @TD-6 @critical
    Scenario: The agent beyond the limit is refused, and told why
      Given the tool daemon with
        | session limit | 2 |
      And the planner and the reviewer are connected
      When the writer connects
      Then the writer is sent away, saying "session limit of 2 reached"
      And 2 sessions are open
      And the planner and the reviewer are still served

    @TD-6
    Scenario: The last place is a place
      Given the tool daemon with
        | session limit | 2 |
      And the planner is connected
      When the reviewer connects
      Then the planner and the reviewer are served

    @TD-6
    Scenario: A place that becomes free is taken again
      Given the tool daemon with
        | session limit | 1 |
      And the planner is connected
      And the planner has left
      When the reviewer connects
      Then the reviewer is served

  Rule: What happens is counted

    @TD-7 @critical
    Scenario: Metrics and agents tell the same story
      Given the tool daemon
      And the planner and the reviewer are connected
      And the planner has called "slow" with
        | seconds | 0.03 |
      And the planner has called "fail" with
        | message | no minutes |
      And the reviewer has called "echo" 2 times with
        | text | Good morning |
      When the reviewer calls "knit"
      Then the metrics tell of exactly these calls
        | agent    | tool | outcome | code    |
        | planner  | slow | ok      |         |
        | planner  | fail | error   | failed  |
        | reviewer | echo | ok      |         |
        | reviewer | echo | ok      |         |
        | reviewer | knit | error   | unknown |

    @TD-7 @TD-95
    Scenario: The health file is true and is kept fresh
      Given the tool daemon
      And the planner is connected
      When the planner asks how the daemon is
      Then the planner is told
        | sessions        | 1  |
        | global capacity | 24 |
      And the health file is fresh and true
      And 1 session is open

  Rule: A daemon that is told to end takes leave of all, and ends

    @TD-100
    Scenario: Nobody who reads nothing holds up the end
      Given the tool daemon
      And the planner and the reviewer are connected
      And the planner asks for much and reads nothing
      When the tool daemon is told to end
      Then the reviewer is sent away with the code 1001
      And the tool daemon has ended in good order
