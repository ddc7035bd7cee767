@break.before_feature
Feature: before_feature breaks

  Scenario: Is never run
    Ends untested: not run: a hook of its feature failed: HOOK-ERROR in before_feature: RuntimeError: told to break
    Given a step passes

  Rule: The same under a rule

    Scenario Outline: Row <n> is never run
      Given a step passes

      Examples:
        | n | ends     | says                                                                      |
        | 1 | untested | not run: a hook of its feature failed: HOOK-ERROR in before_feature |
