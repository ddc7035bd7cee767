Feature: Where a setting comes from
  An operator gives a setting wherever it suits: in the program that starts a command, on its command line, in the
  environment, in `.env` or in a file. What is said in a more explicit place goes before what is said in another, for
  every setting alike, and the command says where each value came from.

  Rule: What a calling program, the command line, the environment, .env and the file say is followed in this order

    @CV-4 @critical
    Scenario Outline: <variable> of the <subject> is taken from the most explicit place
      Given the <subject> is told
        | place        | name       | value          |
        | argument     | <setting>  | <argument>     |
        | command line | <setting>  | <command line> |
        | environment  | <variable> | <environment>  |
        | .env         | <variable> | <.env>         |
        | file         | <setting>  | <file>         |
      When it is asked for its settings again and again, each time without the most explicit place
      Then each time the most explicit place left is followed for "<setting>" ("<variable>"), and "<default>" at last

      Examples: The suite
        | subject | setting                   | variable                      | argument                         | command line                    | environment                         | .env                           | file                         | default        |
        | suite   | target                    | ACCEPTANCE_TARGET             | embedded                         | staging                         | production                          | laptop                         | nightly                      | embedded       |
        | suite   | results_folder            | ACCEPTANCE_RESULTS            | a                                | b                               | c                                   | d                              | e                            | allure-results |
        | suite   | source_url                | ACCEPTANCE_SOURCE_URL         | https://a.example                | https://b.example               | https://c.example                   | https://d.example              | https://e.example            | (nothing)      |
        | suite   | load                      | ACCEPTANCE_LOAD               | yes                              | no                              | yes                                 | no                             | yes                          | no             |
        | suite   | soak_s                    | ACCEPTANCE_SOAK_S             | 10                               | 30                              | 40                                  | 50                             | 60                           | 20             |
        | suite   | load_workers              | ACCEPTANCE_LOAD_WORKERS       | 1                                | 2                               | 3                                   | 4                              | 5                            | 0              |
        | suite   | load_master               | ACCEPTANCE_LOAD_MASTER        | a.example:1                      | b.example:2                     | c.example:3                         | d.example:4                    | e.example:5                  | (nothing)      |
        | suite   | evidence_max_bytes        | ACCEPTANCE_EVIDENCE_MAX_BYTES | 2001                             | 2002                            | 2003                                | 2004                           | 2005                         | 65536          |
        | suite   | connect_timeout_s         | ACCEPTANCE_CONNECT_TIMEOUT_S  | 1                                | 2                               | 3.5                                 | 4                              | 6                            | 5              |
        | suite   | request_timeout_s         | ACCEPTANCE_REQUEST_TIMEOUT_S  | 11                               | 12                              | 13.5                                | 14                             | 15                           | 30             |
        | suite   | hh_api_url                | HH_API_URL                    | https://a.example                | https://b.example               | https://c.example                   | https://d.example              | https://e.example            | (nothing)      |
        | suite   | hh_api_key                | HH_API_KEY                    | hush-argument                    | hush-command                    | hush-environment                    | hush-dotenv                    | hush-file                    | (nothing)      |
        | suite   | hh_foreign_key            | HH_FOREIGN_KEY                | hush-argument                    | hush-command                    | hush-environment                    | hush-dotenv                    | hush-file                    | (nothing)      |
        | suite   | hh_project                | HH_PROJECT                    | Argument                         | Command                         | Environment                         | Dotenv                         | File                         | (nothing)      |
        | suite   | openai_api_key            | OPENAI_API_KEY                | hush-argument                    | hush-command                    | hush-environment                    | hush-dotenv                    | hush-file                    | (nothing)      |
        | suite   | openai_base_url           | OPENAI_BASE_URL               | https://a.example                | https://b.example               | https://c.example                   | https://d.example              | https://e.example            | (nothing)      |
        | suite   | openai_model              | OPENAI_MODEL                  | a                                | b                               | c                                   | d                              | e                            | gpt-4o         |
        | suite   | rehearsal                 | ACCEPTANCE_REHEARSAL          | yes                              | no                              | yes                                 | no                             | yes                          | no             |
        | suite   | budget_usd                | ACCEPTANCE_BUDGET_USD         | 0.5                              | 2                               | 2.5                                 | 4                              | 5                            | 1              |
        | suite   | model_calls               | ACCEPTANCE_MODEL_CALLS        | 11                               | 12                              | 13                                  | 14                             | 15                           | 1000           |
        | suite   | retry_pause_s             | ACCEPTANCE_RETRY_PAUSE_S      | 1                                | 3                               | 3.5                                 | 4                              | 5                            | 2              |
        | suite   | patience                  | ACCEPTANCE_PATIENCE           | 0.5                              | 2                               | 2.5                                 | 4                              | 5                            | 1              |
        | suite   | spending_file             | ACCEPTANCE_SPENDING           | a                                | b                               | c                                   | d                              | e                            | spending.json  |
        | suite   | provider_limit_usd        | ACCEPTANCE_PROVIDER_LIMIT_USD | 1                                | 2                               | 2.5                                 | 4                              | 5                            | (nothing)      |
        | suite   | judge_model               | JUDGE_MODEL                   | a                                | b                               | c                                   | d                              | e                            | gpt-4.1        |
        | suite   | judge_accept_provisional  | JUDGE_ACCEPT_PROVISIONAL      | yes                              | no                              | yes                                 | no                             | yes                          | no             |
        | suite   | assistant_url             | ASSISTANT_URL                 | https://a.example                | https://b.example               | https://c.example                   | https://d.example              | https://e.example            | (nothing)      |
        | suite   | assistant_token           | ASSISTANT_TOKEN               | hush-argument                    | hush-command                    | hush-environment                    | hush-dotenv                    | hush-file                    | (nothing)      |
        | suite   | assistant_profile         | ASSISTANT_PROFILE             | Argument                         | Command                         | Environment                         | Dotenv                         | File                         | (nothing)      |
        | suite   | assistant_client_token    | ASSISTANT_CLIENT_TOKEN        | hush-argument                    | hush-command                    | hush-environment                    | hush-dotenv                    | hush-file                    | (nothing)      |
        | suite   | assistant_client_profile  | ASSISTANT_CLIENT_PROFILE      | Argument                         | Command                         | Environment                         | Dotenv                         | File                         | (nothing)      |
        | suite   | assistant_foreign_token   | ASSISTANT_FOREIGN_TOKEN       | hush-argument                    | hush-command                    | hush-environment                    | hush-dotenv                    | hush-file                    | (nothing)      |
        | suite   | assistant_foreign_profile | ASSISTANT_FOREIGN_PROFILE     | Argument                         | Command                         | Environment                         | Dotenv                         | File                         | (nothing)      |
        | suite   | tool_daemon_url           | TOOL_DAEMON_URL               | ws://a.example                   | wss://b.example                 | https://c.example                   | https://d.example              | https://e.example            | (nothing)      |
        | suite   | tool_daemon_token         | TOOL_DAEMON_TOKEN             | hush-argument                    | hush-command                    | hush-environment                    | hush-dotenv                    | hush-file                    | (nothing)      |
        | suite   | redis_url                 | REDIS_URL                     | redis://:hush-argument@a.example | redis://:hush-command@b.example | redis://:hush-environment@c.example | redis://:hush-dotenv@d.example | redis://:hush-file@e.example | (nothing)      |
        | suite   | ci                        | CI                            | yes                              | no                              | yes                                 | no                             | yes                          | no             |

      Examples: The embedded evaluation platform
        | subject             | setting              | variable                      | argument          | command line      | environment        | .env              | file              | default     |
        | evaluation platform | host                 | PLATFORM_HOST                 | 127.0.0.2         | 127.0.0.3         | 127.0.0.4          | 127.0.0.5         | localhost         | 127.0.0.1   |
        | evaluation platform | port                 | PLATFORM_PORT                 | 8001              | 8002              | 8003               | 8004              | 8005              | 0           |
        | evaluation platform | control_port         | PLATFORM_CONTROL_PORT         | 8001              | 8002              | 8003               | 8004              | 8005              | 0           |
        | evaluation platform | storage              | PLATFORM_STORAGE              | a                 | b                 | c                  | d                 | e                 | (nothing)   |
        | evaluation platform | database_url         | PLATFORM_DATABASE_URL         | argument.sqlite   | command.sqlite    | environment.sqlite | dotenv.sqlite     | file.sqlite       | ""          |
        | evaluation platform | keys                 | PLATFORM_KEYS                 | a=hush-argument   | b=hush-command    | c=hush-environment | d=hush-dotenv     | e=hush-file       | ""          |
        | evaluation platform | admin_key            | PLATFORM_ADMIN_KEY            | hush-argument     | hush-command      | hush-environment   | hush-dotenv       | hush-file         | ""          |
        | evaluation platform | max_body_bytes       | PLATFORM_MAX_BODY_BYTES       | 1                 | 2                 | 3                  | 4                 | 5                 | 16777216    |
        | evaluation platform | metric_seconds       | PLATFORM_METRIC_SECONDS       | 1                 | 2                 | 2.5                | 4                 | 5                 | 3           |
        | evaluation platform | metric_memory_mb     | PLATFORM_METRIC_MEMORY_MB     | 101               | 102               | 103                | 104               | 105               | 256         |
        | evaluation platform | metric_model         | PLATFORM_METRIC_MODEL         | a                 | b                 | c                  | d                 | e                 | gpt-4o-mini |
        | evaluation platform | metric_model_seconds | PLATFORM_METRIC_MODEL_SECONDS | 11                | 12                | 12.5               | 14                | 15                | 30          |
        | evaluation platform | openai_base_url      | OPENAI_BASE_URL               | https://a.example | https://b.example | https://c.example  | https://d.example | https://e.example | ""          |
        | evaluation platform | openai_api_key       | OPENAI_API_KEY                | hush-argument     | hush-command      | hush-environment   | hush-dotenv       | hush-file         | ""          |

      Examples: The scripted model
        | subject        | setting        | variable             | argument      | command line | environment      | .env        | file      | default   |
        | scripted model | host           | MODEL_HOST           | 127.0.0.2     | 127.0.0.3    | 127.0.0.4        | 127.0.0.5   | localhost | 127.0.0.1 |
        | scripted model | port           | MODEL_PORT           | 8001          | 8002         | 8003             | 8004        | 8005      | 0         |
        | scripted model | control_port   | MODEL_CONTROL_PORT   | 8001          | 8002         | 8003             | 8004        | 8005      | 0         |
        | scripted model | keys           | MODEL_KEYS           | hush-argument | hush-command | hush-environment | hush-dotenv | hush-file | ""        |
        | scripted model | models         | MODEL_MODELS         | a             | b            | c                | d           | e         | ""        |
        | scripted model | max_body_bytes | MODEL_MAX_BODY_BYTES | 1             | 2            | 3                | 4           | 5         | 33554432  |

      Examples: The practice API
        | subject      | setting            | variable                    | argument      | command line | environment      | .env        | file      | default   |
        | practice API | host               | PRACTICE_HOST               | 127.0.0.2     | 127.0.0.3    | 127.0.0.4        | 127.0.0.5   | localhost | 127.0.0.1 |
        | practice API | port               | PRACTICE_PORT               | 8001          | 8002         | 8003             | 8004        | 8005      | 0         |
        | practice API | control_port       | PRACTICE_CONTROL_PORT       | 8001          | 8002         | 8003             | 8004        | 8005      | 0         |
        | practice API | storage            | PRACTICE_STORAGE            | a             | b            | c                | d           | e         | (nothing) |
        | practice API | practitioner_token | PRACTICE_PRACTITIONER_TOKEN | hush-argument | hush-command | hush-environment | hush-dotenv | hush-file | ""        |
        | practice API | client_token       | PRACTICE_CLIENT_TOKEN       | hush-argument | hush-command | hush-environment | hush-dotenv | hush-file | ""        |
        | practice API | foreign_token      | PRACTICE_FOREIGN_TOKEN      | hush-argument | hush-command | hush-environment | hush-dotenv | hush-file | ""        |
        | practice API | max_body_bytes     | PRACTICE_MAX_BODY_BYTES     | 1             | 2            | 3                | 4           | 5         | 16777216  |

      Examples: The assistant
        | subject   | setting                 | variable                | argument                         | command line                    | environment                         | .env                           | file                         | default                   |
        | assistant | host                    | HOST                    | 127.0.0.2                        | 127.0.0.3                       | 127.0.0.4                           | 127.0.0.5                      | localhost                    | 127.0.0.1                 |
        | assistant | port                    | PORT                    | 8001                             | 8002                            | 8003                                | 8004                           | 8005                         | 0                         |
        | assistant | log_level               | LOG_LEVEL               | DEBUG                            | WARNING                         | ERROR                               | INFO                           | DEBUG                        | INFO                      |
        | assistant | timezone                | TZ                      | Europe/Berlin                    | Europe/Paris                    | Asia/Tokyo                          | UTC                            | America/Lima                 | UTC                       |
        | assistant | personas                | ASSISTANT_PERSONAS      | a                                | b                               | c                                   | d                              | e                            | (nothing)                 |
        | assistant | openai_api_key          | OPENAI_API_KEY          | hush-argument                    | hush-command                    | hush-environment                    | hush-dotenv                    | hush-file                    | (nothing)                 |
        | assistant | openai_base_url         | OPENAI_BASE_URL         | https://a.example                | https://b.example               | https://c.example                   | https://d.example              | https://e.example            | https://api.openai.com/v1 |
        | assistant | openai_timeout          | OPENAI_TIMEOUT          | 11                               | 12                              | 12.5                                | 14                             | 15                           | 60                        |
        | assistant | openai_max_retries      | OPENAI_MAX_RETRIES      | 1                                | 2                               | 3                                   | 4                              | 5                            | 2                         |
        | assistant | max_requests_per_user   | MAX_REQUESTS_PER_USER   | 1                                | 2                               | 3                                   | 4                              | 5                            | 10                        |
        | assistant | limiter_idle            | LIMITER_IDLE            | 11                               | 12                              | 12.5                                | 14                             | 15                           | 300                       |
        | assistant | practice_url            | NESTJS_API_URL          | https://a.example                | https://b.example               | https://c.example                   | https://d.example              | https://e.example            | http://127.0.0.1:3000     |
        | assistant | practice_timeout        | PRACTICE_TIMEOUT        | 11                               | 12                              | 12.5                                | 14                             | 15                           | 10                        |
        | assistant | practice_tries          | PRACTICE_TRIES          | 1                                | 2                               | 3                                   | 4                              | 5                            | 3                         |
        | assistant | document_model          | DOCUMENT_MODEL          | a                                | b                               | c                                   | d                              | e                            | gpt-4o                    |
        | assistant | document_max_tokens     | DOCUMENT_MAX_TOKENS     | 1                                | 2                               | 3                                   | 4                              | 5                            | 8192                      |
        | assistant | document_context_tokens | DOCUMENT_CONTEXT_TOKENS | 101                              | 102                             | 103                                 | 104                            | 105                          | 128000                    |
        | assistant | policy_model            | POLICY_MODEL            | a                                | b                               | c                                   | d                              | e                            | gpt-4o-mini               |
        | assistant | violation_pause         | VIOLATION_PAUSE         | 11                               | 12                              | 12.5                                | 14                             | 15                           | 30                        |
        | assistant | violation_drain         | VIOLATION_DRAIN         | 11                               | 12                              | 12.5                                | 14                             | 15                           | 1.5                       |
        | assistant | redis_url               | REDIS_URL               | redis://:hush-argument@a.example | redis://:hush-command@b.example | redis://:hush-environment@c.example | redis://:hush-dotenv@d.example | redis://:hush-file@e.example | (nothing)                 |
        | assistant | redis_required          | REDIS_REQUIRED          | no                               | no                              | no                                  | no                             | no                           | no                        |
        | assistant | redis_timeout           | REDIS_TIMEOUT           | 11                               | 12                              | 12.5                                | 14                             | 15                           | 1                         |
        | assistant | redis_pool              | REDIS_POOL              | 1                                | 2                               | 3                                   | 4                              | 5                            | 20                        |
        | assistant | redis_check             | REDIS_CHECK             | 11                               | 12                              | 12.5                                | 14                             | 15                           | 0.5                       |
        | assistant | session_timeout_minutes | SESSION_TIMEOUT_MINUTES | 11                               | 12                              | 12.5                                | 14                             | 15                           | 240                       |
        | assistant | ui_state_hours          | UI_STATE_HOURS          | 11                               | 12                              | 12.5                                | 14                             | 15                           | 24                        |
        | assistant | cleanup_interval        | CLEANUP_INTERVAL        | 11                               | 12                              | 12.5                                | 14                             | 15                           | 60                        |
        | assistant | history_limit           | HISTORY_LIMIT           | 1                                | 2                               | 3                                   | 4                              | 5                            | 40                        |
        | assistant | max_iterations          | MAX_ITERATIONS          | 1                                | 2                               | 3                                   | 4                              | 5                            | 25                        |
        | assistant | max_message_chars       | MAX_MESSAGE_CHARS       | 1                                | 2                               | 3                                   | 4                              | 5                            | 200000                    |
        | assistant | auth_timeout            | AUTH_TIMEOUT            | 11                               | 12                              | 12.5                                | 14                             | 15                           | 10                        |
        | assistant | idle_timeout            | IDLE_TIMEOUT            | 11                               | 12                              | 12.5                                | 14                             | 15                           | 300                       |
        | assistant | max_connections         | MAX_CONNECTIONS         | 1                                | 2                               | 3                                   | 4                              | 5                            | 1000                      |
        | assistant | max_pending             | MAX_PENDING             | 1                                | 2                               | 3                                   | 4                              | 5                            | 256                       |
        | assistant | send_queue              | SEND_QUEUE              | 1                                | 2                               | 3                                   | 4                              | 5                            | 256                       |
        | assistant | send_timeout            | SEND_TIMEOUT            | 11                               | 12                              | 12.5                                | 14                             | 15                           | 10                        |
        | assistant | ping_interval           | PING_INTERVAL           | 11                               | 12                              | 12.5                                | 14                             | 15                           | 20                        |
        | assistant | ping_timeout            | PING_TIMEOUT            | 11                               | 12                              | 12.5                                | 14                             | 15                           | 20                        |

      Examples: The Redis server
        | subject      | setting | variable             | argument  | command line | environment | .env      | file      | default   |
        | Redis server | host    | REDIS_SERVER_HOST    | 127.0.0.2 | 127.0.0.3    | 127.0.0.4   | 127.0.0.5 | localhost | 127.0.0.1 |
        | Redis server | port    | REDIS_SERVER_PORT    | 8001      | 8002         | 8003        | 8004      | 8005      | 0         |
        | Redis server | storage | REDIS_SERVER_STORAGE | a         | b            | c           | d         | e         | (nothing) |
        | Redis server | program | REDIS_SERVER_PROGRAM | a         | b            | c           | d         | e         | (nothing) |

      Examples: The tool daemon
        | subject     | setting                   | variable                         | argument          | command line      | environment       | .env              | file              | default     |
        | tool daemon | host                      | DAEMON_HOST                      | 127.0.0.2         | 127.0.0.3         | 127.0.0.4         | 127.0.0.5         | localhost         | 127.0.0.1   |
        | tool daemon | port                      | DAEMON_PORT                      | 8001              | 8002              | 8003              | 8004              | 8005              | 0           |
        | tool daemon | token                     | DAEMON_TOKEN                     | hush-argument     | hush-command      | hush-environment  | hush-dotenv       | hush-file         | ""          |
        | tool daemon | hello_timeout             | DAEMON_HELLO_TIMEOUT             | 1                 | 2                 | 2.5               | 4                 | 5                 | 15          |
        | tool daemon | ping_interval             | DAEMON_PING_INTERVAL             | 1                 | 2                 | 2.5               | 4                 | 5                 | 20          |
        | tool daemon | heartbeat_interval        | DAEMON_HEARTBEAT_INTERVAL        | 1                 | 2                 | 0.05              | 4                 | 5                 | 8           |
        | tool daemon | session_timeout           | DAEMON_SESSION_TIMEOUT           | 1                 | 2                 | 0.3               | 4                 | 5                 | 3600        |
        | tool daemon | session_limit             | DAEMON_SESSION_LIMIT             | 1                 | 2                 | 3                 | 4                 | 5                 | 100         |
        | tool daemon | sweep_interval            | DAEMON_SWEEP_INTERVAL            | 1                 | 2                 | 0.1               | 4                 | 5                 | 60          |
        | tool daemon | global_inflight           | DAEMON_GLOBAL_INFLIGHT           | 1                 | 2                 | 3                 | 4                 | 5                 | 24          |
        | tool daemon | provider_inflight         | DAEMON_PROVIDER_INFLIGHT         | 1                 | 2                 | 3                 | 4                 | 5                 | 8           |
        | tool daemon | session_inflight          | DAEMON_SESSION_INFLIGHT          | 1                 | 2                 | 3                 | 4                 | 5                 | 8           |
        | tool daemon | tool_timeout              | DAEMON_TOOL_TIMEOUT              | 1                 | 2                 | 2.5               | 4                 | 100               | 120         |
        | tool daemon | daemon_timeout            | DAEMON_DAEMON_TIMEOUT            | 181               | 182               | 185.5             | 190               | 191               | 180         |
        | tool daemon | shim_timeout              | DAEMON_SHIM_TIMEOUT              | 231               | 232               | 233.5             | 238               | 239               | 240         |
        | tool daemon | client_timeout            | DAEMON_CLIENT_TIMEOUT            | 301               | 302               | 310.5             | 304               | 305               | 300         |
        | tool daemon | breaker_threshold         | DAEMON_BREAKER_THRESHOLD         | 1                 | 2                 | 3                 | 4                 | 6                 | 5           |
        | tool daemon | breaker_recovery          | DAEMON_BREAKER_RECOVERY          | 1                 | 2                 | 0.5               | 4                 | 5                 | 300         |
        | tool daemon | retry_base                | DAEMON_RETRY_BASE                | 2                 | 3                 | 0.05              | 4                 | 5                 | 1           |
        | tool daemon | provider_timeout          | DAEMON_PROVIDER_TIMEOUT          | 1                 | 2                 | 2.5               | 4                 | 5                 | 30          |
        | tool daemon | cache_ttl                 | DAEMON_CACHE_TTL                 | 1                 | 2                 | 0                 | 4                 | 5                 | 600         |
        | tool daemon | cache_entries             | DAEMON_CACHE_ENTRIES             | 1                 | 2                 | 3                 | 4                 | 5                 | 1000        |
        | tool daemon | cache_max_bytes           | DAEMON_CACHE_MAX_BYTES           | 1                 | 2                 | 3                 | 4                 | 5                 | 67108864    |
        | tool daemon | expert_timeout            | DAEMON_EXPERT_TIMEOUT            | 1                 | 2                 | 2.5               | 4                 | 5                 | 90          |
        | tool daemon | expert_heartbeat_interval | DAEMON_EXPERT_HEARTBEAT_INTERVAL | 1                 | 2                 | 0.05              | 4                 | 6                 | 5           |
        | tool daemon | model                     | DAEMON_MODEL                     | a                 | b                 | c                 | d                 | e                 | gpt-4o-mini |
        | tool daemon | openai_base_url           | OPENAI_BASE_URL                  | https://a.example | https://b.example | https://c.example | https://d.example | https://e.example | ""          |
        | tool daemon | openai_api_key            | OPENAI_API_KEY                   | hush-argument     | hush-command      | hush-environment  | hush-dotenv       | hush-file         | ""          |
        | tool daemon | fallback_base_url         | DAEMON_FALLBACK_BASE_URL         | https://a.example | https://b.example | https://c.example | https://d.example | https://e.example | ""          |
        | tool daemon | fallback_api_key          | DAEMON_FALLBACK_API_KEY          | hush-argument     | hush-command      | hush-environment  | hush-dotenv       | hush-file         | ""          |
        | tool daemon | fallback_model            | DAEMON_FALLBACK_MODEL            | a                 | b                 | c                 | d                 | e                 | gpt-4o-mini |
        | tool daemon | log_directory             | DAEMON_LOG_DIRECTORY             | a                 | b                 | c                 | d                 | e                 | (nothing)   |
        | tool daemon | log_level                 | DAEMON_LOG_LEVEL                 | DEBUG             | WARNING           | ERROR             | DEBUG             | WARNING           | INFO        |
        | tool daemon | log_max_bytes             | DAEMON_LOG_MAX_BYTES             | 1001              | 1002              | 1003              | 1004              | 1005              | 10485760    |
        | tool daemon | log_count                 | DAEMON_LOG_COUNT                 | 1                 | 2                 | 3                 | 4                 | 6                 | 5           |
        | tool daemon | health_interval           | DAEMON_HEALTH_INTERVAL           | 1                 | 2                 | 0.05              | 4                 | 5                 | 10          |

    @CV-4
    Scenario Outline: Which file the <subject> reads is taken from the most explicit place
      Given the <subject> is told
        | place        | name               | value            |
        | argument     | configuration_file | argument.json    |
        | command line | configuration_file | command.json     |
        | environment  | <variable>         | environment.json |
        | .env         | <variable>         | dotenv.json      |
      When it is asked for its settings again and again, each time without the most explicit place
      Then each time the most explicit place left is followed for "configuration_file" ("<variable>"), and "(nothing)" at last

      Examples:
        | subject             | variable            |
        | suite               | ACCEPTANCE_CONFIG   |
        | evaluation platform | PLATFORM_CONFIG     |
        | scripted model      | MODEL_CONFIG        |
        | practice API        | PRACTICE_CONFIG     |
        | Redis server        | REDIS_SERVER_CONFIG |
        | assistant           | ASSISTANT_CONFIG    |
        | tool daemon         | DAEMON_CONFIG       |

    @CV-4
    Scenario: Each setting is taken from its own most explicit place
      Given the suite is told
        | place        | name                         | value      |
        | command line | target                       | nightly    |
        | environment  | HH_PROJECT                   | Claims     |
        | .env         | ACCEPTANCE_CONNECT_TIMEOUT_S | 7          |
        | file         | target                       | production |
        | file         | request_timeout_s            | 70         |
      When it is asked for its settings
      Then it shows
        | setting           | value          | origin                          |
        | target            | nightly        | command line                    |
        | hh_project        | Claims         | environment variable HH_PROJECT |
        | connect_timeout_s | 7              | .env line 1                     |
        | request_timeout_s | 70             | file acceptance.json            |
        | results_folder    | allure-results | default                         |

  Rule: What is documented as the default is the default

    @CV-5
    Scenario Outline: With nothing told, the <subject> has the defaults of the README
      Given nothing is told to the <subject>
      When it is asked for its settings
      Then every setting has the default and the meaning that the README tells

      Examples:
        | subject             |
        | suite               |
        | evaluation platform |
        | scripted model      |
        | practice API        |
        | Redis server        |
        | assistant           |
        | tool daemon         |
