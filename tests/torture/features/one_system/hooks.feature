Feature: Hooks and cleanups of a scenario break

  @break.before_scenario
  Scenario: before_scenario breaks
    Ends hook_error: HOOK-ERROR in before_scenario: RuntimeError: told to break in before_scenario
    Given a step passes

  @assert.before_scenario
  Scenario: before_scenario asserts
    Ends hook_error: HOOK-ERROR in before_scenario: AssertionError: told to break in before_scenario
    Given a step passes

  @break.after_scenario
  Scenario: after_scenario breaks
    Ends hook_error: HOOK-ERROR in after_scenario: RuntimeError: told to break in after_scenario
    Given a step passes

  @break.after_scenario
  Scenario: after_scenario breaks behind a failure
    Ends hook_error: expected 3 datasets, found 2 + HOOK-ERROR in after_scenario: RuntimeError: told to break
    Given a check fails

  @break.before_scenario @break.after_scenario @cleanup.breaks
  Scenario: Everything around it breaks
    Ends hook_error: HOOK-ERROR in before_scenario + HOOK-ERROR in after_scenario + CLEANUP-ERROR in broken_cleanup
    Given a step passes

  @break.before_tag
  Scenario: before_tag breaks
    Ends hook_error: HOOK-ERROR in before_tag(tag=break.before_tag): RuntimeError: told to break in before_tag
    Given a step passes

  @break.after_tag
  Scenario: after_tag breaks
    Ends hook_error: HOOK-ERROR in after_tag(tag=break.after_tag): RuntimeError: told to break in after_tag
    Given a step passes

  Scenario: before_step breaks
    Ends error: HOOK-ERROR in before_step: RuntimeError: told to break in before_step
    Given a step whose before_step hook breaks
    Then a step passes

  Scenario: after_step breaks
    Ends error: HOOK-ERROR in after_step: RuntimeError: told to break in after_step
    Given a step whose after_step hook breaks
    Then a step passes

  Scenario: after_step breaks behind a failure
    Ends error: expected 3 datasets, found 2 + HOOK-ERROR in after_step: RuntimeError: told to break in after_step
    Given a check fails and its after_step hook breaks
    Then a step passes

  @cleanup.breaks
  Scenario: Two cleanups break
    Ends cleanup_error: CLEANUP-ERROR in broken_cleanup: RuntimeError: told to break + CLEANUP-ERROR in other_broken_cleanup: ValueError: another
    Given a step passes

  @cleanup.breaks
  Scenario: Cleanups break behind a failure
    Ends cleanup_error: expected 3 datasets, found 2 + CLEANUP-ERROR in broken_cleanup
    Given a check fails

  @fixture.breaks_in_set_up
  Scenario: A fixture breaks
    Ends hook_error: HOOK-ERROR in before_tag(tag=fixture.breaks_in_set_up): RuntimeError: told to break in a fixture
    Given a step passes

  @fixture.breaks_in_tear_down
  Scenario: A fixture breaks when it ends
    Ends cleanup_error: CLEANUP-ERROR in breaks_in_tear_down: RuntimeError: told to break when a fixture ends
    Given a step passes

  @hook.speaks @cleanup.speaks
  Scenario: Hooks attach evidence
    Ends passed
    Given a step whose hook attaches
