@needs.daemon.settings @needs.daemon.files
Feature: Log of the tool daemon
  When something went wrong an operator reads the log: every line of one form, the story of one call to be had by its
  name, every error with its cause, and never so much of it that the disk is full.

  Rule: Every line is of one form

    @TD-30 @needs.daemon.provider @critical
    Scenario: All components write alike
      Given the tool daemon with
        | retry base        | 0.001 |
        | breaker threshold | 1     |
        | log level         | DEBUG |
      And the planner is connected
      And the model answers, one after another
        | answer | times  |
        | 503    | always |
      And the planner has called "chat" with
        | prompt | What is due today? |
      And the planner has changed the token
      When the planner calls "analyze" with
        | question | Which parcels were late? |
      Then every line of the log is of one form, from
        | component |
        | server    |
        | sessions  |
        | calls     |
        | provider  |
        | breaker   |
        | expert    |
        | tokens    |

  Rule: A call's name is on all of its lines

    @TD-31 @needs.daemon.provider @critical
    Scenario: The story of a call is told under its name
      Given the tool daemon with
        | retry base | 0.001 |
        | log level  | DEBUG |
      And the planner is connected
      And the model answers, one after another
        | answer       | times |
        | 503          | 1     |
        | Two parcels. | 1     |
      When the planner calls "chat" with
        | prompt | What is due today? |
      Then the log tells of the planner's call, in this order and nothing else
        | component | tells                        |
        | calls     | call accepted                |
        | provider  | provider asked               |
        | provider  | provider failed; asked again |
        | provider  | provider asked               |
        | calls     | call ended                   |

    @TD-31
    Scenario: Calls that run beside each other are told apart
      Given the tool daemon
      And the planner and the reviewer are connected
      When these calls are made at once
        | agent    | tool | seconds | message |
        | planner  | slow | 0.05    |         |
        | reviewer | fail |         | no ink  |
      Then the log tells of the planner's call, in this order and nothing else
        | component | tells         |
        | calls     | call accepted |
        | calls     | call ended    |
      And the log tells of the reviewer's call, in this order and nothing else
        | component | tells         | level | cause  |
        | calls     | call accepted | INFO  |        |
        | calls     | tool failed   | ERROR | no ink |
        | calls     | call ended    | INFO  |        |

    @TD-31 @needs.daemon.provider
    Scenario: The expert's work is told under the name of the call that asked for it
      Given the tool daemon
      And the planner is connected
      And the model answers, one after another
        | answer       | times |
        | Two parcels. | 1     |
      When the planner calls "analyze" with
        | question | Which parcels were late? |
      Then the log tells of the planner's call, in this order and nothing else
        | component | tells                 |
        | calls     | call accepted         |
        | expert    | expert analysis begun |
        | expert    | expert analysis done  |
        | calls     | call ended            |

  Rule: The log never fills the disk

    @TD-32 @critical
    Scenario: A full log is put aside, and the oldest is removed
      Given the tool daemon with
        | log max bytes | 1500 |
        | log count     | 2    |
      And the planner is connected
      When the planner calls "echo" 20 times with
        | text | Good morning |
      Then the log lies in 3 parts of at most 1500 bytes, the oldest lines gone

  Rule: An error is told with its cause, to whoever called and in the log

    @TD-33 @critical
    Scenario: The cause of an error reaches the agent and the log
      Given the tool daemon
      And the planner is connected
      When the planner calls "fail" with
        | message | the minutes are missing |
      Then the planner's call fails as failed, saying "the minutes are missing; caused by FileNotFoundError: [Errno 2]"
      And the log tells of the planner's call, in this order and nothing else
        | component | tells         | level | cause                   |
        | calls     | call accepted | INFO  |                         |
        | calls     | tool failed   | ERROR | the minutes are missing |
        | calls     | call ended    | INFO  |                         |

    @TD-33 @needs.daemon.provider
    Scenario: What the provider said reaches the agent
      Given the tool daemon with
        | retry base | 0.001 |
      And the planner is connected
      And the model answers, one after another
        | answer | times  |
        | 401    | always |
      When the planner calls "chat" with
        | prompt | What is due today? |
      Then the planner's call fails as failed, saying "the provider openai gave no answer: 401"
      And the model was asked once

    @TD-101 @needs.daemon.provider
    Scenario Outline: A provider that quotes <what> to <tool> quotes it to nobody else
      Given the tool daemon with
        | retry base | 0.001 |
      And the planner is connected
      And the model answers, one after another
        | answer | times  | quoting |
        | 503    | always | <what>  |
      When the planner calls "<tool>" with
        | <argument> | What is due today? |
      Then <what> is masked in what the planner is told, and in the daemon's files

      Examples:
        | what      | tool    | argument |
        | the key   | chat    | prompt   |
        | the token | chat    | prompt   |
        | the key   | analyze | question |
