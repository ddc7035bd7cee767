@needs.model.script @needs.practice.control
Feature: Tools the assistant may use
  A practitioner's question is answered from the practice's own records, by the tools the persona was given and no others.

  Background:
    Given Dr. Lee is chatting with the web assistant

  Rule: A question about a client is answered from that client's record

    @TC-1 @TC-13 @PA-1 @PA-2
    Scenario: The client is searched, then summarised
      Given the practice knows the client "Sarah Johnson"
      And the model will, one after another
        | step           | with                        |
        | search clients | the name "Sarah"            |
        | client summary | the client the search found |
        | answer         | what the summary says       |
      When Dr. Lee asks "How is Sarah doing?"
      Then the practice was asked these things, in this order, and nothing else
        | search clients | the name "Sarah" |
        | client summary | "Sarah Johnson"  |
      And it was asked as Dr. Lee every time
      And the reply says what the summary of "Sarah Johnson" says

    @TC-1
    Scenario: A search and a summary are told one after the other, before the words that they led to
      Given the practice knows the client "Sarah Johnson"
      And the model will, one after another
        | step           | with                        |
        | search clients | the name "Sarah"            |
        | client summary | the client the search found |
        | answer         | "She is well."              |
      When Dr. Lee asks "How is Sarah doing?"
      Then Dr. Lee receives, in this order, and nothing else
        | typing begins  |                |
        | tools begin    | search clients |
        | tools end      | search clients |
        | tools begin    | client summary |
        | tools end      | client summary |
        | words          | "She is well." |
        | reply complete |                |
        | typing ends    |                |

    @TC-13
    Scenario: Of two people with one name the one who is meant is summarised
      Given the practice knows these clients
        | client         |
        | Sarah Johnson  |
        | Sarah Jameson  |
        | Sarah Johnston |
      And the model will, one after another
        | step           | with                                         |
        | search clients | the name "Sarah"                             |
        | client summary | the client "Sarah Johnston" the search found |
        | answer         | what the summary says                        |
      When Dr. Lee asks "How is Sarah Johnston doing?"
      Then the practice was asked these things, in this order, and nothing else
        | search clients | the name "Sarah" |
        | client summary | "Sarah Johnston" |
      And the model was told, in this order, and nothing else
        | search clients | success | "Sarah Jameson"  |
        | client summary | success | "Sarah Johnston" |
      And the reply says what the summary of "Sarah Johnston" says

    @TC-13
    Scenario: What a booking answers is what the change of the booking asks for
      Given the practice knows the client "Sarah Johnson"
      And the model will, one after another
        | step                   | with                                                                  |
        | search clients         | the name "Sarah"                                                      |
        | book appointment       | the client the search found and the start "2030-01-07T10:00:00Z"      |
        | reschedule appointment | the appointment the booking made and the start "2030-01-08T10:00:00Z" |
        | answer                 | "Booked for Tuesday."                                                 |
      When Dr. Lee asks "Book Sarah for Monday. No: for Tuesday."
      Then the practice has exactly these appointments
        | client        | starts at           | status    |
        | Sarah Johnson | 2030-01-08 10:00:00 | scheduled |

  Rule: A tool that fails does not end the chain

    @TC-2
    Scenario: A summary of nobody is recovered by a search
      Given the practice knows the client "Sarah Johnson"
      And the model will, one after another
        | step           | with                       |
        | client base    |                            |
        | client summary | the client "client-nobody" |
        | client details | the client the base holds  |
        | answer         | "Her record is there."     |
      When Dr. Lee asks "How is Sarah doing?"
      Then the model was told, in this order, and nothing else
        | client base    | success | "Sarah Johnson" |
        | client summary | failure | "404"           |
        | client details | success | "Sarah Johnson" |
      And the practice was asked these things, in this order, and nothing else
        | client base    |                 |
        | client summary | "client-nobody" |
        | client details | "Sarah Johnson" |
      And the reply says "Her record is there."

    @TC-2
    Scenario Outline: A chain goes on after the practice <trouble>
      Given the practice knows the client "Sarah Johnson"
      And the practice, asked for client summary, <trouble>
      And the model will, one after another
        | step           | with                               |
        | search clients | the name "Sarah"                   |
        | client summary | the client the client search found |
        | client details | the client the client search found |
        | answer         | "Only her record can be read."     |
      When Dr. Lee asks "How is Sarah doing?"
      Then the model was told, in this order, and nothing else
        | search clients | success | "Sarah Johnson" |
        | client summary | failure | "<told>"        |
        | client details | success | "Sarah Johnson" |
      And the reply says "Only her record can be read."

      Examples:
        | trouble                           | told           |
        | fails with 422                    | 422            |
        | fails with 500                    | failed (500)   |
        | answers something that breaks off | cannot be read |
        | breaks the connection             | broke off      |

    @TC-9
    Scenario Outline: A practice that <trouble> is asked again, and a chain of five goes on as if nothing had happened
      Given the practice knows one of everything
      And the practice, asked for client summary, <trouble>
      And the model will, one after another
        | step                   | with                               |
        | search clients         | the name "Sarah"                   |
        | client summary         | the client the client search found |
        | client homework status | the client the client search found |
        | client mood history    | the client the client search found |
        | conversations          | the client the client search found |
        | answer                 | what the summary says              |
      When Dr. Lee asks "How is Sarah doing?"
      Then the practice was asked these things, in this order, and nothing else
        | search clients         | the name "Sarah" |
        | client summary         | "Sarah Johnson"  |
        | <again>                | <whom>           |
        | <and again>            | <whom again>     |
        | client homework status | "Sarah Johnson"  |
        | client mood history    | "Sarah Johnson"  |
        | conversations          | "Sarah Johnson"  |
      And the reply says what the summary of "Sarah Johnson" says

      Examples:
        | trouble                    | again          | whom            | and again      | whom again      |
        | fails with 500 once        | client summary | "Sarah Johnson" |                |                 |
        | fails with 503 twice       | client summary | "Sarah Johnson" | client summary | "Sarah Johnson" |
        | breaks the connection once | client summary | "Sarah Johnson" |                |                 |

    @TC-10
    Scenario Outline: That there is no such <thing> is told, and the chat goes on
      Given the practice knows one of everything
      And the model will, one after another
        | step   | with                        |
        | <tool> | <with>                      |
        | answer | "There is no such <thing>." |
      When Dr. Lee asks "What does it say?"
      Then the model was told, in this order, and nothing else
        | <tool> | failure | "404" |
      And Dr. Lee receives, in this order, and nothing else
        | typing begins  |                             |
        | tools begin    | <tool>                      |
        | tools end      | <tool>                      |
        | words          | "There is no such <thing>." |
        | reply complete |                             |
        | typing ends    |                             |

      Examples:
        | thing                 | tool                   | with                                                                         |
        | client                | client details         | the client "client-nobody"                                                   |
        | client with a summary | client summary         | the client "client-nobody"                                                   |
        | session               | load session           | the session "session-nothing" and the known client "Sarah Johnson"           |
        | session of him        | load session           | the known session "Intake" and the known client "Tom Becker"                 |
        | recording             | load session direct    | the session "session-nothing" and the known client "Sarah Johnson"           |
        | conversation          | conversation messages  | the known client "Sarah Johnson" and the assignment "assignment-nothing"     |
        | conversation to judge | analyze conversation   | the known client "Sarah Johnson" and the conversation "conversation-nothing" |
        | template              | set selected template  | the template "template-nothing"                                              |
        | document              | document               | the document "document-nothing"                                              |
        | letter                | refine document        | the document "document-nothing" and the instructions "Shorter."              |
        | appointment           | cancel appointment     | the appointment "appointment-nothing"                                        |
        | invoice               | invoice                | the invoice "invoice-nothing"                                                |
        | note                  | update client note     | the note "note-nothing" and the content "Prefers evenings."                  |
        | homework              | update homework status | the homework "homework-nothing" and the status "completed"                   |
        | reminder              | complete reminder      | the reminder "reminder-nothing"                                              |

    @TC-10
    Scenario: That nothing was found is no failure
      Given the practice knows the client "Sarah Johnson"
      And the model will, one after another
        | step           | with                         |
        | search clients | the name "Zoltan"            |
        | answer         | "There is no client Zoltan." |
      When Dr. Lee asks "How is Zoltan doing?"
      Then the model was told, in this order, and nothing else
        | search clients | success | "total": 0 |
      And the reply says "There is no client Zoltan."

  Rule: A document comes from a chain of six tools: client, session, what was said, template, selection, writing

    @TC-3 @PA-9 @PA-8
    Scenario: A note is written from the session that was found and the template that was selected
      Given the practice knows one of everything
      And the model will, one after another
        | step                    | with                                                                      |
        | search clients          | the name "Sarah"                                                          |
        | search sessions         | the client the client search found                                        |
        | load session            | the session the session search found, the client the session search found |
        | templates               | the type "progress_note"                                                  |
        | select template by name | the name "Progress note"                                                  |
        | generate document auto  | the document name "Note on Sarah"                                         |
        | judge it harmless       | clinical work                                                             |
        | answer                  | "Progress of Sarah Johnson: she keeps a diary."                           |
        | answer                  | "It says: ", what the document says                                       |
      When Dr. Lee asks "Write a progress note on Sarah's last session."
      Then the practice was asked these things, in this order, and nothing else
        | search clients          | the name "Sarah"          |
        | search sessions         | "Sarah Johnson"           |
        | load session            | "Intake", "Sarah Johnson" |
        | templates               | the type "progress_note"  |
        | select template by name | the name "Progress note"  |
        | generate document auto  | the timezone "UTC"        |
      And it was written from these, in this order
        | Progress of Sarah Johnson: |
        | How was your sleep?        |
        | I was worried at night.    |
      And the reply says "It says: Progress of Sarah Johnson: she keeps a diary."
      And the practice has exactly these documents
        | document     |
        | First letter |

    @TC-3
    Scenario: The page follows a document that is written, in the order of the tools
      Given the practice knows one of everything
      And the model will, one after another
        | step                    | with                                                                      |
        | search clients          | the name "Sarah"                                                          |
        | set client selection    | the client name "Sarah Johnson" and the client the client search found    |
        | search sessions         | the client the client search found                                        |
        | load session direct     | the session the session search found, the client the session search found |
        | select template by name | the name "Progress note"                                                  |
        | generate document auto  | the document name "Note on Sarah"                                         |
        | judge it harmless       | clinical work                                                             |
        | answer                  | "Progress of Sarah Johnson: she keeps a diary."                           |
        | answer                  | "Done."                                                                   |
      When Dr. Lee asks "Write a progress note on Sarah's last session."
      Then the page of Dr. Lee is asked for these, in this order, and nothing else
        | set client selection          | Sarah Johnson |
        | load session direct           | Intake        |
        | set selected template         | Progress note |
        | generate document from loaded | Note on Sarah |
      And the page of Dr. Lee is known as
        | client          | Sarah Johnson   |
        | loaded sessions | [Intake]        |
        | template        | Progress note   |
        | drafts          | [Note on Sarah] |

    @TC-3 @TC-2
    Scenario: Without a template nothing is written, and the chain goes on from there
      Given the practice knows one of everything
      And the model will, one after another
        | step                    | with                                                                      |
        | search clients          | the name "Sarah"                                                          |
        | search sessions         | the client the client search found                                        |
        | load session            | the session the session search found, the client the session search found |
        | generate document auto  |                                                                           |
        | select template by name | the name "Progress note"                                                  |
        | generate document auto  |                                                                           |
        | judge it harmless       | clinical work                                                             |
        | answer                  | "Sarah keeps a diary."                                                    |
        | answer                  | "Done."                                                                   |
      When Dr. Lee asks "Write a progress note on Sarah's last session."
      Then the model was told, in this order, and nothing else
        | search clients          | success | Sarah Johnson        |
        | search sessions         | success | Intake               |
        | load session            | success | How was your sleep?  |
        | generate document auto  | failure | No template          |
        | select template by name | success | Progress note        |
        | generate document auto  | success | Sarah keeps a diary. |

    @TC-4
    Scenario: Sessions are validated before a note is written from them
      Given the practice knows one of everything
      And the model will, one after another
        | step                    | with                                           |
        | search sessions         | the keywords "diary"                           |
        | validate sessions       | the sessions "Intake" the session search found |
        | load multiple sessions  | the sessions "Intake" the session search found |
        | select template by name | the name "Progress note"                       |
        | generate document auto  |                                                |
        | judge it harmless       | clinical work                                  |
        | answer                  | "Progress of Sarah Johnson: better."           |
        | answer                  | "Done."                                        |
      When Dr. Lee asks "Write a note on the session about the diary."
      Then the practice was asked these things, in this order, and nothing else
        | search sessions         | the keywords "diary"      |
        | validate sessions       | the sessions ["Intake"]   |
        | load multiple sessions  | "Intake", "Sarah Johnson" |
        | select template by name | the name "Progress note"  |
        | generate document auto  | the timezone "UTC"        |
        | client details          | "Sarah Johnson"           |
      And the model was told, in this order, and nothing else
        | search sessions         | success | Intake                             |
        | validate sessions       | success | "valid": 1, "invalid": 0           |
        | load multiple sessions  | success | "failed": []                       |
        | select template by name | success | Progress note                      |
        | generate document auto  | success | Progress of Sarah Johnson: better. |

    @TC-4
    Scenario: A session of somebody else is found out by the validation, and cannot be loaded
      Given the practice knows one of everything
      And the model will, one after another
        | step                     | with                                                                   |
        | search sessions          | the keywords "diary"                                                   |
        | validate sessions        | the sessions "Intake" the session search found                         |
        | load session             | the session the session search found and the known client "Tom Becker" |
        | check document readiness |                                                                        |
        | generate document auto   |                                                                        |
        | answer                   | "That session is not Tom's."                                           |
      When Dr. Lee asks "Write a note on Tom's session about the diary."
      Then the model was told, in this order, and nothing else
        | search sessions          | success | Intake         |
        | validate sessions        | success | "valid": 1     |
        | load session             | failure | 404            |
        | check document readiness | success | "ready": false |
        | generate document auto   | failure | No template    |
      And the page of Dr. Lee is asked for nothing
      And the reply says "That session is not Tom's."

    @TC-11 @PA-10
    Scenario: From a client's name to a document in the client's file
      Given the practice knows one of everything
      And the model will, one after another
        | step                          | with                                                                                          |
        | search clients                | the name "Sarah"                                                                              |
        | search sessions               | the client the client search found                                                            |
        | load session                  | the session the session search found, the client the session search found                     |
        | templates                     | the name "Progress"                                                                           |
        | generate document from loaded | the template content the templates hold and the document name "Note on Sarah"                 |
        | judge it harmless             | clinical work                                                                                 |
        | answer                        | "Progress of Sarah Johnson: she keeps a diary 🌱."                                            |
        | store document                | the client the document holds, the name the document holds and the content the document holds |
        | answer                        | "It is in her file."                                                                          |
      When Dr. Lee asks "Write a progress note on Sarah and put it into her file."
      Then the practice was asked these things, in this order, and nothing else
        | search clients                | the name "Sarah"                                                                                          |
        | search sessions               | "Sarah Johnson"                                                                                           |
        | load session                  | "Intake", "Sarah Johnson"                                                                                 |
        | templates                     | the name "Progress"                                                                                       |
        | generate document from loaded | the timezone "UTC"                                                                                        |
        | store document                | "Sarah Johnson", the name "Note on Sarah", the content "Progress of Sarah Johnson: she keeps a diary 🌱." |
      And the practice has exactly these documents
        | document      | client        | content                                          | version |
        | First letter  | Sarah Johnson | Dear colleague, we have met.                     | 1       |
        | Note on Sarah | Sarah Johnson | Progress of Sarah Johnson: she keeps a diary 🌱. | 1       |
      And the reply says "It is in her file."

  Rule: Conversations are read before anything is said about them

    @TC-5
    Scenario: A conversation is found, read and analysed
      Given the practice knows one of everything
      And the model will, one after another
        | step                  | with                                                                    |
        | search clients        | the name "Sarah"                                                        |
        | conversations         | the client the search found                                             |
        | conversation messages | the client the search found and the assignment the conversations hold   |
        | analyze conversation  | the client the search found and the conversation the conversations hold |
        | client mood history   | the client the search found                                             |
        | answer                | "It is about: ", what the analyze conversation says                     |
      When Dr. Lee asks "What has Sarah been writing about?"
      Then the practice was asked these things, in this order, and nothing else
        | search clients        | the name "Sarah"                                   |
        | conversations         | "Sarah Johnson"                                    |
        | conversation messages | "Sarah Johnson", the assignment "Evening thoughts" |
        | analyze conversation  | "Evening thoughts", the client "Sarah Johnson"     |
        | client mood history   | "Sarah Johnson"                                    |
      And the model was told, in this order, and nothing else
        | search clients        | success | Sarah Johnson                    |
        | conversations         | success | Evening thoughts                 |
        | conversation messages | success | The garden helped, I am hopeful. |
        | analyze conversation  | success | "label": "positive"              |
        | client mood history   | success | "trend"                          |
      And the reply says "It is about: garden"

    @TC-6
    Scenario: Several conversations are read, each by its own assignment
      Given the practice knows the client "Sarah Johnson"
      And the practice knows these conversations
        | conversation | messages: client |
        | Monday       | I slept badly.   |
        | Tuesday      | I slept well.    |
        | Wednesday    | I did not sleep. |
      And the model will, one after another
        | step                  | with                                                                                             |
        | search clients        | the name "Sarah"                                                                                 |
        | conversations         | the client the search found                                                                      |
        | conversation messages | the client the search found, the assignment "Wednesday" the conversations hold                   |
        | conversation messages | the client the search found, the assignment "Monday" the conversations hold                      |
        | conversation messages | the client the search found, the assignment "Tuesday" the conversations hold                     |
        | answer                | what the first messages say, " ", what the second messages say, " ", what the third messages say |
      When Dr. Lee asks "How did Sarah sleep this week?"
      Then the practice was asked these things, in this order, and nothing else
        | search clients        | the name "Sarah"                            |
        | conversations         | "Sarah Johnson"                             |
        | conversation messages | "Sarah Johnson", the assignment "Wednesday" |
        | conversation messages | "Sarah Johnson", the assignment "Monday"    |
        | conversation messages | "Sarah Johnson", the assignment "Tuesday"   |
      And the reply says "I did not sleep. I slept badly. I slept well."

    @TC-6
    Scenario: The latest of several conversations is the one that is analysed
      Given the practice knows the client "Sarah Johnson"
      And the practice knows these conversations
        | conversation | messages: client     |
        | Monday       | I was afraid.        |
        | Tuesday      | The garden was good. |
      And the model will, one after another
        | step                 | with                                                                           |
        | search clients       | the name "Sarah"                                                               |
        | conversations        | the client the search found                                                    |
        | latest conversation  | the client the search found                                                    |
        | analyze conversation | the client the search found and the conversation the latest conversation holds |
        | add client note      | the client the search found and the content "She wrote about her garden."      |
        | answer               | "Noted."                                                                       |
      When Dr. Lee asks "Note down what Sarah wrote about last."
      Then the practice was asked these things, in this order, and nothing else
        | search clients       | the name "Sarah"                                           |
        | conversations        | "Sarah Johnson"                                            |
        | latest conversation  | "Sarah Johnson"                                            |
        | analyze conversation | "Tuesday", the client "Sarah Johnson"                      |
        | add client note      | "Sarah Johnson", the content "She wrote about her garden." |
      And the practice has exactly these notes
        | note                        | client        |
        | She wrote about her garden. | Sarah Johnson |

  Rule: A template is selected by what it is called, never guessed

    @TC-7 @PA-8
    Scenario: A template is looked for, is one of two, and is selected by its whole name
      Given the practice knows these templates
        | template            | content                      |
        | Progress note       | Progress of {{clientName}}:  |
        | Progress note, long | At length on {{clientName}}: |
      And the model will, one after another
        | step                     | with                                                  |
        | templates                | the name "progress"                                   |
        | select template by name  | the name "Progress"                                   |
        | set selected template    | the template "Progress note, long" the templates hold |
        | selected template        |                                                       |
        | check document readiness |                                                       |
        | answer                   | "Selected: ", what the selected template says         |
      When Dr. Lee asks "Take the long progress template."
      Then the practice was asked these things, in this order, and nothing else
        | templates               | the name "progress"   |
        | select template by name | the name "Progress"   |
        | set selected template   | "Progress note, long" |
      And the model was told, in this order, and nothing else
        | templates                | success | At length on {{clientName}}:    |
        | select template by name  | failure | 2 templates fit                 |
        | set selected template    | success | Progress note, long             |
        | selected template        | success | At length on {{clientName}}:    |
        | check document readiness | success | "missing": ["a loaded session"] |
      And the page of Dr. Lee is asked for these, in this order, and nothing else
        | set selected template | Progress note, long |
      And the page of Dr. Lee is known as
        | template | Progress note, long |

    @TC-8
    Scenario: A template is chosen with the client in view
      Given the practice knows one of everything
      And the model will, one after another
        | step                     | with                                                             |
        | search clients           | the name "Sarah"                                                 |
        | set client selection     | the client name the search found and the client the search found |
        | client summary           | the client the search found                                      |
        | templates                |                                                                  |
        | set selected template    | the template the templates hold                                  |
        | check document readiness |                                                                  |
        | answer                   | what the summary says                                            |
      When Dr. Lee asks "Prepare a note on Sarah."
      Then the practice was asked these things, in this order, and nothing else
        | search clients        | the name "Sarah" |
        | client summary        | "Sarah Johnson"  |
        | templates             |                  |
        | set selected template | "Progress note"  |
      And the model was told, in this order, and nothing else
        | search clients           | success | Sarah Johnson                 |
        | set client selection     | success | Sarah Johnson                 |
        | client summary           | success | Sarah Johnson                 |
        | templates                | success | Progress note                 |
        | set selected template    | success | Progress of {{clientName}}:   |
        | check document readiness | success | "clientName": "Sarah Johnson" |
      And the page of Dr. Lee is known as
        | client   | Sarah Johnson |
        | template | Progress note |
      And the reply says what the summary of "Sarah Johnson" says

  Rule: Whoever asks, asks as themselves from the first call of a chain to the last

    @TC-12 @PA-1 @PA-2 @WS-8
    Scenario: One token and one profile are shown over a whole chain
      Given the practice knows one of everything
      And the model will, one after another
        | step               | with                                                              |
        | search clients     | the name "Sarah"                                                  |
        | list practitioners |                                                                   |
        | add client note    | the client the client search found and the content "Called."      |
        | update client      | the client the client search found and the phone "+49 30 1234567" |
        | answer             | "Done."                                                           |
      When Dr. Lee asks "Note that I called Sarah, and her new number."
      Then it was asked with these, one after another
        | search clients     | Dr. Lee | Dr. Lee's |
        | list practitioners | Dr. Lee | Dr. Lee's |
        | add client note    | Dr. Lee | Dr. Lee's |
        | update client      | Dr. Lee | Dr. Lee's |

    @TC-12 @WS-8
    Scenario: After a new token was shown every call bears the new one, and none the old one
      Given the practice knows the client "Sarah Johnson"
      And the model will, again and again
        | step           | with                               |
        | search clients | the name "Sarah"                   |
        | client summary | the client the client search found |
        | answer         | "She is well."                     |
      And Dr. Lee writes
        | How is Sarah? |
      When Dr. Lee asks "And now?", showing a new token
      Then it was asked with these, one after another
        | search clients | Dr. Lee | Dr. Lee's         |
        | client summary | Dr. Lee | Dr. Lee's         |
        | search clients | Dr. Lee | Dr. Lee's new one |
        | client summary | Dr. Lee | Dr. Lee's new one |

    @TC-12
    Scenario: Two practitioners who ask at once are each asked for with their own token
      Given Dr. Kim is chatting with the web assistant
      And the practice answers after 0.1 seconds
      And the model will, one after another, for Dr. Lee
        | step        | with    |
        | client base |         |
        | answer      | "None." |
      And the model will, one after another, for Dr. Kim
        | step      | with    |
        | templates |         |
        | answer    | "None." |
      And Dr. Lee has asked "Which clients are there?", and the practice is being asked
      When Dr. Kim asks "Which templates are there?"
      Then it was asked with these, one after another
        | client base | Dr. Lee | Dr. Lee's |
        | templates   | Dr. Kim | Dr. Kim's |

  Rule: What the model asks for twice in one breath is done once

    @TC-14
    Scenario Outline: The same <what> twice in one turn is made once, and both calls are answered
      Given the practice knows one of everything
      And the model will, one after another
        | turn | step   | with         |
        | 1    | <tool> | <with>       |
        | 1    | <tool> | <with again> |
        | 2    | answer | "Done."      |
      When Dr. Lee asks "Please."
      Then the practice was asked once
      And the model was told, in this order, and nothing else
        | <tool> | success | <told> |
        | <tool> | success | <told> |

      Examples:
        | what    | tool            | with                                                      | with again                                                | told          |
        | search  | search clients  | the name "Sarah" and the limit 5                          | the name "Sarah" and the limit 5                          | Sarah Johnson |
        | listing | templates       |                                                           |                                                           | Progress note |
        | note    | add client note | the known client "Sarah Johnson" and the content "Moved." | the content "Moved." and the known client "Sarah Johnson" | Moved.        |

    @TC-14
    Scenario: Three calls of which two are the same are two calls
      Given the practice knows one of everything
      And the model will, one after another
        | turn | step           | with              |
        | 1    | search clients | the name "Sarah"  |
        | 1    | search clients | the name "Tom"    |
        | 1    | search clients | the name "Sarah"  |
        | 2    | answer         | "Both are there." |
      When Dr. Lee asks "Are Sarah and Tom our clients?"
      Then the practice was asked these things, in any order, and nothing else
        | search clients | the name "Sarah" |
        | search clients | the name "Tom"   |
      And the model was told, in this order, and nothing else
        | search clients | success | Sarah Johnson |
        | search clients | success | Tom Becker    |
        | search clients | success | Sarah Johnson |

    @TC-14
    Scenario: The same call in the next turn is made again
      Given the practice knows the client "Sarah Johnson"
      And the model will, one after another
        | step           | with             |
        | search clients | the name "Sarah" |
        | search clients | the name "Sarah" |
        | answer         | "There she is."  |
      When Dr. Lee asks "Is she there? Look twice."
      Then the practice was asked these things, in this order, and nothing else
        | search clients | the name "Sarah" |
        | search clients | the name "Sarah" |

  Rule: A chain without end is ended, and that is said

    @TC-15 @needs.assistant.settings @needs.assistant.iterations
    Scenario: An endless chain is ended with a word about it
      Given the assistant is configured with
        | steps of one reply | 3 |
      And Dr. Lee is chatting with the web assistant in "another tab"
      And the model will, again and again
        | step           | with             |
        | search clients | the name "Sarah" |
      When Dr. Lee asks "Find her." in "another tab"
      Then Dr. Lee receives in "another tab", in this order, and nothing else
        | typing begins  |                 |
        | tools begin    | search clients  |
        | tools end      | search clients  |
        | tools begin    | search clients  |
        | tools end      | search clients  |
        | tools begin    | search clients  |
        | tools end      | search clients  |
        | words          | (something)     |
        | error          | iteration limit |
        | reply complete |                 |
        | typing ends    |                 |
      And the reply says "more than 3 steps"

    @TC-15 @needs.assistant.iterations
    Scenario: Twenty-five steps are the most that a reply takes
      Given the model will, again and again
        | step           | with             |
        | search clients | the name "Sarah" |
      When Dr. Lee asks "Find her."
      Then the practice was asked 25 times
      And Dr. Lee is told of the error "iteration limit"
      And the reply says "more than 25 steps"

    @TC-15 @needs.assistant.settings
    Scenario: A chain that ends with its last step is no endless one
      Given the assistant is configured with
        | steps of one reply | 3 |
      And Dr. Lee is chatting with the web assistant in "another tab"
      And the model will, one after another
        | step           | with             |
        | search clients | the name "Sarah" |
        | templates      |                  |
        | answer         | "Both empty."    |
      When Dr. Lee asks "What is there?" in "another tab"
      Then Dr. Lee receives in "another tab", in this order, and nothing else
        | typing begins  |                |
        | tools begin    | search clients |
        | tools end      | search clients |
        | tools begin    | templates      |
        | tools end      | templates      |
        | words          | "Both empty."  |
        | reply complete |                |
        | typing ends    |                |

    @TC-15 @needs.assistant.settings
    Scenario: After an endless chain the next question is answered
      Given the assistant is configured with
        | steps of one reply | 2 |
      And Dr. Lee is chatting with the web assistant in "another tab"
      And the model will, one after another
        | step           | with             |
        | search clients | the name "Sarah" |
        | search clients | the name "Sara"  |
        | answer         | "Good morning."  |
      And Dr. Lee writes in "another tab"
        | Find her. |
      When Dr. Lee asks "Good morning." in "another tab"
      Then Dr. Lee receives in "another tab", in this order, and nothing else
        | typing begins  |                 |
        | words          | "Good morning." |
        | reply complete |                 |
        | typing ends    |                 |

  Rule: The model is told what it does wrongly, and can mend it

    @TC-16
    Scenario Outline: That a tool <mistake> is told to the model, and the chat goes on
      Given the model will, one after another
        | step   | with                     |
        | <tool> | <with>                   |
        | answer | "I cannot look that up." |
      When Dr. Lee asks "How is Sarah?"
      Then the model was told, in this order, and nothing else
        | <tool> | failure | <told> |
      And the practice was asked nothing
      And the reply says "I cannot look that up."
      And the connection stays usable

      Examples:
        | mistake                    | tool                   | with                                        | told                                 |
        | does not exist             | "teleport_client"      |                                             | There is no tool                     |
        | is misspelt                | "get_client_sumary"    | the client "client-1"                       | did you mean get_client_summary      |
        | is another persona's       | mood check in          | the mood "calm" and the scale 5             | There is no tool                     |
        | is given half its words    | search clients         | (arguments that break off)                  | are not valid                        |
        | is given half a character  | search clients         | (arguments with half of a character)        | half of a character                  |
        | is given an endless number | search clients         | (arguments with a number beyond all)        | too large a number                   |
        | lacks what it needs        | client summary         |                                             | 'client_id' is a required property   |
        | lacks one of two things    | load session           | the session "session-1"                     | 'client_id' is a required property   |
        | is given a number for text | search clients         | the name 12                                 | 12 is not of type 'string'           |
        | is given text for a number | search clients         | the name "Sarah" and the limit "many"       | 'many' is not of type 'integer'      |
        | is asked for too much      | search clients         | the name "Sarah" and the limit 51           | 51 is greater than the maximum of 50 |
        | is given an invented word  | client homework status | the client "client-1" and the status "lost" | 'lost' is not one of                 |
        | is given an invented thing | search clients         | the name "Sarah" and the colour "red"       | 'colour' was unexpected              |
        | is given nothing           | search clients         | the name ""                                 | query:                               |
        | is led elsewhere           | client details         | the client "../templates"                   | does not match                       |
        | is given no list           | load multiple sessions | the sessions "session-1"                    | is not of type 'array'               |

    @TC-16 @TC-2
    Scenario: A call that was refused is made again as it should be
      Given the practice knows the client "Sarah Johnson"
      And the model will, one after another
        | step           | with                               |
        | search clients | (arguments that break off)         |
        | search clients | the name "Sarah"                   |
        | client summary |                                    |
        | client summary | the client the second search found |
        | answer         | what the second summary says       |
      When Dr. Lee asks "How is Sarah?"
      Then the practice was asked these things, in this order, and nothing else
        | search clients | the name "Sarah" |
        | client summary | "Sarah Johnson"  |
      And the reply says what the summary of "Sarah Johnson" says

  Rule: Several calls of one turn are made side by side

    @TC-17
    Scenario: Three calls of one turn are all under way at once, and answered in the order of the calls
      Given the practice, asked for search clients, answers after 0.4 seconds
      And the practice, asked for templates, answers after 0.3 seconds
      And the practice, asked for list invoices, answers after 0.2 seconds
      And the model will, one after another
        | turn | step           | with             |
        | 1    | search clients | the name "Sarah" |
        | 1    | templates      |                  |
        | 1    | list invoices  |                  |
        | 2    | answer         | "All read."      |
      When Dr. Lee asks "What is there?"
      Then it was asked all of it at once
      And the model was told, in this order, and nothing else
        | search clients | success | "query": "Sarah" |
        | templates      | success | "templates": []  |
        | list invoices  | success | "invoices": []   |

    @TC-17
    Scenario: That calls of one turn begin and end is told for all of them together
      Given the practice knows one of everything
      And the model will, one after another
        | turn | step           | with             |
        | 1    | answer         | "Let me look. "  |
        | 1    | search clients | the name "Sarah" |
        | 1    | templates      |                  |
        | 2    | answer         | "All read."      |
      When Dr. Lee asks "What is there?"
      Then Dr. Lee receives, in this order, and nothing else
        | typing begins  |                           |
        | words          | "Let me look. "           |
        | tools begin    | search clients, templates |
        | tools end      | search clients, templates |
        | words          | "All read."               |
        | reply complete |                           |
        | typing ends    |                           |

    @TC-17 @TC-10
    Scenario: One of three calls fails, and the others are answered
      Given the practice knows one of everything
      And the model will, one after another
        | turn | step           | with                       |
        | 1    | search clients | the name "Sarah"           |
        | 1    | client summary | the client "client-nobody" |
        | 1    | templates      |                            |
        | 2    | answer         | "Two of three."            |
      When Dr. Lee asks "What is there?"
      Then the model was told, in this order, and nothing else
        | search clients | success | Sarah Johnson |
        | client summary | failure | 404           |
        | templates      | success | Progress note |
      And the reply says "Two of three."

    @TC-17 @PA-9
    Scenario: Sessions that are loaded side by side are all on the page
      Given the practice knows the client "Sarah Johnson"
      And the practice knows these sessions
        | session | segments: Client    |
        | Intake  | It began in autumn. |
        | Week 2  | I slept well.       |
        | Week 3  | I slept badly.      |
      And the model will, one after another
        | turn | step            | with                                                            |
        | 1    | load session    | the known session "Intake" and the known client "Sarah Johnson" |
        | 1    | load session    | the known session "Week 2" and the known client "Sarah Johnson" |
        | 1    | load session    | the known session "Week 3" and the known client "Sarah Johnson" |
        | 2    | loaded sessions |                                                                 |
        | 3    | answer          | "All three."                                                    |
      When Dr. Lee asks "Load all of Sarah's sessions."
      Then the model was told, in this order, and nothing else
        | load session    | success | It began in autumn. |
        | load session    | success | I slept well.       |
        | load session    | success | I slept badly.      |
        | loaded sessions | success | "count": 3          |
      And the page of Dr. Lee is asked for these, in this order, and nothing else
        | load session direct | Intake |
        | load session direct | Week 2 |
        | load session direct | Week 3 |

  Rule: A chain is as long as the work

    @TC-18 @TC-13
    Scenario: Ten tools in one chain prepare an appointment
      Given the practice knows one of everything
      And the model will, one after another
        | step                   | with                                                                       |
        | clinic profile         |                                                                            |
        | search clients         | the name "Sarah"                                                           |
        | client details         | the client the client search found                                         |
        | client summary         | the client the client search found                                         |
        | client homework status | the client the client search found                                         |
        | client mood history    | the client the client search found                                         |
        | list appointments      | the client the client search found                                         |
        | find free slots        | the date "2030-01-14"                                                      |
        | book appointment       | the client the client search found, the starts at the find free slots gave |
        | create reminder        | the text "Prepare for Sarah", the due at "2030-01-13T09:00:00Z"            |
        | answer                 | "Booked."                                                                  |
      When Dr. Lee asks "Look at everything on Sarah, and book her in the week after."
      Then the practice was asked these things, in this order, and nothing else
        | clinic profile         |                                                                 |
        | search clients         | the name "Sarah"                                                |
        | client details         | "Sarah Johnson"                                                 |
        | client summary         | "Sarah Johnson"                                                 |
        | client homework status | "Sarah Johnson"                                                 |
        | client mood history    | "Sarah Johnson"                                                 |
        | list appointments      | "Sarah Johnson"                                                 |
        | find free slots        | the date "2030-01-14"                                           |
        | book appointment       | "Sarah Johnson", the start "2030-01-14T09:00:00.000Z"           |
        | create reminder        | the text "Prepare for Sarah", the due at "2030-01-13T09:00:00Z" |
      And the practice has exactly these appointments
        | appointment     | client        | starts at           |
        | Bring the diary | Sarah Johnson | 2030-01-07 10:00:00 |
        | (nothing)       | Sarah Johnson | 2030-01-14 09:00:00 |
      And the reply says "Booked."

    @TC-18 @TC-13 @PA-10
    Scenario: Fifteen tools in one chain take a new client from the first call to the first invoice
      Given the practice knows one of everything
      And the model will, one after another
        | step                   | with                                                                         |
        | search clients         | the name "Nora"                                                              |
        | create client          | the name "Nora Stern" and the pronouns "she/her"                             |
        | update client          | the client the create client made, the phone "+49 30 7654321"                |
        | set client selection   | the client name "Nora Stern" and the client the create client made           |
        | find free slots        | the date "2030-01-21"                                                        |
        | book appointment       | the client the create client made, the starts at the find free slots gave    |
        | reschedule appointment | the appointment the booking made, the start "2030-01-21T15:00:00Z"           |
        | assign homework        | the client the create client made, the title "Worry diary"                   |
        | update homework status | the homework the assign homework made, the status "in_progress"              |
        | add client note        | the client the create client made, the content "Referred by Dr. Kim."        |
        | update client note     | the note the add client note made, the pinned yes                            |
        | store document         | the client the create client made, the name "Consent", the content "Signed." |
        | create invoice         | the client the create client made, the items [First session 15000]           |
        | mark invoice paid      | the invoice the create invoice made, the method "card"                       |
        | client details         | the client the create client made                                            |
        | answer                 | "Welcome, ", what the client details say                                     |
      When Dr. Lee asks "Take on Nora Stern, all of it."
      Then the practice has exactly these notes
        | note                 | client        | pinned |
        | Prefers mornings.    | Sarah Johnson | no     |
        | Referred by Dr. Kim. | Nora Stern    | yes    |
      And the practice has exactly these documents
        | document     | client        | content                      |
        | First letter | Sarah Johnson | Dear colleague, we have met. |
        | Consent      | Nora Stern    | Signed.                      |
      And the practice has exactly these invoices
        | items                 | client        | status | method    |
        | [Session 12000]       | Sarah Johnson | open   | (nothing) |
        | [First session 15000] | Nora Stern    | paid   | card      |
      And the practice was asked 14 times

  Rule: Whichever way is taken, the practice keeps the same in the end

    @TC-19
    Scenario Outline: A note on a client whom <way> gave is the same note
      Given the practice knows one of everything
      And the model will, one after another
        | step            | with                                                                 |
        | <first>         | <with>                                                               |
        | add client note | the client the <way> gave and the content "Called; will call again." |
        | answer          | "Noted."                                                             |
      When Dr. Lee asks "Note that I called Sarah."
      Then the practice has exactly these notes
        | note                     | client        | practitioner name |
        | Prefers mornings.        | Sarah Johnson | Dr. Lee           |
        | Called; will call again. | Sarah Johnson | Dr. Lee           |
      And the practice was asked 2 times

      Examples:
        | way            | first           | with                             |
        | client search  | search clients  | the name "Sarah"                 |
        | session search | search sessions | the keywords "diary"             |
        | client base    | client base     |                                  |
        | client details | client details  | the known client "Sarah Johnson" |
        | client summary | client summary  | the known client "Sarah Johnson" |

    @TC-19 @PA-10
    Scenario Outline: A letter that is <way> is the same letter
      Given the practice knows one of everything
      And the model will, one after another
        | step                    | with                                                            |
        | load session            | the known session "Intake" and the known client "Sarah Johnson" |
        | select template by name | the name "Progress note"                                        |
        | generate document auto  | the document name "Note on Sarah"                               |
        | judge it harmless       | clinical work                                                   |
        | answer                  | "A first version."                                              |
        | <first>                 | <with first>                                                    |
        | <second>                | <with second>                                                   |
        | <third>                 | <with third>                                                    |
        | <fourth>                | <with fourth>                                                   |
        | answer                  | "It is in her file."                                            |
      When Dr. Lee asks "Write a note, make it shorter, and file it."
      Then the practice has exactly these documents
        | document      | client        | content                      |
        | First letter  | Sarah Johnson | Dear colleague, we have met. |
        | Note on Sarah | Sarah Johnson | Short.                       |
      And the reply says "It is in her file."

      Examples:
        | way                          | first           | with first                                                                              | second            | with second                                                       | third             | with third    | fourth         | with fourth                                                                                  |
        | made shorter, and then filed | refine document | the document the generate gave and the instructions "Shorter."                          | judge it harmless | clinical work                                                     | answer            | "Short."      | store document | the client the generate gave, the name "Note on Sarah", the content the refine document gave |
        | filed, and then made shorter | store document  | the client the generate gave, the name the generate gave, the content the generate gave | refine document   | the document the store document made, the instructions "Shorter." | judge it harmless | clinical work | answer         | "Short."                                                                                     |

    @TC-19
    Scenario: A note that was taken while the answer was lost is there once
      Given the practice knows one of everything
      And the practice, asked for add client note, does it and then fails with 503 once
      And the model will, one after another
        | step            | with                                                       |
        | add client note | the known client "Sarah Johnson" and the content "Called." |
        | answer          | "Noted."                                                   |
      When Dr. Lee asks "Note that I called Sarah."
      Then the practice was asked these things, in this order, and nothing else
        | add client note | "Sarah Johnson", the content "Called." |
        | add client note | "Sarah Johnson", the content "Called." |
      And the practice has exactly these notes
        | note              | client        |
        | Prefers mornings. | Sarah Johnson |
        | Called.           | Sarah Johnson |
