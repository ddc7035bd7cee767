@program @needs.platform.control
Feature: Work that goes on without its traces
  Traces are taken of a program's work for the sake of those who watch it. Whatever becomes of the traces, the work goes
  on, and whoever runs the program is told, once, what will be missing.

  Background:
    Given a session "session of the program"

  @ER-24 @critical
  Scenario Outline: The work of a program that <deed> goes on when the platform is down
    Given a program that <deed>
    And the network before its server refuses connections
    When it runs
    Then all of its 6 steps are done
    And it is told once that 6 steps are not recorded

    Examples:
      | deed                               |
      | is traced by the standard SDK      |
      | is traced by the platform's tracer |

  @ER-25
  Scenario Outline: The work of a program that <deed> goes on when its key is not valid
    Given a program that <deed> with
      | key | made-up-key |
    When it runs
    Then all of its 6 steps are done
    And it is told once that 6 steps are not recorded

    Examples:
      | deed                               |
      | is traced by the standard SDK      |
      | is traced by the platform's tracer |

  @ER-26
  Scenario: What was recorded before the network fails is kept, and the rest is told
    Given a program that is traced by the standard SDK
    And the network before its server falls silent after the first request
    When it runs
    Then all of its 6 steps are done
    And it is told once that 4 steps are not recorded
    And the list of events is exactly, in any order
      | event                  |
      | session of the program |
      | step 1                 |
      | step 2                 |

  @ER-26
  Scenario: A session that has begun goes on when the network fails
    Given a program that is traced by the platform's tracer
    And the network before its server resets every connection that traces come by
    When it runs
    Then all of its 6 steps are done
    And it is told once that 6 steps are not recorded
