@needs.platform.experiments
Feature: Experiments
  An experiment runs a function over a dataset and scores what it answers.
  Ada compares one with another before a change goes live,
  so sums must be right and every datapoint must be accounted for.

  Rule: An experiment is kept exactly as it was given

    @EV-1 @critical
    Scenario: A new experiment keeps what is to be tried, and on what
      Given a dataset "Refund questions"
      When Ada creates an experiment "first try" with
        | description          | A kinder prompt  |
        | dataset              | Refund questions |
        | status               | pending          |
        | metadata: ticket     | HS-12            |
        | configuration: model | gpt-4o           |
      Then it succeeds
      And the experiment "first try" reads back as exactly
        | description          | A kinder prompt  |
        | dataset              | Refund questions |
        | status               | pending          |
        | metadata: ticket     | HS-12            |
        | configuration: model | gpt-4o           |
      And the other experiments are as they were

    @EV-2
    Scenario: An experiment opened by its id is the one that was meant
      Given these experiments
        | experiment | description     | status    |
        | first try  | A kinder prompt | running   |
        | second try | A bigger model  | completed |
      When Ada opens the experiment "first try"
      Then the answer shows the experiment "first try" as exactly
        | description | A kinder prompt |
        | status      | running         |

    @EV-2
    Scenario: An experiment that was never made is not found
      Given an experiment "first try"
      When Ada opens the experiment "never made"
      Then it is refused as not found

  Rule: The list holds what was asked for

    @EV-3
    Scenario: Turning the pages neither repeats nor loses an experiment
      Given these experiments
        | experiment |
        | first try  |
        | second try |
        | third try  |
        | fourth try |
        | fifth try  |
      When Ada turns the pages of the list of experiments, 2 at a time
      Then no page holds more than 2
      And every page says that there are 5 in all
      And the answer lists exactly, in this order
        | experiment |
        | fifth try  |
        | fourth try |
        | third try  |
        | second try |
        | first try  |

    @EV-3
    Scenario Outline: Listing experiments by <filter> answers exactly those: <value>
      Given a dataset "Refund questions"
      And these experiments
        | experiment | status    | dataset          |
        | first try  | pending   |                  |
        | second try | running   | Refund questions |
        | third try  | completed | Refund questions |
        | fourth one | failed    |                  |
        | fifth one  | cancelled |                  |
        | sixth one  | completed |                  |
      When Ada lists the experiments by
        | <filter> | <value> |
      Then the answer names exactly, in this order, "<found>"

      Examples:
        | filter  | value            | found                 |
        | status  | pending          | first try             |
        | status  | running          | second try            |
        | status  | completed        | sixth one, third try  |
        | status  | failed           | fourth one            |
        | status  | cancelled        | fifth one             |
        | dataset | Refund questions | third try, second try |

  Rule: Evaluating a function tries it on every datapoint

    @EV-4 @critical @program @needs.platform.datapoints.alone @needs.platform.sdk
    Scenario: Every datapoint gets a session of its own with its answer and its scores
      Given these datapoints
        | datapoint   | inputs: question    | ground truth: answer |
        | late parcel | Where is my parcel? | On its way           |
        | broken cup  | May I return it?    | Within 14 days       |
      And a dataset "Refund questions" with
        | datapoints | late parcel, broken cup |
      When Ada runs the experiment "first try" over the dataset "Refund questions", scoring by "exact_match" and "answer_length" what answers
        | question            | answer      |
        | Where is my parcel? | On its way  |
        | May I return it?    | Yes, you do |
      Then the experiment "first try" has recorded exactly, in any order
        | datapoint   | outputs: answer | exact_match | answer_length |
        | late parcel | On its way      | yes         | 10            |
        | broken cup  | Yes, you do     | no          | 11            |
      And the experiment "first try" reads back as at least
        | status  | completed        |
        | dataset | Refund questions |

  Rule: A change reaches what it names and nothing else

    @EV-5
    Scenario Outline: The status of an experiment becomes <status>
      Given an experiment "first try" with
        | description | A kinder prompt |
        | status      | pending         |
      And an experiment "second try"
      When Ada changes the experiment "first try" to
        | status | <status> |
      Then it succeeds
      And the experiment "first try" reads back as exactly
        | description | A kinder prompt |
        | status      | <status>        |
      And the other experiments are as they were

      Examples:
        | status    |
        | running   |
        | completed |
        | failed    |
        | cancelled |

    @EV-5
    Scenario: The results of an experiment are kept as they were given
      Given an experiment "first try" with
        | status | running |
      When Ada changes the experiment "first try" to
        | results: accuracy | 0.75         |
        | results: verdict  | keep the old |
      Then the experiment "first try" reads back as exactly
        | status            | running      |
        | results: accuracy | 0.75         |
        | results: verdict  | keep the old |

  Rule: A deleted experiment is gone

    @EV-6
    Scenario: Deleting an experiment is confirmed, and it is gone for everybody
      Given these experiments
        | experiment |
        | first try  |
        | second try |
      When Ada deletes the experiment "first try"
      Then it succeeds
      And the experiment "first try" can no longer be found
      And the other experiments are as they were

    @EV-6
    Scenario: An experiment cannot be deleted twice
      Given an experiment "first try"
      And Ada has deleted the experiment "first try"
      When Ada deletes the experiment "first try"
      Then it is refused as not found

  Rule: The summary adds up every metric, a yes counting as 1 and percentiles lying between the two nearest values

    @EV-7 @critical @needs.platform.datapoints.alone @needs.platform.events
    Scenario Outline: The <aggregate> of every metric is what can be worked out by hand
      Given the experiment "first try" was scored
        | datapoint   | points | polite |
        | late parcel | 3      | yes    |
        | broken cup  | 10     | no     |
        | lost key    | 1      | yes    |
        | greeting    | 4      | yes    |
        | complaint   | 2      | no     |
      When Ada asks for the <aggregate> of the experiment "first try"
      Then the summary is exactly
        | metric | value    |
        | points | <points> |
        | polite | <polite> |

      Examples:
        | aggregate | points | polite |
        | average   | 4      | 0.6    |
        | min       | 1      | 0      |
        | max       | 10     | 1      |
        | median    | 3      | 1      |
        | sum       | 20     | 3      |
        | count     | 5      | 5      |
        | p90       | 7.6    | 1      |
        | p95       | 8.8    | 1      |
        | p99       | 9.76   | 1      |

    @EV-7 @needs.platform.datapoints.alone @needs.platform.events
    Scenario: The summary says which datapoints are within the range that passes
      Given an experiment "first try" with
        | passing ranges: points: min | 3 |
        | passing ranges: points: max | 9 |
      And the experiment "first try" was scored
        | datapoint   | points |
        | late parcel | 3      |
        | broken cup  | 10     |
        | lost key    | 2      |
        | greeting    | 9      |
      When Ada asks for the average of the experiment "first try"
      Then the summary is exactly
        | metric | value | passed                | failed               |
        | points | 6     | late parcel, greeting | broken cup, lost key |

  Rule: A comparison names the datapoints that became better and worse

    @EV-8 @critical @needs.platform.datapoints.alone @needs.platform.events
    Scenario: Every common datapoint has improved, degraded or stayed the same
      Given the experiment "baseline" was scored
        | datapoint   | points | polite |
        | late parcel | 2      | no     |
        | broken cup  | 9      | yes    |
        | lost key    | 5      | yes    |
        | greeting    | 4      | no     |
        | only old    | 10     | yes    |
      And the experiment "candidate" was scored
        | datapoint   | points | polite |
        | late parcel | 8      | yes    |
        | broken cup  | 4      | yes    |
        | lost key    | 5      | no     |
        | greeting    | 4.5    | no     |
        | only new    | 1      | yes    |
      When Ada compares the experiment "candidate" with the experiment "baseline"
      Then the comparison is exactly
        | metric | before | after | improved              | degraded   | unchanged            |
        | points | 6      | 4.5   | late parcel, greeting | broken cup | lost key             |
        | polite | 0.6    | 0.6   | late parcel           | lost key   | broken cup, greeting |

  Rule: Bad input is refused, and nothing is stored

    @EV-90
    Scenario Outline: An experiment is refused whose <property> is <fault>
      When Ada creates an experiment "first try" with
        | <property> | (<fault>) |
      Then it is refused as invalid, naming "<property>"
      And the experiments are as they were

      Examples:
        | property   | fault  |
        | status     | a text |
        | metadata   | a text |
        | datapoints | a text |

    @EV-90
    Scenario Outline: A list of experiments of no possible length is refused: <limit>
      When Ada lists the experiments by
        | limit | <limit> |
      Then it is refused as invalid, naming "limit"

      Examples:
        | limit |
        | 0     |
        | 101   |

    @EV-90
    Scenario: The summary of an experiment that was never made is not found
      Given an experiment "first try"
      When Ada asks for the average of the experiment "never made"
      Then it is refused as not found
