@needs.model.script @needs.model.control
Feature: Documents from what was said
  A practitioner has a progress note written from a session's transcript and a template, and signs it: nothing may be
  missing, mixed up or made up.

  Rule: A document is written from the template and the transcript

    @DG-1 @DG-13 @critical
    Scenario: A note is written from a template and what was said
      Given the practice knows the client "Sarah Johnson"
      And the model will, one after another
        | step              | with                                    |
        | judge it harmless | clinical work                           |
        | answer            | "Sarah Johnson slept better this week." |
      When Dr. Lee has a document written
        | template            | Progress note for {{clientName}} |
        | segments: Therapist | How was your week?               |
        | segments: Client    | I slept better.                  |
      Then the document says exactly
        """
        Sarah Johnson slept better this week.
        """
      And it was written from these, in this order
        | Progress note for Sarah Johnson |
        | How was your week?              |
        | I slept better.                 |
      And the document tells of itself exactly
        | template id       | template-1              |
        | template name     | Progress note           |
        | client id         | Sarah Johnson           |
        | practitioner id   | practitioner-1          |
        | processing method | template_and_transcript |

    @DG-13
    Scenario: A document of several lines is passed on line by line
      Given the model will, one after another
        | step              | with            |
        | judge it harmless |                 |
        | answer            | (several lines) |
      When Dr. Lee has a document written
      Then the document says exactly
        """
        (several lines)
        """

    @DG-2
    Scenario: Where nothing was said, that is told to the model, and a document is written
      Given the model will, one after another
        | step              | with                    |
        | judge it harmless |                         |
        | answer            | "Nothing was recorded." |
      When Dr. Lee has a document written
        | transcript | (empty) |
      Then the document says exactly
        """
        Nothing was recorded.
        """
      And it was written from these, in this order
        | Progress note for Sarah Johnson |
        | transcript is empty             |

    @DG-3 @EC-2 @critical
    Scenario Outline: Of <count> segments none is dropped
      Given the model will, one after another
        | step              | with                  |
        | judge it harmless |                       |
        | answer            | "It was a long talk." |
      When Dr. Lee has a document written
        | segments | (<count> segments) |
      Then the document says exactly
        """
        It was a long talk.
        """
      And it was written from these, in this order
        | Progress note for Sarah Johnson |
        | (<count> segments)              |

      Examples:
        | count |
        | 100   |
        | 150   |
        | 500   |

    @DG-3
    Scenario: What was said is told with who said it and when
      Given the model will, one after another
        | step              | with   |
        | judge it harmless |        |
        | answer            | "Done" |
      When Dr. Lee has a document written
        | segments: Therapist | How was your week? |
        | segments: Ms J.     | I slept better.    |
        | segments: Therapist | How was your week? |
      Then it was written from these, in this order
        | 00:00                         |
        | Therapist: How was your week? |
        | 00:30                         |
        | Ms J.: I slept better.        |
        | 01:00                         |
        | Therapist: How was your week? |

  Rule: A document has names and dates, and no placeholders

    @DG-4 @critical
    Scenario: The placeholders of a template are filled in before the model sees it
      Given the model will, one after another
        | step              | with   |
        | judge it harmless |        |
        | answer            | "Done" |
      When Dr. Lee has a document written
        | template     | {{clientName}} met {{practitionerName}} on {{date}}. {{ clientName }}, {{client_name}}: well. |
        | client       | Sarah Johnson                                                                                 |
        | practitioner | Dr. Lee                                                                                       |
      Then it was written from these, in this order
        | Sarah Johnson met Dr. Lee on (today). Sarah Johnson, Sarah Johnson: well. |

    @DG-4
    Scenario: A placeholder that the model leaves in its text is none in the document
      Given the model will, one after another
        | step              | with                                                                              |
        | judge it harmless |                                                                                   |
        | answer            | "{{clientName}} saw {{practitionerName}} on {{date}}. Mood: {{mood}}. {{ plan }}" |
      When Dr. Lee has a document written
        | template | {{clientName}} {{practitionerName}} {{date}} {{mood}} {{plan}} |
      Then the document says exactly
        """
        Sarah Johnson saw Dr. Lee on (today). Mood: [not stated]. [not stated]
        """

    @DG-4 @needs.assistant.settings
    Scenario Outline: The date of a document is that of the practice's own time zone: <zone>
      At any hour it is another day than in Greenwich at one of the two ends of the world.

      Given the assistant is configured with
        | time zone | <zone> |
      And the model will, one after another
        | step              | with   |
        | judge it harmless |        |
        | answer            | "Done" |
      When Dr. Lee has a document written
        | template | Written on {{date}}. |
      Then it was written from these, in this order
        | Written on (today in <zone>). |

      Examples:
        | zone               |
        | Pacific/Kiritimati |
        | Pacific/Pago_Pago  |

    Scenario Outline: A name stays the name that it is: <client> and <practitioner>
      Given the model will, one after another
        | step              | with                                       |
        | judge it harmless |                                            |
        | answer            | "{{practitionerName}} saw {{clientName}}." |
      When Dr. Lee has a document written
        | template     | Note on {{clientName}} by {{practitionerName}} |
        | client       | <client>                                       |
        | practitioner | <practitioner>                                 |
      Then it was written from these, in this order
        | Note on <client> by <practitioner> |
      And the document says exactly
        """
        <practitioner> saw <client>.
        """

      @DG-5 @EC-7
      Examples: In any script
        | client           | practitioner        |
        | Zoë Müller-Ñandú | Dr. Łukasz Ångström |
        | 李小龍           | 山田 花子           |
        | محمد علي         | ד״ר לאה             |
        | 👩🏽‍🚀 Ada 🇩🇪        | Dr. ❤️              |

      @EC-3
      Examples: With signs of code
        | client             | practitioner      |
        | O'Brien "Bo" \\ $1 | Dr. & <b>Sons</b> |

  Rule: A document can be changed and written again

    @DG-6 @critical
    Scenario: A draft is written, changed as wished, and written again
      Given the practice knows the client "Sarah Johnson"
      And the practice knows the session "Intake" with
        | segments: Client | I slept better. |
      And Dr. Lee is chatting with the web assistant
      And the page of Dr. Lee shows
        | loaded sessions | ["Intake"] |
      And the model will, one after another
        | step                          | with                                                                                        |
        | generate document from loaded | the template content "Note: {{clientName}}" and the document name "Note"                    |
        | judge it harmless             |                                                                                             |
        | answer                        | "Sarah slept better."                                                                       |
        | refine document               | the document the generate document from loaded wrote, the instructions "Use her whole name" |
        | judge it harmless             |                                                                                             |
        | answer                        | "Sarah Johnson slept better."                                                               |
        | generate document from loaded | the template content "Letter on {{clientName}}" and the document name "Letter"              |
        | judge it harmless             |                                                                                             |
        | answer                        | "Dear colleague, she slept."                                                                |
        | generated documents           |                                                                                             |
        | answer                        | "Both are there."                                                                           |
      When Dr. Lee asks "A note, with her whole name, then a letter"
      Then the model was told, in this order, and nothing else
        | generate document from loaded | success | Sarah slept better.         |
        | refine document               | success | Sarah Johnson slept better. |
        | generate document from loaded | success | Dear colleague, she slept.  |
        | generated documents           | success | Sarah Johnson slept better. |
      And the page of Dr. Lee is known as
        | loaded sessions | [Intake]       |
        | drafts          | [Note, Letter] |

    @DG-6
    Scenario: A change is made from the document and the wishes, and from nothing else
      Given the practice knows the client "Sarah Johnson"
      And the practice knows the document "First letter" with
        | content | She sleeps badly since March. |
      And Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step              | with                                                                               |
        | list documents    |                                                                                    |
        | refine document   | the document the list documents found, the instructions "Say since when, politely" |
        | judge it harmless |                                                                                    |
        | answer            | "Since March her sleep is poor."                                                   |
        | answer            | "Done."                                                                            |
      When Dr. Lee asks "Put the letter more politely"
      Then it was written from these, in this order
        | Say since when, politely      |
        | She sleeps badly since March. |
      And the practice has exactly these documents
        | document     | content                        | client        |
        | First letter | Since March her sleep is poor. | Sarah Johnson |

    @DG-7 @critical
    Scenario: Written again with more to go by, a document is made from all of it
      Given the model will, one after another
        | step              | with                    |
        | judge it harmless |                         |
        | answer            | "She slept."            |
        | judge it harmless |                         |
        | answer            | "She slept, and works." |
      And Dr. Lee has a document written
        | segments: Client | I slept. |
      When Dr. Lee has a document written
        | segments: Client    | I slept.               |
        | segments: Therapist | And your work?         |
        | segments: Client    | I am back.             |
        | instructions        | Add what she said last |
      Then the document says exactly
        """
        She slept, and works.
        """
      And it was written from these, in this order
        | Add what she said last          |
        | Progress note for Sarah Johnson |
        | I slept.                        |
        | And your work?                  |
        | I am back.                      |

  Rule: Nobody's document holds anything of another's

    @DG-8 @critical
    Scenario: Two clients' documents that are written at once are each their own
      Given the model will, again and again, as the policy, once 2 wait at once
        | step              | with |
        | judge it harmless |      |
      And the model will, again and again, when asked about "Sarah Johnson"
        | step   | with           | after |
        | answer | "Sarah slept." | 0.1   |
      And the model will, again and again, when asked about "Tom Baker"
        | step   | with         | after |
        | answer | "Tom works." | 0.05  |
      When these documents are written all at once
        | by      | client        | practitioner | template                   | segments: Client | instructions      |
        | Dr. Lee | Sarah Johnson | Dr. Lee      | The week of {{clientName}} | I slept.         | Speak of sleep    |
        | Dr. Kim | Tom Baker     | Dr. Kim      | The job of {{clientName}}  | I work.          | Speak of the work |
      Then the documents say, in this order
        | Sarah slept. |
        | Tom works.   |
      And the model was told of "Sarah Johnson" and of "Tom Baker", never of both together
      And the model was told of "I slept." and of "I work.", never of both together
      And the model was told of "Speak of sleep" and of "Speak of the work", never of both together

    @DG-8
    Scenario: With sessions of two clients open, a document is of the one who is selected
      Given the practice knows these clients
        | client        |
        | Sarah Johnson |
        | Tom Baker     |
      And the practice knows these sessions
        | session | client        | segments: Client |
        | Intake  | Sarah Johnson | I slept.         |
        | Review  | Tom Baker     | I work.          |
      And Dr. Lee is chatting with the web assistant
      And the page of Dr. Lee shows
        | loaded sessions | ["Intake", "Review"] |
        | client          | Tom Baker            |
      And the model will, one after another
        | step                          | with                                        |
        | generate document from loaded | the template content "Note: {{clientName}}" |
        | judge it harmless             |                                             |
        | answer                        | "Tom works."                                |
        | answer                        | "Done."                                     |
      When Dr. Lee asks "Write it"
      Then it was written from these, in this order
        | Note: Tom Baker |
        | I work.         |
      And the model was told of "I work." and never of "I slept."

    @DG-8
    Scenario: With sessions of two clients open and none selected, no document is written
      Given the practice knows these clients
        | client        |
        | Sarah Johnson |
        | Tom Baker     |
      And the practice knows these sessions
        | session | client        | segments: Client |
        | Intake  | Sarah Johnson | I slept.         |
        | Review  | Tom Baker     | I work.          |
      And Dr. Lee is chatting with the web assistant
      And the page of Dr. Lee shows
        | loaded sessions | ["Intake", "Review"] |
      And the model will, one after another
        | step                          | with                                        |
        | generate document from loaded | the template content "Note: {{clientName}}" |
        | answer                        | "Of whom?"                                  |
      When Dr. Lee asks "Write it"
      Then the model was told, in this order, and nothing else
        | generate document from loaded | failure | several clients |
      And the model was asked twice

  Rule: What keeps a document from being written is said, and nothing passes for one

    @DG-9 @DG-90 @needs.assistant.settings @needs.assistant.documents.errors
    Scenario Outline: A model that stays silent is given up in time: <when>
      Given the assistant is configured with
        | seconds the model may be silent | 0.15 |
        | retries of the model            | 0    |
      And the model will, one after another
        | step    | with |
        | <first> |      |
        | <then>  |      |
      When Dr. Lee has a document written
      Then it is refused as the model's silence, saying "in time"

      Examples:
        | when        | first             | then        |
        | the policy  | stay silent       | stay silent |
        | the writing | judge it harmless | stay silent |

    @DG-10 @DG-11 @DG-90 @needs.assistant.documents.errors
    Scenario Outline: A text that is none, or only the beginning of one, is no document: <step>
      Given the model will, one after another
        | step              | with   |
        | judge it harmless |        |
        | <step>            | <text> |
      When Dr. Lee has a document written
      Then it is refused as an inner failure, saying "<reason>"

      Examples:
        | step                             | text            | reason         |
        | say nothing                      |                 | stop           |
        | answer                           | (blank)         | stop           |
        | run out of room                  | Sarah slept and | length         |
        | run out of room                  |                 | length         |
        | be stopped by the content filter | Sarah wants to  | content_filter |
        | be stopped by the content filter |                 | content_filter |

    @DG-90 @needs.assistant.documents.errors
    Scenario Outline: A model that fails is told as such, without its own words: <step>
      Given the model will, one after another
        | step              | with                       |
        | judge it harmless |                            |
        | <step>            | Key sk-123 of host db-7 is |
      When Dr. Lee has a document written
      Then it is refused as <reason>, saying "again"
      And it tells nothing of the inside

      Examples:
        | step             | reason              |
        | fail with 400    | the model's failure |
        | fail with 401    | the model's failure |
        | fail with 500    | the model's failure |
        | fail with 503    | the model's failure |
        | fail with 429    | too many requests   |
        | answer gibberish | the model's failure |

    @DG-90 @needs.assistant.documents.errors
    Scenario Outline: A policy that cannot be asked is no leave to write: <step>
      Given the model will, one after another
        | step   | with   |
        | <step> |        |
        | answer | "Done" |
      When Dr. Lee has a document written
      Then it is refused as <reason>, saying "again"
      And the model was asked once

      Examples:
        | step          | reason              |
        | fail with 500 | the model's failure |
        | fail with 429 | too many requests   |
        | say nothing   | the model's failure |

    @DG-12 @DG-90 @needs.assistant.settings
    Scenario: Without a model it is said that there is none
      Given the assistant is configured with
        | model key | (nothing) |
      When Dr. Lee has a document written
      Then it is refused as an inner failure, saying "No language model is configured"
      And the model was asked nothing

  Rule: What is no whole order is refused before anything is asked

    Background:
      Given the model will, again and again
        | step              | with     |
        | judge it harmless |          |
        | answer            | "A note" |

    @DG-14
    Scenario Outline: A template that is none is refused before anything is asked: <part> is <value>
      When Dr. Lee has a document written
        | <part> | <value> |
      Then it is refused as invalid, naming "<named>"
      And the model was asked nothing

      @EC-4
      Examples: Empty
        | part           | value      | named            |
        | whole template | (left out) | template         |
        | whole template | (nothing)  | template         |
        | template       | (left out) | template.content |
        | template       |            | template.content |
        | template       | (blank)    | template.content |
        | template       | (nothing)  | template.content |
        | template name  | (left out) | template.name    |
        | template name  | (blank)    | template.name    |
        | template id    | (nothing)  | template.id      |

      Examples: Malformed
        | part           | value                     | named            |
        | whole template | (a text)                  | template         |
        | template       | (101)                     | template.content |
        | template       | Note for {{clientName     | template.content |
        | template       | Note {{for {{clientName}} | template.content |

    Scenario Outline: Whatever else is missing or malformed is named: <part> is <value>
      When Dr. Lee has a document written
        | <part> | <value> |
      Then it is refused as invalid, naming "<named>"
      And the model was asked nothing

      @EC-4
      Examples: Missing
        | part               | value      | named                 |
        | whole transcript   | (left out) | transcript            |
        | whole transcript   | (nothing)  | transcript            |
        | whole client       | (left out) | clientInfo            |
        | client             | (nothing)  | clientInfo.name       |
        | client             | (blank)    | clientInfo.name       |
        | client id          | (left out) | clientInfo.id         |
        | whole practitioner | (left out) | practitionerInfo      |
        | practitioner       | (blank)    | practitionerInfo.name |

      @DG-90
      Examples: Malformed
        | part             | value    | named                  |
        | whole transcript | (a text) | transcript             |
        | whole client     | (a list) | clientInfo             |
        | instructions     | (101)    | generationInstructions |
        | instructions     | (a list) | generationInstructions |

    @DG-15 @needs.assistant.settings @needs.assistant.documents.errors
    Scenario: A transcript that the model cannot read as a whole is refused, and it is said how long it is
      Given the assistant is configured with
        | document context tokens | 3000 |
        | document max tokens     | 500  |
      When Dr. Lee has a document written
        | segments | (200 segments) |
      Then it is refused as invalid, naming "transcript"
      And it is refused as invalid, saying "too long"
      And the model was asked nothing

    @DG-15 @needs.assistant.settings
    Scenario: A transcript that just fits is told whole
      Given the assistant is configured with
        | document context tokens | 3000 |
        | document max tokens     | 500  |
      When Dr. Lee has a document written
        | segments | (100 segments) |
      Then it was written from these, in this order
        | (100 segments) |

    @DG-91 @needs.assistant.sessions.token
    Scenario: Nobody has a document written without a token
      When a stranger has a document written
      Then it is refused as unauthorised
      And the model was asked nothing
