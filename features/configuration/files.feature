Feature: Configuration files
  What is decided once for a machine or a project is written down: in `.env`, or in a TOML, YAML or JSON file. All of
  them are read as their formats are commonly understood, and a file that is broken says where.

  Rule: Every format is understood

    @CV-6
    Scenario: A .env file is followed, with comments, quotes and exported names
      Given the suite has the file ".env"
        """
        # What the team agreed on

        export HH_PROJECT='Harbour # Support'   # kept in quotes
        ACCEPTANCE_LOAD=yes
        ACCEPTANCE_RESULTS="Ergebnisse für Łódź 🦁"
        HH_API_URL=
        SOMETHING_OF_ANOTHER_PROGRAM=1
        """
      When it is asked for its settings
      Then it shows
        | setting        | value                  | origin      |
        | hh_project     | Harbour # Support      | .env line 3 |
        | load           | yes                    | .env line 4 |
        | results_folder | Ergebnisse für Łódź 🦁 | .env line 5 |
        | hh_api_url     | (nothing)              | default     |

    @CV-7
    Scenario: A YAML file is followed
      Given the suite has the file "acceptance.yaml"
        """
        # What the team agreed on
        hh_project: "Łódź 🦁"
        load: true
        connect_timeout_s: 2.5
        hh_api_url: null
        """
      When it is asked for its settings
      Then it shows
        | setting           | value     | origin               |
        | hh_project        | Łódź 🦁   | file acceptance.yaml |
        | load              | yes       | file acceptance.yaml |
        | connect_timeout_s | 2.5       | file acceptance.yaml |
        | hh_api_url        | (nothing) | file acceptance.yaml |

    @CV-8
    Scenario: A JSON file is followed
      Given the evaluation platform has the file "evaluation_platform.json"
        """
        {"metric_model": "Łódź 🦁", "metric_seconds": 2.5, "port": 8001}
        """
      When it is asked for its settings
      Then it shows
        | setting        | value   | origin                        |
        | metric_model   | Łódź 🦁 | file evaluation_platform.json |
        | metric_seconds | 2.5     | file evaluation_platform.json |
        | port           | 8001    | file evaluation_platform.json |

    Scenario Outline: Of several files the first is followed: <first> before <second>
      Given the evaluation platform has the file "<first>"
        """
        <text>
        """
      And the evaluation platform has the file "<second>"
        """
        <other text>
        """
      When it is asked for its settings
      Then it shows
        | setting | value | origin       |
        | port    | 8001  | file <first> |

      @CV-7
      Examples: TOML before YAML
        | first                    | text        | second                   | other text |
        | evaluation_platform.toml | port = 8001 | evaluation_platform.yaml | port: 8002 |

      @CV-8
      Examples: YAML before JSON
        | first                    | text       | second                   | other text     |
        | evaluation_platform.yaml | port: 8001 | evaluation_platform.json | {"port": 8002} |

  Rule: A broken file is refused with its name, the line and the fault

    @CV-8
    Scenario Outline: A file that is <broken> is refused with its line
      Given the <subject> is told
        | place       | name       | value    |
        | environment | <variable> | hush-key |
      And the <subject> has the file "<file>"
        """
        <text>
        """
      When it is started
      Then it refuses before it starts anything, in under a second, telling no secret and exactly these faults
        | name   | origin   | fault   |
        | <file> | <origin> | <fault> |

      Examples:
        | broken                         | subject             | variable           | file                     | text                                          | origin | fault                                        |
        | JSON with a value missing      | suite               | HH_API_KEY         | acceptance.json          | {\n"load": true,\n"target": }                 | line 3 | Expecting value                              |
        | YAML with a list left open     | suite               | HH_API_KEY         | acceptance.yaml          | load: true\ntarget: [a\nci: true              | line 3 | expected ',' or ']'                          |
        | TOML with a sign too many      | suite               | HH_API_KEY         | acceptance.toml          | load = true\ntarget = = "a"                   | line 2 | Invalid value                                |
        | no list of names and values    | suite               | HH_API_KEY         | .env                     | CI=yes\n\nsomething else                      | line 3 | is not NAME=value                            |
        | a list instead of a table      | suite               | HH_API_KEY         | acceptance.json          | ["load", true]                                | file   | holds a list where a table                   |
        | JSON that ends too early       | evaluation platform | PLATFORM_ADMIN_KEY | evaluation_platform.json | {\n"port": 8001                               | line 2 | Expecting ',' delimiter                      |
        | YAML that is indented by a tab | evaluation platform | PLATFORM_ADMIN_KEY | evaluation_platform.yaml | port: 1\n\\thost: a                           | line 2 | cannot start any token                       |
        | YAML with no such day          | suite               | HH_API_KEY         | acceptance.yaml          | load: true\nhh_project: 2026-13-45            | line 2 | is no valid timestamp                        |
        | YAML with a key for a sign     | suite               | OPENAI_API_KEY     | acceptance.yaml          | load: true\nhh_api_key: *hush-key             | line 2 | found undefined alias                        |
        | YAML with a name twice         | suite               | HH_API_KEY         | acceptance.yaml          | target: a\nload: true\ntarget: b              | line 3 | has the name 'target' twice, first in line 1 |
        | JSON with a name twice         | suite               | HH_API_KEY         | acceptance.json          | {"target": "a",\n"load": true, "target": "b"} | line 2 | has the name 'target' twice, first in line 1 |

    @CV-8
    Scenario Outline: A file that is named and <fault> is refused
      Given the suite is told
        | place        | name               | value    |
        | environment  | HH_API_KEY         | hush-key |
        | command line | configuration_file | <file>   |
      When it is started
      Then it refuses before it starts anything, in under a second, telling no secret and exactly these faults
        | name   | origin | fault  |
        | <file> | file   | <says> |

      Examples:
        | fault                 | file         | says                      |
        | does not exist        | absent.toml  | No such file or directory |
        | is of an unknown kind | settings.ini | unknown suffix '.ini'     |

  Rule: A configuration survives being written and read

    @CV-9
    Scenario Outline: What the <subject> writes as <suffix> says the same when it is read back
      Given a valid configuration of the <subject>
      When its configuration is written to a file "<suffix>" and read back from nowhere else
      Then it survives, secrets included

      Examples:
        | subject             | suffix |
        | suite               | .json  |
        | suite               | .yaml  |
        | evaluation platform | .json  |
        | evaluation platform | .yaml  |
        | scripted model      | .json  |
        | scripted model      | .yaml  |
