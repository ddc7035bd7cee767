@needs.platform.datapoints
Feature: The platform's protocol
  Programs of every make talk to the platform, and some of them talk nonsense.
  A request that cannot be read is refused by name, and never half understood.

  Rule: What cannot be read is refused, and nothing is stored

    @DP-7
    Scenario Outline: A datapoint sent as <fault> is refused
      When Ada sends a datapoint as <fault>
      Then it is refused as <reason>, saying "<said>"
      And the datapoints are as they were

      Examples:
        | fault              | reason             | said   |
        | broken JSON        | invalid            | JSON   |
        | a list             | invalid            | object |
        | a text             | invalid            | object |
        | a number           | invalid            | object |
        | nothing at all     | invalid            | body   |
        | another media type | of an unknown kind | JSON   |
