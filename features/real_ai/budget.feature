@program
Feature: What real AI may cost
  Whoever runs real AI says beforehand what it may cost, and is never charged a micro-dollar more: the worst case of a
  call is set aside before it is made, whoever makes it. What is not known to be affordable is not asked.

  Rule: Every call is counted, at the price of its model

    # "How are you?" is 6 tokens by the scripted model's rule, "All is well." is 3: 6 x 2.5 + 3 x 10 = 45 micro-dollars.
    @AI-5 @AI-8 @critical
    Scenario: Each call is charged what its tokens cost, and told by scenario, persona and model
      Given a run of this suite
      And its scenarios
        | scenario    | asks |
        | asks once   |      |
        | asks thrice | 3    |
      When it runs
      Then its bill says exactly
        | by       | what        | calls | tokens | dollars  |
        | scenario | asks once   | 1     | 9      | 0.000045 |
        | scenario | asks thrice | 3     | 27     | 0.000135 |
        | persona  | no persona  | 4     | 36     | 0.00018  |
        | model    | gpt-4o      | 4     | 36     | 0.00018  |
      And by the model's own count it has cost exactly 0.00018 dollars

    @AI-5
    Scenario: A judge's calls are counted, too, and told apart
      Given a run of this suite with
        | asked by | the judge |
      And its scenarios
        | scenario  |
        | is judged |
      When it runs
      Then its bill says exactly
        | by      | what  | calls | tokens | dollars  |
        | persona | judge | 1     | 9      | 0.000045 |

    # At worst every byte of its request (88, and 1,024 for what is put around it) is a token, and all 50 tokens are
    # answered, at the dearest tier: 1,112 x 4.25 + 50 x 17 = 5,576 micro-dollars.
    @AI-5 @critical
    Scenario: A call that failed may have cost something, and is charged at its worst case
      Given a run of this suite
      And its scenarios
        | scenario     |
        | asks a model |
      And its server answers, one after another
        | answer |
        | 500    |
      When it runs
      Then its bill says exactly
        | by       | what         | calls | tokens | dollars  |
        | scenario | asks a model | 2     | 9      | 0.005621 |

    @AI-5
    Scenario: A call that was refused has cost nothing, and is counted
      Given a run of this suite
      And its scenarios
        | scenario     |
        | asks a model |
      And its server answers, one after another
        | answer |
        | 429    |
      When it runs
      Then its bill says exactly
        | by       | what         | calls | tokens | dollars  |
        | scenario | asks a model | 2     | 9      | 0.000045 |

    @AI-5 @critical
    Scenario: An answer that does not say what it has used is charged at its worst case
      Given a run of this suite
      And its scenarios
        | scenario     |
        | asks a model |
      And its server answers, one after another
        | answer                                                                                                                                                                    |
        | {"id":"c","object":"chat.completion","created":1,"model":"gpt-4o","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"All is well."}}]} |
      When it runs
      Then it is served
      And its bill says exactly
        | by       | what         | calls | tokens | dollars  |
        | scenario | asks a model | 1     | 0      | 0.005576 |

    # At its beginning it says that nothing, or next to nothing, has been answered. At worst its 113 bytes and 1,024 are
    # tokens that are written into a cache for an hour, and all 900 are answered: 1,137 x 2 + 900 x 5 = 6,774.
    @AI-5 @critical
    Scenario: A streamed answer that breaks off is charged at its worst case, whatever it told at its beginning
      Given a run of this suite
      And its scenarios
        | scenario   | does       |
        | hears half | hears half |
      And its server answers, one after another
        | answer | saying                | breaks off after |
        | words  | All \| is \| not well | 1                |
      When it runs
      Then its bill says exactly
        | by       | what       | calls | tokens | dollars  |
        | scenario | hears half | 1     | 0      | 0.006774 |

    @AI-5 @critical
    Scenario: A model without a price is refused before anything is asked
      Given a run of this suite with
        | model it asks itself | house-model-7 |
      And its scenarios
        | scenario     |
        | asks a model |
      When it runs
      Then its console says, in this order
        | nothing was asked               |
        | "house-model-7" has no price in |
      And its server was asked 0 times

    @AI-5
    Scenario: A model without a price that only turns up in a call stops the run before the call leaves
      Given a run of this suite with
        | model asked | house-model-7 |
      And its scenarios
        | scenario     |
        | asks a model |
        | asks again   |
      When it runs
      Then its scenarios end so, and it is red
        | scenario     | verdict | saying                          |
        | asks a model | broken  | "house-model-7" has no price in |
        | asks again   | skipped | "house-model-7" has no price in |
      And by the model's own count it has cost exactly 0.0 dollars

  Rule: No budget is exceeded

    @AI-6 @critical
    Scenario: When the budget of the run is spent, the rest is not run, and the run is red
      Given a run of this suite with
        | budget | 0.0057 |
      And its scenarios
        | scenario  | asks |
        | asks once |      |
        | asks more | 3    |
        | asks last |      |
      When it runs
      Then its scenarios end so, and it is red
        | scenario  | verdict | saying                               |
        | asks once | passed  |                                      |
        | asks more | broken  | the budget of the run is spent       |
        | asks last | skipped | not run: the budget of the run is sp |
      And its console says
        | PROBLEM: real AI was stopped: the budget of the run is spent |
      And by the model's own count it has cost at most 0.0057 dollars

    # Each call is answered by 2,000 tokens, for 20,024 micro-dollars. It may cost 38,896 at worst, so that after two there
    # is no room for a third; were the worst case of those under way not set aside, there would be room for all.
    @AI-6 @critical
    Scenario Outline: Many calls at once, of <workers>, do not exceed a budget that has room for two of them
      Given a run of this suite with
        | budget  | 0.0600   |
        | workers | <number> |
      And its scenarios
        | scenario | asks | at once | room |
        | first    | 8    | 8       | 2000 |
        | second   | 8    | 8       | 2000 |
      And its server answers, one after another
        | answer | saying            | times | after |
        | words  | (8000 characters) | 16    | 0.2   |
      When it runs
      Then it meets suite.broken, saying "the budget of the run is spent"
      And by the model's own count it has cost at most 0.0600 dollars

      Examples:
        | workers     | number |
        | one worker  | 1      |
        | two workers | 2      |

    @AI-6
    Scenario: A scenario does not exceed its own budget, and the others go on
      Given a run of this suite
      And its scenarios
        | scenario  | asks | may cost |
        | asks much | 4    | 0.57     |
        | asks once |      |          |
      When it runs
      Then its scenarios end so, and it is red
        | scenario  | verdict | saying                              |
        | asks much | broken  | the budget of the scenario is spent |
        | asks once | passed  |                                     |

    @AI-6
    Scenario: Neither ten answers at the price of one, nor what has no price, is asked for
      Given a run of this suite
      And its scenarios
        | scenario        | does                     | answers | may cost |
        | asks for ten    | asks for several answers | 10      | 0.57     |
        | deletes a model | deletes a model          |         |          |
        | asks for one    | asks for several answers | 1       | 0.57     |
      When it runs
      Then its scenarios end so, and it is red
        | scenario        | verdict | saying                                           |
        | asks for ten    | broken  | the budget of the scenario is spent              |
        | deletes a model | broken  | is not let through: nobody can say what it costs |
        | asks for one    | passed  |                                                  |
      And its server was asked once

    # A call is let through where its worst case of 5,576 micro-dollars is left: of 11,200 a half is 5,600.
    @AI-92
    Scenario Outline: Half of a run may spend half of its budget: of <budget> dollars a call is <verdict>
      Given a run of this suite with
        | budget | <budget> |
        | share  | 1/2      |
      And its scenarios
        | scenario     |
        | asks a model |
      When it runs
      Then its scenarios end so, and it is <colour>
        | scenario     | verdict   | saying   |
        | asks a model | <verdict> | <saying> |
      And its console says, in this order
        | <half> at most (one of 2 shares of the run's budget) |

      Examples:
        | budget | verdict | colour | half     | saying                         |
        | 0.0112 | passed  | green  | $0.0056  |                                |
        | 0.0111 | broken  | red    | $0.00555 | the budget of the run is spent |

    @AI-6
    Scenario: Calls that cost nothing come to an end, too
      Given a run of this suite with
        | calls | 3 |
      And its scenarios
        | scenario  | asks |
        | asks much | 5    |
      When it runs
      Then it meets suite.broken, saying "the 3 calls that the run may make are made"
      And its server was asked 3 times

  Rule: A real model is asked by scenarios of real AI alone

    @AI-90
    Scenario Outline: A scenario <that> cannot ask it past the gate, and the attempt makes the run red
      Given a run of this suite
      And its scenarios
        | scenario     | does               | tags   |
        | goes astray  | asks past the gate | <tags> |
        | asks a model |                    |        |
      When it runs
      Then its console says, in this order
        | PROBLEM: somebody tried to reach the real model |
      And by the model's own count it has cost exactly 0.000045 dollars

      Examples:
        | that                | tags       |
        | that is not of them | (left out) |
        | of real AI          | real_ai    |
