@program @needs.platform.control
Feature: Trying again
  Trying again helps when a server is overloaded or restarting, and does harm when it comes too soon, too often, in step
  with everybody else, or for what was already done. What counts here is what the server has seen, by its own clock.

  Rule: A server that says when to come back is obeyed

    @ER-6
    Scenario Outline: A program that <deed> comes back when it was told to
      Given a program that <deed> with
        | retries     | 1   |
        | first pause | 0.1 |
      And its server answers, one after another
        | answer | retry after |
        | 429    | 0.7         |
      When it runs
      Then it is served
      And its server was asked again after 0.7 to 3 seconds

      Examples:
        | deed           |
        | asks the model |
        | reads events   |

  Rule: Left to itself, a program waits longer each time, and not in step with others

    @ER-7
    Scenario Outline: The pauses of a program that <deed> grow
      Given a program that <deed> with
        | retries     | 2    |
        | first pause | 0.15 |
      And its server answers, one after another
        | answer |
        | 503    |
        | 503    |
      When it runs
      Then it is served
      And each pause is about twice as long as the one before

      Examples:
        | deed           |
        | asks the model |
        | reads events   |

    @ER-7
    Scenario Outline: Programs that <deeds> come back at different times
      Given a program that <deed> with
        | retries         | 1         |
        | first pause     | 0.1       |
        | jitter          | 0.9       |
        | callers <order> | <callers> |
      And its server answers, one after another
        | answer | times     | seconds apart |
        | 503    | <callers> | <apart>       |
        | 503    | <callers> |               |
      When it runs
      Then the pauses of the callers differ by at least <spread> seconds

      Examples:
        | deed           | deeds         | order   | callers | apart | spread |
        | asks the model | ask the model | at once | 32      | 0.02  | 0.025  |
        | reads events   | read events   | in turn | 20      | 0     | 0.025  |

  Rule: There is an end to it

    @ER-8
    Scenario Outline: A program that <deed> gives up after its last try and passes on the last error
      Given a program that <deed> with
        | retries     | 2    |
        | first pause | 0.05 |
      And its server answers, one after another
        | answer | saying            | retry after |
        | 503    | the first excuse  | 0.05        |
        | 502    | the second excuse | 0.05        |
        | 500    | the last excuse   | 0.05        |
      When it runs
      Then it meets <error>, saying "the last excuse"
      And its server was asked 3 times

      Examples:
        | deed           | error                      |
        | asks the model | openai.InternalServerError |
        | reads events   | honeyhive.APIError         |

  Rule: What may have been done already is not done again

    @ER-9 @critical
    Scenario Outline: A program that <deed> does not repeat itself when the network <trouble>
      Given a program that <deed> with
        | seconds it waits | 0.3 |
        | retries          | 1   |
      And the network before its server <trouble>
      When it runs
      Then it meets <error>
      And its server was asked once

      Examples:
        | deed              | trouble                          | error                     |
        | creates a dataset | brings the first answer too late | httpx.ReadTimeout         |
        | creates a dataset | loses the first answer           | httpx.ReadError           |
        | asks the model    | brings the first answer too late | openai.APITimeoutError    |
        | asks the model    | loses the first answer           | openai.APIConnectionError |

    @ER-9
    Scenario: A dataset whose creation was never confirmed is stored once
      Given a program that creates a dataset with
        | seconds it waits | 0.3 |
        | retries          | 2   |
      And the network before its server brings the first answer too late
      When it runs
      Then the list of datasets is exactly, in any order
        | dataset             |
        | work of the program |
