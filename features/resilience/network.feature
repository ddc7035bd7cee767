@program @needs.platform.control
Feature: A network that fails
  Networks fail in few ways and at any time. A program that calls a model or the platform must then be told what went
  wrong and with whom, within the time that it is willing to wait, and must be served as soon as the network is well.

  Rule: Whatever the network does, the program is told in time, and served when it is over

    # Five promises, one table each: what is promised is the same for every fault.
    @critical
    Scenario Outline: A program that <deed> is told when the network <trouble>
      Given a program that <deed> with
        | seconds it waits | 0.3 |
      And the network before its server <trouble>
      When it runs, and again until it is served
      Then it meets <error> after <least> to <most> seconds
      And the error names the host and no key
      And it is served once the fault is over

      @ER-1
      Examples: refused
        | deed              | trouble             | error                     | least | most |
        | asks the model    | refuses connections | openai.APIConnectionError | 0     | 0.9  |
        | creates a dataset | refuses connections | httpx.ConnectError        | 0     | 0.9  |

      @ER-2
      Examples: no connection in time
        | deed              | trouble                       | error                  | least | most |
        | asks the model    | leaves connections unanswered | openai.APITimeoutError | 0.3   | 1.5  |
        | creates a dataset | leaves connections unanswered | httpx.ConnectTimeout   | 0.3   | 1.5  |

      @ER-3
      Examples: no answer in time
        | deed              | trouble        | error                  | least | most |
        | asks the model    | is silent once | openai.APITimeoutError | 0.3   | 1.5  |
        | creates a dataset | is silent once | httpx.ReadTimeout      | 0.3   | 1.5  |

      @ER-4
      Examples: unknown host
        | deed              | trouble                | error                     | least | most |
        | asks the model    | does not know its name | openai.APIConnectionError | 0     | 3    |
        | creates a dataset | does not know its name | httpx.ConnectError        | 0     | 3    |

      @ER-5
      Examples: reset
        | deed              | trouble                                     | error                     | least | most |
        | asks the model    | resets the first connection in mid-response | openai.APIConnectionError | 0     | 0.9  |
        | creates a dataset | resets the first connection in mid-response | httpx.ReadError           | 0     | 0.9  |

  Rule: The client's own words name the host, so that a bare log line tells where to look

    @ER-1
    Scenario Outline: The client of a program that <deed> says whom it cannot reach
      Given a program that <deed>
      And the network before its server refuses connections
      When it runs
      Then the error names the host, in its client's own words, and no key

      Examples:
        | deed              |
        | asks the model    |
        | creates a dataset |
        | runs this suite   |
