Feature: Rows of outlines end in every way

  Scenario Outline: The value <value> is judged
    Given a step passes
    Then the value is "<value>"

    Examples: good
      | value | ends   | says |
      | right | passed |      |

    Examples: bad
      | value | ends   | says                        |
      | wrong | failed | expected right, found wrong |
      | left  | failed | expected right, found left  |

  Scenario Outline: Without a placeholder in its title
    Then the value is "<value>"

    Examples:
      | value | ends   | says                       |
      | right | passed |                            |
      | right | passed |                            |
      | down  | failed | expected right, found down |

  Scenario Outline: Something happens to row <n>
    Given <what>
    Then a step passes

    Examples:
      | n | what                                 | ends    | says                                                      |
      | 1 | a step breaks                        | error   | ConnectionError: platform.example refused                 |
      | 2 | a sentence unknown                   | error   | undefined step: "Given a sentence unknown"                |
      | 3 | a step that nobody has written yet   | error   | pending: StepNotImplementedError: to be written           |
      | 4 | the scenario is skipped in the middle | skipped | the weather forbids it                                    |
      | 5 | a step whose after_step hook breaks  | error   | HOOK-ERROR in after_step: RuntimeError: told to break     |

    @skip.reason
    Examples:
      | n | what          | ends    | says                   |
      | 6 | a step passes | skipped | the target lacks tools |

    @break.before_scenario
    Examples:
      | n | what          | ends       | says                                         |
      | 7 | a step passes | hook_error | HOOK-ERROR in before_scenario: RuntimeError: |

    @cleanup.breaks
    Examples:
      | n | what          | ends          | says                            |
      | 8 | a step passes | cleanup_error | CLEANUP-ERROR in broken_cleanup |

    @wip
    Examples:
      | n | what                               | ends   | says                      |
      | 9 | a step that nobody has written yet | passed | passed with pending steps |
