@DS-1 @minor
Feature: Plain scenarios end in every way
  Each title says how its scenario ends; the line below it says what the report must tell.

  @DS-2 @allure.label.owner=Lee @allure.link=https://example.com/one
  Scenario: Passes
    Ends passed
    Given a step passes
    Then a step passes

  Scenario: Fails
    Ends failed: expected 3 datasets, found 2
    Given a step passes
    When a check fails
    Then a step passes

  Scenario: Fails without a message
    Ends failed: an assertion without a message failed
    Then a check fails without a message

  Scenario: Breaks
    Ends error: ConnectionError: platform.example refused
    Given a step breaks
    Then a step passes

  Scenario: Is undefined
    Ends error: undefined step: "Given a sentence that nobody knows"
    Given a sentence that nobody knows
    Then a step passes

  Scenario: Is undefined behind a failure
    Ends failed: expected 3 datasets, found 2
    Given a check fails
    Then a sentence that nobody knows

  Scenario: Is pending
    Ends error: pending: StepNotImplementedError: to be written
    Given a step that nobody has written yet
    Then a step passes

  @wip
  Scenario: Is pending and let pass
    Ends passed: passed with pending steps
    Given a step that nobody has written yet
    Then a step passes

  @skip.reason
  Scenario: Is skipped by a hook
    Ends skipped: the target lacks tools
    Given a step passes

  @skip.silent
  Scenario: Is skipped by a hook without a reason
    Ends skipped: skipped without a reason
    Given a step passes

  Scenario: Is skipped by a step
    Ends skipped: the weather forbids it
    Given a step passes
    When the scenario is skipped in the middle
    Then a check fails

  Scenario: Is skipped too late
    Ends failed: failed first
    When the scenario is skipped after a failed check
    Then a step passes

  Scenario: Is asynchronous
    Ends passed
    When something asynchronous passes

  Scenario: Is asynchronous and fails
    Ends failed: expected the task to end well
    When something asynchronous fails

  Scenario: Runs other steps
    Ends passed
    When other steps pass inside

  Scenario: Runs other steps, and one fails
    Ends failed: FAILED SUB-STEP: Then a check fails
    When other steps fail inside

  Scenario: Bears tables and texts
    Ends passed
    Given this table
      | name  | size |
      | first | 1    |
    And this text
      """
      some text
      """

  Scenario: Attaches evidence
    Ends passed
    When evidence is attached, in sub-steps and from a thread
    Then the scenario describes itself

  Scenario: Breaks in a sub-step
    Ends error: RuntimeError: broken inside
    When a sub-step breaks
    Then a step passes

  Scenario: The same name in two files
    Ends passed
    Given a step passes
