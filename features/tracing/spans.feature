@program
Feature: Spans of any program
  Harbour Support's programs are traced, some by the standard OpenTelemetry tracer, some by the platform's own.
  Whatever a program did must be found as the events of the right session, or nobody can tell what a customer met.

  Rule: Every span is an event of the session that it belongs to

    @TR-1 @critical
    Scenario Outline: The steps of a program with <tracer> are the events of its session
      When a program with <tracer> works in the session "chat with Maya"
        | step   | within | type  | inputs: question    | outputs: answer | metadata: channel |
        | plan   |        | chain | Where is my parcel? |                 | mail              |
        | search | plan   | tool  | parcel of Maya      | On its way      |                   |
        | answer | plan   | model | What do I say?      | It is coming    |                   |
      Then the session "chat with Maya" holds exactly, in any order
        | event  | parent         | type  | inputs: question    | outputs: answer | metadata: channel |
        | plan   | chat with Maya | chain | Where is my parcel? |                 | mail              |
        | search | plan           | tool  | parcel of Maya      | On its way      |                   |
        | answer | plan           | model | What do I say?      | It is coming    |                   |

      @needs.platform.programs
      Examples: The standard tracer
        | tracer              |
        | the standard tracer |

      @needs.platform.sdk
      Examples: The platform's own tracer
        | tracer                    |
        | the platform's own tracer |

    @TR-1 @needs.platform.collector.metrics
    Scenario Outline: What <tracer> says how good a step was is kept with its event
      When a program with <tracer> works in the session "chat with Maya"
        | step   | type  | metrics: words |
        | plan   | chain |                |
        | answer | model | 3              |
      Then the session "chat with Maya" holds exactly, in any order
        | event  | metrics: words |
        | plan   |                |
        | answer | 3              |

      @needs.platform.programs
      Examples: The standard tracer
        | tracer              |
        | the standard tracer |

      @needs.platform.sdk
      Examples: The platform's own tracer
        | tracer                    |
        | the platform's own tracer |

    @TR-1 @needs.platform.programs
    Scenario: An event tells of which service it is
      When a program with the standard tracer works in the session "order of Tom"
        | step          | within     | service | type  |
        | take order    |            | shop    | chain |
        | ask the model | take order | brain   | model |
      Then the session "order of Tom" holds exactly, in any order
        | event         | source |
        | take order    | shop   |
        | ask the model | brain  |

    @TR-1 @TR-2 @needs.platform.programs
    Scenario: A request that travels through several services is one tree
      When a program with the standard tracer works in the session "order of Tom"
        | step          | within      | service   | type  |
        | take order    |             | shop      | chain |
        | ask the model | take order  | brain     | model |
        | check stock   | take order  | warehouse | tool  |
        | count shelves | check stock | warehouse | tool  |
      Then the session "order of Tom" holds exactly, in any order
        | event         | parent       | type  |
        | take order    | order of Tom | chain |
        | ask the model | take order   | model |
        | check stock   | take order   | tool  |
        | count shelves | check stock  | tool  |

    @TR-1 @needs.platform.programs
    Scenario: What a span says of itself keeps its kind
      When a program with the standard tracer works in the session "chat with Maya"
        | step   | metadata: tokens | metadata: cost | metadata: urgent | metadata: note | metadata: languages |
        | answer | 120              | 0.25           | yes              | "120"          | [en, de]            |
      Then the session "chat with Maya" holds exactly, in any order
        | event  | metadata: tokens | metadata: cost | metadata: urgent | metadata: note | metadata: languages |
        | answer | 120              | 0.25           | yes              | "120"          | [en, de]            |

    @TR-1 @needs.platform.programs
    Scenario Outline: A span that says nothing of its type is a <type> event when it tells of <what>
      When a program with the standard tracer works in the session "chat with Maya"
        | step   | metadata: <attribute> |
        | answer | <told>                |
      Then the session "chat with Maya" holds exactly, in any order
        | event  | type   |
        | answer | <type> |

      Examples:
        | type  | what             | attribute            | told   |
        | model | a model          | gen_ai.request.model | gpt-4o |
        | model | a language model | llm.model_name       | gpt-4o |

      @needs.platform.collector.tools
      Examples:
        | type | what          | attribute | told |
        | tool | anything else | parcel    | 4711 |

  Rule: Two sessions never share an event

    @TR-1 @needs.platform.programs @needs.platform.events
    Scenario: A program that goes on in an older session adds to that one
      Given these sessions
        | session        |
        | chat with Maya |
        | chat with Tom  |
      When a program with the standard tracer works in the session "chat with Tom"
        | step   | type  |
        | answer | model |
      Then the session "chat with Tom" holds exactly, in any order
        | event  | type  | parent        |
        | answer | model | chat with Tom |
      And the list of events is exactly, in any order
        | event          | type    |
        | chat with Maya | session |
        | chat with Tom  | session |
        | answer         | model   |
