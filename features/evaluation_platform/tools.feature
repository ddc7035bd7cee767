@needs.platform.tools
Feature: Tools
  A tool is a function that a model may call, described well enough for the model to fill in its arguments.
  A schema that changes on the way makes a model call the wrong thing with the wrong words.

  Rule: A tool is kept with every detail of its schema

    @TL-1 @critical
    Scenario: A new tool keeps its description and its schema
      When Ada creates a tool "find_order" with
        | description           | Finds an order of this customer           |
        | takes: number         | required text "as printed on the receipt" |
        | takes: status         | one of open, closed, "sent back"          |
        | takes: lines          | list of whole numbers                     |
        | takes: limit          | number                                    |
        | takes: exact          | yes or no                                 |
        | takes: customer: mail | required text                             |
      Then it succeeds
      And the tool "find_order" reads back as exactly
        | description           | Finds an order of this customer           |
        | takes: number         | required text "as printed on the receipt" |
        | takes: status         | one of open, closed, "sent back"          |
        | takes: lines          | list of whole numbers                     |
        | takes: limit          | number                                    |
        | takes: exact          | yes or no                                 |
        | takes: customer: mail | required text                             |
      And the other tools are as they were

    @TL-2
    Scenario: A tool opened by its id is the one that was meant
      Given these tools
        | tool         | takes: number | description     |
        | find_order   | required text | Finds an order  |
        | refund_order | text          | Refunds a buyer |
      When Ada opens the tool "find_order"
      Then the answer shows the tool "find_order" as exactly
        | takes: number | required text  |
        | description   | Finds an order |

    @TL-2
    Scenario: A tool that was never made is not found
      Given a tool "find_order"
      When Ada opens the tool "never made"
      Then it is refused as not found

    @TL-3
    Scenario: Every tool is listed once, the newest first
      Given these tools
        | tool         | type     | takes: number |
        | find_order   | function | required text |
        | refund_order | tool     | text          |
        | greet        | function | number        |
      When Ada lists the tools
      Then the answer lists exactly, in this order
        | tool         | type     | takes: number |
        | greet        | function | number        |
        | refund_order | tool     | text          |
        | find_order   | function | required text |

  Rule: A change reaches what it names and nothing else

    @TL-4
    Scenario Outline: Changing the <part> of a tool leaves the rest as it was
      Given a tool "find_order" with
        | description   | Finds an order |
        | takes: number | required text  |
      And a tool "refund_order"
      When Ada changes the tool "find_order" to
        | <property> | <value> |
      Then it succeeds
      And the tool "find_order" reads back as exactly
        | description   | <description> |
        | takes: number | <number>      |
      And the other tools are as they were

      Examples:
        | part        | property      | value         | description    | number        |
        | description | description   | Looks it up   | Looks it up    | required text |
        | schema      | takes: number | list of texts | Finds an order | list of texts |

  Rule: A deleted tool is gone

    @TL-5
    Scenario: Deleting a tool is confirmed, and it is gone for everybody
      Given these tools
        | tool         |
        | find_order   |
        | refund_order |
      When Ada deletes the tool "find_order"
      Then it succeeds
      And the tool "find_order" can no longer be found
      And the other tools are as they were

    @TL-5
    Scenario: A tool cannot be deleted twice
      Given a tool "find_order"
      And Ada has deleted the tool "find_order"
      When Ada deletes the tool "find_order"
      Then it is refused as not found

  Rule: Bad input is refused, and nothing is stored

    @TL-90
    Scenario Outline: A tool is refused whose <property> is <fault>
      When Ada creates a tool "find_order" with
        | <property> | (<fault>) |
      Then it is refused as invalid, naming "<property>"
      And the tools are as they were

      Examples:
        | property   | fault          |
        | name       | left out       |
        | name       | 201 characters |
        | parameters | a text         |
        | type       | a text         |
