@program @needs.platform.programs
Feature: Agents of a framework
  Few teams trace by hand: the framework that runs their agent makes the spans. They must arrive as what they are.

  @TR-12 @agents
  Scenario: An agent's model calls and tools arrive with their tokens
    Given the model will, one after another
      | step            | with             |
      | "look_up_order" | the number 4711  |
      | answer          | It is on its way |
    When the agent is asked "Where is order 4711?" in the session "chat with Maya"
    Then the program answers "It is on its way"
    And the model was asked twice "Where is order 4711?"
    And the model events of the session "chat with Maya" tell the tokens that the model counted
    And the session "chat with Maya" holds exactly, in this order
      | event                      | type  | parent                     | metadata: gen_ai.response.model | metadata: gen_ai.tool.name | metadata: gen_ai.tool.call.result |
      | invoke_agent support_agent | chain | chat with Maya             |                                 |                            |                                   |
      | chat gpt-4o                | model | invoke_agent support_agent | gpt-4o                          |                            |                                   |
      | execute_tool look_up_order | tool  | invoke_agent support_agent |                                 | look_up_order              | on its way                        |
      | chat gpt-4o                | model | invoke_agent support_agent | gpt-4o                          |                            |                                   |
