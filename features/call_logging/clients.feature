@needs.model.script
Feature: Which clients the call log sees
  A program initialises the SDK and asks a model through the client of its choice; it need not know that it is logged.
  Which calls are seen depends on how that client speaks HTTP, and so on its version: every pairing is run. What is not
  seen is a known bug of the SDK, and will be told the day it is cured. Versions are pinned in support/environments.

  Rule: What is asked by any client is logged, in one piece or in parts

    @LS-1 @LS-7
    Scenario Outline: What is asked by openai <version> is logged
      Given a program with openai <version>
      When it asks the model
        | asked by            |
        | openai              |
        | openai async        |
        | openai stream       |
        | openai async stream |
      Then the program is answered as if nobody logged
      And the log holds exactly, in this order
        | asked by            |
        | openai              |
        | openai async        |
        | openai stream       |
        | openai async stream |

      Examples:
        | version |
        | 1.97.0  |
        | 2.54.0  |
        | 3.52.0  |

    @LS-2 @LS-7
    Scenario Outline: What is asked by anthropic <version> is logged
      Given a program with anthropic <version>
      When it asks the model
        | asked by               |
        | anthropic              |
        | anthropic async        |
        | anthropic stream       |
        | anthropic async stream |
      Then the program is answered as if nobody logged
      And the log holds exactly, in this order
        | asked by               | answer     |
        | anthropic              | (anything) |
        | anthropic async        | (anything) |
        | anthropic stream       |            |
        | anthropic async stream |            |

      Examples:
        | version |
        | 0.58.2  |
        | 0.125.0 |
        | 2.11.0  |

    @LS-3 @LS-7
    Scenario Outline: What is asked by litellm <version> is logged
      Given a program with litellm <version>
      When it asks the model
        | asked by             |
        | litellm              |
        | litellm async        |
        | litellm stream       |
        | litellm async stream |
      Then the program is answered as if nobody logged
      And the log holds exactly, in this order
        | asked by             |
        | litellm              |
        | litellm async        |
        | litellm stream       |
        | litellm async stream |

      Examples:
        | version       |
        | 1.74.15.post2 |
        | 1.106.2       |

    @LS-4 @LS-7
    Scenario Outline: What is asked by httpx beside openai <version> is logged
      Given a program with openai <version>
      When it asks the model
        | asked by           |
        | httpx              |
        | httpx async        |
        | httpx stream       |
        | httpx async stream |
      Then the program is answered as if nobody logged
      And the log holds exactly, in this order
        | asked by           |
        | httpx              |
        | httpx async        |
        | httpx stream       |
        | httpx async stream |

      Examples:
        | version |
        | 1.97.0  |
        | 2.54.0  |
        | 3.52.0  |

    @LS-4 @LS-7
    Scenario Outline: What is asked by requests beside openai <version> is logged
      Given a program with openai <version>
      When it asks the model
        | asked by         |
        | requests         |
        | requests session |
        | requests stream  |
      Then the program is answered as if nobody logged
      And the log holds exactly, in this order
        | asked by         |
        | requests         |
        | requests session |
        | requests stream  |

      Examples:
        | version |
        | 1.97.0  |
        | 2.54.0  |
        | 3.52.0  |

    @LS-4 @LS-7
    Scenario Outline: What is asked by http.client beside openai <version> is logged
      Given a program with openai <version>
      When it asks the model
        | asked by           |
        | http.client        |
        | http.client stream |
      Then the program is answered as if nobody logged
      And the log holds exactly, in this order
        | asked by           |
        | http.client        |
        | http.client stream |

      Examples:
        | version |
        | 1.97.0  |
        | 2.54.0  |
        | 3.52.0  |

  Rule: Nor does it matter which way a client takes

    @LS-1
    Scenario Outline: What is asked by openai responses beside openai <version> is logged
      Given a program with openai <version>
      When it asks the model
        | asked by         |
        | openai responses |
      Then the program is answered as if nobody logged
      And the log holds exactly, in this order
        | asked by         |
        | openai responses |

      Examples:
        | version |
        | 1.97.0  |
        | 2.54.0  |
        | 3.52.0  |

    @LS-4
    Scenario Outline: What is asked by httpx without a client beside openai <version> is logged
      Given a program with openai <version>
      When it asks the model
        | asked by               |
        | httpx without a client |
      Then the log holds exactly, in this order
        | asked by               |
        | httpx without a client |

      Examples:
        | version |
        | 1.97.0  |
        | 2.54.0  |
        | 3.52.0  |

    @LS-4
    Scenario Outline: What is asked by httpx through a proxy beside openai <version> is logged
      Given a program with openai <version>
      When it asks the model
        | asked by              |
        | httpx through a proxy |
      Then the log holds exactly, in this order
        | asked by              |
        | httpx through a proxy |

      Examples:
        | version |
        | 1.97.0  |
        | 2.54.0  |
        | 3.52.0  |

    @LS-4
    Scenario Outline: What is asked by aiohttp beside openai <version> is logged
      Given a program with openai <version>
      When it asks the model
        | asked by |
        | aiohttp  |
      Then the log holds exactly, in this order
        | asked by |
        | aiohttp  |

      Examples:
        | version |
        | 1.97.0  |
        | 2.54.0  |
        | 3.52.0  |

  Rule: A real model is logged as the scripted one is

    @LS-1 @LS-11 @real_ai
    Scenario: What the real model is asked is logged, too
      Given a program with openai 2.54.0
        | asks | the real model |
      When it asks the model
        | asked by | question                |
        | openai   | Say hello in two words. |
      Then the log holds exactly, in this order
        | asked by |
        | openai   |
