@needs.model.script
Feature: How the call log is written
  A log that loses or tears a line is worse than none. It is written call by call, or several calls together; by one
  program, or by several at once into the same folder.

  Rule: Every call is written at once, unless the program says otherwise

    @LS-91
    Scenario: A call is in the log as soon as it is answered
      Given a program with httpx 0.28.1
      When it asks the model
        | asked by | times |
        | httpx    | 3     |
      Then after each call the log held 1, 2 and 3 records

    @LS-91
    Scenario Outline: Told by <teller> to buffer, it writes five calls together
      Given a program with httpx 0.28.1
        | <told> | <cell> |
      When it asks the model
        | asked by | times |
        | httpx    | 6     |
      Then after each call the log held 0, 0, 0, 0, 5 and 5 records

      Examples:
        | teller          | told                                | cell                                    |
        | the environment | is told TRAINLOOP_FLUSH_IMMEDIATELY | false                                   |
        | itself          | initialises with flush_immediately  | no                                      |
        | its file        | has the file trainloop.config.yaml  | {trainloop: {flush_immediately: false}} |

    @LS-91
    Scenario: What the program says goes before its environment
      Given a program with httpx 0.28.1
        | is told TRAINLOOP_FLUSH_IMMEDIATELY | false |
        | initialises with flush_immediately  | yes   |
      When it asks the model
        | asked by | times |
        | httpx    | 2     |
      Then after each call the log held 1 and 2 records

    @LS-91
    Scenario Outline: What is buffered is written <when>
      Given a program with httpx 0.28.1
        | is told TRAINLOOP_FLUSH_IMMEDIATELY | false  |
        | <told>                              | <cell> |
        | <and told>                          | <and>  |
      When it asks the model
        | asked by | times |
        | httpx    | 3     |
      Then the log holds exactly, in this order
        | asked by |
        | httpx    |
      And the registry counts every call

      Examples:
        | when                     | told               | cell        | and told                | and |
        | when the program says so | flushes at its end | yes         | ends when the log holds | 0   |
        | when its time has come   | flushes every      | 0.2 seconds | ends when the log holds | 3   |

    @LS-91
    Scenario: A program that ends loses nothing that it has buffered
      Given a program with httpx 0.28.1
        | is told TRAINLOOP_FLUSH_IMMEDIATELY | false |
      When it asks the model
        | asked by | times |
        | httpx    | 3     |
      Then the log holds exactly, in this order
        | asked by |
        | httpx    |

  Rule: Programs that write at once into one folder neither tear nor lose a line

    @LS-9
    Scenario: Programs at once write many lines whole
      Given a program with httpx 0.28.1
      When 3 of it ask the model at once
        | asked by | times | answer |
        | httpx    | 15    | Short. |
      Then the log holds exactly, in any order
        | asked by |
        | httpx    |

    @LS-9
    Scenario: Programs at once write long lines whole
      Given a program with httpx 0.28.1
      When 3 of it ask the model at once
        | asked by | times | answer              |
        | httpx    | 3     | (100000 characters) |
      Then the log holds exactly, in any order
        | asked by |
        | httpx    |

    @LS-9
    Scenario: The registry counts the calls of programs that write at once
      Given a program with httpx 0.28.1
      When 3 of it ask the model at once
        | asked by | times |
        | httpx    | 20    |
      Then the registry counts every call
