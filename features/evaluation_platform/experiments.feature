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
        | description      | A kinder prompt  |
        | dataset          | Refund questions |
        | metadata: ticket | HS-12            |
      Then it succeeds
      And the experiment "first try" reads back as exactly
        | description      | A kinder prompt  |
        | dataset          | Refund questions |
        | metadata: ticket | HS-12            |
      And the other experiments are as they were

    @EV-1 @needs.platform.experiments.alone @needs.platform.experiments.status
    Scenario: A new experiment keeps how far it is, and what it is tried with
      When Ada creates an experiment "first try" with
        | status               | running |
        | configuration: model | gpt-4o  |
      Then it succeeds
      And the experiment "first try" reads back as exactly
        | status               | running |
        | configuration: model | gpt-4o  |

    @EV-2
    Scenario: An experiment opened by its id is the one that was meant
      Given a dataset "Refund questions"
      And these experiments
        | experiment | dataset          | description     |
        | first try  | Refund questions | A kinder prompt |
        | second try | Refund questions | A bigger model  |
      When Ada opens the experiment "first try"
      Then the answer shows the experiment "first try" as exactly
        | dataset     | Refund questions |
        | description | A kinder prompt  |

    @EV-2
    Scenario: An experiment that was never made is not found
      Given a dataset "Refund questions"
      And an experiment "first try" with
        | dataset | Refund questions |
      When Ada opens the experiment "never made"
      Then it is refused as not found

  Rule: The list holds what was asked for

    @EV-3 @needs.platform.experiments.alone @needs.platform.experiments.paging
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
    Scenario: Listing experiments by their dataset answers exactly those
      Given these datasets
        | dataset              |
        | Refund questions     |
        | Old Refund questions |
      And these experiments
        | experiment | dataset              |
        | first try  | Old Refund questions |
        | second try | Refund questions     |
        | third try  | Refund questions     |
      When Ada lists the experiments by
        | dataset | Refund questions |
      Then the answer names exactly, in this order, "third try, second try"

    @EV-91 @needs.platform.experiments.alone
    Scenario: Listing experiments by a part of their name answers exactly those
      Given these experiments
        | experiment     |
        | first try      |
        | another try    |
        | a second thing |
      When Ada lists the experiments by
        | name | try |
      Then the answer names exactly, in this order, "another try, first try"

    @EV-3 @needs.platform.experiments.alone @needs.platform.experiments.status
    Scenario Outline: Listing experiments by their status answers exactly those: <status>
      Given these experiments
        | experiment | status    |
        | first try  | pending   |
        | second try | running   |
        | third try  | completed |
        | fourth one | failed    |
        | fifth one  | cancelled |
        | sixth one  | completed |
      When Ada lists the experiments by
        | status | <status> |
      Then the answer names exactly, in this order, "<found>"

      Examples:
        | status    | found                |
        | pending   | first try            |
        | running   | second try           |
        | completed | sixth one, third try |
        | failed    | fourth one           |
        | cancelled | fifth one            |

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
    Scenario Outline: Changing the <part> of an experiment leaves the rest as it was
      Given a dataset "Refund questions"
      And an experiment "first try" with
        | dataset          | Refund questions |
        | description      | A kinder prompt  |
        | metadata: ticket | HS-12            |
      And an experiment "second try" with
        | dataset | Refund questions |
      When Ada changes the experiment "first try" to
        | <property> | <value> |
      Then it succeeds
      And the experiment "first try" reads back as exactly
        | dataset          | Refund questions |
        | description      | <description>    |
        | metadata: ticket | <ticket>         |
      And the other experiments are as they were

      Examples:
        | part        | property         | value      | description     | ticket |
        | description | description      | A new word | A new word      | HS-12  |
        | metadata    | metadata: ticket | HS-13      | A kinder prompt | HS-13  |

    @EV-5 @needs.platform.experiments.alone @needs.platform.experiments.status
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

    @EV-5 @needs.platform.experiments.alone @needs.platform.experiments.status
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
      Given a dataset "Refund questions"
      And these experiments
        | experiment | dataset          |
        | first try  | Refund questions |
        | second try | Refund questions |
      When Ada deletes the experiment "first try"
      Then it succeeds
      And the experiment "first try" can no longer be found
      And the other experiments are as they were

    @EV-6
    Scenario: An experiment cannot be deleted twice
      Given a dataset "Refund questions"
      And an experiment "first try" with
        | dataset | Refund questions |
      And Ada has deleted the experiment "first try"
      When Ada deletes the experiment "first try"
      Then it is refused as not found

  Rule: The summary adds up every metric, a yes counting as 1 and percentiles lying between the two nearest values

    @EV-7 @critical @needs.platform.datapoints.alone @needs.platform.events @needs.platform.experiments.alone @needs.platform.experiments.status @needs.platform.experiments.summary
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

    @EV-7 @needs.platform.datapoints.alone @needs.platform.events @needs.platform.experiments.alone @needs.platform.experiments.status @needs.platform.experiments.summary
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

    @EV-8 @critical @needs.platform.datapoints.alone @needs.platform.events @needs.platform.experiments.alone @needs.platform.experiments.status @needs.platform.experiments.summary
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
      Given a dataset "Refund questions"
      When Ada creates an experiment "first try" with
        | dataset    | Refund questions |
        | <property> | (<fault>)        |
      Then it is refused as invalid, naming "<property>"
      And the experiments are as they were

      Examples:
        | property | fault  |
        | metadata | a text |

      @needs.platform.experiments.alone
      Examples:
        | property   | fault  |
        | datapoints | a text |

      @needs.platform.experiments.status
      Examples:
        | property | fault  |
        | status   | a text |

    @EV-90 @needs.platform.experiments.paging
    Scenario Outline: A list of experiments of no possible length is refused: <limit>
      When Ada lists the experiments by
        | limit | <limit> |
      Then it is refused as invalid, naming "limit"

      Examples:
        | limit |
        | 0     |
        | 101   |

    @EV-90 @needs.platform.experiments.alone @needs.platform.experiments.summary
    Scenario: The summary of an experiment that was never made is not found
      Given an experiment "first try"
      When Ada asks for the average of the experiment "never made"
      Then it is refused as not found
