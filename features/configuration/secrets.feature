Feature: Secrets in a configuration
  Keys and passwords are given to the commands like any other setting. They go where they are needed and nowhere else:
  no screen, log, file or report shows one, whatever goes wrong.

  Rule: A secret is shown as masked

    @CV-13 @critical
    Scenario: The suite shows that it has its keys, not what they are
      Given the suite is told
        | place       | name           | value         |
        | environment | HH_API_KEY     | hush-platform |
        | .env        | OPENAI_API_KEY | hush-model    |
      When it is asked for its settings
      Then it shows
        | setting        | value      | origin                          |
        | hh_api_key     | ********** | environment variable HH_API_KEY |
        | openai_api_key | ********** | .env line 1                     |
      And its secrets are masked wherever they would stand

    @CV-13
    Scenario: The platform shows that it has keys and passwords, not what they are
      Given the evaluation platform is told
        | place        | name                  | value                                   |
        | argument     | keys                  | harbour=hush-harbour,claims=hush-claims |
        | command line | admin_key             | hush-admin                              |
        | environment  | PLATFORM_DATABASE_URL | postgresql://me:hush-password@db/all    |
        | file         | openai_api_key        | hush-model                              |
      When it is asked for its settings
      Then it shows
        | setting        | value      | origin                                     |
        | keys           | ********** | argument                                   |
        | admin_key      | ********** | command line                               |
        | database_url   | ********** | environment variable PLATFORM_DATABASE_URL |
        | openai_api_key | ********** | file evaluation_platform.json              |
      And its secrets are masked wherever they would stand

  Rule: Nothing that a command says or writes tells a secret

    @CV-13
    Scenario Outline: The <subject> tells no secret when it is <asked>
      Given a valid configuration of the <subject>
      When it is <asked>
      Then its secrets are masked wherever they would stand

      Examples:
        | subject             | asked                            |
        | suite               | asked for its settings           |
        | suite               | asked for help                   |
        | suite               | asked to write its configuration |
        | suite               | started                          |
        | evaluation platform | asked for its settings           |
        | evaluation platform | asked for help                   |
        | evaluation platform | asked to write its configuration |
        | scripted model      | asked for its settings           |
        | scripted model      | asked for help                   |
        | scripted model      | asked to write its configuration |
        | practice API        | asked for its settings           |
        | practice API        | asked for help                   |
        | practice API        | asked to write its configuration |

    @CV-13
    Scenario Outline: A secret that is itself at fault is not repeated: <variable>
      Given the <subject> is told
        | place       | name       | value    |
        | environment | <variable> | <secret> |
        | .env        | <other>    | unfit    |
      When it is started
      Then it refuses before it starts anything, in under a second, telling no secret and exactly these faults
        | name      | origin   |
        | <name>    | <origin> |
        | <setting> | .env     |

      Examples:
        | subject             | variable      | secret                 | name | origin                             | other         | setting |
        | evaluation platform | PLATFORM_KEYS | hush-without-a-project | keys | environment variable PLATFORM_KEYS | PLATFORM_PORT | port    |

    @CV-13
    Scenario: A failure after the start does not repeat the password of the database
      Given the evaluation platform is told
        | place       | name                  | value                                          |
        | environment | PLATFORM_DATABASE_URL | nowhere://me:hush-password@127.0.0.1:9/nothing |
        | environment | PLATFORM_ADMIN_KEY    | hush-admin                                     |
      When it is started to fail
      Then its secrets are masked wherever they would stand

    @CV-13
    Scenario: A report does not tell a secret that a step prints, logs, attaches and fails with
      Given the suite is told
        | place       | name           | value              |
        | environment | HH_API_KEY     | hush-platform-4711 |
        | environment | OPENAI_API_KEY | hush-model-0815    |
      When it is run with careless steps
      Then its secrets are masked wherever they would stand
