@needs.daemon.settings
Feature: Heartbeats of the tool daemon
  Whoever waits for a slow tool hears again and again that it is alive, how far it has come, and how long it may still
  take. Hearing so must never slow the tool down, let alone stop it.

  Rule: Progress is told at the interval that the operator has set

    @TD-12 @critical
    Scenario: Heartbeats come at the interval, and the tool works on
      Given the tool daemon with
        | heartbeat interval | 0.03 |
      And the planner is connected
      When the planner calls "slow" with
        | seconds | 0.12 |
        | steps   | 2    |
      Then the planner hears of the progress every 0.03 seconds
      And the planner is answered "wait: done in 2 steps"
      And it took 0.12 to 1 seconds

    @TD-12
    Scenario: At a longer interval there are fewer
      Given the tool daemon with
        | heartbeat interval | 0.1 |
      And the planner is connected
      When the planner calls "slow" with
        | seconds | 0.35 |
        | steps   | 1    |
      Then the planner hears of the progress every 0.1 seconds

    @TD-12
    Scenario: A call that is shorter than the interval has none
      Given the tool daemon
      And the planner is connected
      When the planner calls "slow" with
        | seconds | 0.1 |
      Then the planner hears of no progress
      And the planner is answered "wait: done in 3 steps"

    @TD-12 @TD-99
    Scenario: Heartbeats come between the acknowledgement and the result
      Given the tool daemon with
        | heartbeat interval | 0.02 |
      And the planner is connected
      When the planner calls "slow" with
        | seconds | 0.12 |
      Then the planner hears of the progress every 0.02 seconds
      And the planner's call is told from its acceptance to one result

  Rule: Progress says how far it has come

    @TD-13 @critical
    Scenario: Every step is heard of, with the time so far and the time left
      Given the tool daemon with
        | heartbeat interval | 0.01 |
      And the planner is connected
      When the planner calls "slow" with
        | steps   | 3    |
        | seconds | 0.15 |
      Then the progress goes through 3 steps, with the time so far and the time left

  Rule: No agent's trouble is another's

    @TD-96 @critical
    Scenario: A slow tool of one agent stalls no other
      Given the tool daemon with
        | heartbeat interval | 0.02 |
      And the planner and the reviewer are connected
      And the planner is calling "slow" with
        | seconds | 20 |
      When the reviewer calls "echo" with
        | text | Good morning |
      Then the reviewer is answered "Good morning"
      And it took 0 to 3 seconds
      And the planner is still waiting

    @TD-96
    Scenario: A failing tool of one agent fails for nobody else
      Given the tool daemon
      And the planner and the reviewer are connected
      And the planner is calling "slow" with
        | seconds | 0.2 |
      When the reviewer calls "fail"
      Then the reviewer's call fails as failed
      And the planner is answered "wait: done in 3 steps"

    @TD-96 @needs.daemon.files
    Scenario: The call of an agent that vanishes ends, and no other
      Given the tool daemon
      And the planner and the reviewer are connected
      And the planner is calling "slow" with
        | seconds | 20 |
      And the reviewer is calling "slow" with
        | seconds | 0.2 |
      When the planner vanishes
      Then the reviewer is answered "wait: done in 3 steps"
      And the metrics tell of exactly these calls
        | agent    | tool | outcome   |
        | planner  | slow | cancelled |
        | reviewer | slow | ok        |
