@program @needs.platform.sdk @needs.platform.events
Feature: Runs that clean up after themselves
  The suite itself is a guest on the platform. What it makes, it takes away again, also when a scenario fails; and where
  it cannot, it says so instead of leaving rubbish behind in silence.

  @TR-7 @critical @needs.platform.sessions.delete
  Scenario: The sessions of a run are gone at its end, even those of a scenario that failed
    When a run of this suite starts a session in each of these scenarios
      | scenario            | ends         |
      | Maya asks           | well         |
      | Tom is disappointed | in a failure |
      | Maya asks again     | well         |
    Then the run reports exactly, in this order
      | scenario            | verdict | saying                        |
      | Maya asks           | passed  |                               |
      | Tom is disappointed | failed  | expected a refusal as invalid |
      | Maya asks again     | passed  |                               |
    And the sessions are as they were

  # The first two deletions are the run's own: before it plays a scenario it tries whether sessions can be deleted, and
  # whether spans are taken in JSON.
  @TR-7 @needs.platform.sessions.delete @needs.platform.control
  Scenario: A cleanup that fails is reported, and fails nothing else
    Given the platform fails the next 3 deletions of a session
    When a run of this suite starts a session in each of these scenarios
      | scenario            | ends         |
      | Maya asks           | well         |
      | Tom is disappointed | in a failure |
      | Maya asks again     | well         |
    Then the run reports exactly, in this order
      | scenario            | verdict | saying                                     |
      | Maya asks           | broken  | not undone: delete the session "Maya asks" |
      | Tom is disappointed | failed  | expected a refusal as invalid              |
      | Maya asks again     | passed  |                                            |
