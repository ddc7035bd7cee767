Feature: Protocol of the tool daemon
  Programs of every make come to the daemon, and some of them say nonsense. Whoever does not say hello as he should is
  sent away with a code that says why; whoever has said hello and then says nonsense is told so, and may go on.

  Rule: Nobody comes in without a hello

    @TD-93 @critical
    Scenario Outline: A client that <goes> is sent away with <code>
      Given the tool daemon
      When the planner <goes>
      Then the planner is sent away with the code <code>, saying "<said>"

      Examples:
        | goes                           | code | said          |
        | connects with a wrong token    | 4003 | unauthorized  |
        | connects with a question first | 4001 | missing_hello |
        | connects with noise            | 4000 | invalid_hello |

    @TD-93 @needs.daemon.settings
    Scenario: A client that says nothing is sent away in time
      Given the tool daemon with
        | hello timeout | 0.1 |
      When the planner connects without a word
      Then the planner is sent away with the code 4002, saying "no hello in time"
      And the planner is sent away after 0.1 to 2 seconds

    @TD-6 @TD-93 @needs.daemon.settings
    Scenario: The client beyond the limit is sent away with a code that means later
      Given the tool daemon with
        | session limit | 1 |
      And the planner is connected
      When the reviewer connects
      Then the reviewer is sent away with the code 1013, saying "session limit of 1 reached"

    @TD-93
    Scenario: A wrong token disturbs nobody
      Given the tool daemon
      And the planner is connected
      When the reviewer connects with a wrong token
      Then the reviewer is sent away, saying "unauthorized"
      And the planner is still served

  Rule: The token can be rotated while everybody works

    @TD-94 @critical @needs.daemon.settings
    Scenario: The new token opens
      Given the tool daemon
      And the planner is connected
      And the planner has changed the token
      When the reviewer connects with the new token
      Then the planner and the reviewer are served

    @TD-94 @needs.daemon.settings
    Scenario: The old token opens no more
      Given the tool daemon
      And the planner is connected
      And the planner has changed the token
      When the reviewer connects with the old token
      Then the reviewer is sent away with the code 4003, saying "unauthorized"
      And the planner is still served

    @TD-94 @needs.daemon.settings
    Scenario: Who does not know the token cannot change it
      Given the tool daemon
      And the planner is connected
      When the planner changes the token without knowing it
      Then the planner is told
        | ok    | no           |
        | error | unauthorized |

    @TD-94 @needs.daemon.settings
    Scenario: What somebody asked for who does not know the token opens nothing
      Given the tool daemon
      And the planner is connected
      And the planner changes the token without knowing it
      When the reviewer connects with the new token
      Then the reviewer is sent away with the code 4003, saying "unauthorized"

  Rule: Nonsense is answered, and may be followed by sense

    @TD-97 @critical @needs.daemon.tools
    Scenario Outline: <what> is answered as what it is
      Given the tool daemon
      And the planner is connected
      When the planner sends
        """
        <message>
        """
      Then the planner is told
        | message | <said> |
      And the planner is still served

      Examples:
        | what                          | message                                                                    | said                                                   |
        | Broken JSON                   | {"op": "health"                                                            | invalid_json                                           |
        | A list                        | ["health"]                                                                 | invalid_message: an object is expected                 |
        | A number                      | 12                                                                         | invalid_message: an object is expected                 |
        | A message without a kind      | {"request_id": "1"}                                                        | invalid_message: op must be a text                     |
        | An unknown kind               | {"op": "knit"}                                                             | Unknown op: knit                                       |
        | A call without a name         | {"op": "call_tool", "request_id": "1"}                                     | invalid_message: name must be a text that is not empty |
        | A call without an id          | {"op": "call_tool", "name": "echo"}                                        | invalid_message: request_id must be a text             |
        | A call with a list to work on | {"op": "call_tool", "request_id": "1", "name": "echo", "arguments": ["a"]} | invalid_message: arguments must be an object           |

  Rule: A call is told from beginning to end

    @TD-98
    Scenario: A call of a tool that nobody has is refused, and disturbs nobody
      Given the tool daemon
      And the planner is connected
      When the planner calls "knit"
      Then the planner's call fails as unknown, saying "knit"
      And the planner is still served

    @TD-99 @critical @needs.daemon.tools
    Scenario Outline: A call of <tool> is accepted, acknowledged and ended once
      Given the tool daemon
      And the planner is connected
      When the planner calls "<tool>"
      Then the planner's call is told from its acceptance to one result

      Examples:
        | tool    |
        | version |
        | fail    |
