Feature: Protocol of the assistant's connections
  Front ends of every make come to the assistant, over every kind of network. Nonsense is answered as what it is and may
  be followed by sense; what breaks the protocol itself ends the connection with a code that says why.

  Rule: A message that makes no sense is answered with an error, and the next one is another matter

    @WS-9 @critical @needs.assistant.socket.forgiving
    Scenario Outline: <what> is told, and the connection stays usable
      Given Dr. Lee is chatting with the web assistant
      When Dr. Lee sends
        | <message> |
      Then Dr. Lee is told of the error "<error>"
      And the connection stays usable

      Examples:
        | what                              | message                                                       | error         |
        | A text that is no JSON            | the text "no message at all"                                  | invalid json  |
        | An empty text                     | the text ""                                                   | invalid json  |
        | JSON that breaks off              | the text "{"                                                  | invalid json  |
        | A list                            | [1, 2]                                                        | invalid json  |
        | A number                          | the text "12"                                                 | invalid json  |
        | Nothing in JSON                   | the text "null"                                               | invalid json  |
        | A number that is none             | {"type": "heartbeat", "n": NaN}                               | invalid json  |
        | Half a character                  | a message of half a character                                 | invalid json  |
        | Very deep nesting                 | a heartbeat with 100000 brackets in it                        | invalid json  |
        | A message without a type          | {"message": "Hello"}                                          | missing field |
        | An unknown type                   | {"type": "shout", "message": "Hello"}                         | unknown type  |
        | A type in other letters           | {"type": "HEARTBEAT"}                                         | unknown type  |
        | A type that is a number           | {"type": 12}                                                  | unknown type  |
        | A type that is a list             | {"type": ["heartbeat"]}                                       | unknown type  |
        | A type that is nothing            | {"type": null}                                                | unknown type  |
        | A chat without words              | {"type": "chat_message"}                                      | missing field |
        | A chat of nothing                 | {"type": "chat_message", "message": null}                     | invalid field |
        | A chat of no letters              | {"type": "chat_message", "message": ""}                       | invalid field |
        | A chat of spaces                  | {"type": "chat_message", "message": "\n "}                    | invalid field |
        | A chat of a number                | {"type": "chat_message", "message": 12}                       | invalid field |
        | A chat of a list                  | {"type": "chat_message", "message": ["Hello"]}                | invalid field |
        | A page that is a text             | {"type": "ui_state_update", "state": "clients"}               | invalid field |
        | A page that is not there          | {"type": "ui_state_update"}                                   | missing field |
        | A change of nothing               | {"type": "ui_state_update", "changeType": "x"}                | missing field |
        | A change of no kind               | {"type": "ui_state_update", "payload": {"a": 1}}              | missing field |
        | A page of no time                 | {"type": "ui_state_update", "state": {}, "timestamp": "noon"} | invalid field |
        | A token over two lines            | {"type": "auth", "auth_token": "a\nb"}                        | invalid field |
        | A profile in letters of elsewhere | {"type": "chat_message", "message": "Hi", "profile_id": "ü"}  | invalid field |

    @WS-9 @WS-11 @critical @needs.assistant.socket.forgiving
    Scenario: Each of many bad messages is told of, in order, between good ones
      Given Dr. Lee is chatting with the web assistant
      When Dr. Lee sends
        | the text "nonsense"      |
        | a heartbeat              |
        | {"type": "shout"}        |
        | {"no": "type"}           |
        | a heartbeat              |
        | {"type": "chat_message"} |
        | a heartbeat              |
      Then Dr. Lee receives, in this order, and nothing else
        | error     | invalid json  |
        | heartbeat |               |
        | error     | unknown type  |
        | error     | missing field |
        | heartbeat |               |
        | error     | missing field |
        | heartbeat |               |

    @WS-9 @critical @needs.assistant.socket.forgiving @needs.model.script
    Scenario: A bad message in the middle of a reply does not disturb it
      Given Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step                | with                 | pause |
        | answer word by word | "All of it is here." | 0.05  |
      And Dr. Lee has asked "What is here?", and the reply has begun
      When Dr. Lee sends
        | the text "nonsense" |
      Then Dr. Lee is told of the error "invalid json"
      And the session of Dr. Lee holds, in this order, and nothing else
        | asked    | What is here?      |
        | answered | All of it is here. |

  Rule: A message arrives whole, however it is cut on the way

    @WS-9 @WS-3
    Scenario Outline: <what> is understood
      Given Dr. Lee is chatting with the web assistant
      When Dr. Lee sends
        | <message> |
      Then Dr. Lee receives, in this order, and nothing else
        | heartbeat |  |

      Examples:
        | what                                     | message                                 |
        | A message letter by letter               | a heartbeat letter by letter            |
        | A message around a ping                  | a heartbeat around a ping               |
        | A message with more than is asked for    | {"type": "heartbeat", "colour": "blue"} |
        | A message with space around it           | { "type" : "heartbeat" }                |
        | The same field twice, the last one meant | {"type": "shout", "type": "heartbeat"}  |

  Rule: What breaks the protocol ends the connection, and says why

    @WS-12 @critical
    Scenario: A binary message is refused clearly
      Given Dr. Lee is chatting with the web assistant
      When Dr. Lee sends
        | a binary message |
      Then the connection is closed for binary data

    @WS-12
    Scenario Outline: <what> is a breach of the protocol
      Given Dr. Lee is chatting with the web assistant
      And Maya is chatting with the therapist
      When Dr. Lee sends
        | <message> |
      Then the connection of Dr. Lee is closed for <why>
      And the connection of Maya stays usable

      Examples:
        | what                                | message                                 | why                      |
        | A message without a mask            | a message without a mask                | a breach of the protocol |
        | A frame of a kind that there is not | a message of a kind that there is not   | a breach of the protocol |
        | A frame with a reserved bit         | a message with a reserved sign          | a breach of the protocol |
        | A continuation of nothing           | the end of a message that never began   | a breach of the protocol |
        | A message within a message          | a second message within the first       | a breach of the protocol |
        | A ping in two frames                | a ping in two pieces                    | a breach of the protocol |
        | A goodbye with a code that is none  | a goodbye with a code that there is not | a breach of the protocol |
        | A text frame that is no UTF-8       | a text that is none                     | broken text              |

    @WS-13 @critical
    Scenario: A message beyond the limit of 16 MiB is refused clearly
      Given Dr. Lee is chatting with the web assistant
      And Maya is chatting with the therapist
      When Dr. Lee sends
        | a message of 17 MB |
      Then the connection of Dr. Lee is closed for a message too large
      And the connection of Maya stays usable

  Rule: A connection that only half stands holds nothing back

    @WS-16 @WS-19 @needs.assistant.settings @needs.model.script
    Scenario: Who does not even answer a ping is given up, with the work for them
      Given the assistant is configured with
        | ping interval | 0.1 |
        | ping timeout  | 0.3 |
      And Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step        |
        | stay silent |
      And Dr. Lee has asked "How is Sarah?", and the model is being asked
      When Dr. Lee stops reading
      Then the model's work for Dr. Lee was broken off

    @WS-19 @needs.assistant.settings
    Scenario: Half of a message is no sign of life
      Given the assistant is configured with
        | seconds of silence | 0.1 |
      And Dr. Lee is chatting with the web assistant
      When Dr. Lee sends
        | half of a message |
      Then the connection is closed for silence

    @WS-16 @needs.model.script
    Scenario: Who ends their half of the connection without a word is gone
      Given Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step        |
        | stay silent |
      And Dr. Lee has asked "How is Sarah?", and the model is being asked
      When Dr. Lee says nothing more
      Then the model's work for Dr. Lee was broken off

  Rule: An upgrade that cannot be is answered in HTTP

    @WS-17 @critical
    Scenario Outline: <what> is answered <status>
      Given Dr. Lee begins a session with the web assistant
      When a program says to the assistant
        """
        GET <path> HTTP/1.1
        Host: 127.0.0.1
        Connection: <connection>
        Upgrade: <upgrade>
        Sec-WebSocket-Version: <version>
        Sec-WebSocket-Key: <key>
        Authorization: <shown>
        """
      Then the program is answered <status>

      Examples:
        | what                      | path            | connection | upgrade   | version | key   | shown          | status |
        | A proper upgrade          | /ws/(session)   | Upgrade    | websocket | 13      | (key) | Bearer (token) | 101    |
        | An unknown session        | /ws/unknown     | Upgrade    | websocket | 13      | (key) | Bearer (token) | 404    |
        | A foreign token           | /ws/(session)   | Upgrade    | websocket | 13      | (key) | Bearer foreign | 404    |
        | An empty token            | /ws/(session)   | Upgrade    | websocket | 13      | (key) | Bearer         | 401    |
        | Another scheme            | /ws/(session)   | Upgrade    | websocket | 13      | (key) | Basic (token)  | 401    |
        | A path that there is not  | /ws             | Upgrade    | websocket | 13      | (key) | Bearer (token) | 404    |
        | A path below a session    | /ws/(session)/x | Upgrade    | websocket | 13      | (key) | Bearer (token) | 404    |
        | A request without upgrade | /ws/(session)   | keep-alive | none      | 13      | (key) | Bearer (token) | 426    |
        | An older version          | /ws/(session)   | Upgrade    | websocket | 8       | (key) | Bearer (token) | 400    |
        | A key that is none        | /ws/(session)   | Upgrade    | websocket | 13      | short | Bearer (token) | 400    |
        | An upgrade to something   | /ws/(session)   | Upgrade    | telnet    | 13      | (key) | Bearer (token) | 426    |
