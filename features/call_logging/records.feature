@needs.model.script
Feature: What the call log tells of a call
  A record is read long after the call, by somebody who was not there: what was asked and answered must be in it exactly,
  with where and when, and nothing that was not so.

  Rule: A record tells the call as it was

    @LS-4 @LS-9
    Scenario Outline: A question with <content> is logged as it was asked
      Given a program with httpx 0.28.1
      When it asks the model
        | asked by   | question   | answer   |
        | <asked by> | <question> | <answer> |
      Then the program is answered as if nobody logged
      And the log holds exactly, in this order
        | asked by   |
        | <asked by> |

      Examples:
        | content      | asked by     | question                         | answer                        |
        | quotes       | httpx        | Is "data: {}" in \\"quotes\\"?   | {"content": "not the answer"} |
        | many scripts | httpx stream | Grüße, 你好, नमस्ते, مرحبا, 👩🏽‍🚀?    | שלום, こんにちは, 안녕, 👋🏾    |
        | markup       | requests     | <b>&amp;</b> event: message_stop | data: [DONE]                  |

    @LS-4 @LS-9
    Scenario Outline: <size> of text are logged whole by <asked by>
      Given a program with httpx 0.28.1
      When it asks the model
        | asked by   | answer |
        | <asked by> | <text> |
      Then the log holds exactly, in this order
        | asked by   |
        | <asked by> |

      Examples:
        | size   | asked by    | text                           |
        | 100 kB | httpx       | (100000 characters)            |
        | 1 MB   | http.client | (1 MB of text in many scripts) |

    @LS-4
    Scenario Outline: The duration of a call by <way> is logged, be it answered at once or late
      Given a program with httpx 0.28.1
      When it asks the model
        | asked by | takes | question |
        | <way>    |       | At once? |
        | <way>    | 0.3   | Late?    |
      Then the log holds exactly, in this order
        | asked by | question |
        | <way>    | At once? |
        | <way>    | Late?    |

      Examples:
        | way          |
        | httpx        |
        | httpx stream |
        | requests     |
        | http.client  |

    @LS-4
    Scenario Outline: The address that was asked by <way> is logged in full
      Given a program with httpx 0.28.1
      When it asks the model
        | asked by |
        | <way>    |
      Then the log holds exactly, in this order
        | asked by | address |
        | <way>    | in full |

      Examples:
        | way         |
        | httpx       |
        | requests    |
        | http.client |

    @LS-2
    Scenario: What Anthropic's model says in one piece is logged as its words
      Given a program with httpx 0.28.1
      When it asks the model
        | asked by           |
        | httpx to Anthropic |
      Then the log holds exactly, in this order
        | asked by           |
        | httpx to Anthropic |

    @LS-4
    Scenario: A record tells the status of the answer
      Given a program with httpx 0.28.1
      When it asks the model
        | asked by |
        | httpx    |
      Then every record tells the status 200

  Rule: A tag names the call for whoever reads the log, and for nobody else

    @LS-92
    Scenario Outline: A tag given by <way> is in the log and does not leave the program
      Given a program with httpx 0.28.1
      When it asks the model
        | asked by | tag      | question  |
        | <way>    | checkout | Tagged?   |
        | <way>    |          | Untagged? |
      Then the program is answered as if nobody logged
      And the log holds exactly, in this order
        | asked by | tag      | question  |
        | <way>    | checkout | Tagged?   |
        | <way>    |          | Untagged? |

      Examples:
        | way         |
        | httpx       |
        | httpx async |
        | requests    |
        | http.client |

    @LS-92 @LS-90
    Scenario: A tagged call is logged whatever host it goes to
      Given a program with httpx 0.28.1
        | is told TRAINLOOP_HOST_ALLOWLIST | api.openai.com |
      When it asks the model
        | asked by | tag      | question  |
        | httpx    | checkout | Tagged?   |
        | httpx    |          | Untagged? |
      Then the program is answered as if nobody logged
      And the log holds exactly, in this order
        | asked by | tag      | question |
        | httpx    | checkout | Tagged?  |

    @LS-92
    Scenario: The registry knows every line that asks, how often, and its last tag
      Given a program with httpx 0.28.1
      When it asks the model
        | asked by | tag | question | times |
        | httpx    | old | Once?    |       |
        | httpx    | new | Again?   | 2     |
        | requests |     | Never?   | 3     |
      Then the registry counts every call

  Rule: A failed call is logged for what it was, and disturbs no other

    @LS-8
    Scenario Outline: A call by <way> that is answered <status> is logged with its status
      Given a program with httpx 0.28.1
      When it asks the model
        | asked by | failing with |
        | <way>    | <status>     |
      Then the program is answered as if nobody logged
      And every record tells the status <status>

      Examples:
        | way         | status |
        | httpx       | 401    |
        | httpx       | 429    |
        | httpx       | 500    |
        | requests    | 404    |
        | requests    | 503    |
        | http.client | 400    |

    @LS-8
    Scenario Outline: A failed call by <way> disturbs neither the one before nor the one after
      Given a program with httpx 0.28.1
      When it asks the model
        | asked by | question | failing with |
        | <way>    | Before?  |              |
        | <way>    | Failing? | <status>     |
        | <way>    | After?   |              |
      Then the program is answered as if nobody logged
      And the log holds exactly, in this order
        | asked by | question |
        | <way>    | Before?  |
        | <way>    | After?   |

      Examples:
        | way         | status |
        | httpx       | 429    |
        | requests    | 500    |
        | http.client | 401    |
