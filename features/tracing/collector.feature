Feature: The OTLP collector
  Whatever sends spans speaks OTLP over HTTP. The collector takes every form that the protocol has, refuses what is not
  one of them in the protocol's own way, and keeps what it has acknowledged.

  Rule: Every form of the protocol is taken

    @TR-9 @critical
    Scenario Outline: Spans are taken as <form>
      When Ada exports as <form>
        | span   | within | honeyhive.session_id | honeyhive_event_type | honeyhive_outputs.answer |
        | plan   |        | chat with Maya       | chain                |                          |
        | answer | plan   | chat with Maya       | model                | On its way               |
      Then it succeeds
      And the session "chat with Maya" holds exactly, in any order
        | event  | type  | parent         | outputs: answer | duration |
        | plan   | chain | chat with Maya |                 | 1250.5   |
        | answer | model | plan           | On its way      | 1250.5   |

      Examples: Protobuf
        | form                         |
        | protobuf                     |
        | packed protobuf              |
        | protobuf packed span by span |

      @needs.platform.collector.json
      Examples: JSON
        | form        |
        | JSON        |
        | packed JSON |

    # 2026-01-01 00:00, and 1.2505 s later
    @TR-99
    Scenario: An event begins and ends when its span did
      When Ada exports as protobuf
        | span   | session.id     |
        | answer | chat with Maya |
      Then the session "chat with Maya" holds exactly, in any order
        | event  | start time    | end time        | duration |
        | answer | 1767225600000 | 1767225601250.5 | 1250.5   |

    @TR-1 @TR-9
    Scenario Outline: A session can be named by <attribute>
      When Ada exports as protobuf
        | span   | <attribute>    |
        | answer | chat with Maya |
      Then the session "chat with Maya" holds exactly, in any order
        | event  | parent         |
        | answer | chat with Maya |

      Examples: As the standard says
        | attribute  |
        | session.id |

      @needs.platform.collector.dialects
      Examples: As others say
        | attribute                                   |
        | honeyhive.session_id                        |
        | traceloop.association.properties.session_id |

    @TR-1 @needs.platform.collector.sessions
    Scenario: The spans of a trace that names no session have one of their own
      When Ada exports as protobuf
        | span   | within |
        | plan   |        |
        | answer | plan   |
      Then the session "its own" holds exactly, in any order
        | event  | parent  |
        | plan   | its own |
        | answer | plan    |

    @TR-1 @TR-9
    Scenario Outline: A span that arrives before the one around it, in <form>, finds its place
      Given Ada has exported as protobuf
        | span   | within | session.id     | honeyhive_event_type |
        | answer | plan   | chat with Maya | tool                 |
      When Ada exports as <form>
        | span | session.id     | honeyhive_event_type |
        | plan | chat with Maya | chain                |
      Then the session "chat with Maya" holds exactly, in any order
        | event  | parent         | type  |
        | plan   | chat with Maya | chain |
        | answer | plan           | tool  |

      Examples: The same form
        | form     |
        | protobuf |

      @needs.platform.collector.json
      Examples: Another form
        | form |
        | JSON |

  Rule: What is exported twice is stored once, as it came first

    @TR-6 @TR-9 @critical
    Scenario Outline: A span that is sent again, in <form>, changes nothing
      Given Ada has exported as protobuf
        | span   | session.id     | honeyhive_outputs.answer |
        | answer | chat with Maya | On its way               |
      When Ada exports as <form>
        | span   | session.id     | honeyhive_outputs.answer |
        | answer | chat with Maya | Delivered                |
        | thanks | chat with Maya | You are welcome          |
      Then it succeeds
      And the session "chat with Maya" holds exactly, in any order
        | event  | outputs: answer |
        | answer | On its way      |
        | thanks | You are welcome |

      Examples: The same form
        | form     |
        | protobuf |

      @needs.platform.collector.json
      Examples: Another form
        | form |
        | JSON |

    @TR-6 @TR-9
    Scenario: A span that stands twice in one export is stored once
      When Ada exports as protobuf
        | span   | session.id     |
        | answer | chat with Maya |
        | answer | chat with Maya |
      Then it succeeds
      And the session "chat with Maya" holds exactly, in any order
        | event  |
        | answer |

    @TR-96 @needs.platform.collector.dialects
    Scenario: Two spans that ask for the same event id are two events
      When Ada exports as protobuf
        | span   | session.id     | honeyhive_event_id |
        | plan   | chat with Maya | step 1             |
        | answer | chat with Maya | step 1             |
      Then it succeeds
      And the session "chat with Maya" holds exactly, in any order
        | event  |
        | plan   |
        | answer |

  Rule: What a span says of itself is kept, however odd it is

    @TR-97 @needs.platform.collector.dialects
    Scenario Outline: A span may tell <what>
      When Ada exports as protobuf
        | span   | session.id     | honeyhive_inputs.<attribute> |
        | answer | chat with Maya | <told>                       |
      Then it succeeds
      And the session "chat with Maya" holds exactly, in any order
        | event  | inputs: <property> |
        | answer | <kept>             |

      Examples:
        | what                                      | attribute | told                       | property   | kept                       |
        | something under a sign of other alphabets | parcel.²  | 4711                       | parcel: ²  | 4711                       |
        | a note that only begins like an object    | note      | {Maya} called              | note       | {Maya} called              |
        | half a character                          | note      | (half a character in JSON) | note       | (half a character in JSON) |
        | things by their numbers                   | shelves   | {"0": "tea"}               | shelves: 0 | tea                        |

    @SE-95 @needs.platform.collector.dialects @needs.platform.events
    Scenario: What is told of a span's event before it arrives is kept until it does
      Given Ada has told of the event "step 1", which is yet to come
        | feedback: rating  | 4    |
        | metadata: channel | mail |
      When Ada exports as protobuf
        | span   | session.id     | honeyhive_event_id | honeyhive_metadata.language |
        | plan   | chat with Maya |                    |                             |
        | answer | chat with Maya | step 1             | en                          |
      Then the session "chat with Maya" holds exactly, in any order
        | event  | feedback: rating | metadata: channel | metadata: language |
        | plan   |                  |                   |                    |
        | answer | 4                | mail              | en                 |

    @TR-98 @needs.platform.collector.dialects
    Scenario Outline: What a span says as <attribute> is found in its place
      When Ada exports as protobuf
        | span   | session.id     | <attribute> |
        | answer | chat with Maya | <told>      |
      Then the session "chat with Maya" holds exactly, in any order
        | event  | <property> |
        | answer | <kept>     |

      Examples: In the platform's own words
        | attribute                      | told       | property              | kept       |
        | honeyhive_config.model         | gpt-4o     | config: model         | gpt-4o     |
        | honeyhive_feedback.rating      | 4          | feedback: rating      | 4          |
        | honeyhive_user_properties.plan | gold       | user properties: plan | gold       |
        | honeyhive_outputs              | On its way | outputs: result       | On its way |

      Examples: In OpenInference's
        | attribute    | told                  | property         | kept       |
        | input.value  | {"question": "Where"} | inputs: question | Where      |
        | output.value | On its way            | outputs: result  | On its way |

    @TR-97 @needs.platform.collector.dialects
    Scenario: A span may tell of a thing and of its parts
      When Ada exports as protobuf
        | span   | session.id     | honeyhive_inputs.order.number | honeyhive_inputs.order |
        | answer | chat with Maya | 4711                          | late                   |
      Then it succeeds
      And the session "chat with Maya" holds exactly, in any order
        | event  | inputs: order | inputs: order.number |
        | answer | late          | 4711                 |

  Rule: What cannot be taken is refused in the protocol's own way, and nothing of it is stored

    @TR-9 @critical
    Scenario Outline: An export as <form> is refused as <reason>
      When Ada exports as <form>
        | span   | session.id     |
        | answer | chat with Maya |
      Then it is refused as <reason>, saying "<words>"
      And the events are as they were

      Examples: Protobuf, or none of the forms
        | form                                    | reason             | words            |
        | cut-off protobuf                        | invalid            | not an OTLP      |
        | JSON called protobuf                    | invalid            | not an OTLP      |
        | protobuf that is not packed but says so | invalid            | not gzip         |
        | cut-off packed protobuf                 | invalid            | cut off          |
        | protobuf packed in an unknown way       | of an unknown kind | Content-Encoding |
        | plain text                              | of an unknown kind | Content-Type     |
        | a form that it does not name            | of an unknown kind | Content-Type     |
        | protobuf that is too large              | too large          | larger than      |

      @needs.platform.collector.json
      Examples: JSON
        | form                                   | reason    | words          |
        | cut-off JSON                           | invalid   | malformed JSON |
        | JSON of another shape                  | invalid   | resourceSpans  |
        | packed JSON that is too large unpacked | too large | larger than    |

    @TR-9 @critical
    Scenario Outline: An export as <form> by <who> is unauthorised
      When <who> exports as <form>
        | span   | session.id     |
        | answer | chat with Maya |
      Then it is refused as unauthorised
      And the events are as they were

      Examples: Protobuf
        | who                          | form     |
        | a visitor without a key      | protobuf |
        | a visitor with a made-up key | protobuf |

      @needs.platform.collector.json
      Examples: JSON
        | who                          | form |
        | a visitor with a made-up key | JSON |

    @TR-9
    Scenario Outline: A bad span among good ones is reported in <form>, and the good ones are stored
      When Ada exports as <form>
        | span   | id   | session.id     |
        | plan   |      | chat with Maya |
        | search | zero | chat with Maya |
        | answer |      | chat with Maya |
      Then the collector says that 1 span was refused, saying "span id"
      And the session "chat with Maya" holds exactly, in any order
        | event  |
        | plan   |
        | answer |

      Examples: Protobuf
        | form     |
        | protobuf |

      @needs.platform.collector.json
      Examples: JSON
        | form |
        | JSON |

  Rule: What was acknowledged outlives the service

    @TR-9 @critical @needs.platform.restart
    Scenario: Acknowledged spans survive a service that is killed while it is busy
      Given Ada has exported as protobuf 500 spans of the session "busy day"
      And Ada has exported as protobuf
        | span   | within | session.id     | honeyhive_outputs.answer |
        | plan   |        | chat with Maya |                          |
        | answer | plan   | chat with Maya | On its way               |
      When the platform is killed and started again
      Then the session "chat with Maya" holds exactly, in any order
        | event  | parent         | outputs: answer |
        | plan   | chat with Maya |                 |
        | answer | plan           | On its way      |
      And the session "busy day" holds 500 events, each of them once

  Rule: A trace id that two tenants use is an id of each

    @TR-94 @critical @needs.platform.second-key
    Scenario: Spans under a trace id that another tenant uses are the sender's own
      Given Ada has exported as protobuf
        | span | session.id     |
        | plan | chat with Maya |
      When Noor of Northwind Claims exports as protobuf
        | span   | session.id |
        | answer | her own    |
      Then Noor of Northwind Claims finds that the session "her own" holds exactly, in any order
        | event  |
        | answer |
      And the events are as they were
