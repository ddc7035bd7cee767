@needs.platform.datapoints
Feature: Datapoints
  A datapoint is one case: what is asked, what was said before, and the answer that would be right.
  An evaluation is only as good as its cases, so none may be lost, mixed up or quietly altered.

  Rule: A case is kept as it was given

    @DP-1 @critical
    Scenario: A new datapoint keeps its inputs, ground truth and metadata
      Given a dataset "Refund questions"
      When Ada creates a datapoint "late parcel" with
        | linked datasets      | Refund questions    |
        | inputs: question     | Where is my parcel? |
        | inputs: order: lines | [3, 4.5]            |
        | ground truth: answer | On its way          |
        | ground truth: urgent | no                  |
        | metadata: channel    | mail                |
      Then it succeeds
      And the datapoint "late parcel" reads back as exactly
        | linked datasets      | Refund questions    |
        | inputs: question     | Where is my parcel? |
        | inputs: order: lines | [3, 4.5]            |
        | ground truth: answer | On its way          |
        | ground truth: urgent | no                  |
        | metadata: channel    | mail                |

    @DP-1 @needs.platform.datapoints.history
    Scenario: A new datapoint keeps what was said before, in its order
      Given a dataset "Refund questions"
      When Ada creates a datapoint "late parcel" with
        | linked datasets    | Refund questions    |
        | history: user      | I ordered last week |
        | history: assistant | What is your order? |
      Then the datapoint "late parcel" reads back as exactly
        | linked datasets    | Refund questions    |
        | history: user      | I ordered last week |
        | history: assistant | What is your order? |

    @DP-1 @needs.platform.datapoints.alone
    Scenario: A new datapoint may be of no dataset
      When Ada creates a datapoint "late parcel" with
        | inputs: question | Where is my parcel? |
      Then it succeeds
      And the datapoint "late parcel" reads back as exactly
        | inputs: question | Where is my parcel? |

    @DP-1
    Scenario: A datapoint opened by its id is the one that was meant
      Given a dataset "Refund questions"
      And these datapoints
        | datapoint   | linked datasets  | inputs: question        |
        | late parcel | Refund questions | Where is my parcel?     |
        | broken cup  | Refund questions | Do I get my money back? |
      When Ada opens the datapoint "late parcel"
      Then the answer shows the datapoint "late parcel" as exactly
        | linked datasets  | Refund questions    |
        | inputs: question | Where is my parcel? |

  Rule: A new case can be asked for through its dataset

    @DP-2 @critical
    Scenario: A new datapoint is listed in its dataset within the stated delay
      Given a dataset "Refund questions"
      When Ada creates a datapoint "late parcel" with
        | linked datasets | Refund questions |
      Then the datapoint "late parcel" is listed in the dataset "Refund questions" within the platform's stated delay

    @DP-3
    Scenario: Asking for some datapoints by their ids answers exactly those
      Given a dataset "Refund questions"
      And these datapoints
        | datapoint   | linked datasets  |
        | late parcel | Refund questions |
        | broken cup  | Refund questions |
        | lost key    | Refund questions |
      When Ada lists the datapoints by
        | ids | late parcel, lost key |
      Then the answer lists exactly, in any order
        | datapoint   |
        | late parcel |
        | lost key    |

    @DP-3
    Scenario: Asking for the datapoints of a dataset does not answer another dataset's
      Given these datasets
        | dataset              |
        | Refund questions     |
        | Old Refund questions |
      And these datapoints
        | datapoint   | linked datasets      | inputs: question        |
        | late parcel | Refund questions     | Where is my parcel?     |
        | broken cup  | Old Refund questions | Do I get my money back? |
      When Ada lists the datapoints by
        | dataset | Refund questions |
      Then the answer lists exactly, in any order
        | datapoint   | inputs: question    |
        | late parcel | Where is my parcel? |

    @DP-3 @needs.platform.datapoints.alone
    Scenario: Asking for the datapoints of a dataset answers exactly its members
      Given these datasets
        | dataset              |
        | Refund questions     |
        | Old Refund questions |
      And these datapoints
        | datapoint   | linked datasets                        | inputs: question        |
        | late parcel | Refund questions                       | Where is my parcel?     |
        | broken cup  | Old Refund questions                   | Do I get my money back? |
        | lost key    | Refund questions, Old Refund questions | Who has my key?         |
        | stray       |                                        | Is anybody there?       |
      When Ada lists the datapoints by
        | dataset | Refund questions |
      Then the answer lists exactly, in any order
        | datapoint   | inputs: question    |
        | late parcel | Where is my parcel? |
        | lost key    | Who has my key?     |

  Rule: A change reaches what it names and nothing else

    @DP-4
    Scenario Outline: Changing the <part> of a datapoint keeps the rest
      Given a dataset "Refund questions"
      And a datapoint "late parcel" with
        | linked datasets      | Refund questions    |
        | inputs: question     | Where is my parcel? |
        | ground truth: answer | On its way          |
        | metadata: channel    | mail                |
      And a datapoint "broken cup" with
        | linked datasets | Refund questions |
      When Ada changes the datapoint "late parcel" to
        | <property> | <value> |
      Then it succeeds
      And the datapoint "late parcel" reads back as exactly
        | linked datasets      | Refund questions |
        | inputs: question     | <question>       |
        | ground truth: answer | <answer>         |
        | metadata: channel    | <channel>        |
      And the other datapoints are as they were

      Examples:
        | part         | property             | value       | question            | answer      | channel |
        | ground truth | ground truth: answer | At the door | Where is my parcel? | At the door | mail    |
        | metadata     | metadata: channel    | phone       | Where is my parcel? | On its way  | phone   |

      @needs.platform.datapoints.inputs
      Examples:
        | part   | property         | value        | question     | answer     | channel |
        | inputs | inputs: question | Where is it? | Where is it? | On its way | mail    |

    @DP-4 @needs.platform.datapoints.history
    Scenario Outline: What was said before changes by itself, and with nothing else: <property>
      Given a dataset "Refund questions"
      And a datapoint "late parcel" with
        | linked datasets   | Refund questions    |
        | history: user     | I ordered last week |
        | metadata: channel | mail                |
      When Ada changes the datapoint "late parcel" to
        | <property> | <value> |
      Then it succeeds
      And the datapoint "late parcel" reads back as exactly
        | linked datasets   | Refund questions |
        | history: user     | <earlier>        |
        | metadata: channel | <channel>        |

      Examples:
        | property          | value | earlier             | channel |
        | history: user     | Hello | Hello               | mail    |
        | metadata: channel | phone | I ordered last week | phone   |

  Rule: A deleted case is gone everywhere

    @DP-5
    Scenario: A deleted datapoint is gone, and its neighbour stays
      Given a dataset "Refund questions"
      And these datapoints
        | datapoint   | linked datasets  |
        | late parcel | Refund questions |
        | broken cup  | Refund questions |
      When Ada deletes the datapoint "late parcel"
      Then it succeeds
      And the datapoint "late parcel" can no longer be found
      And the dataset "Refund questions" reads back as exactly
        | datapoints | broken cup |
      And the other datapoints are as they were

    @DP-5 @needs.platform.datapoints.alone
    Scenario: A deleted datapoint leaves every dataset that held it
      Given these datapoints
        | datapoint   |
        | late parcel |
        | broken cup  |
      And these datasets
        | dataset            | datapoints              |
        | Refund questions   | late parcel, broken cup |
        | Delivery questions | late parcel             |
      When Ada deletes the datapoint "late parcel"
      Then it succeeds
      And the datapoint "late parcel" can no longer be found
      And the list of datasets is exactly, in any order
        | dataset            | datapoints |
        | Refund questions   | broken cup |
        | Delivery questions |            |

    @DP-5
    Scenario: A datapoint cannot be deleted twice
      Given a dataset "Refund questions"
      And a datapoint "late parcel" with
        | linked datasets | Refund questions |
      And Ada has deleted the datapoint "late parcel"
      When Ada deletes the datapoint "late parcel"
      Then it is refused as not found

  Rule: Many cases can be stored at once

    @DP-6 @needs.platform.datapoints.order
    Scenario: Datapoints created together are in the dataset in their order
      Given a dataset "Refund questions"
      When Ada creates together for the dataset "Refund questions" these datapoints
        | datapoint   | inputs: question        |
        | late parcel | Where is my parcel?     |
        | broken cup  | Do I get my money back? |
        | lost key    | Who has my key?         |
      Then it succeeds
      And the dataset "Refund questions" reads back as exactly
        | datapoints | late parcel, broken cup, lost key |

    @DP-6
    Scenario: Datapoints created together are all stored
      Given a dataset "Refund questions"
      When Ada creates together for the dataset "Refund questions" these datapoints
        | datapoint   | inputs: question        | ground truth: answer |
        | late parcel | Where is my parcel?     | On its way           |
        | broken cup  | Do I get my money back? | Within 14 days       |
        | lost key    | Who has my key?         | The front desk       |
      Then it succeeds
      And the list of datapoints is exactly, in any order
        | datapoint   | inputs: question        | ground truth: answer |
        | late parcel | Where is my parcel?     | On its way           |
        | broken cup  | Do I get my money back? | Within 14 days       |
        | lost key    | Who has my key?         | The front desk       |

    @DP-6
    Scenario: A bad row among good ones is reported, and the good ones are stored
      Given a dataset "Refund questions"
      When Ada creates together for the dataset "Refund questions" these datapoints
        | datapoint   | inputs: question    | inputs     |
        | late parcel | Where is my parcel? |            |
        | broken cup  |                     | (a number) |
        | lost key    | Who has my key?     |            |
      Then of what was sent together exactly these were refused
        | datapoint  | because of |
        | broken cup | inputs     |
      And the dataset "Refund questions" reads back as exactly
        | datapoints | late parcel, lost key |

  Rule: What happened can become a case

    @DP-90 @needs.platform.datapoints.alone @needs.platform.events
    Scenario: Events become the datapoints of a dataset, with what went in and what came out
      Given a dataset "Refund questions"
      And a session "chat with Maya"
      And these events
        | event  | session        | inputs: question    | outputs: answer | metadata: channel |
        | answer | chat with Maya | Where is my parcel? | On its way      | mail              |
        | reply  | chat with Maya | May I return it?    | Within 14 days  | phone             |
      When Ada makes for the dataset "Refund questions" these datapoints of events
        | datapoint   | event  |
        | late parcel | answer |
        | broken cup  | reply  |
      Then the dataset "Refund questions" reads back as exactly
        | datapoints | late parcel, broken cup |
      And the datapoint "broken cup" reads back as exactly
        | inputs: question     | May I return it? |
        | ground truth: answer | Within 14 days   |
        | metadata: channel    | phone            |
        | linked event         | reply            |
        | linked datasets      | Refund questions |

    @DP-90 @needs.platform.datapoints.alone @needs.platform.events
    Scenario: Parts of an event become what the mapping says
      Given a session "chat with Maya"
      And an event "answer" with
        | session               | chat with Maya      |
        | inputs: question      | Where is my parcel? |
        | inputs: order: number | 4711                |
        | outputs: answer       | On its way          |
      When Ada makes these datapoints of events, with "inputs.order.number" as inputs and "outputs.answer" as ground truth
        | datapoint   | event  |
        | late parcel | answer |
      Then the datapoint "late parcel" reads back as exactly
        | inputs: number       | 4711       |
        | ground truth: answer | On its way |
        | linked event         | answer     |

    @DP-91 @needs.platform.datapoints.alone @needs.platform.events
    Scenario: Two parts of an event that would bear one name are refused, and neither is lost
      Given a session "chat with Maya"
      And an event "answer" with
        | session               | chat with Maya |
        | inputs: order: number | 4711           |
        | inputs: house: number | 12             |
      When Ada makes these datapoints of events, with "inputs.order.number" and "inputs.house.number" as inputs
        | datapoint   | event  |
        | late parcel | answer |
      Then it is refused as invalid, naming "inputs"
      And the datapoints are as they were

  Rule: Bad input is refused, and nothing is stored

    @DP-7
    Scenario Outline: A datapoint is refused whose <property> is <fault>
      Given a dataset "Refund questions"
      When Ada creates a datapoint "late parcel" with
        | linked datasets | Refund questions |
        | <property>      | (<fault>)        |
      Then it is refused as invalid, naming "<property>"
      And the datapoints are as they were

      Examples:
        | property     | fault    |
        | inputs       | left out |
        | inputs       | a text   |
        | ground truth | a number |
        | metadata     | a list   |

      @needs.platform.datapoints.history
      Examples:
        | property | fault  |
        | history  | a text |

      @needs.platform.datapoints.alone
      Examples:
        | property        | fault  |
        | linked datasets | a text |

    @DP-7
    Scenario: A datapoint cannot be linked to a dataset that does not exist
      When Ada creates a datapoint "late parcel" with
        | linked datasets | never made |
      Then it is refused as not found, naming "linked datasets"
      And the datapoints are as they were

    @DP-7
    Scenario: A datapoint that was never made cannot be opened
      Given a dataset "Refund questions"
      And a datapoint "late parcel" with
        | linked datasets | Refund questions |
      When Ada opens the datapoint "never made"
      Then it is refused as not found

    @DP-7
    Scenario: A datapoint that was never made cannot be changed
      Given a dataset "Refund questions"
      And a datapoint "late parcel" with
        | linked datasets | Refund questions |
      When Ada changes the datapoint "never made" to
        | metadata: channel | mail |
      Then it is refused as not found
      And the datapoints are as they were
