@needs.model.script
Feature: Replies as they are made
  A reply of half a minute is read from its first second on, word by word, and what was read is what the reply says in
  the end.

  Background:
    Given Dr. Lee is chatting with the web assistant

  Rule: A reply is passed on in order, and whole

    @WS-6 @ST-1 @ST-2
    Scenario: The words of a reply join to the reply
      Given the model will, one after another
        | step                | with                                    |
        | answer word by word | "Sarah came on time and stayed longer." |
      When Dr. Lee asks "How was it?"
      Then Dr. Lee receives, in this order, and nothing else
        | typing begins  |                                         |
        | words          | "Sarah came on time and stayed longer." |
        | reply complete |                                         |
        | typing ends    |                                         |
      And every piece of the reply continues the one before it, up to the whole

    @ST-1 @ST-2 @critical
    Scenario: A reply of thousands of pieces arrives in order
      Given the model will, one after another
        | step                | with                 |
        | answer word by word | (200 numbered words) |
      When Dr. Lee asks "Tell me everything."
      Then the reply says "word 1 word 2 word 3 "
      And the reply says "word 199 word 200"
      And every piece of the reply continues the one before it, up to the whole

    @ST-2
    Scenario: What was read is what the session holds
      Given the model will, one after another
        | step   | with                                            |
        | answer | ["Two ", "lines:\n", "- one\n", "-  two ", "!"] |
      When Dr. Lee asks "List them."
      Then every piece of the reply continues the one before it, up to the whole
      And Dr. Lee is told of the last reply
        | how it ended  | complete                    |
        | what was said | Two lines:\n- one\n-  two ! |

    @ST-3
    Scenario Outline: Pieces that say nothing are dropped: <where>
      Given the model will, one after another
        | step   | with     |
        | answer | <pieces> |
      When Dr. Lee asks "Well?"
      Then Dr. Lee receives, in this order, and nothing else
        | typing begins  |             |
        | words          | "Well yes." |
        | reply complete |             |
        | typing ends    |             |
      And every piece of the reply continues the one before it, up to the whole

      Examples:
        | where         | pieces                        |
        | at first      | ["", "", "Well ", "yes."]     |
        | in the middle | ["Well ", "", "", "", "yes."] |
        | at the end    | ["Well ", "yes.", "", ""]     |
        | everywhere    | ["", "Well ", "", "yes.", ""] |

    @ST-3
    Scenario: A piece of spaces says something
      Given the model will, one after another
        | step   | with                       |
        | answer | ["Well", " ", "yes", "  "] |
      When Dr. Lee asks "Well?"
      Then Dr. Lee is told of the last reply
        | how it ended  | complete     |
        | what was said | "Well yes  " |
      And every piece of the reply continues the one before it, up to the whole

    @ST-4 @EC-1 @critical
    Scenario Outline: No character is torn: <what>
      Given the network before the model brings answers a few bytes at a time
      And the model will, one after another
        | step   | with       |
        | answer | ["<text>"] |
      When Dr. Lee asks "Say it."
      Then Dr. Lee is told of the last reply
        | how it ended  | complete |
        | what was said | <text>   |
      And every piece of the reply continues the one before it, up to the whole

      Examples:
        | what                       | text                                 |
        | accents                    | Grüße aus Zürich — à bientôt         |
        | scripts of two bytes       | Привет · Γειά σου · שלום · مرحبا     |
        | scripts of three bytes     | 你好 こんにちは 안녕하세요 नमस्ते สวัสดี |
        | faces and flags            | 👋 👍🏽 🇨🇭 👩🏽‍🚀 👨‍👩‍👧‍👦 ❤️‍🔥                    |
        | signs beyond the first set | 𝔸𝕓𝕔 𠜎𠜱 🀄 𓀀                        |

    @ST-4
    Scenario: A character whose halves come in two pieces arrives whole
      Given the model will, one after another
        | step                | with                 |
        | answer half by half | "Good 👋🏽 morning 🌞" |
      When Dr. Lee asks "Say it."
      Then Dr. Lee is told of the last reply
        | how it ended  | complete           |
        | what was said | Good 👋🏽 morning 🌞 |
      And every piece of the reply continues the one before it, up to the whole

    @ST-4 @needs.practice.control
    Scenario: A name whose halves come in two pieces is searched for whole
      Given the model will, one after another
        | step                        | with          |
        | search clients half by half | "Ana 🌞"      |
        | answer                      | "Not found. " |
      When Dr. Lee asks "Where is Ana 🌞?"
      Then the practice was asked these things, in this order, and nothing else
        | search clients | the name "Ana 🌞" |
      And the reply says "Not found. "

  Rule: A reply is passed on while it is made

    @ST-7 @critical @needs.assistant.streaming @needs.model.control
    Scenario: The first words come before the model has finished
      Given the model will, one after another
        | step                | with                         | pause |
        | answer word by word | "One after another, slowly." | 0.1   |
      When Dr. Lee asks "How do you speak?"
      Then the first words came before the model had finished, and their time is told

    @ST-7 @ST-5 @needs.assistant.streaming @needs.practice.control
    Scenario: Words before a tool are heard while the tool is at work
      Given the practice, asked for search clients, answers after 2 seconds
      And the model will, one after another
        | turn | step           | with                  |
        | 1    | answer         | "Let me look. "       |
        | 1    | search clients | the name "Sarah"      |
        | 2    | answer         | "I have found Sarah." |
      When Dr. Lee sends
        | the message "Where is Sarah?" |
      Then Dr. Lee receives, in this order, and nothing else
        | typing begins |                 |
        | words         | "Let me look. " |
        | tools begin   | search clients  |

  Rule: Words and tools of one reply are told apart

    @ST-5 @TC-17 @needs.practice.control
    Scenario: Words before, between and after tools are one reply, in order
      Given the practice knows the client "Sarah Johnson"
      And the model will, one after another
        | turn | step           | with                        |
        | 1    | answer         | "Let me look. "             |
        | 1    | search clients | the name "Sarah"            |
        | 2    | answer         | "Found, reading. "          |
        | 2    | client summary | the client the search found |
        | 3    | answer         | "She is well."              |
      When Dr. Lee asks "How is Sarah?"
      Then Dr. Lee receives, in this order, and nothing else
        | typing begins  |                    |
        | words          | "Let me look. "    |
        | tools begin    | search clients     |
        | tools end      | search clients     |
        | words          | "Found, reading. " |
        | tools begin    | client summary     |
        | tools end      | client summary     |
        | words          | "She is well."     |
        | reply complete |                    |
        | typing ends    |                    |
      And every piece of the reply continues the one before it, up to the whole
      And Dr. Lee is told of the last reply
        | how it ended   | complete                                  |
        | what was said  | Let me look. Found, reading. She is well. |
        | search clients | succeeded                                 |
        | client summary | succeeded                                 |

    @ST-5 @needs.practice.control
    Scenario: Words and several tools in one answer of the model lose nothing of each other
      Given the practice knows the client "Sarah Johnson"
      And the model will, one after another
        | turn | step           | with                   |
        | 1    | answer         | "Looking twice. "      |
        | 1    | search clients | the name "Sarah"       |
        | 1    | search clients | the name "Omar"        |
        | 2    | answer         | "One of two is known." |
      When Dr. Lee asks "Whom do we know?"
      Then the practice was asked these things, in any order, and nothing else
        | search clients | the name "Sarah" |
        | search clients | the name "Omar"  |
      And Dr. Lee receives, in this order, and nothing else
        | typing begins  |                                |
        | words          | "Looking twice. "              |
        | tools begin    | search clients, search clients |
        | tools end      | search clients, search clients |
        | words          | "One of two is known."         |
        | reply complete |                                |
        | typing ends    |                                |

    @ST-90 @needs.practice.control
    Scenario: What each tool is given is told when it begins and when it ends
      Given the practice knows the client "Sarah Johnson"
      And the model will, one after another
        | turn | step           | with                             |
        | 1    | search clients | the name "Sarah" and the limit 3 |
        | 1    | client base    |                                  |
        | 2    | client summary | the client the search found      |
        | 3    | answer         | "She is well."                   |
      When Dr. Lee asks "How is Sarah?"
      Then Dr. Lee receives, in this order, and nothing else
        | typing begins  |                             |                                |
        | tools begin    | search clients, client base | the name "Sarah", the limit 3; |
        | tools end      | search clients, client base | the name "Sarah", the limit 3; |
        | tools begin    | client summary              | the client "Sarah Johnson"     |
        | tools end      | client summary              | the client "Sarah Johnson"     |
        | words          | "She is well."              |                                |
        | reply complete |                             |                                |
        | typing ends    |                             |                                |

  Rule: A reply that breaks off says so, and keeps what was said

    @ST-6 @critical
    Scenario: A model that breaks off in mid-sentence leaves its words and an error
      Given the model will, one after another
        | step                    | with                                    |
        | break off after 3 words | "Sarah came on time and stayed longer." |
      When Dr. Lee asks "How was it?"
      Then Dr. Lee receives, in this order, and nothing else
        | typing begins  |                  |
        | words          | "Sarah came on " |
        | error          | model error      |
        | reply complete |                  |
        | typing ends    |                  |
      And Dr. Lee is told of the error "model error"
      And Dr. Lee is told of the last reply
        | how it ended    | error            |
        | what went wrong | model error      |
        | what was said   | "Sarah came on " |

    @ST-6 @critical
    Scenario Outline: After <what> the chat goes on, with what was said before
      Given the model will, one after another
        | step   | with       |
        | <does> | <said>     |
        | answer | "On time." |
      And Dr. Lee writes
        """
        How was it?
        """
      When Dr. Lee asks "Once more?"
      Then the model was shown this conversation, and nothing else
        | asked    | How was it? |
        | answered | <kept>      |
        | asked    | Once more?  |
      And the reply says "On time."

      Examples:
        | what                  | does                             | said                  | kept          |
        | a break               | break off after 2 words          | "Sarah came on time." | "Sarah came " |
        | a stop by a filter    | be stopped by the content filter | "Sarah came"          | Sarah came    |
        | an answer out of room | run out of room                  | "Sarah came on"       | Sarah came on |

    @ST-6 @critical
    Scenario Outline: An answer that <ends> is told as that, not as complete
      Given the model will, one after another
        | step   | with             |
        | <does> | "Sarah came on " |
      When Dr. Lee asks "How was it?"
      Then Dr. Lee is told of the error "<error>"
      And Dr. Lee is told of the last reply
        | how it ended    | error            |
        | what went wrong | <error>          |
        | what was said   | "Sarah came on " |

      Examples:
        | ends                    | does                             | error            |
        | stops without an ending | stop without an ending           | model error      |
        | is stopped by a filter  | be stopped by the content filter | content filtered |

    @ST-6
    Scenario Outline: A network that <breaks> is told as the model's error, and the words until then are kept
      Given the network before the model <breaks>
      And the model will, one after another
        | step                | with                 |
        | answer word by word | (200 numbered words) |
      When Dr. Lee asks "Count."
      Then Dr. Lee receives, in this order, and nothing else
        | typing begins  |             |
        | words          | (something) |
        | error          | model error |
        | reply complete |             |
        | typing ends    |             |
      And every piece of the reply continues the one before it, up to the whole

      Examples:
        | breaks                               |
        | cuts the next answer off             |
        | resets the next answer in the middle |

    @ST-6 @needs.assistant.settings
    Scenario: A model that falls silent in mid-sentence is given up, and its words are kept
      Given the assistant is configured with
        | seconds the model may be silent | 0.15 |
      And Dr. Lee is chatting with the web assistant in "another tab"
      And the model will, one after another
        | step                | with                   | pause |
        | answer word by word | "Sarah came no longer" | 5     |
      When Dr. Lee asks "How was it?" in "another tab"
      Then Dr. Lee is told of the last reply in "another tab"
        | how it ended    | error         |
        | what went wrong | model timeout |
        | what was said   | "Sarah "      |
      And the model's work for Dr. Lee in "another tab" was broken off
