Feature: A configuration is read once, at the start
  A command decides by its configuration before it opens anything, and then stays what it is: a file that somebody edits
  while it runs takes effect at the next start, all of it, and not in the middle of the work.

  Rule: Everything is read before anything is opened

    @CV-14
    Scenario: A run of the suite reads its files once, and only then begins
      Given the suite is told
        | place       | name              | value              |
        | environment | HH_API_KEY        | hush-platform-4711 |
        | environment | OPENAI_API_KEY    | hush-model-0815    |
        | .env        | HH_PROJECT        | Harbour            |
        | file        | request_timeout_s | 20                 |
      When it is run with careless steps
      Then it has read ".env" and "acceptance.json" once each, before it started anything

  Rule: What is changed later is followed from the next start on

    @CV-14 @critical
    Scenario Outline: A running <subject> has read its files once, first of all, and stays as it was started
      Given the <subject> is told
        | place | name           | value           |
        | .env  | PLATFORM_KEYS  | local=local-key |
        | file  | max_body_bytes | 2000            |
      And it is running
      When its files become
        | file                     | text                         |
        | .env                     | PLATFORM_MAX_BODY_BYTES=3000 |
        | evaluation_platform.json | {"max_body_bytes": 4000}     |
      Then it takes at most 2000 bytes at once
      And it has read ".env" and "evaluation_platform.json" once each, before it started anything

      Examples:
        | subject             |
        | evaluation platform |
        | emulator            |

    @CV-14
    Scenario: What was changed while it ran is followed after the next start
      Given the evaluation platform is told
        | place | name           | value           |
        | .env  | PLATFORM_KEYS  | local=local-key |
        | file  | max_body_bytes | 2000            |
      And it is running
      And its files have become
        | file                     | text                          |
        | .env                     | PLATFORM_KEYS=local=local-key |
        | evaluation_platform.yaml | max_body_bytes: 3000          |
      When it is started anew
      Then it serves
      And it takes at most 3000 bytes at once
