@program
Feature: Failures inside a traced program
  What went wrong is what Ada looks for first. A failure must stand where it happened, in words that say what was wrong,
  and tracing it must not make it worse.

  Rule: A failure is an error event that says what was wrong, and the program goes on

    @TR-3 @critical @needs.platform.sdk
    Scenario: A key that the model refuses is told by the event of the model call
      When the order workflow is asked "What do tea and cake cost?" in the session "order of Tom", with a key that the model does not know
      Then the program met a failure, saying "Incorrect API key provided", and went on
      And the program answers "The sum is unknown"
      And the event "ask the model" of the session "order of Tom" failed, saying "Incorrect API key provided"

    @TR-3
    Scenario Outline: After a failure under <tracer> the later steps are traced as ever
      When a program with <tracer> works in the session "order of Tom"
        | step              | type  | fails                          | outputs: result    |
        | ask the model     | model | the key sk-a…z is not accepted |                    |
        | add up the prices | tool  |                                | The sum is unknown |
      Then the program met a failure, saying "the key sk-a…z is not accepted", and went on
      And the event "ask the model" of the session "order of Tom" failed, saying "the key sk-a…z is not accepted"
      And the session "order of Tom" holds exactly, in this order
        | event             | type  | outputs: result    |
        | ask the model     | model |                    |
        | add up the prices | tool  | The sum is unknown |

      @needs.platform.programs
      Examples: The standard tracer
        | tracer              |
        | the standard tracer |

      @needs.platform.sdk
      Examples: The platform's own tracer
        | tracer                    |
        | the platform's own tracer |
