@needs.model.script
Feature: Where the call log is kept, and whose calls are in it
  The SDK is told by its environment or by a YAML file. What is said nearer to the program goes before what is said
  farther away, and a program that is told no folder is not left in the belief that it is logged.

  Rule: The environment goes before the file, and the file before the default

    @LS-90
    Scenario: A folder in the file is found from where the file is
      Given a program with httpx 0.28.1
        | is told TRAINLOOP_DATA_FOLDER      | (left out)                                |
        | has the file trainloop.config.yaml | {trainloop: {data_folder: logs/of/calls}} |
      When it asks the model
        | asked by |
        | httpx    |
      Then the log in "logs/of/calls" holds exactly, in this order
        | asked by |
        | httpx    |

    @LS-90
    Scenario: The file in the folder of the SDK's name goes before the one beside the program
      Given a program with httpx 0.28.1
        | is told TRAINLOOP_DATA_FOLDER                | (left out)                         |
        | has the file trainloop.config.yaml           | {trainloop: {data_folder: beside}} |
        | has the file trainloop/trainloop.config.yaml | {trainloop: {data_folder: within}} |
      When it asks the model
        | asked by |
        | httpx    |
      Then the log in "trainloop/within" holds exactly, in this order
        | asked by |
        | httpx    |

    @LS-90
    Scenario: A file that the environment names goes before those that are looked for
      Given a program with httpx 0.28.1
        | is told TRAINLOOP_DATA_FOLDER      | (left out)                         |
        | is told TRAINLOOP_CONFIG_PATH      | settings/named.yaml                |
        | has the file settings/named.yaml   | {trainloop: {data_folder: named}}  |
        | has the file trainloop.config.yaml | {trainloop: {data_folder: beside}} |
      When it asks the model
        | asked by |
        | httpx    |
      Then the log in "settings/named" holds exactly, in this order
        | asked by |
        | httpx    |

    @LS-90
    Scenario: A file that the program names goes before the one that the environment names
      Given a program with httpx 0.28.1
        | is told TRAINLOOP_DATA_FOLDER          | (left out)                          |
        | is told TRAINLOOP_CONFIG_PATH          | named.yaml                          |
        | has the file named.yaml                | {trainloop: {data_folder: named}}   |
        | has the file mine/own.yaml             | {trainloop: {data_folder: the_own}} |
        | initialises with trainloop_config_path | mine/own.yaml                       |
      When it asks the model
        | asked by |
        | httpx    |
      Then the log in "mine/the_own" holds exactly, in this order
        | asked by |
        | httpx    |

    @LS-90
    Scenario: A folder in the environment goes before every file
      Given a program with httpx 0.28.1
        | has the file trainloop.config.yaml | {trainloop: {data_folder: beside, host_allowlist: [localhost]}} |
      When it asks the model
        | asked by |
        | httpx    |
      Then the log holds exactly, in this order
        | asked by |
        | httpx    |

    @LS-90
    Scenario: Without a folder the SDK does not start
      Given a program with httpx 0.28.1
        | is told TRAINLOOP_DATA_FOLDER | (left out) |
      When it asks the model
        | asked by |
        | httpx    |
      Then the SDK refuses with ValueError, saying "TRAINLOOP_DATA_FOLDER not set", and writes nothing

  Rule: Calls to hosts on the list are logged, and no others

    @LS-90
    Scenario Outline: With <list> allowed, calls to 127.0.0.1 are logged and those to localhost are not
      Given a program with httpx 0.28.1
        | is told TRAINLOOP_HOST_ALLOWLIST | <list> |
      When it asks the model
        | asked by | at        | question |
        | <way>    | 127.0.0.1 | Here?    |
        | <way>    | localhost | There?   |
      Then the program is answered as if nobody logged
      And the log holds exactly, in this order
        | asked by | question |
        | <way>    | Here?    |

      Examples:
        | list                     | way         |
        | 127.0.0.1                | httpx       |
        | api.openai.com,127.0.0.1 | requests    |
        | 127.0.0.1,api.openai.com | http.client |

    @LS-90
    Scenario: The list in the file counts where the environment has none
      Given a program with httpx 0.28.1
        | is told TRAINLOOP_HOST_ALLOWLIST   | (left out)                                 |
        | has the file trainloop.config.yaml | {trainloop: {host_allowlist: [localhost]}} |
      When it asks the model
        | asked by | at        | question |
        | httpx    | 127.0.0.1 | Here?    |
        | httpx    | localhost | There?   |
      Then the log holds exactly, in this order
        | asked by | question |
        | httpx    | There?   |

    @LS-90
    Scenario: Without a list the providers are logged and a server of one's own is not
      Given a program with httpx 0.28.1
        | is told TRAINLOOP_HOST_ALLOWLIST | (left out) |
      When it asks the model
        | asked by |
        | httpx    |
        | requests |
      Then no log is written
