@needs.platform.control @needs.platform.tenants
Feature: Isolation of tenants
  We are Harbour Support. Northwind Claims works on the same platform and has, by bad luck or ill will, the same names for
  its things as we have, and the same ids wherever a team chooses them itself. Whatever it asks for and whatever it tries,
  it must be answered as if we did not exist, and nothing of ours may be shown, counted, changed or joined.

  Background:
    Given Harbour Support and Northwind Claims keep one of everything, under the same names and ids

  Rule: An id leads every tenant to its own things, and to nothing else

    @TR-90 @critical
    Scenario Outline: By id: <what>
      When Northwind Claims asks for <what>
      Then the answer is <answer>, as if Harbour Support did not exist
      And Harbour Support has lost nothing and given nothing away

      Examples:
        | what                               | answer                 |
        | our dataset by its id              | empty                  |
        | our datapoint by its id            | a refusal as not found |
        | our datapoints by their ids        | empty                  |
        | our configuration by its id        | a refusal as not found |
        | our tool by its id                 | a refusal as not found |
        | our metric by its id               | empty                  |
        | the versions of our metric         | a refusal as not found |
        | an experiment whose id both use    | its own                |
        | an experiment that only we have    | a refusal as not found |
        | an event whose id both use         | its own                |
        | an event that only we have         | a refusal as not found |
        | a session whose id both use        | its own                |
        | a session that only we have        | a refusal as not found |
        | a traced session whose id both use | its own                |
        | our chart by its id                | a refusal as not found |
        | our chart in our project           | a refusal as not found |
        | our chart in its own project       | a refusal as not found |
        | our queue by its id                | a refusal as not found |
        | our project by its id              | a refusal as not found |

  Rule: Lists, searches, exports and their totals know only the tenant's own things

    @TR-91 @critical
    Scenario Outline: Found: <what>
      When Northwind Claims asks for <what>
      Then the answer is <answer>, as if Harbour Support did not exist
      And Harbour Support has lost nothing and given nothing away

      Examples:
        | what                                             | answer                 |
        | its datasets                                     | its own                |
        | datasets by a name that both use                 | its own                |
        | datasets by a name that only we use              | empty                  |
        | the last page of its datasets                    | its own                |
        | the page after its last dataset                  | empty                  |
        | its datapoints                                   | its own                |
        | the members of a dataset whose name both use     | its own                |
        | the members of a dataset that only we have       | empty                  |
        | its configurations                               | its own                |
        | configurations by a name that both use           | its own                |
        | configurations by a name that only we use        | empty                  |
        | configurations by environment                    | its own                |
        | configurations by tag                            | its own                |
        | configurations by a tag that only we use         | empty                  |
        | the page after its last configuration            | empty                  |
        | its tools                                        | its own                |
        | tools by a name that both use                    | its own                |
        | tools by a name that only we use                 | empty                  |
        | tools by type                                    | its own                |
        | the page after its last tool                     | empty                  |
        | its metrics                                      | its own                |
        | metrics by type                                  | its own                |
        | its experiments                                  | its own                |
        | experiments by a name that both use              | its own                |
        | experiments by a name that only we use           | empty                  |
        | experiments by ids that both use                 | its own                |
        | experiments by an id that only we use            | empty                  |
        | the experiments on our dataset                   | empty                  |
        | experiments by status                            | its own                |
        | one experiment a page, the second                | its own                |
        | the page after its last experiment               | empty                  |
        | its events                                       | its own                |
        | events of a session whose id both use            | its own                |
        | events of a session that only we have            | empty                  |
        | events by an id that only we use                 | empty                  |
        | events by their name                             | its own                |
        | events by words in them                          | its own                |
        | events by a score                                | its own                |
        | events by the experiment in their metadata       | its own                |
        | events by our project                            | empty                  |
        | events, naming our project in the search         | its own                |
        | the events of an experiment whose id both use    | its own                |
        | the events of an experiment that only we have    | a refusal as not found |
        | two events a page, the second page               | its own                |
        | the page after its last event                    | empty                  |
        | the export of its events                         | its own                |
        | the export of a session whose id both use        | its own                |
        | the export of a session that only we have        | empty                  |
        | the export of a time in which both were busy     | its own                |
        | the export of a few details of its events        | its own                |
        | the export of a trace whose id both use          | its own                |
        | what its events hold                             | its own                |
        | what the events of an experiment hold            | its own                |
        | what the events of our experiment hold           | a refusal as not found |
        | its charts                                       | its own                |
        | the charts of its project                        | its own                |
        | the charts of our project                        | a refusal as not found |
        | the charts of our project, with a key for charts | a refusal as not found |
        | its queues                                       | its own                |
        | queues that are in use                           | its own                |
        | the projects                                     | its own                |
        | projects by our project's name                   | empty                  |

  Rule: Results and scores are made of the tenant's own events and metrics

    @TR-92
    Scenario Outline: Computed: <what>
      When Northwind Claims asks for <what>
      Then the answer is <answer>, as if Harbour Support did not exist
      And Harbour Support has lost nothing and given nothing away

      Examples:
        | what                                                    | answer                 |
        | the result of an experiment whose id both use           | its own                |
        | the summary of an experiment whose id both use          | its own                |
        | the result of an experiment that only we have           | a refusal as not found |
        | the summary of an experiment that only we have          | a refusal as not found |
        | the result of its experiment that names our sessions    | a success              |
        | the scores of an experiment whose id both use           | its own                |
        | the scores of an experiment that only we have           | a refusal as not found |
        | the scores of its experiment that names our sessions    | empty                  |
        | what an experiment's events hold                        | its own                |
        | what the events of an experiment that only we have hold | a refusal as not found |
        | what the events of all experiments hold                 | its own                |
        | a comparison of experiments whose ids both use          | its own                |
        | a comparison of its experiment with ours                | a refusal as not found |
        | a comparison of our experiment with its own             | a refusal as not found |
        | a comparison in the other form, of ids that both use    | its own                |
        | a comparison in the other form, with our experiment     | a refusal as not found |
        | pairs of events of experiments whose ids both use       | its own                |
        | pairs of events of its experiment and ours              | a refusal as not found |
        | pairs of events in the other form, of ids that both use | its own                |
        | pairs of events in the other form, with our experiment  | a refusal as not found |
        | a score that our metric is part of                      | a refusal as failed    |
        | a score that our metric is part of, the older way       | a refusal as failed    |

  Rule: No change, deletion or link reaches another tenant's things

    @TR-93 @critical
    Scenario Outline: Tried: <what>
      When Northwind Claims tries <what>
      Then the answer is <answer>, as if Harbour Support did not exist
      And Harbour Support has lost nothing and given nothing away

      Examples:
        | what                                                  | answer                 |
        | to change our dataset                                 | a refusal as not found |
        | to change our dataset, the older way                  | a refusal as not found |
        | to delete our dataset                                 | a refusal as not found |
        | to delete our dataset, the older way                  | a refusal as not found |
        | to add rows to our dataset                            | a refusal as not found |
        | to take a datapoint out of our dataset                | a refusal as not found |
        | to take a datapoint out of our dataset, the older way | a refusal as not found |
        | to put our datapoint into its dataset                 | a refusal as not found |
        | to begin a dataset with our datapoint                 | a refusal as not found |
        | to put a new datapoint into our dataset               | a refusal as not found |
        | to put many datapoints into our dataset               | a refusal as not found |
        | to make datapoints of events that only we have        | a refusal as invalid   |
        | to make datapoints of events whose ids both use       | a success              |
        | to make datapoints of all events                      | a success              |
        | to change our datapoint                               | a refusal as not found |
        | to put its datapoint into our dataset                 | a refusal as not found |
        | to delete our datapoint                               | a refusal as not found |
        | to change our configuration                           | a refusal as not found |
        | to delete our configuration                           | a refusal as not found |
        | to change our tool                                    | a refusal as not found |
        | to delete our tool                                    | a refusal as not found |
        | to change our metric                                  | a refusal as not found |
        | to change our metric, the older way                   | a refusal as not found |
        | to delete our metric                                  | a refusal as not found |
        | to delete our metric, the older way                   | a refusal as not found |
        | to keep a version of our metric                       | a refusal as not found |
        | to deploy a version of our metric                     | a refusal as not found |
        | to deploy our version of its metric                   | a refusal as not found |
        | to change an experiment that only we have             | a refusal as not found |
        | to change an experiment whose id both use             | its own                |
        | to delete an experiment that only we have             | a refusal as not found |
        | to delete an experiment whose id both use             | a success              |
        | to begin an experiment on our dataset                 | a refusal as not found |
        | to change an event whose id both use                  | a success              |
        | to change an event that only we have                  | a success              |
        | to change an event that only we have, the older way   | a success              |
        | to delete a session whose id both use                 | a success              |
        | to delete a session that only we have                 | a refusal as not found |
        | to change our chart                                   | a refusal as not found |
        | to delete our chart                                   | a refusal as not found |
        | to add a chart to our project                         | a refusal as not found |
        | to add a chart to our project, with a key for charts  | a refusal as not found |
        | to change our chart in our project                    | a refusal as not found |
        | to delete our chart in our project                    | a refusal as not found |
        | to change our queue                                   | a refusal as not found |
        | to delete our queue                                   | a refusal as not found |
        | to change our project                                 | a refusal as not found |
        | to make a project                                     | a refusal as forbidden |
        | to make a key for sending to our project              | a refusal as not found |
        | to make a key for the charts of our project           | a refusal as not found |

  Rule: What is sent under another tenant's ids becomes the sender's own

    @TR-94 @critical
    Scenario Outline: Sent: <what>
      When Northwind Claims sends <what>
      Then the answer is <answer>, as if Harbour Support did not exist
      And Harbour Support has lost nothing and given nothing away

      Examples:
        | what                                                        | answer                   |
        | a new event under an id that both use                       | a refusal as a duplicate |
        | a new event under an id that only we use                    | a success                |
        | an event that our update waits for                          | a success                |
        | an event for a session whose id both use                    | a success                |
        | an event for a session that only we have                    | a success                |
        | an event for a session that only we have, the older way     | a success                |
        | an event for our project                                    | a refusal as not found   |
        | an event that names our event as its parent                 | a success                |
        | a model's event for a session that only we have             | a success                |
        | many events for a session that only we have                 | a success                |
        | many events under ids that only we use                      | a success                |
        | many model's events for a session that only we have         | a success                |
        | events added to a session that only we have                 | a success                |
        | events added to a session whose id both use                 | a success                |
        | events added to a session that only we have, the older way  | a success                |
        | a session under an id that both use                         | its own                  |
        | a session under an id that only we use                      | a success                |
        | a session under an id that only we use, the older way       | a success                |
        | a session under an id that both use, with a key for sending | its own                  |
        | a session for our project                                   | a refusal as not found   |
        | a span that both have                                       | a success                |
        | a span that only we have                                    | a success                |
        | a new span in a trace whose id both use                     | a success                |
        | a new span in a trace that only we have                     | a success                |
        | a span for a session that only we have                      | a success                |
        | a span under the id of an event that only we have           | a success                |
        | a span that only we have, as the tracer sends it            | a success                |
        | a span for our session, as the tracer sends it              | a success                |
        | a malformed span                                            | a success                |

  Rule: Names that another tenant uses are neither taken nor betrayed

    @TR-95
    Scenario Outline: Named: <what>
      When Northwind Claims tries <what>
      Then the answer is <answer>, as if Harbour Support did not exist
      And Harbour Support has lost nothing and given nothing away

      Examples:
        | what                                              | answer                   |
        | a new dataset under a name that both use          | a refusal as a duplicate |
        | a new dataset under a name that only we use       | a success                |
        | another name for its dataset that only we use     | its own                  |
        | a new configuration under a name that only we use | a success                |
        | a new configuration under a name that both use    | a success                |
        | a new tool under a name that both use             | a refusal as a duplicate |
        | a new tool under a name that only we use          | a success                |
        | a new metric under a name that both use           | a refusal as a duplicate |
        | a new metric under a name that only we use        | a success                |
        | a new experiment under an id that both use        | a refusal as a duplicate |
        | a new experiment under an id that only we use     | a success                |
        | a new chart under a name that both use            | a success                |
        | a new queue under a name that both use            | a success                |

  Rule: Only the name of a project is one for the whole platform

    @PJ-92
    Scenario: Who tries another team's project name learns that it is taken, and nothing else
      When Northwind Claims tries the name of our project for its own
      Then it is refused as a duplicate
      And Harbour Support has lost nothing and given nothing away
