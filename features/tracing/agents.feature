@program
Feature: Agents of a framework
  Few teams trace by hand: the framework that runs their agent makes the spans. They must arrive as what they are.

  # Each of the two model calls is counted by the model itself; see the rule in the feature about conversations.
  @TR-12
  Scenario: An agent's model calls and tools arrive with their tokens
    Given the model will, one after another
      | step          | with             |
      | look up order | number: 4711     |
      | answer        | It is on its way |
    When  the agent is asked "Where is order 4711?" in the session "chat with Maya"
    Then  the program answers "It is on its way"
    And   the model was asked twice "Where is order 4711?"
    And   the session "chat with Maya" holds exactly, in this order
      | event                      | type  | parent                     | metadata: gen_ai.response.model | metadata: gen_ai.tool.name | metadata: gen_ai.usage.input_tokens | metadata: gen_ai.usage.output_tokens |
      | invoke_agent support_agent | chain | chat with Maya             |                                 |                            |                                     |                                      |
      | chat gpt-4o                | model | invoke_agent support_agent | gpt-4o                          |                            | 50                                  | 8                                    |
      | execute_tool look_up_order | tool  | invoke_agent support_agent |                                 | look_up_order              |                                     |                                      |
      | chat gpt-4o                | model | invoke_agent support_agent | gpt-4o                          |                            | 64                                  | 4                                    |
