@program
Feature: What a run of real AI tells
  What real AI has cost is told before, during and after: nobody has to guess. A rehearsal with the scripted model takes
  the same way, for nothing, and says of itself that it is one.

  @AI-8
  Scenario: The estimate is told before the first call, and the bill at the end
    Given a run of this suite with
      | budget | 0.5 |
    And its scenarios
      | scenario     | asks |
      | asks a model | 3    |
    When it runs
    Then its console says, in this order
      | real AI: 1 scenario will ask |
      | for $0.50 at most            |
      | asks a model                 |
      | spent $0.000135 of $0.50     |
      | 3 calls, 27 tokens           |
      | gpt-4o                       |

  @AI-8
  Scenario: The report has a table of the money, its figures, and what each scenario has cost
    Given a run of this suite
    And its scenarios
      | scenario     |
      | asks a model |
    When it runs
    Then its report says
      | what it has cost: $0.000045   |
      | what the model has cost       |
      | run,total,1,6,3,0,0,$0.000045 |
      | ai.dollars                    |
      | spent = $0.000045             |

  @AI-8 @AI-91 @critical
  Scenario: A rehearsal asks the scripted model alone, and says so in the console and in the report
    Given a run of this suite with
      | rehearsal | yes |
    And its scenarios
      | scenario     | asks |
      | asks a model | 2    |
    When it runs
    Then its console says
      | REHEARSAL: 1 scenario of @real_ai against the scripted model, free |
      | would have cost $0.00009                                           |
    And its report says
      | REHEARSAL against the scripted model |
      | rehearsal                            |
    And its bill says exactly
      | by       | what         | calls | tokens | dollars |
      | scenario | asks a model | 2     | 18     | 0.00009 |
    And its server was asked 0 times
