Feature: Configurations that are refused
  A mistake in a configuration must not wait for the moment when it hurts. Whatever is wrong is told before anything is
  started: all of it at once, each fault with the place where it was said, and never the value of a secret.

  Rule: A valid configuration is accepted

    @CV-1 @CV-11 @CV-12
    Scenario: A suite to which everything is told, and right, is ready
      Given a valid configuration of the suite
      When it is started
      Then it shows
        | setting           | value                    | origin               |
        | target            | remote.toml              | file acceptance.json |
        | connect_timeout_s | 2                        | file acceptance.json |
        | request_timeout_s | 20                       | file acceptance.json |
        | hh_api_url        | https://platform.example | file acceptance.json |

    @CV-1 @CV-11
    Scenario: A platform to which everything is told, and right, serves
      Given a valid configuration of the evaluation platform
      When it is started for good
      Then it serves

  Rule: A single mistake in a valid configuration is found out

    # One configuration, mutated systematically: what is missing, of a wrong type, unknown, empty, out of bounds.
    @critical
    Scenario Outline: The <subject> refuses <setting> as <value>
      Given a valid configuration of the <subject>
      When it is started with <setting> as <value>
      Then it refuses before it starts anything, in under a second, telling no secret and exactly these faults
        | name   | origin   | fault   |
        | <name> | <origin> | <fault> |

      @CV-2
      Examples: Missing
        | subject | setting    | value      | name       | origin    | fault                      |
        | suite   | hh_api_url | (left out) | HH_API_URL | not given | the target remote needs it |
        | suite   | hh_api_key | (left out) | HH_API_KEY | not given | the target remote needs it |
        | suite   | hh_project | (left out) | HH_PROJECT | not given | the target remote needs it |

      @CV-3
      Examples: Of a wrong type
        | subject             | setting                   | value            | name                      | origin                        | fault                                                           |
        | suite               | target                    | 12               | target                    | file acceptance.json          | valid string, not 12                                            |
        | suite               | results_folder            | 12               | results_folder            | file acceptance.json          | is not a valid path                                             |
        | suite               | load                      | maybe            | load                      | file acceptance.json          | valid boolean, unable to interpret input, not 'maybe'           |
        | suite               | soak_s                    | long             | soak_s                    | file acceptance.json          | unable to parse string as a number, not 'long'                  |
        | suite               | load_workers              | many             | load_workers              | file acceptance.json          | unable to parse string as an integer, not 'many'                |
        | suite               | load_master               | here             | load_master               | file acceptance.json          | String should match pattern                                     |
        | suite               | evidence_max_bytes        | many             | evidence_max_bytes        | file acceptance.json          | valid integer, unable to parse string as an integer, not 'many' |
        | suite               | connect_timeout_s         | soon             | connect_timeout_s         | file acceptance.json          | valid number, unable to parse string as a number, not 'soon'    |
        | suite               | request_timeout_s         | [1, 2]           | request_timeout_s         | file acceptance.json          | valid number, not [1, 2]                                        |
        | suite               | hh_api_url                | 12               | hh_api_url                | file acceptance.json          | valid string, not 12                                            |
        | suite               | source_url                | 12               | source_url                | file acceptance.json          | valid string, not 12                                            |
        | suite               | hh_api_key                | 47114711         | hh_api_key                | file acceptance.json          | valid string                                                    |
        | suite               | hh_foreign_key            | 47114711         | hh_foreign_key            | file acceptance.json          | valid string                                                    |
        | suite               | hh_project                | [a, b]           | hh_project                | file acceptance.json          | valid string, not ['a', 'b']                                    |
        | suite               | openai_api_key            | [hush-1, hush-2] | openai_api_key            | file acceptance.json          | valid string                                                    |
        | suite               | openai_base_url           | yes              | openai_base_url           | file acceptance.json          | valid string, not True                                          |
        | suite               | openai_model              | 12               | openai_model              | file acceptance.json          | valid string, not 12                                            |
        | suite               | rehearsal                 | maybe            | rehearsal                 | file acceptance.json          | unable to interpret input, not 'maybe'                          |
        | suite               | budget_usd                | much             | budget_usd                | file acceptance.json          | unable to parse string as a number, not 'much'                  |
        | suite               | model_calls               | many             | model_calls               | file acceptance.json          | unable to parse string as an integer, not 'many'                |
        | suite               | retry_pause_s             | soon             | retry_pause_s             | file acceptance.json          | unable to parse string as a number, not 'soon'                  |
        | suite               | patience                  | little           | patience                  | file acceptance.json          | unable to parse string as a number, not 'little'                |
        | suite               | spending_file             | 12               | spending_file             | file acceptance.json          | is not a valid path                                             |
        | suite               | provider_limit_usd        | none             | provider_limit_usd        | file acceptance.json          | unable to parse string as a number, not 'none'                  |
        | suite               | judge_model               | 12               | judge_model               | file acceptance.json          | valid string, not 12                                            |
        | suite               | judge_accept_provisional  | maybe            | judge_accept_provisional  | file acceptance.json          | unable to interpret input, not 'maybe'                          |
        | suite               | assistant_url             | 12               | assistant_url             | file acceptance.json          | valid string, not 12                                            |
        | suite               | assistant_token           | 47114711         | assistant_token           | file acceptance.json          | valid string                                                    |
        | suite               | assistant_profile         | 12               | assistant_profile         | file acceptance.json          | valid string, not 12                                            |
        | suite               | assistant_client_token    | 47114711         | assistant_client_token    | file acceptance.json          | valid string                                                    |
        | suite               | assistant_client_profile  | 12               | assistant_client_profile  | file acceptance.json          | valid string, not 12                                            |
        | suite               | assistant_foreign_token   | 47114711         | assistant_foreign_token   | file acceptance.json          | valid string                                                    |
        | suite               | assistant_foreign_profile | 12               | assistant_foreign_profile | file acceptance.json          | valid string, not 12                                            |
        | suite               | tool_daemon_url           | 12               | tool_daemon_url           | file acceptance.json          | valid string, not 12                                            |
        | suite               | tool_daemon_token         | 47114711         | tool_daemon_token         | file acceptance.json          | valid string                                                    |
        | suite               | redis_url                 | 47114711         | redis_url                 | file acceptance.json          | valid string                                                    |
        | suite               | ci                        | [yes]            | ci                        | file acceptance.json          | valid boolean, not [True]                                       |
        | evaluation platform | host                      | 12               | host                      | file evaluation_platform.json | valid string, not 12                                            |
        | evaluation platform | port                      | any              | port                      | file evaluation_platform.json | valid integer, unable to parse string as an integer, not 'any'  |
        | evaluation platform | control_port              | 0.5              | control_port              | file evaluation_platform.json | valid integer, got a number with a fractional part, not 0.5     |
        | evaluation platform | storage                   | 12               | storage                   | file evaluation_platform.json | is not a valid path                                             |
        | evaluation platform | database_url              | 47114711         | database_url              | file evaluation_platform.json | valid string                                                    |
        | evaluation platform | keys                      | [hush-1, hush-2] | keys                      | file evaluation_platform.json | valid string                                                    |
        | evaluation platform | admin_key                 | 47114711         | admin_key                 | file evaluation_platform.json | valid string                                                    |
        | evaluation platform | max_body_bytes            | many             | max_body_bytes            | file evaluation_platform.json | valid integer, unable to parse string as an integer, not 'many' |
        | evaluation platform | metric_seconds            | soon             | metric_seconds            | file evaluation_platform.json | valid number, unable to parse string as a number, not 'soon'    |
        | evaluation platform | metric_memory_mb          | much             | metric_memory_mb          | file evaluation_platform.json | valid integer, unable to parse string as an integer, not 'much' |
        | evaluation platform | metric_model              | [a]              | metric_model              | file evaluation_platform.json | valid string, not ['a']                                         |
        | evaluation platform | metric_model_seconds      | no               | metric_model_seconds      | file evaluation_platform.json | greater than 0                                                  |
        | evaluation platform | openai_base_url           | 12               | openai_base_url           | file evaluation_platform.json | valid string, not 12                                            |
        | evaluation platform | openai_api_key            | 47114711         | openai_api_key            | file evaluation_platform.json | valid string                                                    |
        | scripted model      | host                      | 12               | host                      | file model.json               | valid string, not 12                                            |
        | scripted model      | port                      | any              | port                      | file model.json               | unable to parse string as an integer, not 'any'                 |
        | scripted model      | control_port              | 0.5              | control_port              | file model.json               | number with a fractional part, not 0.5                          |
        | scripted model      | keys                      | [hush-1, hush-2] | keys                      | file model.json               | valid string                                                    |
        | scripted model      | models                    | [a, b]           | models                    | file model.json               | valid string, not ['a', 'b']                                    |
        | scripted model      | max_body_bytes            | many             | max_body_bytes            | file model.json               | unable to parse string as an integer, not 'many'                |
        | practice API        | host                      | 12               | host                      | file practice.json            | valid string, not 12                                            |
        | practice API        | port                      | any              | port                      | file practice.json            | unable to parse string as an integer, not 'any'                 |
        | practice API        | control_port              | 0.5              | control_port              | file practice.json            | number with a fractional part, not 0.5                          |
        | practice API        | storage                   | 12               | storage                   | file practice.json            | is not a valid path                                             |
        | practice API        | practitioner_token        | 47114711         | practitioner_token        | file practice.json            | valid string                                                    |
        | practice API        | client_token              | 47114711         | client_token              | file practice.json            | valid string                                                    |
        | practice API        | foreign_token             | 47114711         | foreign_token             | file practice.json            | valid string                                                    |
        | practice API        | max_body_bytes            | many             | max_body_bytes            | file practice.json            | unable to parse string as an integer, not 'many'                |
        | Redis server        | host                      | 12               | host                      | file redis.json               | valid string, not 12                                            |
        | Redis server        | port                      | any              | port                      | file redis.json               | unable to parse string as an integer, not 'any'                 |
        | Redis server        | storage                   | 12               | storage                   | file redis.json               | is not a valid path                                             |
        | Redis server        | program                   | 12               | program                   | file redis.json               | is not a valid path                                             |
        | assistant           | host                      | 12               | host                      | file assistant.json           | valid string, not 12                                            |
        | assistant           | port                      | any              | port                      | file assistant.json           | unable to parse string as an integer, not 'any'                 |
        | assistant           | log_level                 | LOUD             | log_level                 | file assistant.json           | LOUD                                                            |
        | assistant           | timezone                  | 12               | timezone                  | file assistant.json           | valid string, not 12                                            |
        | assistant           | personas                  | 12               | personas                  | file assistant.json           | is not a valid path                                             |
        | assistant           | openai_api_key            | [hush-1, hush-2] | openai_api_key            | file assistant.json           | valid string                                                    |
        | assistant           | openai_base_url           | 12               | openai_base_url           | file assistant.json           | valid string, not 12                                            |
        | assistant           | openai_timeout            | soon             | openai_timeout            | file assistant.json           | unable to parse string as a number, not 'soon'                  |
        | assistant           | openai_max_retries        | many             | openai_max_retries        | file assistant.json           | unable to parse string as an integer, not 'many'                |
        | assistant           | max_requests_per_user     | many             | max_requests_per_user     | file assistant.json           | unable to parse string as an integer, not 'many'                |
        | assistant           | limiter_idle              | soon             | limiter_idle              | file assistant.json           | unable to parse string as a number, not 'soon'                  |
        | assistant           | practice_url              | 12               | practice_url              | file assistant.json           | valid string, not 12                                            |
        | assistant           | practice_timeout          | soon             | practice_timeout          | file assistant.json           | unable to parse string as a number, not 'soon'                  |
        | assistant           | practice_tries            | many             | practice_tries            | file assistant.json           | unable to parse string as an integer, not 'many'                |
        | assistant           | document_model            | 12               | document_model            | file assistant.json           | valid string, not 12                                            |
        | assistant           | document_max_tokens       | many             | document_max_tokens       | file assistant.json           | unable to parse string as an integer, not 'many'                |
        | assistant           | document_context_tokens   | many             | document_context_tokens   | file assistant.json           | unable to parse string as an integer, not 'many'                |
        | assistant           | policy_model              | 12               | policy_model              | file assistant.json           | valid string, not 12                                            |
        | assistant           | violation_pause           | soon             | violation_pause           | file assistant.json           | unable to parse string as a number, not 'soon'                  |
        | assistant           | violation_drain           | soon             | violation_drain           | file assistant.json           | unable to parse string as a number, not 'soon'                  |
        | assistant           | redis_url                 | 47114711         | redis_url                 | file assistant.json           | valid string                                                    |
        | assistant           | redis_required            | maybe            | redis_required            | file assistant.json           | valid boolean, unable to interpret input, not 'maybe'           |
        | assistant           | redis_timeout             | soon             | redis_timeout             | file assistant.json           | unable to parse string as a number, not 'soon'                  |
        | assistant           | redis_pool                | many             | redis_pool                | file assistant.json           | unable to parse string as an integer, not 'many'                |
        | assistant           | redis_check               | soon             | redis_check               | file assistant.json           | unable to parse string as a number, not 'soon'                  |
        | assistant           | session_timeout_minutes   | soon             | session_timeout_minutes   | file assistant.json           | unable to parse string as a number, not 'soon'                  |
        | assistant           | ui_state_hours            | soon             | ui_state_hours            | file assistant.json           | unable to parse string as a number, not 'soon'                  |
        | assistant           | cleanup_interval          | soon             | cleanup_interval          | file assistant.json           | unable to parse string as a number, not 'soon'                  |
        | assistant           | history_limit             | many             | history_limit             | file assistant.json           | unable to parse string as an integer, not 'many'                |
        | assistant           | max_iterations            | many             | max_iterations            | file assistant.json           | unable to parse string as an integer, not 'many'                |
        | assistant           | max_message_chars         | many             | max_message_chars         | file assistant.json           | unable to parse string as an integer, not 'many'                |
        | assistant           | auth_timeout              | soon             | auth_timeout              | file assistant.json           | unable to parse string as a number, not 'soon'                  |
        | assistant           | idle_timeout              | soon             | idle_timeout              | file assistant.json           | unable to parse string as a number, not 'soon'                  |
        | assistant           | max_connections           | many             | max_connections           | file assistant.json           | unable to parse string as an integer, not 'many'                |
        | assistant           | max_pending               | many             | max_pending               | file assistant.json           | unable to parse string as an integer, not 'many'                |
        | assistant           | send_queue                | many             | send_queue                | file assistant.json           | unable to parse string as an integer, not 'many'                |
        | assistant           | send_timeout              | soon             | send_timeout              | file assistant.json           | unable to parse string as a number, not 'soon'                  |
        | assistant           | ping_interval             | soon             | ping_interval             | file assistant.json           | unable to parse string as a number, not 'soon'                  |
        | assistant           | ping_timeout              | soon             | ping_timeout              | file assistant.json           | unable to parse string as a number, not 'soon'                  |

      @CV-3 @TD-27
      Examples: Of a wrong type, told to the tool daemon
        | subject     | setting                   | value    | name                      | origin                | fault                                                       |
        | tool daemon | host                      | 12       | host                      | file tool_daemon.json | valid string, not 12                                        |
        | tool daemon | port                      | many     | port                      | file tool_daemon.json | unable to parse string as an integer, not 'many'            |
        | tool daemon | token                     | 47114711 | token                     | file tool_daemon.json | valid string                                                |
        | tool daemon | hello_timeout             | soon     | hello_timeout             | file tool_daemon.json | unable to parse string as a number, not 'soon'              |
        | tool daemon | ping_interval             | soon     | ping_interval             | file tool_daemon.json | unable to parse string as a number, not 'soon'              |
        | tool daemon | heartbeat_interval        | soon     | heartbeat_interval        | file tool_daemon.json | unable to parse string as a number, not 'soon'              |
        | tool daemon | session_timeout           | soon     | session_timeout           | file tool_daemon.json | unable to parse string as a number, not 'soon'              |
        | tool daemon | session_limit             | many     | session_limit             | file tool_daemon.json | unable to parse string as an integer, not 'many'            |
        | tool daemon | sweep_interval            | soon     | sweep_interval            | file tool_daemon.json | unable to parse string as a number, not 'soon'              |
        | tool daemon | global_inflight           | many     | global_inflight           | file tool_daemon.json | unable to parse string as an integer, not 'many'            |
        | tool daemon | provider_inflight         | many     | provider_inflight         | file tool_daemon.json | unable to parse string as an integer, not 'many'            |
        | tool daemon | session_inflight          | many     | session_inflight          | file tool_daemon.json | unable to parse string as an integer, not 'many'            |
        | tool daemon | tool_timeout              | soon     | tool_timeout              | file tool_daemon.json | unable to parse string as a number, not 'soon'              |
        | tool daemon | daemon_timeout            | soon     | daemon_timeout            | file tool_daemon.json | unable to parse string as a number, not 'soon'              |
        | tool daemon | shim_timeout              | soon     | shim_timeout              | file tool_daemon.json | unable to parse string as a number, not 'soon'              |
        | tool daemon | client_timeout            | soon     | client_timeout            | file tool_daemon.json | unable to parse string as a number, not 'soon'              |
        | tool daemon | breaker_threshold         | many     | breaker_threshold         | file tool_daemon.json | unable to parse string as an integer, not 'many'            |
        | tool daemon | breaker_recovery          | soon     | breaker_recovery          | file tool_daemon.json | unable to parse string as a number, not 'soon'              |
        | tool daemon | retry_base                | soon     | retry_base                | file tool_daemon.json | unable to parse string as a number, not 'soon'              |
        | tool daemon | provider_timeout          | soon     | provider_timeout          | file tool_daemon.json | unable to parse string as a number, not 'soon'              |
        | tool daemon | cache_ttl                 | soon     | cache_ttl                 | file tool_daemon.json | unable to parse string as a number, not 'soon'              |
        | tool daemon | cache_entries             | many     | cache_entries             | file tool_daemon.json | unable to parse string as an integer, not 'many'            |
        | tool daemon | cache_max_bytes           | many     | cache_max_bytes           | file tool_daemon.json | unable to parse string as an integer, not 'many'            |
        | tool daemon | expert_timeout            | soon     | expert_timeout            | file tool_daemon.json | unable to parse string as a number, not 'soon'              |
        | tool daemon | expert_heartbeat_interval | soon     | expert_heartbeat_interval | file tool_daemon.json | unable to parse string as a number, not 'soon'              |
        | tool daemon | model                     | 12       | model                     | file tool_daemon.json | valid string, not 12                                        |
        | tool daemon | openai_base_url           | 12       | openai_base_url           | file tool_daemon.json | valid string, not 12                                        |
        | tool daemon | openai_api_key            | 47114711 | openai_api_key            | file tool_daemon.json | valid string                                                |
        | tool daemon | fallback_base_url         | 12       | fallback_base_url         | file tool_daemon.json | valid string, not 12                                        |
        | tool daemon | fallback_api_key          | 47114711 | fallback_api_key          | file tool_daemon.json | valid string                                                |
        | tool daemon | fallback_model            | 12       | fallback_model            | file tool_daemon.json | valid string, not 12                                        |
        | tool daemon | log_directory             | 12       | log_directory             | file tool_daemon.json | is not a valid path                                         |
        | tool daemon | log_level                 | loud     | log_level                 | file tool_daemon.json | should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR', not 'loud' |
        | tool daemon | log_max_bytes             | many     | log_max_bytes             | file tool_daemon.json | unable to parse string as an integer, not 'many'            |
        | tool daemon | log_count                 | many     | log_count                 | file tool_daemon.json | unable to parse string as an integer, not 'many'            |
        | tool daemon | health_interval           | soon     | health_interval           | file tool_daemon.json | unable to parse string as a number, not 'soon'              |

      @CV-10
      Examples: Unknown
        | subject             | setting    | value     | name       | origin                        | fault                                |
        | suite               | targett    | embedded  | targett    | file acceptance.json          | is unknown; did you mean target?     |
        | suite               | hh-api-key | hush-4711 | hh-api-key | file acceptance.json          | is unknown; did you mean hh_api_key? |
        | suite               | Load       | yes       | Load       | file acceptance.json          | is unknown; did you mean load?       |
        | suite               | colour     | blue      | colour     | file acceptance.json          | is unknown                           |
        | evaluation platform | prot       | 8001      | prot       | file evaluation_platform.json | is unknown; did you mean port?       |
        | evaluation platform | admin_kee  | hush-4711 | admin_kee  | file evaluation_platform.json | is unknown; did you mean admin_key?  |
        | scripted model      | modell     | a         | modell     | file model.json               | is unknown; did you mean models?     |

      @CV-11
      Examples: Empty
        | subject             | setting           | value     | name              | origin                        | fault                      |
        | suite               | target            | ""        | target            | file acceptance.json          | at least 1 character       |
        | suite               | hh_api_url        | ""        | hh_api_url        | file acceptance.json          | is no address              |
        | suite               | hh_api_key        | ""        | hh_api_key        | file acceptance.json          | fewer than 4 characters    |
        | suite               | hh_project        | ""        | hh_project        | file acceptance.json          | at least 1 character       |
        | suite               | connect_timeout_s | (nothing) | connect_timeout_s | file acceptance.json          | valid number               |
        | evaluation platform | host              | ""        | host              | file evaluation_platform.json | must be a loopback address |
        | evaluation platform | metric_model      | ""        | metric_model      | file evaluation_platform.json | at least 1 character       |
        | evaluation platform | max_body_bytes    | (nothing) | max_body_bytes    | file evaluation_platform.json | valid integer              |
        | scripted model      | host              | ""        | host              | file model.json               | must be a loopback address |

      @CV-11
      Examples: Out of bounds
        | subject             | setting              | value                                | name                 | origin                        | fault                                            |
        | suite               | connect_timeout_s    | 0                                    | connect_timeout_s    | file acceptance.json          | greater than 0, not 0                            |
        | suite               | connect_timeout_s    | -1                                   | connect_timeout_s    | file acceptance.json          | greater than 0, not -1                           |
        | suite               | connect_timeout_s    | 601                                  | connect_timeout_s    | file acceptance.json          | less than or equal to 600, not 601               |
        | suite               | request_timeout_s    | 0                                    | request_timeout_s    | file acceptance.json          | greater than 0, not 0                            |
        | suite               | request_timeout_s    | 601                                  | request_timeout_s    | file acceptance.json          | less than or equal to 600, not 601               |
        | suite               | request_timeout_s    | "nan"                                | request_timeout_s    | file acceptance.json          | , not 'nan'                                      |
        | suite               | request_timeout_s    | "inf"                                | request_timeout_s    | file acceptance.json          | less than or equal to 600, not 'inf'             |
        | suite               | budget_usd           | -1                                   | budget_usd           | file acceptance.json          | greater than or equal to 0, not -1               |
        | suite               | budget_usd           | "nan"                                | budget_usd           | file acceptance.json          | , not 'nan'                                      |
        | suite               | model_calls          | 0                                    | model_calls          | file acceptance.json          | greater than or equal to 1, not 0                |
        | suite               | patience             | 0                                    | patience             | file acceptance.json          | greater than 0, not 0                            |
        | suite               | provider_limit_usd   | 0                                    | provider_limit_usd   | file acceptance.json          | greater than 0, not 0                            |
        | suite               | evidence_max_bytes   | 1023                                 | evidence_max_bytes   | file acceptance.json          | greater than or equal to 1024, not 1023          |
        | suite               | evidence_max_bytes   | 16777217                             | evidence_max_bytes   | file acceptance.json          | less than or equal to 16777216, not 16777217     |
        | suite               | hh_api_url           | ftp://platform.example               | hh_api_url           | file acceptance.json          | is no address                                    |
        | suite               | openai_base_url      | https://me:hush-4711@model.example   | openai_base_url      | file acceptance.json          | is no address                                    |
        | suite               | openai_base_url      | https://model.example/?key=hush-4711 | openai_base_url      | file acceptance.json          | is no address                                    |
        | suite               | redis_url            | http://:hush-4711@redis.example      | redis_url            | file acceptance.json          | is no address                                    |
        | evaluation platform | host                 | 0.0.0.0                              | host                 | file evaluation_platform.json | must be a loopback address                       |
        | evaluation platform | port                 | -1                                   | port                 | file evaluation_platform.json | greater than or equal to 0, not -1               |
        | evaluation platform | port                 | 65536                                | port                 | file evaluation_platform.json | less than or equal to 65535, not 65536           |
        | evaluation platform | control_port         | 65536                                | control_port         | file evaluation_platform.json | less than or equal to 65535, not 65536           |
        | evaluation platform | max_body_bytes       | 0                                    | max_body_bytes       | file evaluation_platform.json | greater than 0, not 0                            |
        | evaluation platform | max_body_bytes       | 1073741825                           | max_body_bytes       | file evaluation_platform.json | less than or equal to 1073741824, not 1073741825 |
        | evaluation platform | metric_seconds       | 0                                    | metric_seconds       | file evaluation_platform.json | greater than 0, not 0                            |
        | evaluation platform | metric_seconds       | 61                                   | metric_seconds       | file evaluation_platform.json | less than or equal to 60, not 61                 |
        | evaluation platform | metric_memory_mb     | 63                                   | metric_memory_mb     | file evaluation_platform.json | greater than or equal to 64, not 63              |
        | evaluation platform | metric_memory_mb     | 16385                                | metric_memory_mb     | file evaluation_platform.json | less than or equal to 16384, not 16385           |
        | evaluation platform | metric_model_seconds | 0                                    | metric_model_seconds | file evaluation_platform.json | greater than 0, not 0                            |
        | evaluation platform | metric_model_seconds | 601                                  | metric_model_seconds | file evaluation_platform.json | less than or equal to 600, not 601               |
        | evaluation platform | metric_model_seconds | "inf"                                | metric_model_seconds | file evaluation_platform.json | less than or equal to 600, not 'inf'             |
        | evaluation platform | keys                 | hush-without-a-project               | keys                 | file evaluation_platform.json | entry 1 is not of the form project=key           |
        | scripted model      | host                 | 0.0.0.0                              | host                 | file model.json               | must be a loopback address                       |
        | scripted model      | port                 | 65536                                | port                 | file model.json               | less than or equal to 65535, not 65536           |
        | scripted model      | control_port         | -1                                   | control_port         | file model.json               | greater than or equal to 0, not -1               |
        | scripted model      | max_body_bytes       | 0                                    | max_body_bytes       | file model.json               | greater than 0, not 0                            |
        | scripted model      | max_body_bytes       | 1073741825                           | max_body_bytes       | file model.json               | less than or equal to 1073741824, not 1073741825 |
        | practice API        | host                 | 0.0.0.0                              | host                 | file practice.json            | must be a loopback address                       |
        | practice API        | max_body_bytes       | 0                                    | max_body_bytes       | file practice.json            | greater than 0, not 0                            |
        | Redis server        | host                 | 0.0.0.0                              | host                 | file redis.json               | must be a loopback address                       |

    @CV-3 @CV-10
    Scenario Outline: From a cold shell, too, the <subject> refuses in under a second
      Given the <subject> is told
        | place       | name       | value    |
        | environment | <secret>   | hush-key |
        | environment | <misspelt> | whatever |
        | environment | <variable> | too much |
      When it is started from a cold shell
      Then it refuses before it starts anything, in under a second, telling no secret and exactly these faults
        | name       | origin                          | fault                    |
        | <misspelt> | environment variable <misspelt> | is unknown; did you mean |
        | <setting>  | environment variable <variable> | valid integer            |

      Examples:
        | subject             | secret             | misspelt          | variable                      | setting            |
        | suite               | OPENAI_API_KEY     | ACCEPTANCE_TARGTE | ACCEPTANCE_EVIDENCE_MAX_BYTES | evidence_max_bytes |
        | evaluation platform | PLATFORM_ADMIN_KEY | PLATFORM_HOTS     | PLATFORM_PORT                 | port               |
        | scripted model      | MODEL_KEYS         | MODEL_HOTS        | MODEL_PORT                    | port               |

  Rule: All faults are told at once, wherever they were said

    @CV-2
    Scenario: Everything that a target needs and that is missing is named at once
      Given the suite is told
        | place        | name           | value       |
        | command line | target         | remote.toml |
        | environment  | OPENAI_API_KEY | hush-key    |
      When it is started
      Then it refuses before it starts anything, in under a second, telling no secret and exactly these faults
        | name       | origin    | fault                      |
        | HH_API_URL | not given | the target remote needs it |
        | HH_API_KEY | not given | the target remote needs it |
        | HH_PROJECT | not given | the target remote needs it |

    @CV-2
    Scenario: Everything that a target file must say and does not is named at once
      Given the suite is told
        | place        | name           | value      |
        | command line | target         | empty.toml |
        | environment  | OPENAI_API_KEY | hush-key   |
      And the suite has the file "empty.toml"
        """
        [systems]
        """
      When it is started
      Then it refuses before it starts anything, in under a second, telling no secret and exactly these faults
        | name        | origin     | fault           |
        | name        | not given  | is required     |
        | description | not given  | is required     |
        | systems     | empty.toml | at least 1 item |

    @CV-3 @CV-10 @CV-11
    Scenario: Faults of every place are told together, each with its place
      Given the suite is told
        | place        | name                         | value    |
        | argument     | lod                          | yes      |
        | command line | targett                      | staging  |
        | environment  | ACCEPTANCE_REQUEST_TIMEOUT_S | soon     |
        | .env         | ACCEPTANCE_CONNECT_TIMEOUT_S | -1       |
        | file         | evidence_max_bytes           | 12       |
        | file         | hh_api_key                   | 47114711 |
      When it is started
      Then it refuses before it starts anything, in under a second, telling no secret and exactly these faults
        | name               | origin                                            | fault                            |
        | lod                | argument                                          | is unknown; did you mean load?   |
        | targett            | command line                                      | is unknown; did you mean target? |
        | request_timeout_s  | environment variable ACCEPTANCE_REQUEST_TIMEOUT_S | not 'soon'                       |
        | connect_timeout_s  | .env line 1                                       | greater than 0, not '-1'         |
        | evidence_max_bytes | file acceptance.json                              | greater than or equal to 1024    |
        | hh_api_key         | file acceptance.json                              | valid string                     |

    @CV-10
    Scenario: An unknown name is refused in every place, with the nearest known one
      Given the evaluation platform is told
        | place        | name             | value     |
        | argument     | hosts            | 127.0.0.1 |
        | command line | metric_modell    | gpt-4o    |
        | environment  | PLATFORM_PROT    | 8001      |
        | .env         | PLATFROM_STORAGE | data      |
        | file         | key              | hush-key  |
        | file         | keys             | a=hush-a  |
      When it is started
      Then it refuses before it starts anything, in under a second, telling no secret and exactly these faults
        | name             | origin                             | fault                                      |
        | hosts            | argument                           | is unknown; did you mean host?             |
        | metric_modell    | command line                       | is unknown; did you mean metric_model?     |
        | PLATFORM_PROT    | environment variable PLATFORM_PROT | is unknown; did you mean PLATFORM_PORT?    |
        | PLATFROM_STORAGE | .env line 1                        | is unknown; did you mean PLATFORM_STORAGE? |
        | key              | file evaluation_platform.json      | is unknown; did you mean keys?             |

    @CV-10
    Scenario: What belongs to other programs is left alone
      Given the suite is told
        | place       | name            | value   |
        | environment | HOMEPAGE        | example |
        | environment | TARGET          | arm64   |
        | .env        | DATABASE_SCHEMA | public  |
      When it is asked for its settings
      Then it shows
        | setting | value    | origin  |
        | target  | embedded | default |

  Rule: Settings that do not go together are refused

    @CV-1 @CV-12
    Scenario Outline: A connection may not take longer than the request that it is for: <connect> and <request>
      Given the suite is told
        | place       | name              | value     |
        | environment | OPENAI_API_KEY    | hush-key  |
        | <place>     | <name>            | <connect> |
        | file        | request_timeout_s | <request> |
      When it is started
      Then it refuses before it starts anything, in under a second, telling no secret and exactly these faults
        | name        | fault                                                                       |
        | combination | connect_timeout_s (<connect>) must not exceed request_timeout_s (<request>) |

      Examples:
        | place        | name                         | connect | request |
        | file         | connect_timeout_s            | 21      | 20      |
        | command line | connect_timeout_s            | 600     | 599.5   |
        | .env         | ACCEPTANCE_CONNECT_TIMEOUT_S | 0.5     | 0.25    |

    @CV-12
    Scenario: A timeout is also compared with what was left at its default
      Given the suite is told
        | place       | name                         | value    |
        | environment | OPENAI_API_KEY               | hush-key |
        | environment | ACCEPTANCE_CONNECT_TIMEOUT_S | 31       |
      When it is started
      Then it refuses before it starts anything, in under a second, telling no secret and exactly these faults
        | name        | origin                                                                                           | fault                                  |
        | combination | connect_timeout_s: environment variable ACCEPTANCE_CONNECT_TIMEOUT_S, request_timeout_s: default | must not exceed request_timeout_s (30) |

    @CV-12
    Scenario: A connection may take just as long as its request
      Given the suite is told
        | place | name              | value |
        | file  | connect_timeout_s | 20    |
        | file  | request_timeout_s | 20    |
      When it is started
      Then it shows
        | setting           | value | origin               |
        | connect_timeout_s | 20    | file acceptance.json |
        | request_timeout_s | 20    | file acceptance.json |

    @CV-1
    Scenario Outline: The <subject> cannot have both of its addresses at one port
      Given the <subject> is told
        | place       | name                  | value    |
        | environment | PLATFORM_ADMIN_KEY    | hush-key |
        | environment | PLATFORM_PORT         | 8001     |
        | .env        | PLATFORM_CONTROL_PORT | 8001     |
      When it is started
      Then it refuses before it starts anything, in under a second, telling no secret and exactly these faults
        | name        | fault                                            |
        | combination | port and control_port must differ, both are 8001 |

      Examples:
        | subject             |
        | evaluation platform |
        | emulator            |
