Feature: Tools of the daemon
  Agents find the same tools, whoever they are. What was worked out is not worked out again, what is being worked out is
  not begun twice, and nobody may take all of the daemon for himself.

  Rule: The tools say what they take

    @TD-98 @critical @needs.daemon.tools
    Scenario: The tools are listed
      Given the tool daemon
      And the planner is connected
      When the planner asks for the tools
      Then the planner finds exactly these tools
        | tool       | takes                                          |
        | echo       | text                                           |
        | chat       | prompt, system, model                          |
        | analyze    | question, material, steps, use assistant model |
        | slow       | task, steps, seconds, stubborn                 |
        | fail       | message, kind                                  |
        | version    |                                                |
        | health     |                                                |
        | listmodels |                                                |

    @TD-98 @needs.daemon.tools
    Scenario: A tool that there is not is refused, naming those that there are
      Given the tool daemon
      And the planner is connected
      When the planner calls "knit"
      Then the planner's call fails as unknown, saying "echo, chat, analyze, slow, fail"

    @TD-98 @TD-33 @needs.daemon.tools
    Scenario: A tool that is given what it does not take says so
      Given the tool daemon
      And the planner is connected
      When the planner calls "echo" with
        | words | Good morning |
      Then the planner's call fails as failed, saying "words: Extra inputs are not permitted"

    @TD-98 @needs.daemon.provider @needs.daemon.tools
    Scenario: The provider's models are listed
      Given the tool daemon
      And the planner is connected
      When the planner calls "listmodels"
      Then the planner is told
        | provider  | openai |
        | models: 0 | gpt    |

  Rule: What was worked out is not worked out again

    @TD-90 @critical @needs.daemon.provider @needs.daemon.tools
    Scenario: An identical call is answered from the cache
      Given the tool daemon
      And the planner and the reviewer are connected
      And the model answers, one after another
        | answer          | times  |
        | Two parcels.    | 1      |
        | Nobody can say. | always |
      And the planner has called "chat" with
        | prompt | What is due today? |
        | system | Be brief.          |
      When the reviewer calls "chat" with
        | system | Be brief.          |
        | prompt | What is due today? |
      Then the reviewer is answered "Two parcels."
      And the reviewer's call is told from its acceptance to one result
      And the model was asked once

    @TD-90 @needs.daemon.provider @needs.daemon.tools
    Scenario Outline: A call with another <argument> is another call
      Given the tool daemon
      And the planner is connected
      And the model answers, one after another
        | answer          | times  |
        | Two parcels.    | 1      |
        | Nobody can say. | always |
      And the planner has called "chat" with
        | prompt | What is due today? |
        | system | Be brief.          |
        | model  | gpt-4o             |
      When the planner calls "chat" with
        | prompt | <prompt> |
        | system | <system> |
        | model  | <model>  |
      Then the planner is answered "Nobody can say."
      And the model was asked twice

      Examples:
        | argument | prompt                | system    | model   |
        | prompt   | What is due tomorrow? | Be brief. | gpt-4o  |
        | system   | What is due today?    | Be kind.  | gpt-4o  |
        | model    | What is due today?    | Be brief. | gpt-4.1 |

    @TD-90 @needs.daemon.provider @needs.daemon.settings @needs.daemon.tools
    Scenario: What is kept is forgotten after its time
      Given the tool daemon with
        | cache ttl | 0 |
      And the planner is connected
      And the model answers, one after another
        | answer          | times  |
        | Two parcels.    | 1      |
        | Nobody can say. | always |
      And the planner has called "chat" with
        | prompt | What is due today? |
      When the planner calls "chat" with
        | prompt | What is due today? |
      Then the planner is answered "Nobody can say."

    @TD-90 @needs.daemon.settings @needs.daemon.tools
    Scenario: A failure is not kept
      Given the tool daemon with
        | tool timeout | 0.1 |
      And the planner is connected
      And the planner has called "slow" with
        | seconds | 10 |
      When the planner calls "slow" with
        | seconds | 10 |
      Then the planner's calls all fail as timed out
      And it took 0.1 to 2 seconds

  Rule: What is being worked out is not begun twice

    @TD-91 @critical @needs.daemon.tools
    Scenario: The call that another agent has begun is refused, naming that
      Given the tool daemon
      And the planner and the reviewer are connected
      And the planner is calling "slow" with
        | task    | the minutes |
        | seconds | 20          |
      When the reviewer calls "slow" with
        | seconds | 20          |
        | task    | the minutes |
      Then the reviewer's call fails as a duplicate, saying "planner-"
      And the reviewer is told
        | original request id | planner- |
      And the planner is still waiting

    @TD-91 @needs.daemon.tools
    Scenario: A call that differs is begun
      Given the tool daemon
      And the planner and the reviewer are connected
      And the planner is calling "slow" with
        | task    | the minutes |
        | seconds | 20          |
      When the reviewer calls "slow" with
        | task    | the report |
        | seconds | 0.02       |
      Then the reviewer is answered "the report: done in 3 steps"

  Rule: Nobody may take all of the daemon for himself

    @TD-92 @critical @needs.daemon.settings @needs.daemon.tools
    Scenario Outline: A call beyond the capacity of <whom> is refused, with the time after which to try again
      Given the tool daemon with
        | <limit> | 2 |
      And the planner and the reviewer are connected
      And the planner is calling "slow" with
        | task    | the minutes |
        | seconds | 20          |
      And the <second> is calling "slow" with
        | task    | the report |
        | seconds | 20         |
      When the planner calls "echo" with
        | text | Good morning |
      Then the planner's call fails as too much, saying "<said>"
      And the planner is told
        | retry after | 1 |
        | limit       | 2 |

      Examples:
        | whom        | limit            | second   | said        |
        | the daemon  | global inflight  | reviewer | the daemon  |
        | the session | session inflight | planner  | the session |

    @TD-92 @needs.daemon.provider @needs.daemon.settings @needs.daemon.tools
    Scenario: A call beyond the capacity of the provider is refused, others are not
      Given the tool daemon with
        | provider inflight | 1 |
      And the planner and the reviewer are connected
      And the model answers, one after another
        | answer       | times | after |
        | Two parcels. | 1     | 0.2   |
      And the planner is calling "chat" with
        | prompt | What is due today? |
      When these calls are made at once
        | agent    | tool | prompt        | text         |
        | planner  | chat | And tomorrow? |              |
        | reviewer | echo |               | Good morning |
      Then the planner's call fails as too much, saying "the provider openai"
      And the reviewer is answered "Good morning"

    @TD-92 @needs.daemon.settings @needs.daemon.tools
    Scenario Outline: One agent's <limit> leaves room for the others
      Given the tool daemon with
        | <limit> | <places> |
      And the planner and the reviewer are connected
      And the planner is calling "slow" with
        | seconds | 20 |
      When the reviewer calls "echo" with
        | text | Good morning |
      Then the reviewer is answered "Good morning"

      Examples:
        | limit            | places |
        | session inflight | 1      |
        | global inflight  | 2      |

    @TD-92 @TD-96 @needs.daemon.files @needs.daemon.settings @needs.daemon.tools
    Scenario: The place of an agent that vanishes is free again
      Given the tool daemon with
        | global inflight | 1 |
      And the planner and the reviewer are connected
      And the planner is calling "slow" with
        | seconds | 20 |
      And the planner has vanished
      And 1 session is open
      When the reviewer calls "echo" with
        | text | Good morning |
      Then the reviewer is answered "Good morning"

    @TD-96 @needs.daemon.files @needs.daemon.settings @needs.daemon.tools
    Scenario: The places of an agent that reads nothing any more are free again
      Given the tool daemon with
        | global inflight | 2   |
        | ping interval   | 0.1 |
      And the planner and the reviewer are connected
      And the planner is calling "slow" with
        | seconds | 20 |
      And the planner asks for much and reads nothing
      And 1 session is open
      When the reviewer calls "echo" with
        | text | Good morning |
      Then the reviewer is answered "Good morning"
