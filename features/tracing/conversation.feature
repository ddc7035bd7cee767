@program @needs.platform.sdk
Feature: Conversations as in production
  The support bot validates what a customer writes, retrieves what is known, lets the model answer, puts the answer into
  shape and counts. Every answer can be followed back through all five.

  Background:
    Given the model will, one after another
      | step   | with              |
      | answer | It is on its way. |

  # What the model counts: 3 for each message and 1 for each started 4 characters, asked and answered alike.
  @TR-4 @critical
  Scenario: All five steps of an answer are stored, with the model's name and tokens
    When the support bot is asked "Where is my parcel AB-12?" in the session "chat with Maya"
    Then the model events of the session "chat with Maya" tell the tokens that the model counted
    And the session "chat with Maya" holds exactly, in this order
      | event                | type  | parent              | config: model | metadata: prompt_tokens | metadata: completion_tokens | metadata: total_tokens |
      | answer the customer  | chain | chat with Maya      |               |                         |                             |                        |
      | validate the input   | chain | answer the customer |               |                         |                             |                        |
      | retrieve the context | tool  | answer the customer |               |                         |                             |                        |
      | generate the answer  | model | answer the customer | gpt-4o-mini   | 26                      | 5                           | 31                     |
      | process the response | chain | answer the customer |               |                         |                             |                        |
      | record the analytics | tool  | answer the customer |               |                         |                             |                        |

  @TR-8 @critical
  Scenario: One id is found in every step, from what was asked to what was stored
    When the support bot is asked "Where is my parcel (unique id)?" in the session "chat with Maya"
    Then the program answers "It is on its way. (case (unique id))"
    And the model was asked once "Where is my parcel (unique id)?"
    And every event of the session "chat with Maya" holds "(unique id)" in what went in or came out
    And the session "chat with Maya" holds exactly, in this order
      | event                |
      | answer the customer  |
      | validate the input   |
      | retrieve the context |
      | generate the answer  |
      | process the response |
      | record the analytics |
