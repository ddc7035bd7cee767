@program @needs.platform.programs
Feature: Tracing while the collector is out of order
  The program that is traced earns the money, the tracing only watches. Whatever happens to the collector, the program
  does its work in its own time; what was seen meanwhile arrives later, or somebody is told that it is lost.

  Rule: The program neither fails nor waits longer than its exports may take

    @TR-10 @critical
    Scenario Outline: A program works on while the collector <outage>
      Given the collector <outage>
      When a program with the standard tracer traces 5 spans in the session "chat with Maya", giving up after 0.4 s
      Then its work took at most 0.4 s, and its end at most 1 s more
      And the program says that 5 spans are lost

      Examples:
        | outage                             |
        | is down                            |
        | takes connections and says nothing |

  Rule: What was seen meanwhile is delivered when the collector is back

    @TR-10
    Scenario Outline: Spans are delivered though the collector <outage>
      Given the collector <outage>
      When a program with the standard tracer traces 5 spans in the session "chat with Maya"
      Then the program says that 0 spans are lost
      And the session "chat with Maya" holds 5 events, each of them once

      Examples:
        | outage                          |
        | breaks off the first connection |

      @needs.platform.control
      Examples:
        | outage                             |
        | is too busy for the next 2 exports |
