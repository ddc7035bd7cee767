Feature: Connections to the assistant
  Whoever chats stays connected for hours, over networks that drop, and must never wonder whether the assistant is there.

  Rule: A connection is announced, and stays usable

    @WS-1 @WS-3
    Scenario: The assistant says who it is, and answers heartbeats
      Given Dr. Lee begins a session with the web assistant
      And Dr. Lee connects
      When Dr. Lee sends a heartbeat
      Then Dr. Lee receives, in this order, and nothing else
        | heartbeat |  |
      And the connection stays usable

    @WS-1
    Scenario Outline: Whoever connects to <persona> is welcomed by it before they have said a word
      Given <who> begins a session with <persona>
      When <who> connects
      Then <who> receives, in this order, and nothing else
        | welcome | <called> |

      Examples:
        | who     | persona           | called            |
        | Dr. Lee | the web assistant | web assistant     |
        | Maya    | the therapist     | jaimee therapist  |
        | Dr. Lee | the transcriber   | transcriber agent |

    @WS-3 @needs.assistant.heartbeat @needs.model.script
    Scenario: A heartbeat is answered while the model is silent
      Given Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step        |
        | stay silent |
      And Dr. Lee has asked "How is Sarah?", and the model is being asked
      When Dr. Lee sends a heartbeat
      Then Dr. Lee receives, in this order, and nothing else
        | heartbeat |  |
      And the model's work for Dr. Lee goes on

  Rule: A connection ends with a word, from either side

    @WS-2
    Scenario: Who closes the connection is told goodbye
      Given Dr. Lee is chatting with the web assistant
      When Dr. Lee closes the connection
      Then the connection is closed in order

    @WS-2 @needs.assistant.restart
    Scenario: A service that is stopped says so before it goes
      Given Dr. Lee is chatting with the web assistant
      And Maya is chatting with the therapist
      When the assistant is stopped and started again
      Then the connection of Dr. Lee is closed for a stop of the service
      And the connection of Maya is closed for a stop of the service

    @WS-2 @WS-15
    Scenario: Who has closed the connection can come again
      Given Dr. Lee is chatting with the web assistant
      And Dr. Lee closes the connection
      When Dr. Lee connects
      Then Dr. Lee receives, in this order, and nothing else
        | welcome | web assistant |

  Rule: Nobody enters a session that is not theirs

    @WS-10 @critical @needs.assistant.socket.guarded
    Scenario Outline: <who> is not let into <which>
      Given Dr. Lee is chatting with the web assistant
      When <who> connects to <which>
      Then it is refused as <refused>
      And the connection of Dr. Lee stays usable

      Examples:
        | who                             | which                      | refused   |
        | Dr. Kim                         | the session of Dr. Lee     | not found |
        | Dr. Patel                       | the session of Dr. Lee     | not found |
        | Maya                            | the session of Dr. Lee     | not found |
        | a stranger with a made-up token | the session of Dr. Lee     | not found |
        | Dr. Lee                         | a session that never was   | not found |
        | Dr. Lee                         | the session "no-id-at-all" | not found |
        | Dr. Lee                         | the session "%00"          | not found |
        | Dr. Lee                         | the session "%F0%9F%92%A9" | not found |

    @WS-10 @critical @needs.assistant.socket.guarded
    Scenario Outline: A token shown in the first message opens <opens>
      Given Dr. Lee begins a session with the web assistant
      And <who> connects to the session of Dr. Lee without a token
      When <who> sends
        | the token of <who> |
      Then the connection is closed as not found

      Examples:
        | who       | opens                     |
        | Dr. Kim   | no session of a colleague |
        | Dr. Patel | no session of a stranger  |

    @WS-1
    Scenario: A token shown in the first message opens one's own session
      Given Dr. Lee begins a session with the web assistant
      And Dr. Lee connects without a token
      When Dr. Lee sends
        | the token of Dr. Lee |
        | a heartbeat          |
      Then Dr. Lee receives, in this order, and nothing else
        | welcome   | web assistant |
        | heartbeat |               |

    @WS-10 @critical @needs.assistant.socket.guarded
    Scenario Outline: Who shows <shown> first is not let in
      Given Dr. Lee begins a session with the web assistant
      And Dr. Lee connects without a token
      When Dr. Lee sends
        | <message> |
      Then the connection is closed as unauthorised

      Examples:
        | shown             | message                            |
        | no token at all   | a heartbeat                        |
        | nonsense          | the text "let me in"               |
        | a question        | the message "How is Sarah?"        |
        | an empty token    | {"type": "auth", "auth_token": ""} |
        | a number as token | {"type": "auth", "auth_token": 12} |

    @WS-10 @needs.assistant.socket.guarded @needs.assistant.settings
    Scenario: Who shows no token in time is sent away
      Given the assistant is configured with
        | seconds to show a token | 0.1 |
      And Dr. Lee begins a session with the web assistant
      When Dr. Lee connects without a token
      Then the connection is closed as unauthorised

  Rule: Calls to the practice are made as whoever is signed in now

    @WS-8 @PA-1 @needs.model.script @needs.practice.control
    Scenario: A token that is renewed in mid-conversation is shown from then on
      Given Dr. Lee is chatting with the web assistant
      And the practice knows the client "Sarah Johnson"
      And the model will, one after another
        | step           | with             |
        | search clients | the name "Sarah" |
        | answer         | "Found."         |
        | search clients | the name "Johns" |
        | answer         | "Found again."   |
      And Dr. Lee writes
        """
        Find Sarah.
        """
      When Dr. Lee asks "Find Johnson.", showing a new token
      Then it was asked with these, one after another
        | search clients | Dr. Lee | Dr. Lee's         |
        | search clients | Dr. Lee | Dr. Lee's new one |
      And Dr. Lee receives, in this order, and nothing else
        | typing begins  |                |
        | tools begin    | search clients |
        | tools end      | search clients |
        | words          | "Found again." |
        | reply complete |                |
        | typing ends    |                |

    @WS-8 @needs.model.script @needs.practice.control
    Scenario: A token that is renewed while a reply is made is for the next message
      Given Dr. Lee is chatting with the web assistant
      And the practice, asked for search clients, answers after 0.3 seconds once
      And the model will, one after another
        | turn | step           | with              |
        | 1    | search clients | the name "Sarah"  |
        | 2    | search clients | the name "Johns"  |
        | 3    | answer         | "Nobody."         |
        | 4    | search clients | the name "Becker" |
        | 5    | answer         | "Nobody, too."    |
      And Dr. Lee has asked "Find Sarah.", and a tool has begun
      When Dr. Lee sends
        | the message "Find Becker.", showing a new token |
      Then the model's work for Dr. Lee was finished after five requests
      And it was asked with these, one after another
        | search clients | Dr. Lee | Dr. Lee's         |
        | search clients | Dr. Lee | Dr. Lee's         |
        | search clients | Dr. Lee | Dr. Lee's new one |

  Rule: There is room for a known number of connections

    @WS-14 @needs.assistant.settings
    Scenario: The connection beyond the limit is told to come later
      Given the assistant is configured with
        | connections at once | 2 |
      And Dr. Lee is chatting with the web assistant
      And Maya is chatting with the therapist
      And Dr. Kim begins a session with the web assistant
      When Dr. Kim connects
      Then the connection of Dr. Kim is closed for too many connections
      And the connection of Dr. Lee stays usable
      And the connection of Maya stays usable

    @WS-14 @needs.assistant.settings
    Scenario Outline: Who <goes> leaves room for the next
      Given the assistant is configured with
        | connections at once | 1 |
      And Dr. Lee is chatting with the web assistant
      And Dr. Kim begins a session with the web assistant
      And Dr. Lee <goes>
      When Dr. Kim connects as soon as there is room
      Then the connection of Dr. Kim stays usable

      Examples:
        | goes                  |
        | closes the connection |
        | vanishes              |
        | hangs up              |

  Rule: Who is silent for too long is sent away, and nobody else

    @WS-19 @needs.assistant.settings
    Scenario: A silent connection is closed
      Given the assistant is configured with
        | seconds of silence | 0.1 |
      And Dr. Lee begins a session with the web assistant
      When Dr. Lee connects
      Then the connection is closed for silence

    @WS-19 @WS-3 @needs.assistant.settings
    Scenario: Heartbeats keep a connection
      Given the assistant is configured with
        | seconds of silence | 0.4 |
      And Dr. Lee is chatting with the web assistant
      When Dr. Lee sends heartbeats for half a second
      Then the connection stays usable

    @WS-19 @needs.assistant.settings @needs.model.script
    Scenario: Waiting for a slow reply is no silence
      Given the assistant is configured with
        | seconds of silence | 0.3 |
      And Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step   | with                 | after |
        | answer | "That took a while." | 0.6   |
      When Dr. Lee asks "How is Sarah?"
      Then Dr. Lee receives, in this order, and nothing else
        | typing begins  |                      |
        | words          | "That took a while." |
        | reply complete |                      |
        | typing ends    |                      |

  Rule: What the page shows is taken in

    @WS-4
    Scenario: The whole page is taken in, and replaces what was known
      Given Dr. Lee is chatting with the web assistant
      And the page of Dr. Lee shows
        | page type | sessions     |
        | place     | /sessions/12 |
        | filter    | this week    |
      When the page of Dr. Lee shows
        | page type | clients    |
        | place     | /clients/7 |
      Then the page of Dr. Lee is known as
        | page type | clients    |
        | place     | /clients/7 |

    @WS-4
    Scenario: A page that is taken in is confirmed
      Given Dr. Lee is chatting with the web assistant
      When Dr. Lee sends
        | {"type": "ui_state_update", "state": {"page_type": "clients"}} |
      Then Dr. Lee receives, in this order, and nothing else
        | page taken in |  |

    @WS-5
    Scenario: A change is added to what was known
      Given Dr. Lee is chatting with the web assistant
      And the page of Dr. Lee shows
        | page type | clients          |
        | filter    | this week        |
        | at        | 2026-03-01 10:00 |
      When the page of Dr. Lee changes to
        | filter | today            |
        | sort   | by name          |
        | at     | 2026-03-01 10:01 |
      Then the page of Dr. Lee is known as
        | page type | clients |
        | filter    | today   |
        | sort      | by name |

    @WS-5
    Scenario Outline: <what> that is older than what was known is refused and changes nothing
      Given Dr. Lee is chatting with the web assistant
      And the page of Dr. Lee shows
        | page type | clients          |
        | at        | 2026-03-01 10:00 |
      When the page of Dr. Lee <shows>
        | page type | sessions         |
        | at        | 2026-03-01 09:59 |
      Then Dr. Lee receives, in this order, and nothing else
        | page refused | stale state |
      And the page of Dr. Lee is known as
        | page type | clients |

      Examples:
        | what     | shows      |
        | A page   | shows      |
        | A change | changes to |

  Rule: What the reply wants of the page comes when the reply has been said

    @WS-7 @needs.model.script @needs.practice.control
    Scenario: Page actions follow the last words, in the order of the tools
      Given Dr. Lee is chatting with the web assistant
      And the practice knows the client "Sarah Johnson"
      And the model will, one after another
        | turn | step                 | with                                                                   |
        | 1    | navigate to page     | the page "/clients" and the kind "clients" and the reason "to see her" |
        | 2    | search clients       | the name "Sarah"                                                       |
        | 3    | set client selection | the client name "Sarah Johnson" and the client the search found        |
        | 4    | answer word by word  | "Here she is."                                                         |
      When Dr. Lee asks "Show me Sarah."
      Then Dr. Lee receives, in this order, and nothing else
        | typing begins  |                      |
        | tools begin    | navigate to page     |
        | tools end      | navigate to page     |
        | tools begin    | search clients       |
        | tools end      | search clients       |
        | tools begin    | set client selection |
        | tools end      | set client selection |
        | words          | "Here she is."       |
        | page action    | navigate to page     |
        | page action    | set client selection |
        | reply complete |                      |
        | typing ends    |                      |
