Feature: Datasets
  A dataset is the yardstick of an evaluation: the cases an assistant is measured with.
  Ada, evaluation engineer at Harbour Support, must be able to rely on it: it holds what she put in,
  she finds it again, and it changes only when she says so.

  Rule: What is put into a dataset comes out of it unaltered

    @DS-1 @critical
    Scenario: A new dataset keeps its name and its description
      When Ada creates a dataset "Refund questions" with
        | description | Asked by customers in March |
      Then it succeeds
      And the dataset "Refund questions" reads back as exactly
        | name        | Refund questions            |
        | description | Asked by customers in March |
      And the other datasets are as they were

    @DS-1 @needs.platform.datasets.metadata
    Scenario: A new dataset keeps its metadata, numbers as numbers and lists as lists
      When Ada creates a dataset "Refund questions" with
        | metadata: owner          | Ada      |
        | metadata: cases          | 120      |
        | metadata: share          | 0.25     |
        | metadata: reviewed       | yes      |
        | metadata: postcode       | "01067"  |
        | metadata: languages      | [en, de] |
        | metadata: source: system | helpdesk |
      Then it succeeds
      And the dataset "Refund questions" reads back as exactly
        | metadata: owner          | Ada      |
        | metadata: cases          | 120      |
        | metadata: share          | 0.25     |
        | metadata: reviewed       | yes      |
        | metadata: postcode       | "01067"  |
        | metadata: languages      | [en, de] |
        | metadata: source: system | helpdesk |

    @DS-1
    Scenario: A dataset opened by its id is the one that was meant
      Given these datasets
        | dataset            | description                 |
        | Refund questions   | Asked by customers in March |
        | Delivery questions | Asked by customers in April |
      When Ada opens the dataset "Refund questions"
      Then the answer shows the dataset "Refund questions" as exactly
        | description | Asked by customers in March |

    @DS-9
    Scenario Outline: Text survives the round trip byte for byte: <text>
      When Ada creates a dataset "<text>" with
        | name        | <value> |
        | description | <value> |
      Then the dataset "<text>" reads back as exactly
        | name        | <value> |
        | description | <value> |

      Examples:
        | text                        | value                                   |
        | accents in both spellings   | (accents in both spellings)             |
        | scripts of the world        | Привет 你好 नमस्ते สวัสดี こんにちは        |
        | right to left               | مرحبا بالعالم, שלום 123                 |
        | emoji made of several signs | 👩🏽‍🚀 👨‍👩‍👧‍👦 🇩🇪 ❤️                             |
        | markup and entities         | <b onload="x">&amp; &lt;i&gt;</b>       |
        | quotes and comments         | '; DROP TABLE datasets; -- "it's" /* %s |
        | unseen signs                | (unseen signs)                          |
        | several lines               | (several lines)                         |

    @DS-9 @needs.platform.datasets.metadata
    Scenario: A megabyte of metadata survives the round trip byte for byte
      When Ada creates a dataset "Transcripts" with
        | metadata: transcript | (1 MB of text in many scripts) |
      Then it succeeds
      And the dataset "Transcripts" reads back as exactly
        | metadata: transcript | (1 MB of text in many scripts) |

  Rule: A dataset is found by its exact name

    @DS-2
    Scenario: A name finds the dataset that bears it and no other
      Given these datasets
        | dataset              |
        | refund questions     |
        | Old refund questions |
        | Refund questions     |
      When Ada looks for the dataset named "refund questions"
      Then the answer lists exactly, in any order
        | dataset          |
        | refund questions |

    @DS-2
    Scenario Outline: A name with <signs> finds its dataset
      Given a dataset "<name>"
      And a dataset "Refund questions"
      When Ada looks for the dataset named "<name>"
      Then the answer lists exactly, in any order
        | dataset |
        | <name>  |

      Examples:
        | signs          | name             |
        | an apostrophe  | Maya's questions |
        | a percent sign | 50%20off         |
        | an ampersand   | refunds & more   |

    @DS-2
    Scenario Outline: A name that was never given finds nothing: <name>
      Given a dataset "Refund questions"
      When Ada looks for the dataset named "<name>"
      Then the answer lists exactly, in any order
        | dataset |

      Examples:
        | name               |
        | Delivery questions |
        | questions          |
        | refund questions   |

  Rule: The list of datasets is complete

    @DS-3
    Scenario: Every dataset of the project is listed once, the newest first
      Given these datasets
        | dataset |
        | First   |
        | Second  |
        | Third   |
      When Ada lists the datasets
      Then the answer lists exactly, in this order
        | dataset |
        | Third   |
        | Second  |
        | First   |

    @DS-3 @needs.platform.paging
    Scenario: Turning the pages neither repeats nor loses a dataset
      Given these datasets
        | dataset |
        | First   |
        | Second  |
        | Third   |
        | Fourth  |
        | Fifth   |
      When Ada turns the pages of the list of datasets, 2 at a time
      Then no page holds more than 2
      And the answer lists exactly, in this order
        | dataset |
        | Fifth   |
        | Fourth  |
        | Third   |
        | Second  |
        | First   |

    @DS-3 @needs.platform.paging
    Scenario: A list of datasets is as long as was asked for
      Given these datasets
        | dataset |
        | First   |
        | Second  |
        | Third   |
      When Ada lists the datasets by
        | limit | 2 |
      Then the answer lists exactly, in this order
        | dataset |
        | Third   |
        | Second  |

    @DS-8 @needs.platform.paging
    Scenario Outline: A list of no possible length is refused: <limit>
      When Ada lists the datasets by
        | limit | <limit> |
      Then it is refused as invalid, naming "limit"

      Examples:
        | limit |
        | 0     |
        | many  |

  Rule: A change reaches what it names and nothing else

    @DS-4
    Scenario Outline: Changing the <property> of a dataset leaves the rest as it was
      Given a dataset "Refund questions" with
        | description | Asked by customers in March |
      And a dataset "Delivery questions"
      When Ada changes the dataset "Refund questions" to
        | <property> | Returns, 2nd edition |
      Then it succeeds
      And the dataset "Refund questions" reads back as exactly
        | name        | <name>        |
        | description | <description> |
      And the other datasets are as they were

      Examples:
        | property    | name             | description          |
        | description | Refund questions | Returns, 2nd edition |

      @needs.platform.datasets.rename
      Examples:
        | property | name                 | description                 |
        | name     | Returns, 2nd edition | Asked by customers in March |

    @DS-4 @needs.platform.datasets.metadata
    Scenario: Changing the metadata of a dataset leaves its name and description as they were
      Given a dataset "Refund questions" with
        | description     | Asked by customers in March |
        | metadata: owner | Ada                         |
      When Ada changes the dataset "Refund questions" to
        | metadata: owner | Grace |
      Then the dataset "Refund questions" reads back as exactly
        | description     | Asked by customers in March |
        | metadata: owner | Grace                       |

  Rule: A deleted dataset is gone

    @DS-5 @critical
    Scenario: Deleting a dataset is confirmed, and it is gone for everybody
      Given these datasets
        | dataset            |
        | Refund questions   |
        | Delivery questions |
      When Ada deletes the dataset "Refund questions"
      Then it succeeds
      And the dataset "Refund questions" can no longer be found
      And the other datasets are as they were

    @DS-5
    Scenario: A dataset cannot be deleted twice
      Given a dataset "Refund questions"
      And Ada has deleted the dataset "Refund questions"
      When Ada deletes the dataset "Refund questions"
      Then it is refused as not found

    @DS-92
    Scenario: A dataset made anew under an old name is another dataset
      Given a dataset "Refund questions"
      And Ada has deleted the dataset "Refund questions"
      When Ada creates a dataset "Refund questions"
      Then it succeeds
      And its id was never used before

  Rule: Rows of a table become the datapoints of a dataset

    @DS-6 @needs.platform.datapoints.rows
    Scenario: Columns go where the mapping says, and the rest is kept as metadata
      Given a dataset "Refund questions"
      When Ada adds rows to the dataset "Refund questions" with "question" and "country" as inputs and "answer" as ground truth
        | datapoint | question                | country | answer         | channel |
        | late      | Where is my parcel?     | DE      | On its way     | mail    |
        | broken    | Do I get my money back? | FR      | Within 14 days | phone   |
      Then it succeeds
      And the dataset "Refund questions" reads back as exactly
        | datapoints | late, broken |
      And the datapoint "broken" reads back as exactly
        | inputs: question     | Do I get my money back? |
        | inputs: country      | FR                      |
        | ground truth: answer | Within 14 days          |
        | metadata: channel    | phone                   |
        | linked datasets      | Refund questions        |

    @DS-6 @needs.platform.datapoints.history @needs.platform.datapoints.rows
    Scenario: A column of messages becomes what was said before
      Given a dataset "Refund questions"
      When Ada adds rows to the dataset "Refund questions" with "question" as inputs and "earlier" as history
        | datapoint | question                | earlier          |
        | late      | Where is my parcel?     | user: I ordered  |
        | broken    | Do I get my money back? | user: It is here |
      Then it succeeds
      And the datapoint "broken" reads back as exactly
        | inputs: question | Do I get my money back? |
        | history: user    | It is here              |
        | linked datasets  | Refund questions        |

    @DS-7 @needs.platform.datapoints.alone
    Scenario: A datapoint taken out of a dataset goes on by itself
      Given these datapoints
        | datapoint | inputs: question        |
        | late      | Where is my parcel?     |
        | broken    | Do I get my money back? |
      And a dataset "Refund questions" with
        | datapoints | late, broken |
      When Ada takes the datapoint "late" out of the dataset "Refund questions"
      Then it succeeds
      And the dataset "Refund questions" reads back as exactly
        | datapoints | broken |
      And the datapoint "late" reads back as exactly
        | inputs: question | Where is my parcel? |
      And the other datapoints are as they were

  Rule: Bad input is refused, and nothing is stored

    @DS-8
    Scenario Outline: A dataset is refused whose <property> is <fault>
      When Ada creates a dataset "Refund questions" with
        | <property> | (<fault>) |
      Then it is refused as invalid, naming "<property>"
      And the datasets are as they were

      Examples:
        | property    | fault          |
        | name        | left out       |
        | name        | blank          |
        | name        | a number       |
        | name        | 201 characters |
        | description | a number       |
        | colour      | a text         |

      @needs.platform.datapoints.alone
      Examples:
        | property   | fault  |
        | datapoints | a text |

    @DS-8
    Scenario: The longest name allowed is taken
      When Ada creates a dataset "Longest" with
        | name | (200 characters) |
      Then it succeeds
      And the dataset "Longest" reads back as exactly
        | name | (200 characters) |

    @DS-8
    Scenario Outline: A change to a dataset is refused whose <property> is <fault>
      Given a dataset "Refund questions" with
        | description | Asked by customers in March |
      When Ada changes the dataset "Refund questions" to
        | <property> | (<fault>) |
      Then it is refused as invalid, naming "<property>"
      And the datasets are as they were

      Examples:
        | property    | fault  |
        | description | a list |

      @needs.platform.datasets.rename
      Examples:
        | property | fault          |
        | name     | 201 characters |

    @DS-8 @needs.platform.datapoints.alone
    Scenario: A dataset cannot hold a datapoint that does not exist
      When Ada creates a dataset "Refund questions" with
        | datapoints | never made |
      Then it is refused as not found, naming "datapoints"
      And the datasets are as they were

    @DS-8
    Scenario: A dataset that was never made cannot be opened
      Given a dataset "Refund questions"
      When Ada opens the dataset "never made"
      Then it is refused as not found

    @DS-8
    Scenario: A dataset that was never made cannot be changed
      Given a dataset "Refund questions"
      When Ada changes the dataset "never made" to
        | description | Asked by customers in March |
      Then it is refused as not found
      And the datasets are as they were

    @DS-8
    Scenario: A dataset that was never made cannot be deleted
      Given a dataset "Refund questions"
      When Ada deletes the dataset "never made"
      Then it is refused as not found
      And the datasets are as they were

    @DS-90
    Scenario: A second dataset of the same name is refused
      Given a dataset "Refund questions" with
        | description | Asked by customers in March |
      When Ada creates a dataset "Refund questions" with
        | description | Asked by customers in April |
      Then it is refused as a duplicate, naming "name"
      And the datasets are as they were

    @DS-91
    Scenario: Names that differ only in case are two names
      Given a dataset "Refund questions"
      When Ada creates a dataset "refund questions"
      Then it succeeds
      And the list of datasets is exactly, in any order
        | dataset          |
        | Refund questions |
        | refund questions |

  Rule: What was acknowledged outlives the service

    @DS-93 @critical @needs.platform.restart
    Scenario: An acknowledged dataset survives a service that is killed
      Given a dataset "Refund questions" with
        | description | Asked by customers in March |
      When the platform is killed and started again
      Then the dataset "Refund questions" reads back as exactly
        | description | Asked by customers in March |
