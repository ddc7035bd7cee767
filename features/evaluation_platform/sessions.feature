@needs.platform.events
Feature: Sessions and events
  A session is one conversation, its events are what happened in it: model calls, tool calls, chains of both.
  When a customer complains, Ada must find the conversation and see exactly what was said and done.

  Rule: A session is kept exactly as it was started

    @SE-1 @critical
    Scenario: A started session can be opened under the id it was given
      When Ada starts a session "chat with Maya" with
        | source                | support-bot |
        | inputs: language      | en          |
        | user properties: plan | gold        |
      Then it succeeds
      And the session "chat with Maya" reads back as exactly
        | source                | support-bot |
        | inputs: language      | en          |
        | user properties: plan | gold        |

  Rule: An event is kept exactly as it happened

    @SE-2 @critical
    Scenario Outline: An event of the type <type> keeps everything that is known of it
      Given a session "chat with Maya"
      And an event "plan" with
        | session | chat with Maya |
        | type    | chain          |
      When Ada records an event "answer" with
        | session              | chat with Maya      |
        | type                 | <type>              |
        | parent               | plan                |
        | inputs: question     | Where is my parcel? |
        | outputs: answer      | On its way          |
        | duration             | 1250.5              |
        | metadata: model      | gpt-4o              |
        | metadata: tokens: in | 120                 |
      Then it succeeds
      And the event "answer" reads back as exactly
        | session              | chat with Maya      |
        | type                 | <type>              |
        | parent               | plan                |
        | inputs: question     | Where is my parcel? |
        | outputs: answer      | On its way          |
        | duration             | 1250.5              |
        | metadata: model      | gpt-4o              |
        | metadata: tokens: in | 120                 |

      Examples:
        | type  |
        | model |
        | tool  |
        | chain |

    @SE-3
    Scenario: Events recorded together are all stored
      Given a session "chat with Maya"
      When Ada records together these events
        | event  | session        | type  | inputs: question    |
        | plan   | chat with Maya | chain | Where is my parcel? |
        | search | chat with Maya | tool  | parcel of Maya      |
        | answer | chat with Maya | model | What do I say?      |
      Then it succeeds
      And the list of events is exactly, in any order
        | event          | type    | inputs: question    |
        | chat with Maya | session |                     |
        | plan           | chain   | Where is my parcel? |
        | search         | tool    | parcel of Maya      |
        | answer         | model   | What do I say?      |

    @SE-3
    Scenario: A bad event among good ones is reported, and the good ones are stored
      Given a session "chat with Maya"
      When Ada records together these events
        | event  | session        | type         |
        | plan   | chat with Maya | chain        |
        | search | chat with Maya | no such type |
        | answer | chat with Maya | model        |
      Then of what was sent together exactly these were refused
        | event  | because of |
        | search | type       |
      And the list of events is exactly, in any order
        | event          | type    |
        | chat with Maya | session |
        | plan           | chain   |
        | answer         | model   |

    @SE-3
    Scenario: A session recorded together with its events holds them
      When Ada records the session "chat with Maya" together with these events
        | event  | type  | inputs: question    |
        | plan   | chain | Where is my parcel? |
        | answer | model | What do I say?      |
      Then it succeeds
      And the session "chat with Maya" holds exactly, in any order
        | event  | parent         | type  | inputs: question    |
        | plan   | chat with Maya | chain | Where is my parcel? |
        | answer | chat with Maya | model | What do I say?      |

    @SE-93
    Scenario: A session of whose events none is good is refused with them
      When Ada records the session "chat with Maya" together with these events
        | event  | type         |
        | plan   | no such type |
        | answer | no such type |
      Then it is refused as invalid, naming "type"
      And the events are as they were

  Rule: What is learnt later is added, and nothing is lost

    @SE-4 @critical
    Scenario Outline: An update adds to the <part> of an event without erasing the earlier
      Given a session "chat with Maya"
      And an event "answer" with
        | session           | chat with Maya |
        | outputs: answer   | On its way     |
        | metrics: words    | 3              |
        | feedback: rating  | 4              |
        | metadata: channel | mail           |
      When Ada changes the event "answer" to
        | <part>: added | 7 |
      Then it succeeds
      And the event "answer" reads back as exactly
        | session           | chat with Maya |
        | outputs: answer   | On its way     |
        | metrics: words    | 3              |
        | feedback: rating  | 4              |
        | metadata: channel | mail           |
        | <part>: added     | 7              |

      Examples:
        | part     |
        | outputs  |
        | metrics  |
        | feedback |
        | metadata |

    @SE-4
    Scenario: An update adds to what is inside a part of an event
      Given a session "chat with Maya"
      And an event "answer" with
        | session                 | chat with Maya |
        | metadata: order: number | 4711           |
        | metadata: order: state  | packed         |
      When Ada changes the event "answer" to
        | metadata: order: state   | sent |
        | metadata: order: carrier | DHL  |
      Then it succeeds
      And the event "answer" reads back as exactly
        | session                  | chat with Maya |
        | metadata: order: number  | 4711           |
        | metadata: order: state   | sent           |
        | metadata: order: carrier | DHL            |

    @SE-94
    Scenario: A session that is begun once more goes on, and keeps what it said
      Given a session "chat with Maya" with
        | source            | support-bot |
        | metadata: channel | mail        |
      And an event "plan" with
        | session | chat with Maya |
      When Ada records the session "chat with Maya" together with these events
        | event  | type  |
        | answer | model |
      Then the session "chat with Maya" reads back as exactly
        | source            | support-bot |
        | metadata: channel | mail        |
      And the session "chat with Maya" holds exactly, in any order
        | event  |
        | plan   |
        | answer |

    @SE-4
    Scenario: An event that turns out to have taken longer has ended later
      Given a session "chat with Maya"
      And an event "answer" with
        | session    | chat with Maya   |
        | start time | 2026-03-01 10:00 |
        | duration   | 1000             |
      When Ada changes the event "answer" to
        | duration | 90000 |
      Then it succeeds
      And the event "answer" reads back as exactly
        | session    | chat with Maya      |
        | start time | 2026-03-01 10:00    |
        | end time   | 2026-03-01 10:01:30 |
        | duration   | 90000               |

  Rule: A search answers exactly what matches, the latest first

    @SE-5 @critical
    Scenario Outline: Searching events by <what> finds exactly the matches
      Given these sessions
        | session        |
        | chat with Maya |
        | chat with Tom  |
      And these events
        | event  | session        | type  | start time       | metadata: language | metadata: tokens | metadata: urgent |
        | plan   | chat with Maya | chain | 2026-03-01 10:00 | en                 | 40               | yes              |
        | search | chat with Maya | tool  | 2026-03-01 11:00 | en                 |                  | no               |
        | answer | chat with Maya | model | 2026-03-01 12:00 | en-GB              | 250              |                  |
        | reply  | chat with Tom  | model | 2026-03-01 13:00 | de                 | 90               | no               |
      When Ada searches the events for
        | <property> | <comparison> | <value> |
        | type       | is not       | session |
      Then the answer names exactly, in this order, "<found>"

      Examples:
        | what                   | property           | comparison   | value            | found                |
        | session                | session            | is           | chat with Maya   | answer, search, plan |
        | type                   | type               | is           | model            | reply, answer        |
        | name                   | name               | is           | search           | search               |
        | a part of the name     | name               | contains     | rep              | reply                |
        | a time after           | start time         | after        | 2026-03-01 11:00 | reply, answer        |
        | a time before          | start time         | before       | 2026-03-01 11:00 | plan                 |
        | text in the metadata   | metadata: language | is           | en               | search, plan         |
        | a part of the metadata | metadata: language | contains     | en               | answer, search, plan |
        | other metadata         | metadata: language | is not       | en               | reply, answer        |
        | a number above         | metadata: tokens   | greater than | 90               | answer               |
        | a number below         | metadata: tokens   | less than    | 90               | plan                 |
        | yes or no              | metadata: urgent   | is           | no               | reply, search        |
        | metadata that is there | metadata: tokens   | exists       | (nothing)        | reply, answer, plan  |

    @SE-5
    Scenario: Searching events by several things finds what matches them all
      Given a session "chat with Maya"
      And these events
        | event  | session        | type  | start time       | metadata: language |
        | plan   | chat with Maya | model | 2026-03-01 10:00 | en                 |
        | search | chat with Maya | model | 2026-03-01 11:00 | en                 |
        | draft  | chat with Maya | tool  | 2026-03-01 11:30 | en                 |
        | answer | chat with Maya | model | 2026-03-01 12:00 | de                 |
        | reply  | chat with Maya | model | 2026-03-01 13:00 | en                 |
      When Ada searches the events for
        | type               | is    | model            |
        | metadata: language | is    | en               |
        | time               | since | 2026-03-01 11:00 |
        | time               | until | 2026-03-01 13:00 |
      Then the answer names exactly, in this order, "reply, search"

    @SE-5
    Scenario: A search for a long number finds it to its last digit
      Given a session "chat with Maya"
      And these events
        | event  | session        | metadata: order  |
        | plan   | chat with Maya | 9007199254740992 |
        | answer | chat with Maya | 9007199254740993 |
        | reply  | chat with Maya | 9007199254740994 |
      When Ada searches the events for
        | metadata: order | is | 9007199254740993 |
      Then the answer names exactly, in this order, "answer"

    @SE-5
    Scenario: Turning the pages of a session's events neither repeats nor loses one, even of one moment
      Given a session "chat with Maya" with
        | start time | 2026-03-01 09:00 |
      And these events
        | event  | session        | start time       |
        | plan   | chat with Maya | 2026-03-01 10:00 |
        | search | chat with Maya | 2026-03-01 10:00 |
        | answer | chat with Maya | 2026-03-01 10:00 |
        | reply  | chat with Maya | 2026-03-01 10:00 |
      When Ada turns the pages of the list of events, 2 at a time, by
        | session | chat with Maya |
      Then no page holds more than 2
      And every page says that there are 5 in all
      And the answer lists exactly, in any order
        | event          |
        | plan           |
        | search         |
        | answer         |
        | reply          |
        | chat with Maya |

  Rule: A deleted session leaves nothing behind

    @SE-6 @needs.platform.sessions.delete
    Scenario: Deleting a session removes its events from every search
      Given these sessions
        | session        |
        | chat with Maya |
        | chat with Tom  |
      And these events
        | event  | session        |
        | plan   | chat with Maya |
        | answer | chat with Maya |
        | reply  | chat with Tom  |
      When Ada deletes the session "chat with Maya"
      Then it succeeds
      And the session "chat with Maya" can no longer be found
      And the event "answer" can no longer be found
      And the list of events is exactly, in any order
        | event         |
        | chat with Tom |
        | reply         |

  Rule: Both ways of the client give the same results

    @SE-7 @program @needs.platform.sdk
    Scenario: The asynchronous client answers what the synchronous one answers
      When Ada does the same work through the synchronous and the asynchronous client
      Then both were given the same answers

  Rule: Bad input is refused, and nothing is stored

    @SE-90
    Scenario Outline: An event is refused whose <property> is <fault>
      Given a session "chat with Maya"
      When Ada records an event "answer" with
        | session    | chat with Maya |
        | <property> | (<fault>)      |
      Then it is refused as invalid, naming "<property>"
      And the events are as they were

      Examples:
        | property | fault    |
        | type     | a text   |
        | type     | left out |
        | inputs   | a text   |
        | duration | a text   |
        | colour   | a text   |

    @SE-90
    Scenario: An event cannot have the id of its session
      Given a session "chat with Maya"
      When Ada records an event under the id of the session "chat with Maya"
      Then it is refused as invalid, naming "id"
      And the events are as they were

    @SE-92
    Scenario: An event that ends before it starts is refused
      Given a session "chat with Maya"
      When Ada records an event "answer" with
        | session    | chat with Maya   |
        | start time | 2026-03-01 10:00 |
        | end time   | 2026-03-01 09:59 |
      Then it is refused as invalid, naming "end time"
      And the events are as they were

    @SE-92
    Scenario: The end of an event cannot be moved before its start
      Given a session "chat with Maya"
      And an event "answer" with
        | session    | chat with Maya   |
        | start time | 2026-03-01 10:00 |
        | duration   | 1000             |
      When Ada changes the event "answer" to
        | end time | 2026-03-01 09:59 |
      Then it is refused as invalid, naming "end time"
      And the event "answer" reads back as exactly
        | session    | chat with Maya      |
        | start time | 2026-03-01 10:00    |
        | end time   | 2026-03-01 10:00:01 |
        | duration   | 1000                |

    @SE-90
    Scenario: An event that was never recorded is not found
      Given a session "chat with Maya"
      When Ada opens the event "never made"
      Then it is refused as not found

    @SE-91
    Scenario Outline: A search that cannot be understood is refused: <fault>
      When Ada searches the events for
        | <property> | <comparison> | <value> |
      Then it is refused as invalid, naming "<named>"

      Examples:
        | fault                        | property         | comparison   | value | named    |
        | an unknown comparison        | name             | resembles    | plan  | operator |
        | a comparison of another kind | metadata: tokens | contains     | 12    | operator |
        | a number that is none        | metadata: tokens | greater than | many  | value    |
