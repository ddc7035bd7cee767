@needs.daemon.settings @needs.daemon.provider
Feature: A provider in trouble
  When the provider of models fails, the daemon asks again with patience; when it fails again and again, it is left alone
  for a while, and agents are answered at once with what can be answered without it.

  Rule: After several operations in a row that failed, the provider is left alone

    @TD-14 @critical
    Scenario: The circuit opens after five failed operations
      Given the tool daemon with
        | retry base | 0.001 |
      And the planner is connected
      And the model answers, one after another
        | answer | times  |
        | 503    | always |
      When the planner calls "chat" 5 times with
        | prompt | What is due today? |
      Then the planner's calls all fail as failed, saying "503"
      And the circuit is open

    @TD-14
    Scenario: An operation counts once, however often it was tried
      Given the tool daemon with
        | retry base | 0.001 |
      And the planner is connected
      And the model answers, one after another
        | answer | times  |
        | 503    | always |
      When the planner calls "chat" 4 times with
        | prompt | What is due today? |
      Then the circuit is closed
      And the model was asked 16 times

    @TD-14
    Scenario: A success in between begins the count anew
      Given the tool daemon with
        | retry base        | 0.001 |
        | breaker threshold | 2     |
      And the planner is connected
      And the model answers, one after another
        | answer       | times |
        | 503          | 4     |
        | All is well. | 1     |
        | 503          | 4     |
      And the planner has called "chat" 2 times with
        | prompt | What is due today? |
      When the planner calls "chat" with
        | prompt | And tomorrow? |
      Then the planner's call fails as failed
      And the circuit is closed

    @TD-14
    Scenario: A question that the provider refuses says nothing against it
      Given the tool daemon with
        | retry base        | 0.001 |
        | breaker threshold | 1     |
      And the planner is connected
      And the model answers, one after another
        | answer | times  |
        | 400    | always |
      When the planner calls "chat" 2 times with
        | prompt | What is due today? |
      Then the planner's calls all fail as failed, saying "400"
      And the circuit is closed

    @TD-14
    Scenario: A provider that keeps everybody waiting has failed as well
      Given the tool daemon with
        | tool timeout      | 0.2 |
        | daemon timeout    | 0.3 |
        | breaker threshold | 1   |
      And the planner is connected
      And the model answers, one after another
        | answer       | times  | after |
        | All is well. | always | 5     |
      When the planner calls "chat" with
        | prompt | What is due today? |
      Then the planner's call fails as timed out, saying "tool timeout"
      And the circuit is open

  Rule: While it is left alone, everybody is answered at once

    @TD-15 @critical
    Scenario: With an open circuit the fallback is answered, and nobody is asked
      Given the tool daemon with
        | retry base        | 0.001 |
        | breaker threshold | 1     |
      And the planner and the reviewer are connected
      And the model answers, one after another
        | answer | times  |
        | 503    | always |
      And the planner has called "chat" with
        | prompt | What is due today? |
      When the reviewer calls "chat" with
        | prompt | And tomorrow? |
      Then the reviewer is answered "The model cannot be reached at the moment. Please try again later."
      And it took 0 to 2 seconds
      And the model was asked 4 times

    @TD-15
    Scenario: With a fallback provider, that one answers
      Given the tool daemon with
        | retry base        | 0.001 |
        | breaker threshold | 1     |
        | fallback provider | yes   |
      And the planner is connected
      And the model answers, one after another
        | answer                   | times  | model        |
        | The spare model is here. | always | gpt-4.1-mini |
        | 503                      | always | gpt-4o-mini  |
      And the planner has called "chat" with
        | prompt | What is due today? |
      When the planner calls "chat" with
        | prompt | And tomorrow? |
      Then the planner is answered "The spare model is here."
      And the model was asked 5 times

    @TD-15
    Scenario: When the fallback provider fails, too, that is said in its place
      Given the tool daemon with
        | retry base        | 0.001 |
        | breaker threshold | 1     |
        | fallback provider | yes   |
      And the planner is connected
      And the model answers, one after another
        | answer | times  |
        | 503    | always |
      And the planner has called "chat" with
        | prompt | What is due today? |
      When the planner calls "chat" with
        | prompt | And tomorrow? |
      Then the planner is answered "The model cannot be reached at the moment. Please try again later."
      And the model was asked 8 times

    @TD-15
    Scenario: The models that are listed are those of the fallback provider, too
      Given the tool daemon with
        | retry base        | 0.001 |
        | breaker threshold | 1     |
        | fallback provider | yes   |
      And the planner is connected
      And the model answers, one after another
        | answer | times  |
        | 503    | always |
      And the planner has called "chat" with
        | prompt | What is due today? |
      When the planner calls "listmodels"
      Then the planner is told
        | provider  | fallback |
        | models: 0 | gpt      |

    @TD-15
    Scenario: What was answered in need is not kept for later
      Given the tool daemon with
        | retry base        | 0.001 |
        | breaker threshold | 1     |
        | breaker recovery  | 0.1   |
      And the planner is connected
      And the model answers, one after another
        | answer       | times |
        | 503          | 4     |
        | All is well. | 1     |
      And the planner has called "chat" 2 times with
        | prompt | What is due today? |
      And the circuit is half-open
      When the planner calls "chat" with
        | prompt | What is due today? |
      Then the planner is answered "All is well."

  Rule: After a while one operation may try

    @TD-16 @critical
    Scenario: One success closes the circuit
      Given the tool daemon with
        | retry base        | 0.001 |
        | breaker threshold | 1     |
        | breaker recovery  | 0.02  |
      And the planner is connected
      And the model answers, one after another
        | answer       | times  |
        | 503          | 4      |
        | All is well. | always |
      And the planner has called "chat" with
        | prompt | What is due today? |
      And the circuit is half-open
      When the planner calls "chat" with
        | prompt | And now? |
      Then the planner is answered "All is well."
      And the circuit is closed

    @TD-16
    Scenario: Nobody tries before the time that the operator has set, nor must wait much longer
      Given the tool daemon with
        | retry base        | 0.001 |
        | breaker threshold | 1     |
        | breaker recovery  | 0.3   |
      And the planner is connected
      And the model answers, one after another
        | answer | times  |
        | 503    | always |
      When the planner calls "chat" with
        | prompt | What is due today? |
      Then the circuit is half-open after 0.3 to 2 seconds

    @TD-16
    Scenario: One failure opens it again
      Given the tool daemon with
        | retry base        | 0.001 |
        | breaker threshold | 3     |
        | breaker recovery  | 0.3   |
      And the planner is connected
      And the model answers, one after another
        | answer | times  |
        | 503    | always |
      And the planner has called "chat" 3 times with
        | prompt | What is due today? |
      And the circuit is half-open
      When the planner calls "chat" with
        | prompt | And now? |
      Then the planner's call fails as failed, saying "503"
      And the circuit is open

    @TD-16
    Scenario: Only one operation tries, the others are answered at once
      Given the tool daemon with
        | retry base        | 0.001 |
        | breaker threshold | 1     |
        | breaker recovery  | 0.1   |
      And the planner and the reviewer are connected
      And the model answers, one after another
        | answer       | times | after |
        | 503          | 4     |       |
        | All is well. | 2     | 0.3   |
      And the planner has called "chat" with
        | prompt | What is due today? |
      And the circuit is half-open
      When these calls are made at once
        | agent    | tool | prompt        |
        | planner  | chat | And now?      |
        | reviewer | chat | And tomorrow? |
      Then the planner is answered "All is well."
      And the reviewer is answered "The model cannot be reached at the moment. Please try again later."

  Rule: A failure may be over the next moment, so it is asked again, each time with more patience

    @TD-17 @critical
    Scenario: The pauses double from one repetition to the next
      Given the tool daemon with
        | retry base | 0.01 |
      And the planner is connected
      And the model answers, one after another
        | answer       | times |
        | 503          | 3     |
        | All is well. | 1     |
      When the planner calls "chat" with
        | prompt | What is due today? |
      Then the planner is answered "All is well."
      And the model was asked 4 times, after pauses of 0.01, 0.02 and 0.04 seconds

    @TD-17
    Scenario: After three repetitions the failure is told
      Given the tool daemon with
        | retry base | 0.001 |
      And the planner is connected
      And the model answers, one after another
        | answer | times  |
        | 503    | always |
      When the planner calls "chat" with
        | prompt | What is due today? |
      Then the planner's call fails as failed, saying "503"
      And the model was asked 4 times

    @TD-17
    Scenario: What the provider refuses is not asked again
      Given the tool daemon with
        | retry base | 0.001 |
      And the planner is connected
      And the model answers, one after another
        | answer | times  |
        | 400    | always |
      When the planner calls "chat" with
        | prompt | What is due today? |
      Then the planner's call fails as failed, saying "400"
      And the model was asked once
