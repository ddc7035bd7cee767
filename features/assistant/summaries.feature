@needs.model.script @needs.model.control
Feature: Summaries of what clients told the assistant
  Before a session a practitioner wants to know what a client wrote in the week: all of it, in a minute.

  Rule: All conversations are read, and summarised as one

    @DG-18 @DG-13 @critical
    Scenario: Several conversations become one summary
      Given the model will, one after another
        | step   | with                                   |
        | answer | "She slept badly, then wrote a diary." |
      When Dr. Lee has these conversations summarised
        | conversation | client                | assistant           |
        | Monday       | I cannot sleep.       | What keeps you up?  |
        | Monday       | My work.              |                     |
        | Thursday     | I have begun a diary. | That sounds useful. |
      Then the summary says exactly
        """
        She slept badly, then wrote a diary.
        """
      And it was written from these, in this order
        | I cannot sleep.       |
        | What keeps you up?    |
        | My work.              |
        | I have begun a diary. |
        | That sounds useful.   |
      And the summary tells of itself exactly
        | conversation count  | 2     |
        | total messages      | 5     |
        | estimated read time | 1 min |
      And the practice was asked nothing

    @DG-18
    Scenario: Of many conversations none is left out
      Given the model will, one after another
        | step   | with             |
        | answer | "A heavy month." |
      When Dr. Lee has these conversations summarised
        | conversation       |
        | (60 conversations) |
      Then the summary says exactly
        """
        A heavy month.
        """
      And it was written from these, in this order
        | (60 conversations) |

    @DG-18 @EC-4
    Scenario: A conversation in which nothing was said is counted, and keeps no other from being read
      Given the model will, one after another
        | step   | with         |
        | answer | "She slept." |
      When Dr. Lee has these conversations summarised
        | conversation | client    | assistant |
        | Monday       |           |           |
        | Tuesday      | (nothing) |           |
        | Wednesday    | I slept.  | (blank)   |
      Then the summary tells of itself exactly
        | conversation count  | 3     |
        | total messages      | 3     |
        | estimated read time | 1 min |
      And it was written from these, in this order
        | I slept. |

    @EC-1
    Scenario: What was said in any script is read as it was said
      Given the model will, one after another
        | step   | with                   |
        | answer | "Она спала 👩🏽‍🚀 — נרגעה" |
      When Dr. Lee has these conversations summarised
        | conversation | client                 | assistant |
        | שלום         | לא ישנתי, Привет, 你好 | ممتاز 👍🏽  |
      Then the summary says exactly
        """
        Она спала 👩🏽‍🚀 — נרגעה
        """
      And it was written from these, in this order
        | לא ישנתי, Привет, 你好 |
        | ممتاز 👍🏽               |

  Rule: A summary that did not come about is told as such

    @DG-9 @DG-90 @needs.assistant.settings @needs.assistant.documents.errors
    Scenario: A model that stays silent over conversations is given up in time
      Given the assistant is configured with
        | seconds the model may be silent | 0.15 |
      And the model will, one after another
        | step        | with |
        | stay silent |      |
      When Dr. Lee has these conversations summarised
        | conversation | client   |
        | Monday       | I slept. |
      Then it is refused as the model's silence, saying "in time"

    @DG-90 @needs.assistant.documents.errors
    Scenario Outline: A summary that did not come about is none: <step>
      Given the model will, one after another
        | step   | with   |
        | <step> | <text> |
      When Dr. Lee has these conversations summarised
        | conversation | client   |
        | Monday       | I slept. |
      Then it is refused as <reason>, saying "<words>"
      And it tells nothing of the inside

      Examples: The model fails
        | step             | text   | reason              | words |
        | fail with 500    | sk-123 | the model's failure | again |
        | fail with 429    | sk-123 | too many requests   | again |
        | answer gibberish | sk-123 | the model's failure | again |

      @DG-10 @DG-11
      Examples: The model does not finish
        | step                             | text      | reason           | words          |
        | say nothing                      |           | an inner failure | stop           |
        | run out of room                  | She slept | an inner failure | length         |
        | be stopped by the content filter | She       | an inner failure | content_filter |

  Rule: What cannot be summarised is said before anything is asked

    Background:
      Given the model will, again and again
        | step   | with        |
        | answer | "A summary" |

    @DG-18 @EC-4
    Scenario Outline: Where nothing was said there is nothing to summarise: <conversation>
      When Dr. Lee has these conversations summarised
        | conversation   | client |
        | <conversation> | <said> |
      Then it is refused as invalid, saying "<why>"
      And the model was asked nothing

      Examples:
        | conversation | said      | why              |
        | (none)       |           | no conversations |
        | Monday       |           | nothing was said |
        | Monday       | (blank)   | nothing was said |
        | Monday       | (nothing) | nothing was said |

    @DG-90
    Scenario Outline: What is no message is named: what the client said is <said>
      When Dr. Lee has these conversations summarised
        | conversation | client |
        | Monday       | <said> |
      Then it is refused as invalid, saying "content"
      And the model was asked nothing

      Examples:
        | said     |
        | (101)    |
        | (a list) |

    @DG-15 @DG-18 @needs.assistant.settings @needs.assistant.documents.errors
    Scenario: More than the model can read at once is refused, and said to be too long
      Given the assistant is configured with
        | document context tokens | 1000 |
        | document max tokens     | 500  |
      When Dr. Lee has these conversations summarised
        | conversation       |
        | (60 conversations) |
      Then it is refused as invalid, saying "too long"
      And the model was asked nothing

    @DG-91 @needs.assistant.sessions.token
    Scenario: Nobody has a summary written without a token
      When a stranger has these conversations summarised
        | conversation | client   |
        | Monday       | I slept. |
      Then it is refused as unauthorised
      And the model was asked nothing
