@needs.model.script
Feature: Asking which clients the call log sees
  Whoever chooses a client, or a new version of one, asks one command what of it will be in the log. It runs the pairings
  as they are run here, one client by its name or all, and leaves nothing behind.

  Rule: One client is asked for by its name, several by theirs, all by none

    @LS-10 @LS-12
    Scenario: One client by its name
      Given a machine with openai 1.97.0, openai 2.54.0 and openai 3.52.0
      When "acceptance sdk --test http.client" is run
      Then it ends well and says exactly
        | asked by    | openai 1.97.0 | openai 2.54.0 | openai 3.52.0 |
        | http.client | yes           | yes           | yes           |
      And its temporary folder is empty

    @LS-12
    Scenario: With more words, it tells what it saw of every pairing
      Given a machine with openai 1.97.0, openai 2.54.0 and openai 3.52.0
      When "acceptance sdk --test aiohttp --verbose" is run
      Then it ends well and says at least
        | skipped What is asked by aiohttp beside openai 1.97.0 is logged |
        | skipped What is asked by aiohttp beside openai 2.54.0 is logged |
        | skipped What is asked by aiohttp beside openai 3.52.0 is logged |
        | known bug TL-LOG-6: expected 1 record, there are 0              |

    @LS-12 @load
    Scenario: Every client and version without a name
      Given a machine with openai 1.97.0, openai 2.54.0 and openai 3.52.0
      When "acceptance sdk" is run
      Then it ends well and says exactly
        | asked by               | openai 1.97.0      | openai 2.54.0 | openai 3.52.0         |
        | openai                 | yes                | yes           | no (TL-LOG-1)         |
        | anthropic              | yes, 0.58.2        | yes, 0.125.0  | no (TL-LOG-2), 2.11.0 |
        | litellm                | yes, 1.74.15.post2 | yes, 1.106.2  | -                     |
        | httpx                  | yes                | yes           | yes                   |
        | requests               | yes                | yes           | yes                   |
        | http.client            | yes                | yes           | yes                   |
        | openai responses       | no (TL-LOG-3)      | no (TL-LOG-3) | no (TL-LOG-3)         |
        | httpx without a client | no (TL-LOG-4)      | no (TL-LOG-4) | no (TL-LOG-4)         |
        | httpx through a proxy  | no (TL-LOG-5)      | no (TL-LOG-5) | no (TL-LOG-5)         |
        | aiohttp                | no (TL-LOG-6)      | no (TL-LOG-6) | no (TL-LOG-6)         |

  Rule: What cannot be run is skipped, and says what is missing

    @LS-11
    Scenario: Without a key the real model is not asked
      Given a machine with openai 2.54.0
      When "acceptance sdk --real" is run
      Then it ends well and says at least
        | skipped What the real model is asked is logged, too |
        | OPENAI_API_KEY is not set                           |

    @LS-12
    Scenario: A client that nobody knows is refused with the nearest
      Given a machine with openai 2.54.0
      When "acceptance sdk --test anthropics" is run
      Then it is refused, saying "did you mean anthropic?"
