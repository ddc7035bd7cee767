@needs.platform.configurations
Feature: Configurations
  A configuration is a prompt together with the model and the parameters it was written for.
  What runs in production is what was reviewed only if every word and number of it is kept,
  and a team finds the one that is meant for its environment.

  Rule: A configuration is kept exactly as it was given

    @CF-1 @critical
    Scenario: A new configuration keeps provider, model, call type, prompt and parameters
      When Ada creates a configuration "Refund answer" with
        | provider                     | anthropic                       |
        | model                        | claude-sonnet-4                 |
        | call type                    | chat                            |
        | template: system             | You answer for Harbour Support. |
        | template: user               | {{question}}                    |
        | hyperparameters: temperature | 0.35                            |
        | hyperparameters: max_tokens  | 400                             |
        | user properties: reviewer    | Grace                           |
      Then it succeeds
      And the configuration "Refund answer" reads back as exactly
        | type                         | LLM                             |
        | provider                     | anthropic                       |
        | model                        | claude-sonnet-4                 |
        | call type                    | chat                            |
        | template: system             | You answer for Harbour Support. |
        | template: user               | {{question}}                    |
        | hyperparameters: temperature | 0.35                            |
        | hyperparameters: max_tokens  | 400                             |
        | user properties: reviewer    | Grace                           |

    @CF-1 @needs.platform.configurations.environments
    Scenario: A new configuration keeps what it is meant for
      When Ada creates a configuration "Refund answer" with
        | environments | staging, prod    |
        | tags         | refunds, english |
      Then the configuration "Refund answer" reads back as exactly
        | type         | LLM              |
        | environments | staging, prod    |
        | tags         | refunds, english |

    @CF-6
    Scenario Outline: A <call type> configuration keeps its stop words and the form of its answers
      When Ada creates a configuration "Refund answer" with
        | call type             | <call type>              |
        | template              | (a <call type> template) |
        | hyperparameters: stop | [END, "###"]             |
        | response format: type | json_object              |
      Then it succeeds
      And the configuration "Refund answer" reads back as exactly
        | type                  | LLM                      |
        | call type             | <call type>              |
        | template              | (a <call type> template) |
        | hyperparameters: stop | [END, "###"]             |
        | response format: type | json_object              |

      Examples:
        | call type |
        | chat      |

      @needs.platform.configurations.completion
      Examples:
        | call type  |
        | completion |

    @CF-6 @needs.platform.configurations.functions
    Scenario: A configuration keeps the functions that its model may call
      When Ada creates a configuration "Refund answer" with
        | functions: find_order: number   | required text       |
        | functions: find_order: status   | one of open, closed |
        | functions: refund_order: number | required text       |
        | functions: refund_order: amount | required number     |
        | function choice                 | auto                |
      Then it succeeds
      And the configuration "Refund answer" reads back as exactly
        | type                            | LLM                 |
        | functions: find_order: number   | required text       |
        | functions: find_order: status   | one of open, closed |
        | functions: refund_order: number | required text       |
        | functions: refund_order: amount | required number     |
        | function choice                 | auto                |

  Rule: Asking for a configuration answers that configuration

    @CF-2 @critical @needs.platform.configurations.get
    Scenario: A configuration opened by its id is shown in full
      Given these configurations
        | configuration | model       | template: system         |
        | Refund answer | gpt-4o      | You are kind and brief.  |
        | Delivery note | gpt-4o-mini | You know every delivery. |
      When Ada opens the configuration "Refund answer"
      Then the answer shows the configuration "Refund answer" as exactly
        | type             | LLM                     |
        | model            | gpt-4o                  |
        | template: system | You are kind and brief. |

    @CF-2
    Scenario: A configuration looked for by its name is found in full
      Given these configurations
        | configuration     | model       | template: system         |
        | Refund answer     | gpt-4o      | You are kind and brief.  |
        | Old Refund answer | gpt-4o-mini | You know every delivery. |
      When Ada looks for the configuration named "Refund answer"
      Then the answer lists exactly, in any order
        | configuration | model  | template: system        |
        | Refund answer | gpt-4o | You are kind and brief. |

    @CF-2 @needs.platform.configurations.get
    Scenario: A configuration that was never made is not found, rather than empty
      Given a configuration "Refund answer"
      When Ada opens the configuration "never made"
      Then it is refused as not found

  Rule: The list holds what was asked for

    @CF-3 @needs.platform.configurations.environments
    Scenario Outline: Listing configurations by <filter> answers exactly those
      Given these configurations
        | configuration | environments  | tags             |
        | Refund answer | dev, staging  | refunds, english |
        | Delivery note | staging, prod | english          |
        | Greeting      | prod          | greetings        |
      When Ada lists the configurations by
        | <filter> | <value> |
      Then the answer names exactly, in this order, "<found>"

      Examples:
        | filter      | value     | found                        |
        | environment | staging   | Delivery note, Refund answer |
        | environment | dev       | Refund answer                |
        | tags        | english   | Delivery note, Refund answer |
        | tags        | greetings | Greeting                     |

    @CF-3 @needs.platform.paging
    Scenario: A list of configurations is as long as was asked for
      Given these configurations
        | configuration |
        | First         |
        | Second        |
        | Third         |
      When Ada lists the configurations by
        | limit | 2 |
      Then the answer lists exactly, in this order
        | configuration |
        | Third         |
        | Second        |

  Rule: A valid change is taken, an invalid one is refused by name

    @CF-4 @critical
    Scenario Outline: Changing the <part> of a configuration is visible at once
      Given a configuration "Refund answer" with
        | model                        | gpt-4o   |
        | template: system             | Be kind. |
        | hyperparameters: temperature | 0.5      |
      And a configuration "Delivery note"
      When Ada changes the configuration "Refund answer" to
        | <property> | <value> |
      Then it succeeds
      And the configuration "Refund answer" reads back as exactly
        | type                         | LLM           |
        | model                        | <model>       |
        | template: system             | <prompt>      |
        | hyperparameters: temperature | <temperature> |
      And the other configurations are as they were

      Examples:
        | part        | property                     | value       | model       | prompt    | temperature |
        | model       | model                        | gpt-4o-mini | gpt-4o-mini | Be kind.  | 0.5         |
        | prompt      | template: system             | Be brief.   | gpt-4o      | Be brief. | 0.5         |
        | temperature | hyperparameters: temperature | 0.9         | gpt-4o      | Be kind.  | 0.9         |

    @CF-4 @needs.platform.configurations.environments
    Scenario Outline: Changing the <property> of a configuration leaves what it is meant for as it was, or said
      Given a configuration "Refund answer" with
        | model        | gpt-4o  |
        | environments | prod    |
        | tags         | refunds |
      When Ada changes the configuration "Refund answer" to
        | <property> | <value> |
      Then it succeeds
      And the configuration "Refund answer" reads back as exactly
        | type         | LLM     |
        | model        | <model> |
        | environments | prod    |
        | tags         | <tags>  |

      Examples:
        | property | value       | model       | tags    |
        | model    | gpt-4o-mini | gpt-4o-mini | refunds |
        | tags     | money       | gpt-4o      | money   |

    @CF-4
    Scenario Outline: A change to a configuration is refused whose <property> is <fault>
      Given a configuration "Refund answer"
      When Ada changes the configuration "Refund answer" to
        | <property> | (<fault>) |
      Then it is refused as invalid, naming "<property>"
      And the configurations are as they were

      Examples:
        | property  | fault    |
        | provider  | a number |
        | call type | a text   |
        | colour    | a text   |

      @needs.platform.configurations.rename
      Examples:
        | property | fault          |
        | name     | 201 characters |

      @needs.platform.configurations.environments
      Examples:
        | property     | fault  |
        | environments | a text |

    @CF-4 @needs.platform.configurations.rename
    Scenario: A configuration that was never made cannot be changed
      Given a configuration "Refund answer"
      When Ada changes the configuration "never made" to
        | name | Refund answer, 2nd edition |
      Then it is refused as not found
      And the configurations are as they were

    @CF-90
    Scenario Outline: A new configuration is refused whose <property> is <fault>
      When Ada creates a configuration "Refund answer" with
        | <property> | (<fault>) |
      Then it is refused as invalid, naming "<property>"
      And the configurations are as they were

      Examples:
        | property  | fault          |
        | name      | left out       |
        | name      | 201 characters |
        | provider  | left out       |
        | call type | a text         |

  Rule: A deleted configuration is gone

    @CF-5
    Scenario: Deleting a configuration is confirmed, and it is gone for everybody
      Given these configurations
        | configuration |
        | Refund answer |
        | Delivery note |
      When Ada deletes the configuration "Refund answer"
      Then it succeeds
      And the configuration "Refund answer" can no longer be found
      And the other configurations are as they were

    @CF-5
    Scenario: A configuration cannot be deleted twice
      Given a configuration "Refund answer"
      And Ada has deleted the configuration "Refund answer"
      When Ada deletes the configuration "Refund answer"
      Then it is refused as not found
