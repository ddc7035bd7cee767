@needs.platform.metrics
Feature: Metrics
  A metric says in a number, a yes or no, or a word how good an answer was.
  Decisions are made on these scores, so a score is what its metric defines,
  and a metric that cannot be computed says so instead of counting as zero.

  Rule: A metric is kept exactly as it was given

    @MT-1 @critical
    Scenario: A new metric keeps what it measures and how
      When Ada creates a metric "short answer" with
        | type                       | PYTHON                          |
        | criteria                   | len(event["outputs"]["answer"]) |
        | description                | Characters of the answer        |
        | return type                | float                           |
        | scale                      | 5                               |
        | threshold: min             | 1                               |
        | threshold: max             | 280                             |
        | needs ground truth         | yes                             |
        | sampling                   | 25                              |
        | filters: metadata: channel | mail                            |
      Then it succeeds
      And the metric "short answer" reads back as exactly
        | type                       | PYTHON                          |
        | criteria                   | len(event["outputs"]["answer"]) |
        | description                | Characters of the answer        |
        | return type                | float                           |
        | scale                      | 5                               |
        | threshold: min             | 1                               |
        | threshold: max             | 280                             |
        | needs ground truth         | yes                             |
        | sampling                   | 25                              |
        | filters: metadata: channel | mail                            |
        | enabled                    | no                              |

    @MT-1
    Scenario: A metric that a model judges keeps its question and its model
      When Ada creates a metric "kindness" with
        | type           | LLM                              |
        | criteria       | Is this answer kind? {{outputs}} |
        | return type    | boolean                          |
        | model provider | openai                           |
        | model name     | gpt-4o                           |
      Then the metric "kindness" reads back as at least
        | type           | LLM                              |
        | criteria       | Is this answer kind? {{outputs}} |
        | return type    | boolean                          |
        | model provider | openai                           |
        | model name     | gpt-4o                           |

    @MT-2
    Scenario: A metric opened by its id is the one that was meant
      Given these metrics
        | metric       | return type | description              |
        | short answer | float       | Characters of the answer |
        | polite       | boolean     | Says please              |
      When Ada opens the metric "short answer"
      Then the answer shows the metric "short answer" as exactly
        | return type        | float                    |
        | description        | Characters of the answer |
        | sampling           | 100                      |
        | enabled            | no                       |
        | needs ground truth | no                       |

    @MT-2
    Scenario: A metric that was never made is not found
      Given a metric "short answer"
      When Ada opens the metric "never made"
      Then it is refused as not found

  Rule: The list of metrics is complete

    @MT-3
    Scenario: Every metric is listed once, the newest first
      Given these metrics
        | metric | type   | description |
        | words  | PYTHON | Counts them |
        | kind   | LLM    | Judges them |
        | grade  | HUMAN  | Asks people |
      When Ada lists the metrics
      Then the answer lists exactly, in this order
        | metric | type   | description |
        | grade  | HUMAN  | Asks people |
        | kind   | LLM    | Judges them |
        | words  | PYTHON | Counts them |

    @MT-3
    Scenario Outline: Listing metrics by the type <type> answers exactly those
      Given these metrics
        | metric  | type      | children: words |
        | words   | PYTHON    |                 |
        | letters | PYTHON    |                 |
        | kind    | LLM       |                 |
        | grade   | HUMAN     |                 |
        | overall | COMPOSITE | 1               |
      When Ada lists the metrics by
        | type | <type> |
      Then the answer names exactly, in this order, "<found>"

      Examples:
        | type      | found          |
        | PYTHON    | letters, words |
        | LLM       | kind           |
        | HUMAN     | grade          |
        | COMPOSITE | overall        |

  Rule: A score is what its metric defines

    @MT-4 @critical
    Scenario Outline: A metric that returns a <return type> scores an answer with <score>
      Given a metric "measure" with
        | return type | <return type> |
        | criteria    | <criteria>    |
      When Ada runs the metric "measure" on an event with
        | inputs: question       | Where is my parcel?     |
        | outputs: answer        | Sorry, it is on its way |
        | feedback: ground truth | on its way              |
      Then the score is <score>

      Examples:
        | return type | criteria                                                        | score |
        | float       | len(event["outputs"]["answer"].split())                         | 6     |
        | float       | len(event["outputs"]["answer"]) / 8                             | 2.875 |
        | float       | event["outputs"]["answer"].count("x")                           | 0     |
        | boolean     | event["outputs"]["answer"].startswith("Sorry")                  | yes   |
        | boolean     | event["inputs"]["question"] in event["outputs"]["answer"]       | no    |
        | boolean     | event["feedback"]["ground truth"] in event["outputs"]["answer"] | yes   |
        | string      | event["outputs"]["answer"].split(",")[0]                        | Sorry |
        | float       | {"score": 6, "explanation": chr(55357) + " half a sign"}        | 6     |

    @MT-4
    Scenario: A composite metric weighs the metrics that it is made of
      Given these metrics
        | metric | criteria                                |
        | words  | len(event["outputs"]["answer"].split()) |
        | commas | event["outputs"]["answer"].count(",")   |
      And a metric "overall" with
        | type             | COMPOSITE        |
        | criteria         | weighted-average |
        | children: words  | 1                |
        | children: commas | 3                |
      When Ada runs the metric "overall" on an event with
        | outputs: answer | Sorry, it is on its way |
      Then the score is 2.25

    @MT-4 @critical
    Scenario Outline: A metric that fails tells the cause, and is no zero: <cause>
      Given a metric "measure" with
        | return type | float      |
        | criteria    | <criteria> |
      When Ada runs the metric "measure" on an event with
        | outputs: answer | Sorry, it is on its way |
      Then it is refused as failed, saying "<cause>"

      Examples:
        | criteria                       | cause            |
        | len(event["outputs"]) / 0      | division by zero |
        | event["outputs"]["grade"]      | grade            |
        | event["outputs"]["answer"]     | return type      |
        | len(event["outputs"]["answer"] | SyntaxError      |
        | open("secrets.txt").read()     | open             |

    @MT-92
    Scenario Outline: A metric whose <what> has no end fails and says so
      Given a metric "measure" with
        | return type | <return type> |
        | criteria    | <criteria>    |
      When Ada runs the metric "measure" on an event with
        | outputs: answer | Sorry, it is on its way |
      Then it is refused as failed, saying "23000 characters"

      Examples:
        | what        | return type | criteria                                                       |
        | score       | string      | event["outputs"]["answer"] * 1000                              |
        | explanation | float       | {"score": 6, "explanation": event["outputs"]["answer"] * 1000} |

    @MT-4
    Scenario: A composite metric fails with the metric that it is made of
      Given a metric "words" with
        | criteria | len(event["outputs"]) / 0 |
      And a metric "overall" with
        | type            | COMPOSITE        |
        | criteria        | weighted-average |
        | children: words | 1                |
      When Ada runs the metric "overall" on an event with
        | outputs: answer | Sorry, it is on its way |
      Then it is refused as failed, saying "division by zero"

    @MT-4
    Scenario: A metric that people give is not computed
      Given a metric "grade" with
        | type     | HUMAN           |
        | criteria | How good is it? |
      When Ada runs the metric "grade" on an event with
        | outputs: answer | Sorry, it is on its way |
      Then it is refused as failed, saying "given by a person"

    @MT-90 @needs.platform.events
    Scenario: An enabled metric scores the events that arrive, and no other does
      Given these metrics
        | metric  | enabled | criteria                                |
        | words   | yes     | len(event["outputs"]["answer"].split()) |
        | letters | no      | len(event["outputs"]["answer"])         |
      And a session "chat with Maya"
      When Ada records an event "answer" with
        | session         | chat with Maya          |
        | outputs: answer | Sorry, it is on its way |
      Then within the platform's stated delay the event "answer" reads back as exactly
        | session         | chat with Maya          |
        | outputs: answer | Sorry, it is on its way |
        | metrics: words  | 6                       |

    @MT-93 @needs.platform.events
    Scenario: An enabled metric scores no event that it is not meant for
      Given a metric "words" with
        | enabled                    | yes                                     |
        | criteria                   | len(event["outputs"]["answer"].split()) |
        | filters: metadata: channel | mail                                    |
      And a session "chat with Maya"
      And an event "answer" with
        | session           | chat with Maya |
        | outputs: answer   | On its way     |
        | metadata: channel | phone          |
      When Ada records an event "reply" with
        | session           | chat with Maya |
        | outputs: answer   | On its way     |
        | metadata: channel | mail           |
      Then within the platform's stated delay the event "reply" reads back as at least
        | metrics: words | 3 |
      And the event "answer" reads back as exactly
        | session           | chat with Maya |
        | outputs: answer   | On its way     |
        | metadata: channel | phone          |

  Rule: A change reaches what it names and nothing else

    @MT-5
    Scenario Outline: Changing the <property> of a metric leaves the rest as it was
      Given a metric "words" with
        | description | Counts words |
        | criteria    | len("abc")   |
        | sampling    | 50           |
      And a metric "letters"
      When Ada changes the metric "words" to
        | <property> | <value> |
      Then it succeeds
      And the metric "words" reads back as exactly
        | description        | <description> |
        | criteria           | <criteria>    |
        | sampling           | <sampling>    |
        | enabled            | no            |
        | needs ground truth | no            |
      And the other metrics are as they were

      Examples:
        | property    | value          | description    | criteria   | sampling |
        | description | Counts letters | Counts letters | len("abc") | 50       |
        | criteria    | len("x")       | Counts words   | len("x")   | 50       |
        | sampling    | 75             | Counts words   | len("abc") | 75       |

  Rule: A deleted metric is gone

    @MT-6
    Scenario: Deleting a metric is confirmed, and it is gone for everybody
      Given these metrics
        | metric  |
        | words   |
        | letters |
      When Ada deletes the metric "words"
      Then it succeeds
      And the metric "words" can no longer be found
      And the other metrics are as they were

    @MT-6
    Scenario: A metric cannot be deleted twice
      Given a metric "words"
      And Ada has deleted the metric "words"
      When Ada deletes the metric "words"
      Then it is refused as not found

  Rule: Versions of a metric are kept, and one of them counts

    @MT-7
    Scenario: A new version is kept beside the metric without changing it
      Given a metric "words" with
        | criteria | len("ab") |
      When Ada keeps the version "counts three" of the metric "words" with
        | criteria | len("abc") |
      Then it succeeds
      And the versions of the metric "words" are exactly, in this order
        | version      | criteria   | deployed |
        | counts three | len("abc") | no       |
      And the metric "words" reads back as at least
        | criteria | len("ab") |

    @MT-7
    Scenario: Versions are listed with the newest first
      Given a metric "words"
      And Ada has kept the version "counts three" of the metric "words" with
        | criteria | len("abc") |
      When Ada keeps the version "counts four" of the metric "words" with
        | criteria | len("abcd") |
      Then the versions of the metric "words" are exactly, in this order
        | version      | criteria    | deployed |
        | counts four  | len("abcd") | no       |
        | counts three | len("abc")  | no       |

    @MT-7
    Scenario: A deployed version is what the metric computes from then on
      Given a metric "words" with
        | criteria | len("ab") |
      And Ada has kept the version "counts three" of the metric "words" with
        | criteria | len("abc") |
      And Ada has kept the version "counts four" of the metric "words" with
        | criteria | len("abcd") |
      And Ada has deployed the version "counts four" of the metric "words"
      When Ada deploys the version "counts three" of the metric "words"
      Then the versions of the metric "words" are exactly, in this order
        | version      | criteria    | deployed |
        | counts four  | len("abcd") | no       |
        | counts three | len("abc")  | yes      |
      And the metric "words" reads back as at least
        | criteria | len("abc") |

    @MT-7 @needs.platform.events
    Scenario: Events are scored by the version that is deployed, not by the newest
      Given a metric "words" with
        | enabled  | yes       |
        | criteria | len("ab") |
      And Ada has kept the version "counts three" of the metric "words" with
        | enabled  | yes        |
        | criteria | len("abc") |
      And Ada has kept the version "counts four" of the metric "words" with
        | enabled  | yes         |
        | criteria | len("abcd") |
      And Ada has deployed the version "counts three" of the metric "words"
      And a session "chat with Maya"
      When Ada records an event "answer" with
        | session | chat with Maya |
      Then within the platform's stated delay the event "answer" reads back as at least
        | metrics: words | 3 |

  Rule: Bad input is refused, and nothing is stored

    @MT-91
    Scenario Outline: A metric is refused whose <property> is <fault>
      When Ada creates a metric "words" with
        | <property> | (<fault>) |
      Then it is refused as invalid, naming "<property>"
      And the metrics are as they were

      Examples:
        | property | fault    |
        | name     | left out |
        | type     | a text   |
        | criteria | left out |
        | sampling | 101      |

    @MT-91
    Scenario: A second metric of the same name is refused
      Given a metric "words"
      When Ada creates a metric "words"
      Then it is refused as a duplicate, naming "name"
      And the metrics are as they were
