@needs.model.script
Feature: The call log comes first
  The SDK replaces parts of the HTTP libraries before anybody has taken hold of them. A program that imports one too
  early would lose calls without knowing it: it must be told, and told rightly. Every scenario of this suite's that logs
  runs in an interpreter process of its own and proves the order; here the order itself is what is looked at.

  Rule: Initialised first, the log is complete

    @LS-5
    Scenario Outline: A program with <clients> proves that nothing came before the SDK
      Given a program with <clients>
      When it asks the model
        | asked by |
        | <way>    |
      Then the SDK was initialised before any HTTP library was imported

      Examples:
        | clients                        | way      |
        | httpx 0.28.1                   | httpx    |
        | requests 2.34.2                | requests |
        | openai 3.52.0 and httpx 0.28.1 | httpx    |

    @LS-5
    Scenario: A library of the standard that was imported before is logged all the same
      Given a program with httpx 0.28.1
        | imports first | http.client |
      When it asks the model
        | asked by    |
        | http.client |
      Then the log holds exactly, in this order
        | asked by    |
        | http.client |

  Rule: Whoever imports a client before the SDK is told so

    @LS-6
    Scenario Outline: Importing <library> before the SDK is refused, with <clients>
      Given a program with <clients>
        | imports first | <library> |
      When it asks the model
        | asked by |
        | httpx    |
      Then the SDK refuses with RuntimeError, saying "before importing '<named>'", and writes nothing

      Examples: Guarded by name
        | library  | clients         | named    |
        | httpx    | httpx 0.28.1    | httpx    |
        | requests | requests 2.34.2 | requests |
        | openai   | openai 1.97.0   | openai   |
        | openai   | openai 3.52.0   | openai   |

      Examples: By the library that they are built on
        | library   | clients          | named |
        | anthropic | anthropic 0.58.2 | httpx |

    @LS-6
    Scenario Outline: Importing <library> before the SDK is not overlooked, with <clients>
      Given a program with <clients>
        | imports first | <library> |
      When it asks the model
        | asked by |
        | httpx    |
      Then the SDK refuses with RuntimeError, saying "before importing '<library>'", and writes nothing

      Examples:
        | library   | clients          |
        | httpx2    | httpx2 2.16.2    |
        | aiohttp   | aiohttp 3.14.5   |
        | anthropic | anthropic 2.11.0 |
