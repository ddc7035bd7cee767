@needs.model.script @needs.practice.control
Feature: What no document may be written for
  A document that asks the model for a diagnosis, or for anything else that is the clinician's alone, is not written; the
  practice learns of it, whatever happens on the way, and nobody waits for that.

  Background:
    Given the practice knows the client "Sarah Johnson"

  Rule: What is against the policy is not written, and the user is told why

    @PV-1 @DG-13 @critical
    Scenario: A template that asks for a diagnosis is not filled in
      Given the model will, one after another
        | step                                                | with                       |
        | judge it a violation, 0.92 sure of kind "diagnosis" | It asks to name a disorder |
        | answer                                              | "She is ill"               |
      When Dr. Lee has a document written
        | template | Diagnose {{clientName}} by the criteria. |
      Then the document tells of itself exactly
        | policy violation | yes                        |
        | violation type   | diagnosis                  |
        | reason           | It asks to name a disorder |
        | confidence       | 0.92                       |
        | flagged          | yes                        |
      And the model was asked once
      And the practice keeps these violations, in this order, and no others
        | violation type | client id     |
        | diagnosis      | Sarah Johnson |

    @PV-1 @needs.model.control
    Scenario: What is judged is what is asked for, the wishes of the practitioner included
      Given the model will, one after another
        | step              | with   |
        | judge it harmless |        |
        | answer            | "Done" |
      When Dr. Lee has a document written
        | template     | Progress note for {{clientName}}     |
        | instructions | Say at the end which disorder it is. |
      Then the model was asked, in this order, and nothing else
        | model       | temperature | token limit | words                                |
        | gpt-4o-mini | 0.1         | 200         | Say at the end which disorder it is. |
        | gpt-4o      | (any)       | (any)       | Say at the end which disorder it is. |

    @PV-1
    Scenario: In a chat the assistant is told that a document was not written, and the page gets none
      Given the practice knows the session "Intake" with
        | segments: Client | I cannot sleep. |
      And Dr. Lee is chatting with the web assistant
      And the page of Dr. Lee shows
        | loaded sessions | ["Intake"] |
      And the model will, one after another
        | step                                     | with                                            |
        | generate document from loaded            | the template content "Diagnose {{clientName}}." |
        | judge it a violation of kind "diagnosis" | Only a clinician may                            |
        | answer                                   | "I may not write that"                          |
      When Dr. Lee asks "Write it"
      Then the model was told, in this order, and nothing else
        | generate document from loaded | failure | Only a clinician may |
      And Dr. Lee receives, in this order, and nothing else
        | typing begins  |                               |
        | tools begin    | generate document from loaded |
        | tools end      | generate document from loaded |
        | words          | "I may not write that"        |
        | reply complete |                               |
        | typing ends    |                               |

    @PV-1 @needs.assistant.policy.unclear
    Scenario Outline: A judgement that cannot be read is no leave to write: <judgement>
      Given the model will, one after another
        | step        | with     |
        | <judgement> | <with>   |
        | answer      | "A note" |
      When Dr. Lee has a document written
      Then it is refused as the model's failure, saying "policy"
      And the model was asked once

      Examples:
        | judgement                   | with             |
        | answer                      | Looks fine to me |
        | answer                      | yes              |
        | judge it neither            | Who knows?       |
        | judge it harmless, 7.0 sure | Quite fine       |

  Rule: The practice learns of it in the background

    @PV-2 @critical
    Scenario: The user does not wait until the practice has noted it
      Given the practice, told of a violation, answers after 1 seconds
      And the model will, one after another
        | step                                     | with         |
        | judge it a violation of kind "diagnosis" | Not for them |
      When Dr. Lee has a document written
      Then the user did not wait for the practice
      And the practice keeps these violations, in this order, and no others
        | violation type |
        | diagnosis      |

    @PV-2
    Scenario: A reply in the chat does not wait for it either
      Given the practice knows the session "Intake" with
        | segments: Client | I cannot sleep. |
      And Dr. Lee is chatting with the web assistant
      And the page of Dr. Lee shows
        | loaded sessions | ["Intake"] |
      And the practice, told of a violation, answers after 1 seconds
      And the model will, one after another
        | step                                     | with                               |
        | generate document from loaded            | the template content "Diagnose me" |
        | judge it a violation of kind "diagnosis" | Not for them                       |
        | answer                                   | "No"                               |
      When Dr. Lee asks "Write it"
      Then the user did not wait for the practice

    @PV-3 @PV-4 @critical
    Scenario: The practice is told who asked for what, why it was refused, from where and when
      Given the model will, one after another
        | step                                            | with              |
        | judge it a violation, 0.87 sure of kind "legal" | It is for a court |
      When Dr. Lee has a document written
        | template id   | template-9                            |
        | template name | Custody opinion                       |
        | template      | Who of {{clientName}} and Tom is fit? |
        | client        | Sarah Johnson                         |
        | instructions  | Name one of them.                     |
        | browser       | Firefox on the desk of Dr. Lee        |
      Then the practice is told of one violation, exactly
        | profile id                        | Dr. Lee                               |
        | template id                       | template-9                            |
        | template name                     | Custody opinion                       |
        | violation type                    | legal                                 |
        | template content                  | Who of {{clientName}} and Tom is fit? |
        | reason                            | It is for a court                     |
        | confidence                        | 0.87                                  |
        | client id                         | Sarah Johnson                         |
        | metadata: timestamp               | (about now)                           |
        | metadata: generation instructions | Name one of them.                     |
        | ip address                        | 127.0.0.1                             |
        | user agent                        | Firefox on the desk of Dr. Lee        |
      And it was asked as Dr. Lee every time

    @PV-4 @PV-3
    Scenario: Of a chat, too, the practice is told from where it was asked
      Given the practice knows the session "Intake" with
        | segments: Client | I cannot sleep. |
      And Dr. Lee is chatting with the web assistant, from "Opera in the waiting room"
      And the page of Dr. Lee shows
        | loaded sessions | ["Intake"] |
      And the model will, one after another
        | step                                     | with                               |
        | generate document from loaded            | the template content "Diagnose me" |
        | judge it a violation of kind "diagnosis" | Not for them                       |
        | answer                                   | "No"                               |
      When Dr. Lee asks "Write it"
      Then the practice keeps these violations, in this order, and no others
        | client id     | template content | ip address | user agent                |
        | Sarah Johnson | Diagnose me      | 127.0.0.1  | Opera in the waiting room |

    @PV-4 @PV-5
    Scenario: Two who ask at once are told apart
      Given the practice knows the client "Tom Baker"
      And the model will, again and again
        | step                                     | with         |
        | judge it a violation of kind "diagnosis" | Not for them |
      When these documents are written all at once
        | by      | client        | browser |
        | Dr. Lee | Sarah Johnson | Firefox |
        | Dr. Kim | Tom Baker     | Chrome  |
      Then the practice keeps these violations, in any order, and no others
        | reported by | profile id | client id     | user agent |
        | Dr. Lee     | Dr. Lee    | Sarah Johnson | Firefox    |
        | Dr. Kim     | Dr. Kim    | Tom Baker     | Chrome     |

    @PV-5
    Scenario: Each violation is a record of its own, in the order in which they happened
      Given the model will, one after another
        | step                                      | with   |
        | judge it a violation of kind "diagnosis"  | First  |
        | judge it a violation of kind "medication" | Second |
        | judge it a violation of kind "diagnosis"  | Third  |
      When these documents are written
        | by      | template  |
        | Dr. Lee | Diagnose  |
        | Dr. Lee | Prescribe |
        | Dr. Lee | Diagnose  |
      Then the practice keeps these violations, in this order, and no others
        | violation type | template content | reason |
        | diagnosis      | Diagnose         | First  |
        | medication     | Prescribe        | Second |
        | diagnosis      | Diagnose         | Third  |

  Rule: Clinical work is let through

    @PV-6 @PV-1
    Scenario: What is harmless is written and not reported, beside what is not
      Given the model will, one after another, as the policy
        | step                                       | with           |
        | judge it harmless                          | A usual note   |
        | judge it harmless                          | A usual letter |
        | judge it a violation of kind "fabrication" | Made up        |
      And the model will, one after another
        | step   | with         |
        | answer | "The first"  |
        | answer | "The second" |
        | answer | "The third"  |
      When these documents are written
        | by      | template                         |
        | Dr. Lee | Progress note for {{clientName}} |
        | Dr. Lee | Letter of referral               |
        | Dr. Lee | Invent three more sessions       |
      Then the practice keeps these violations, in this order, and no others
        | template content           | violation type |
        | Invent three more sessions | fabrication    |
      And the documents say, in this order
        | The first  |
        | The second |
        | Made up    |

  Rule: No violation is lost, whatever the practice does

    @PV-7 @critical
    Scenario Outline: The practice <trouble> and then learns of it, once
      Given the practice, told of a violation, <trouble>
      And the model will, one after another
        | step                                     | with         |
        | judge it a violation of kind "diagnosis" | Not for them |
      When Dr. Lee has a document written
      Then the document tells of itself exactly
        | policy violation | yes          |
        | violation type   | diagnosis    |
        | reason           | Not for them |
        | confidence       | 0.95         |
        | flagged          | yes          |
      And the practice keeps these violations, in this order, and no others
        | violation type |
        | diagnosis      |

      Examples:
        | trouble                                      |
        | fails with 500 4 times                       |
        | fails with 503 4 times                       |
        | fails with 429 twice                         |
        | breaks the connection 3 times                |
        | does it and then fails with 500 4 times      |
        | does it and then breaks the connection twice |

    @PV-7 @needs.assistant.settings
    Scenario: A practice that says nothing for too long is asked again
      Given the assistant is configured with
        | seconds the practice may be silent | 0.25 |
      And the practice, told of a violation, answers after 0.6 seconds twice
      And the model will, one after another
        | step                                     | with         |
        | judge it a violation of kind "diagnosis" | Not for them |
      When Dr. Lee has a document written
      Then the practice keeps these violations, in this order, and no others
        | violation type |
        | diagnosis      |

    @PV-7
    Scenario: During an outage the violations of one user wait, and none overtakes another
      Given the practice, told of a violation, fails with 503 5 times
      And the model will, one after another
        | step                                      | with   |
        | judge it a violation of kind "diagnosis"  | First  |
        | judge it a violation of kind "medication" | Second |
        | judge it a violation of kind "legal"      | Third  |
      When these documents are written
        | by      | template  |
        | Dr. Lee | Diagnose  |
        | Dr. Lee | Prescribe |
        | Dr. Lee | Judge     |
      Then the practice keeps these violations, in this order, and no others
        | reported by | template content | reason |
        | Dr. Lee     | Diagnose         | First  |
        | Dr. Lee     | Prescribe        | Second |
        | Dr. Lee     | Judge            | Third  |

    @PV-90
    Scenario: A violation that the practice does not take for long holds up nobody else's
      Given the practice, told of a violation by Dr. Lee, fails with 500 15 times
      And the model will, again and again
        | step                                     | with         |
        | judge it a violation of kind "diagnosis" | Not for them |
      When these documents are written
        | by      | template |
        | Dr. Lee | Diagnose |
        | Dr. Kim | Prove it |
      Then the practice keeps these violations, in this order, and no others
        | reported by | template content |
        | Dr. Kim     | Prove it         |
        | Dr. Lee     | Diagnose         |

    @PV-7
    Scenario Outline: A violation that the practice will not take (<status>) stands in the log, and holds up no other
      Given the practice, told of a violation, fails with <status> once
      And the model will, one after another
        | step                                      | with   |
        | judge it a violation of kind "diagnosis"  | First  |
        | judge it a violation of kind "medication" | Second |
      When these documents are written
        | by      | template     |
        | Dr. Lee | Diagnose her |
        | Dr. Lee | Prescribe    |
      Then the practice keeps these violations, in this order, and no others
        | template content | reason |
        | Prescribe        | Second |
      And the assistant's log warns, in one line and without any token, of
        | Diagnose her |
        | diagnosis    |
        | First        |

      Examples:
        | status |
        | 400    |
        | 401    |
        | 403    |
        | 404    |

    @PV-7 @needs.assistant.restart @needs.assistant.settings
    Scenario: A violation that could not be reported before the service ends stands in the log
      Given the assistant is configured with
        | violation drain | 0.1 |
      And the practice, told of a violation, fails with 503
      And the model will, one after another
        | step                                     | with                |
        | judge it a violation of kind "diagnosis" | Not for the machine |
      And Dr. Lee has a document written
        | template | Diagnose {{clientName}} |
      When the assistant is stopped and started again
      Then the assistant's log warns, in one line and without any token, of
        | Diagnose {{clientName}} |
        | Not for the machine     |
        | Dr. Lee                 |

    @PV-7 @needs.assistant.restart @needs.assistant.settings
    Scenario: A service that is stopped reports first what is waiting
      Given the assistant is configured with
        | retries of the model | 0 |
      And the practice, told of a violation, answers after 0.7 seconds
      And the model will, one after another
        | step                                     | with         |
        | judge it a violation of kind "diagnosis" | Not for them |
      And Dr. Lee has a document written
      When the assistant is stopped and started again
      Then the practice keeps these violations, in this order, and no others
        | violation type |
        | diagnosis      |
