Feature: Projects
  A project is a team's own room: Ada works for Harbour Support, Noor for Northwind Claims, on the same platform.
  What one team stores is its customers' data, and no other team may ever see or touch it.

  Rule: An administrator keeps the projects

    @PJ-1 @needs.platform.projects
    Scenario: A new project keeps its name and its description
      When Olga the administrator creates a project "Returns desk" with
        | description | Everything that comes back |
      Then it succeeds
      And the project "Returns desk" reads back as exactly
        | description | Everything that comes back |

    @PJ-2 @needs.platform.projects
    Scenario: A project opened by its id is the one that was meant
      Given these projects
        | project      | description                |
        | Returns desk | Everything that comes back |
        | Night desk   | Everything that is late    |
      When Olga the administrator opens the project "Returns desk"
      Then the answer shows the project "Returns desk" as exactly
        | description | Everything that comes back |

    @PJ-2 @needs.platform.projects @needs.platform.tenants
    Scenario: A team cannot open a project that is not its own
      Given a project "Returns desk"
      When Ada opens the project "Returns desk"
      Then it is refused as not found

    @PJ-3 @needs.platform.projects
    Scenario: An administrator lists every project once
      Given these projects
        | project      | description                |
        | Returns desk | Everything that comes back |
        | Night desk   | Everything that is late    |
      When Olga the administrator lists the projects
      Then the answer lists exactly, in this order
        | project      | description                |
        | Night desk   | Everything that is late    |
        | Returns desk | Everything that comes back |

    @PJ-3 @needs.platform.projects @needs.platform.tenants
    Scenario: A team lists no project but its own
      Given a project "Returns desk"
      When Ada lists the projects
      Then the answer lists exactly, in any order
        | project |

    @PJ-4 @needs.platform.projects
    Scenario Outline: Changing the <property> of a project leaves the rest as it was
      Given a project "Returns desk" with
        | description | Everything that comes back |
      And a project "Night desk"
      When Olga the administrator changes the project "Returns desk" to
        | <property> | Second hand |
      Then it succeeds
      And the project "Returns desk" reads back as exactly
        | name        | <name>        |
        | description | <description> |
      And the other projects are as they were

      Examples:
        | property    | name         | description |
        | description | Returns desk | Second hand |

      @needs.platform.projects.rename
      Examples:
        | property | name        | description                |
        | name     | Second hand | Everything that comes back |

  Rule: Nothing of one project is visible from another

    @PJ-4 @critical @needs.platform.tenants
    Scenario Outline: Another team cannot open <any>
      Given <any> "confidential"
      When Noor of Northwind Claims opens the <thing> "confidential"
      Then it is refused as not found

      Examples:
        | any       | thing   |
        | a dataset | dataset |

      @needs.platform.datapoints.alone
      Examples:
        | any         | thing     |
        | a datapoint | datapoint |

      @needs.platform.configurations
      Examples:
        | any             | thing         |
        | a configuration | configuration |

      @needs.platform.metrics
      Examples:
        | any      | thing  |
        | a metric | metric |

      @needs.platform.experiments.alone
      Examples:
        | any           | thing      |
        | an experiment | experiment |

      @needs.platform.events
      Examples:
        | any       | thing   |
        | a session | session |
        | an event  | event   |

      @needs.platform.tools
      Examples:
        | any    | thing |
        | a tool | tool  |

    @PJ-4 @critical @needs.platform.tenants
    Scenario Outline: Another team's lists hold none of our <things>
      Given <any> "confidential"
      When Noor of Northwind Claims lists the <things>
      Then the answer lists exactly, in any order
        | <thing> |

      Examples:
        | any       | thing   | things   |
        | a dataset | dataset | datasets |

      @needs.platform.datapoints.alone
      Examples:
        | any         | thing     | things     |
        | a datapoint | datapoint | datapoints |

      @needs.platform.configurations
      Examples:
        | any             | thing         | things         |
        | a configuration | configuration | configurations |

      @needs.platform.metrics
      Examples:
        | any      | thing  | things  |
        | a metric | metric | metrics |

      @needs.platform.experiments.alone
      Examples:
        | any           | thing      | things      |
        | an experiment | experiment | experiments |

      @needs.platform.events
      Examples:
        | any       | thing   | things   |
        | a session | session | sessions |
        | an event  | event   | events   |

      @needs.platform.tools
      Examples:
        | any    | thing | things |
        | a tool | tool  | tools  |

    @PJ-4 @needs.platform.tenants
    Scenario Outline: Another team does not find <any> by its name
      Given <any> "confidential"
      When Noor of Northwind Claims looks for the <thing> named "confidential"
      Then the answer lists exactly, in any order
        | <thing> |

      Examples:
        | any       | thing   |
        | a dataset | dataset |

      @needs.platform.configurations
      Examples:
        | any             | thing         |
        | a configuration | configuration |

      @needs.platform.experiments.alone
      Examples:
        | any           | thing      |
        | an experiment | experiment |

      @needs.platform.events
      Examples:
        | any       | thing   |
        | a session | session |
        | an event  | event   |

    @PJ-4 @needs.platform.tenants
    Scenario Outline: Another team cannot change <any>
      Given <any> "confidential"
      When Noor of Northwind Claims changes the <thing> "confidential" to
        | <property> | Taken over |
      Then it is refused as not found
      And the <thing>s are as they were

      Examples:
        | any       | thing   | property    |
        | a dataset | dataset | description |

      @needs.platform.datapoints.alone
      Examples:
        | any         | thing     | property        |
        | a datapoint | datapoint | metadata: owner |

      @needs.platform.configurations.rename
      Examples:
        | any             | thing         | property |
        | a configuration | configuration | name     |

      @needs.platform.metrics
      Examples:
        | any      | thing  | property    |
        | a metric | metric | description |

      @needs.platform.experiments.alone
      Examples:
        | any           | thing      | property    |
        | an experiment | experiment | description |

    @PJ-4 @needs.platform.tenants
    Scenario Outline: Another team cannot delete <any>
      Given <any> "confidential"
      When Noor of Northwind Claims deletes the <thing> "confidential"
      Then it is refused as not found
      And the <thing>s are as they were

      Examples:
        | any       | thing   |
        | a dataset | dataset |

      @needs.platform.datapoints.alone
      Examples:
        | any         | thing     |
        | a datapoint | datapoint |

      @needs.platform.configurations
      Examples:
        | any             | thing         |
        | a configuration | configuration |

      @needs.platform.metrics
      Examples:
        | any      | thing  |
        | a metric | metric |

      @needs.platform.experiments.alone
      Examples:
        | any           | thing      |
        | an experiment | experiment |

      @needs.platform.events @needs.platform.sessions.delete
      Examples:
        | any       | thing   |
        | a session | session |

    @PJ-4 @SE-5 @needs.platform.tenants @needs.platform.events
    Scenario: Another team's search finds none of our events
      Given a session "confidential" with
        | metadata: customer | Maya |
      When Noor of Northwind Claims searches the events for
        | metadata: customer | is | Maya |
      Then the answer lists exactly, in any order
        | event |

    @PJ-4 @needs.platform.tenants @needs.platform.datapoints
    Scenario: Another team cannot ask for the datapoints of our dataset
      Given a dataset "confidential"
      And a datapoint "late parcel" with
        | linked datasets | confidential |
      When Noor of Northwind Claims lists the datapoints by
        | dataset | confidential |
      Then the answer lists exactly, in any order
        | datapoint |

    @PJ-4 @needs.platform.tenants @needs.platform.datapoints.alone @needs.platform.events @needs.platform.experiments.alone @needs.platform.experiments.status @needs.platform.experiments.summary
    Scenario: Another team cannot ask for the results of our experiment
      Given the experiment "confidential" was scored
        | datapoint   | points |
        | late parcel | 3      |
      When Noor of Northwind Claims asks for the average of the experiment "confidential"
      Then it is refused as not found

    @PJ-4 @needs.platform.tenants @needs.platform.experiments.alone @needs.platform.experiments.summary
    Scenario: Another team cannot compare our experiments
      Given an experiment "baseline"
      And an experiment "candidate"
      When Noor of Northwind Claims compares the experiment "candidate" with the experiment "baseline"
      Then it is refused as not found

    @PJ-91 @needs.platform.tenants
    Scenario: Two teams may use the same name without meeting
      Given a dataset "Refund questions" with
        | description | Of Harbour Support |
      When Noor of Northwind Claims creates a dataset "Refund questions" with
        | description | Of Northwind Claims |
      Then it succeeds
      And the datasets are as they were

    @PJ-91 @needs.platform.tenants @needs.platform.configurations
    Scenario: Two teams may give their configurations the same name
      Given a configuration "Refund answer" with
        | user properties: reviewer | Grace |
      When Noor of Northwind Claims creates a configuration "Refund answer" with
        | user properties: reviewer | Noor |
      Then it succeeds
      And the configurations are as they were

  Rule: A key for part of a project opens that part, for as long as it was given out

    @PJ-93 @needs.platform.projects @needs.platform.keys
    Scenario Outline: A key for <part> opens nothing else
      When the team of a new project gives out a key for <part>
      Then whoever holds it finds
        | asked for        | answer    |
        | the charts       | <charts>  |
        | to record events | <events>  |
        | the datasets     | forbidden |
        | the projects     | forbidden |

      Examples:
        | part          | charts    | events    |
        | the charts    | open      | forbidden |
        | what comes in | forbidden | open      |

    @PJ-94 @needs.platform.projects @needs.platform.keys
    Scenario: A key opens nothing any more when its time is over
      When the team of a new project gives out a key for the charts, for 0.4 s
      Then once that time is over, whoever holds it finds
        | asked for        | answer       |
        | the charts       | unauthorised |
        | to record events | unauthorised |

  Rule: Without a key nothing is answered

    @PJ-90 @critical
    Scenario Outline: <who> is told nothing about <things>
      When <who> lists the <things>
      Then it is refused as unauthorised

      Examples:
        | who                          | things   |
        | a visitor without a key      | datasets |
        | a visitor with a made-up key | datasets |

      @needs.platform.configurations
      Examples:
        | who                     | things         |
        | a visitor without a key | configurations |

      @needs.platform.experiments
      Examples:
        | who                          | things      |
        | a visitor with a made-up key | experiments |

      @needs.platform.metrics
      Examples:
        | who                     | things  |
        | a visitor without a key | metrics |

      @needs.platform.tools
      Examples:
        | who                          | things |
        | a visitor with a made-up key | tools  |

      @needs.platform.events
      Examples:
        | who                     | things   |
        | a visitor without a key | sessions |

    @PJ-90
    Scenario Outline: <who> stores nothing
      When <who> creates a dataset "Refund questions"
      Then it is refused as unauthorised
      And the datasets are as they were

      Examples:
        | who                          |
        | a visitor without a key      |
        | a visitor with a made-up key |
