@program @needs.platform.sdk
Feature: Workflows over several services
  An order is handled by a model and by code: the model lists the prices, the code adds them up. When the sum is wrong,
  Ada must see in one place what each of them was given and what each made of it.

  @TR-2 @critical
  Scenario: A model call and the data processing after it are one session
    Given the model will, one after another
      | step   | with          |
      | answer | tea 4, cake 5 |
    When the order workflow is asked "What do tea and cake cost?" in the session "order of Tom"
    Then the program answers "The order costs 9"
    And the model was asked once "What do tea and cake cost?"
    And the session "order of Tom" holds exactly, in this order
      | event             | type  | inputs: question           | inputs: prices | outputs: result   |
      | ask the model     | model | What do tea and cake cost? |                | tea 4, cake 5     |
      | add up the prices | tool  |                            | tea 4, cake 5  | The order costs 9 |
