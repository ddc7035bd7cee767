Feature: Datapoints
  A datapoint is one case: what is asked, what was said before, and the answer that would be right.
  An evaluation is only as good as its cases, so none may be lost, mixed up or quietly altered.

  Rule: A case is kept as it was given

    @DP-1 @critical
    Scenario: A new datapoint keeps its inputs, ground truth, history and metadata
      When Ada creates a datapoint "late parcel" with
        | inputs: question     | Where is my parcel? |
        | inputs: order: lines | [3, 4.5]            |
        | ground truth: answer | On its way          |
        | ground truth: urgent | no                  |
        | history: user        | I ordered last week |
        | history: assistant   | What is your order? |
        | metadata: channel    | mail                |
      Then it succeeds
      And the datapoint "late parcel" reads back as exactly
        | inputs: question     | Where is my parcel? |
        | inputs: order: lines | [3, 4.5]            |
        | ground truth: answer | On its way          |
        | ground truth: urgent | no                  |
        | history: user        | I ordered last week |
        | history: assistant   | What is your order? |
        | metadata: channel    | mail                |

    @DP-1
    Scenario: A datapoint opened by its id is the one that was meant
      Given these datapoints
        | datapoint   | inputs: question        |
        | late parcel | Where is my parcel?     |
        | broken cup  | Do I get my money back? |
      When Ada opens the datapoint "late parcel"
      Then the answer shows the datapoint "late parcel" as exactly
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
      Given these datapoints
        | datapoint   |
        | late parcel |
        | broken cup  |
        | lost key    |
      When Ada lists the datapoints by
        | ids | late parcel, lost key |
      Then the answer lists exactly, in any order
        | datapoint   |
        | late parcel |
        | lost key    |

    @DP-3
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
      Given a datapoint "late parcel" with
        | inputs: question     | Where is my parcel? |
        | ground truth: answer | On its way          |
        | history: user        | I ordered last week |
        | metadata: channel    | mail                |
      And a datapoint "broken cup"
      When Ada changes the datapoint "late parcel" to
        | <property> | <value> |
      Then it succeeds
      And the datapoint "late parcel" reads back as exactly
        | inputs: question     | <question> |
        | ground truth: answer | <answer>   |
        | history: user        | <earlier>  |
        | metadata: channel    | <channel>  |
      And the other datapoints are as they were

      Examples:
        | part         | property             | value        | question            | answer      | earlier             | channel |
        | inputs       | inputs: question     | Where is it? | Where is it?        | On its way  | I ordered last week | mail    |
        | ground truth | ground truth: answer | At the door  | Where is my parcel? | At the door | I ordered last week | mail    |
        | history      | history: user        | Hello        | Where is my parcel? | On its way  | Hello               | mail    |
        | metadata     | metadata: channel    | phone        | Where is my parcel? | On its way  | I ordered last week | phone   |

  Rule: A deleted case is gone everywhere

    @DP-5
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
      Given a datapoint "late parcel"
      And Ada has deleted the datapoint "late parcel"
      When Ada deletes the datapoint "late parcel"
      Then it is refused as not found

  Rule: Many cases can be stored at once

    @DP-6
    Scenario: Datapoints created together are all stored, in their order
      Given a dataset "Refund questions"
      When Ada creates together for the dataset "Refund questions" these datapoints
        | datapoint   | inputs: question        | ground truth: answer |
        | late parcel | Where is my parcel?     | On its way           |
        | broken cup  | Do I get my money back? | Within 14 days       |
        | lost key    | Who has my key?         | The front desk       |
      Then it succeeds
      And the dataset "Refund questions" reads back as exactly
        | datapoints | late parcel, broken cup, lost key |
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

  Rule: Bad input is refused, and nothing is stored

    @DP-7
    Scenario Outline: A datapoint is refused whose <property> is <fault>
      When Ada creates a datapoint "late parcel" with
        | <property> | (<fault>) |
      Then it is refused as invalid, naming "<property>"
      And the datapoints are as they were

      Examples:
        | property        | fault    |
        | inputs          | left out |
        | inputs          | a text   |
        | ground truth    | a number |
        | history         | a text   |
        | metadata        | a list   |
        | linked datasets | a text   |

    @DP-7
    Scenario: A datapoint cannot be linked to a dataset that does not exist
      When Ada creates a datapoint "late parcel" with
        | linked datasets | never made |
      Then it is refused as not found, naming "linked datasets"
      And the datapoints are as they were

    @DP-7
    Scenario: A datapoint that was never made cannot be opened
      Given a datapoint "late parcel"
      When Ada opens the datapoint "never made"
      Then it is refused as not found

    @DP-7
    Scenario: A datapoint that was never made cannot be changed
      Given a datapoint "late parcel"
      When Ada changes the datapoint "never made" to
        | metadata: channel | mail |
      Then it is refused as not found
      And the datapoints are as they were
