Feature: Configuration of the tool daemon
  An operator who has mistyped a time limit must hear of it when the daemon is started, not when the first tool hangs.

  Rule: What is told goes before the default, wherever it is told

    @TD-9 @TD-23 @TD-25 @critical
    Scenario: Limits told in the environment go before the defaults
      Given the tool daemon is told
        | place       | name                  | value |
        | environment | DAEMON_TOOL_TIMEOUT   | 40    |
        | environment | DAEMON_DAEMON_TIMEOUT | 60    |
        | environment | DAEMON_SHIM_TIMEOUT   | 80    |
        | environment | DAEMON_CLIENT_TIMEOUT | 100.5 |
        | environment | DAEMON_SESSION_LIMIT  | 7     |
      When it is asked for its settings
      Then it shows
        | setting            | value | origin                                     |
        | tool_timeout       | 40    | environment variable DAEMON_TOOL_TIMEOUT   |
        | daemon_timeout     | 60    | environment variable DAEMON_DAEMON_TIMEOUT |
        | shim_timeout       | 80    | environment variable DAEMON_SHIM_TIMEOUT   |
        | client_timeout     | 100.5 | environment variable DAEMON_CLIENT_TIMEOUT |
        | session_limit      | 7     | environment variable DAEMON_SESSION_LIMIT  |
        | heartbeat_interval | 8     | default                                    |

    @TD-23 @TD-25
    Scenario: The environment goes before what stands in files
      Given the tool daemon is told
        | place       | name                      | value |
        | environment | DAEMON_HEARTBEAT_INTERVAL | 0.5   |
        | .env        | DAEMON_HEARTBEAT_INTERVAL | 2     |
        | .env        | DAEMON_RETRY_BASE         | 3     |
        | file        | heartbeat_interval        | 4     |
        | file        | retry_base                | 5     |
      When it is asked for its settings
      Then it shows
        | setting            | value | origin                                         |
        | heartbeat_interval | 0.5   | environment variable DAEMON_HEARTBEAT_INTERVAL |
        | retry_base         | 3     | .env line 2                                    |

    @TD-26 @critical
    Scenario: With nothing told the tool daemon has the defaults of the README
      Given nothing is told to the tool daemon
      When it is asked for its settings
      Then every setting has the default and the meaning that the README tells

    @TD-8 @TD-17 @TD-26
    Scenario: The defaults are those that its users were promised
      Given nothing is told to the tool daemon
      When it is asked for its settings
      Then it shows
        | setting            | value | origin  |
        | tool_timeout       | 120   | default |
        | daemon_timeout     | 180   | default |
        | shim_timeout       | 240   | default |
        | client_timeout     | 300   | default |
        | heartbeat_interval | 8     | default |
        | hello_timeout      | 15    | default |
        | breaker_threshold  | 5     | default |
        | breaker_recovery   | 300   | default |
        | retry_base         | 1     | default |
        | health_interval    | 10    | default |

    @TD-27
    Scenario: Every value is of the kind that it should be
      Given the tool daemon is told
        | place       | name                      | value  |
        | environment | DAEMON_HEARTBEAT_INTERVAL | 0.05   |
        | environment | DAEMON_SESSION_LIMIT      | 12     |
        | environment | DAEMON_CACHE_TTL          | 0      |
        | environment | DAEMON_MODEL              | gpt-4o |
      When it is asked for its settings
      Then it shows
        | setting            | value  | origin                                         |
        | heartbeat_interval | 0.05   | environment variable DAEMON_HEARTBEAT_INTERVAL |
        | session_limit      | 12     | environment variable DAEMON_SESSION_LIMIT      |
        | cache_ttl          | 0      | environment variable DAEMON_CACHE_TTL          |
        | model              | gpt-4o | environment variable DAEMON_MODEL              |

  Rule: A configuration that would not work is refused at the start, with the remedy

    @critical
    Scenario Outline: <layer> as <value> leaves too little patience, and is refused
      Given a valid configuration of the tool daemon
      When it is started with <layer> as <value>
      Then it refuses before it starts anything, in under a second, telling no secret and exactly these faults
        | name        | origin | fault   |
        | combination | file   | <fault> |

      @TD-8 @TD-10
      Examples: The valid ones are 10, 15, 20 and 25
        | layer          | value | fault                                                                                         |
        | tool_timeout   | 10.5  | daemon_timeout (15) must be at least 1.5 times tool_timeout (10.5); raise it to 15.75 or more |
        | daemon_timeout | 14.9  | daemon_timeout (14.9) must be at least 1.5 times tool_timeout (10); raise it to 15 or more    |
        | daemon_timeout | 16.5  | shim_timeout (20) must be at least 1.25 times daemon_timeout (16.5)                           |
        | shim_timeout   | 18.7  | shim_timeout (18.7) must be at least 1.25 times daemon_timeout (15)                           |
        | shim_timeout   | 21    | client_timeout (25) must be at least 1.25 times shim_timeout (21)                             |
        | client_timeout | 24.9  | client_timeout (24.9) must be at least 1.25 times shim_timeout (20)                           |

      @TD-24
      Examples: An expert may not take longer than the tool that asks it
        | layer          | value | fault                                               |
        | expert_timeout | 10    | expert_timeout (10) must be below tool_timeout (10) |

    @TD-24 @critical
    Scenario Outline: <setting> as <value> is no time, and is refused
      Given a valid configuration of the tool daemon
      When it is started with <setting> as <value>
      Then it refuses before it starts anything, in under a second, telling no secret and exactly these faults
        | name      | origin | fault   |
        | <setting> | file   | <fault> |

      Examples:
        | setting                   | value  | fault                                    |
        | tool_timeout              | 0      | greater than 0, not 0                    |
        | daemon_timeout            | -1     | greater than 0, not -1                   |
        | shim_timeout              | "inf"  | finite number                            |
        | client_timeout            | 3601   | less than or equal to 3600, not 3601     |
        | heartbeat_interval        | 0      | greater than 0, not 0                    |
        | session_timeout           | 604801 | less than or equal to 604800, not 604801 |
        | sweep_interval            | "nan"  | finite number                            |
        | hello_timeout             | -0.5   | greater than 0, not -0.5                 |
        | retry_base                | 0      | greater than 0, not 0                    |
        | breaker_recovery          | 0      | greater than 0, not 0                    |
        | provider_timeout          | 0      | greater than 0, not 0                    |
        | expert_timeout            | 0      | greater than 0, not 0                    |
        | expert_heartbeat_interval | 0      | greater than 0, not 0                    |
        | cache_ttl                 | -1     | greater than or equal to 0, not -1       |
        | health_interval           | 0      | greater than 0, not 0                    |

    @TD-28 @critical
    Scenario Outline: Without <setting> it does not start
      Given a valid configuration of the tool daemon
      When it is started with <setting> as (left out)
      Then it refuses before it starts anything, in under a second, telling no secret and exactly these faults
        | name      | origin    | fault   |
        | <setting> | not given | <fault> |

      Examples:
        | setting          | fault                                                                     |
        | token            | is required; set DAEMON_TOKEN in the environment or in .env               |
        | fallback_api_key | is required with fallback_base_url; set DAEMON_FALLBACK_API_KEY, or leave |

  Rule: The environment is loaded once, before anything else

    @TD-29 @critical
    Scenario: A daemon reads its files once, and only then begins
      Given the tool daemon is told
        | place | name               | value                 |
        | .env  | DAEMON_TOKEN       | hush-token-of-the-day |
        | file  | heartbeat_interval | 0.5                   |
      When it is started for good
      Then it serves
      And it has read ".env" and "tool_daemon.json" once each, before it started anything
