Feature: Scenarios under rules end in every way

  Background:
    Given a step passes

  Rule: Everything goes well

    Scenario: Passes
      Ends passed
      Given this table
        | name  | size |
        | first | 1    |
      Then this text
        """
        some text
        """

  Rule: Nothing goes well

    Background:
      Given a step passes

    Scenario: Fails
      Ends failed: expected 3 datasets, found 2
      Then a check fails

    Scenario: Breaks
      Ends error: ConnectionError: platform.example refused
      Then a step breaks

    Scenario: Is undefined
      Ends error: undefined step: "Then a sentence that nobody knows"
      Then a sentence that nobody knows

    Scenario: Is pending
      Ends error: pending: StepNotImplementedError: to be written
      Then a step that nobody has written yet

    @wip
    Scenario: Is pending and let pass
      Ends passed: passed with pending steps
      Then a step that nobody has written yet

    @skip.reason
    Scenario: Is skipped
      Ends skipped: the target lacks tools
      Then a step passes

    @break.before_scenario
    Scenario: before_scenario breaks
      Ends hook_error: HOOK-ERROR in before_scenario: RuntimeError: told to break in before_scenario
      Then a step passes

    @cleanup.breaks
    Scenario: A cleanup breaks
      Ends cleanup_error: CLEANUP-ERROR in broken_cleanup: RuntimeError: told to break in a cleanup
      Then a step passes

    Scenario Outline: The value <value> is judged
      Then the value is "<value>"

      Examples:
        | value | ends   | says                        |
        | right | passed |                             |
        | wrong | failed | expected right, found wrong |

  @break.before_rule
  Rule: before_rule breaks

    Scenario: Is never run
      Ends untested: not run: a hook of its rule failed: HOOK-ERROR in before_rule: RuntimeError: told to break
      Then a step passes

  @break.after_rule
  Rule: after_rule breaks

    Scenario: Is run before that
      Ends passed
      Then a step passes

  @break.before_tag
  Rule: A tag hook of the rule breaks

    Scenario: Is never run either
      Ends untested: not run: a hook of its rule failed: HOOK-ERROR in before_tag(tag=break.before_tag): RuntimeError: told
      Then a step passes
