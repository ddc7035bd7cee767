@needs.model.script @needs.practice.control
Feature: Every tool, alone
  A practitioner relies on a tool without seeing it at work: each makes the one call to the practice that it stands for,
  with what it was given and nothing else, and the model is told what the practice answered.

  Rule: A tool asks the practice for exactly what it was asked for

    @TC-22
    Scenario Outline: "<tool>" makes its call, and its result is told: <case>
      Given Dr. Lee is chatting with the web assistant
      And the practice knows one of everything
      And the model will, one after another
        | step   | with    |
        | <tool> | <with>  |
        | answer | "Done." |
      When Dr. Lee asks "Please."
      Then the practice was asked these things, in this order, and nothing else
        | <tool> | <asked> |
      And it was asked as Dr. Lee every time
      And the model was told, in this order, and nothing else
        | <tool> | success | <told> |
      And the reply says "Done."

      Examples: Clients
        | case         | tool                    | with                                                                                                                                                                                                                  | asked                                                                                                                                                                                                           | told                                |
        | the least    | search clients          | the name "Sarah"                                                                                                                                                                                                      | the name "Sarah"                                                                                                                                                                                                | "name": "Sarah Johnson"             |
        | all it takes | search clients          | the name "o" and the limit 1                                                                                                                                                                                          | the name "o", the limit 1                                                                                                                                                                                       | "total": 2                          |
        | the least    | search specific clients | the name "Sarah"                                                                                                                                                                                                      | the name "Sarah"                                                                                                                                                                                                | "name": "Sarah Johnson"             |
        | all it takes | search specific clients | the name "Sarah", the limit 50, the demographics yes and the assignments yes                                                                                                                                          | the name "Sarah", the limit 50, the demographics yes, the assignments yes                                                                                                                                       | "date_of_birth": "1990-04-02"       |
        | the least    | client summary          | the known client "Sarah Johnson"                                                                                                                                                                                      | the client "Sarah Johnson"                                                                                                                                                                                      | "session_count": 1                  |
        | all it takes | client summary          | the known client "Sarah Johnson" and the include recent sessions no                                                                                                                                                   | the client "Sarah Johnson", the include recent sessions no                                                                                                                                                      | "document_count": 1                 |
        | the least    | client homework status  | the known client "Sarah Johnson"                                                                                                                                                                                      | the client "Sarah Johnson"                                                                                                                                                                                      | Sleep diary                         |
        | all it takes | client homework status  | the known client "Sarah Johnson", the status "completed" and the limit 3                                                                                                                                              | the client "Sarah Johnson", the status "completed", the limit 3                                                                                                                                                 | "homework": []                      |
        | the least    | client base             |                                                                                                                                                                                                                       |                                                                                                                                                                                                                 | "active": 1                         |
        | all it takes | client base             | the limit 500 and the include inactive yes                                                                                                                                                                            | the limit 500, the include inactive yes                                                                                                                                                                         | Tom Becker                          |
        | all it takes | client details          | the known client "Sarah Johnson"                                                                                                                                                                                      | the client "Sarah Johnson"                                                                                                                                                                                      | "dateOfBirth": "1990-04-02"         |
        | the least    | create client           | the name "Nora Stern"                                                                                                                                                                                                 | the name "Nora Stern"                                                                                                                                                                                           | "name": "Nora Stern"                |
        | all it takes | create client           | the name "Nora Stern", the email "nora@example.org", the phone "+49 30 123", the date of birth "1991-05-06", the gender "female", the pronouns "she/her"                                                              | the name "Nora Stern", the email "nora@example.org", the phone "+49 30 123", the date of birth "1991-05-06", the gender "female", the pronouns "she/her"                                                        | "email": "nora@example.org"         |
        | one thing    | update client           | the known client "Sarah Johnson" and the phone "+49 30 123"                                                                                                                                                           | the client "Sarah Johnson", the phone "+49 30 123"                                                                                                                                                              | "phone": "+49 30 123"               |
        | all it takes | update client           | the known client "Sarah Johnson", the name "Sarah Jones", the email "sarah@example.org", the phone "+49 30 123", the date of birth "1990-04-03", the gender "female", the pronouns "they/them", the status "inactive" | the client "Sarah Johnson", the name "Sarah Jones", the email "sarah@example.org", the phone "+49 30 123", the date of birth "1990-04-03", the gender "female", the pronouns "they/them", the status "inactive" | "status": "inactive"                |
        | the least    | client mood history     | the known client "Sarah Johnson"                                                                                                                                                                                      | the client "Sarah Johnson"                                                                                                                                                                                      | "mood": "hopeful"                   |
        | all it takes | client mood history     | the known client "Sarah Johnson" and the limit 2                                                                                                                                                                      | the client "Sarah Johnson", the limit 2                                                                                                                                                                         | "average": 7                        |
        | the least    | assign homework         | the known client "Sarah Johnson" and the title "Walk"                                                                                                                                                                 | the client "Sarah Johnson", the title "Walk"                                                                                                                                                                    | "status": "assigned"                |
        | all it takes | assign homework         | the known client "Sarah Johnson", the title "Walk", the instructions "Daily.", the due at "2030-02-01T00:00:00Z"                                                                                                      | the client "Sarah Johnson", the title "Walk", the instructions "Daily.", the due at "2030-02-01T00:00:00Z"                                                                                                      | "dueAt": "2030-02-01T00:00:00.000Z" |
        | all it takes | update homework status  | the known homework "Sleep diary" and the status "completed"                                                                                                                                                           | the homework "Sleep diary", the status "completed"                                                                                                                                                              | "status": "completed"               |

      Examples: The practice
        | case         | tool               | with                                                                                                        | asked                                                                                                 | told                      |
        | all it takes | clinic profile     |                                                                                                             |                                                                                                       | "name": "Harbour Clinic"  |
        | the least    | list practitioners |                                                                                                             |                                                                                                       | "name": "Dr. Lee"         |
        | all it takes | list practitioners | the status "inactive", the role "therapist" and the limit 5                                                 | the status "inactive", the role "therapist", the limit 5                                              | "practitioners": []       |
        | the least    | clinic stats       |                                                                                                             |                                                                                                       | "sessions": 1             |
        | all it takes | clinic stats       | the first day "2020-01-01", the last day "2020-12-31" and the known practitioner "Dr. Lee"                  | the first day "2020-01-01", the last day "2020-12-31", the practitioner "Dr. Lee"                     | "sessions": 0             |
        | the least    | practice metrics   |                                                                                                             |                                                                                                       | "period": "month"         |
        | all it takes | practice metrics   | the period "year"                                                                                           | the period "year"                                                                                     | "period": "year"          |
        | the least    | generate report    | the type "progress" and the known client "Sarah Johnson"                                                    | the type "progress", the client "Sarah Johnson"                                                       | "report_type": "progress" |
        | all it takes | generate report    | the type "billing", the known client "Sarah Johnson", the first day "2020-01-01", the last day "2020-12-31" | the type "billing", the client "Sarah Johnson", the first day "2020-01-01", the last day "2020-12-31" | "to": "2020-12-31T23      |

      Examples: Conversations
        | case         | tool                  | with                                                                                                    | asked                                                                                    | told                             |
        | all it takes | conversations         | the known client "Sarah Johnson"                                                                        | the client "Sarah Johnson"                                                               | "title": "Evening thoughts"      |
        | the least    | conversation messages | the known client "Sarah Johnson" and the known assignment "Evening thoughts"                            | the client "Sarah Johnson", the assignment "Evening thoughts"                            | The garden helped, I am hopeful. |
        | all it takes | conversation messages | the known client "Sarah Johnson", the known assignment "Evening thoughts", the limit 1 and the offset 1 | the client "Sarah Johnson", the assignment "Evening thoughts", the limit 1, the offset 1 | What will you plant?             |
        | the least    | latest conversation   | the known client "Sarah Johnson"                                                                        | the client "Sarah Johnson"                                                               | The garden helped, I am hopeful. |
        | all it takes | latest conversation   | the known client "Sarah Johnson" and the message limit 1                                                | the client "Sarah Johnson", the message limit 1                                          | What will you plant?             |
        | all it takes | analyze conversation  | the known client "Sarah Johnson" and the known conversation "Evening thoughts"                          | the client "Sarah Johnson", the conversation "Evening thoughts"                          | "label": "positive"              |

      Examples: Sessions
        | case         | tool                    | with                                                                                                                                               | asked                                                                                                                                        | told                          |
        | the least    | search sessions         |                                                                                                                                                    |                                                                                                                                              | "title": "Intake"             |
        | all it takes | search sessions         | the client name "Sarah", the known client "Sarah Johnson", the date from "2020-01-01", the date to "2020-12-31", the keywords "diary", the limit 3 | the client name "Sarah", the client "Sarah Johnson", the date from "2020-01-01", the date to "2020-12-31", the keywords "diary", the limit 3 | "sessions": []                |
        | the least    | load session            | the known session "Intake" and the known client "Sarah Johnson"                                                                                    | the session "Intake", the client "Sarah Johnson"                                                                                             | How was your sleep?           |
        | all it takes | load session            | the known session "Intake", the known client "Sarah Johnson" and the segments yes                                                                  | the session "Intake", the client "Sarah Johnson", the segments yes                                                                           | How was your sleep?           |
        | the least    | load session direct     | the known session "Intake" and the known client "Sarah Johnson"                                                                                    | the session "Intake", the client "Sarah Johnson"                                                                                             | "segmentCount": 2             |
        | all it takes | load session direct     | the known session "Intake", the known client "Sarah Johnson" and the client name "Sarah Johnson"                                                   | the session "Intake", the client "Sarah Johnson"                                                                                             | "clientName": "Sarah Johnson" |
        | one of them  | load multiple sessions  | the known sessions "Intake"                                                                                                                        | the session "Intake", the client "Sarah Johnson"                                                                                             | "failed": []                  |
        | the least    | analyze session content | the known session "Intake" and the known client "Sarah Johnson"                                                                                    | the session "Intake", the client "Sarah Johnson"                                                                                             | "analysis_type": "full"       |
        | all it takes | analyze session content | the known session "Intake", the known client "Sarah Johnson" and the type "sentiment"                                                              | the session "Intake", the client "Sarah Johnson", the type "sentiment"                                                                       | "label": "negative"           |
        | one of them  | validate sessions       | the known sessions "Intake"                                                                                                                        | the sessions ["Intake"]                                                                                                                      | "valid": 1                    |

      Examples: Templates and documents
        | case         | tool                    | with                                                                           | asked                                                                 | told                         |
        | the least    | templates               |                                                                                |                                                                       | Progress of {{clientName}}:  |
        | all it takes | templates               | the type "letter" and the search query "Progress"                              | the type "letter", the name "Progress"                                | "templates": []              |
        | all it takes | select template by name | the name "Progress note"                                                       | the name "Progress note"                                              | Progress of {{clientName}}:  |
        | all it takes | set selected template   | the known template "Progress note"                                             | the template "Progress note"                                          | Progress of {{clientName}}:  |
        | all it takes | store document          | the known client "Sarah Johnson", the name "Consent" and the content "Signed." | the client "Sarah Johnson", the name "Consent", the content "Signed." | "version": 1                 |
        | the least    | list documents          |                                                                                |                                                                       | "name": "First letter"       |
        | all it takes | list documents          | the known client "Sarah Johnson", the search query "nothing" and the limit 4   | the client "Sarah Johnson", the name "nothing", the limit 4           | "documents": []              |
        | all it takes | document                | the known document "First letter"                                              | the document "First letter"                                           | Dear colleague, we have met. |

      Examples: Appointments, invoices, notes and reminders
        | case         | tool                   | with                                                                                                                                                                                       | asked                                                                                                                                                                          | told                                   |
        | the least    | list appointments      |                                                                                                                                                                                            |                                                                                                                                                                                | Bring the diary                        |
        | all it takes | list appointments      | the known client "Sarah Johnson", the known practitioner "Dr. Lee", the status "cancelled", the date from "2030-01-01", the date to "2030-02-01", the limit 9                              | the client "Sarah Johnson", the practitioner "Dr. Lee", the status "cancelled", the date from "2030-01-01", the date to "2030-02-01", the limit 9                              | "appointments": []                     |
        | the least    | find free slots        | the date "2030-01-07"                                                                                                                                                                      | the date "2030-01-07"                                                                                                                                                          | "startsAt": "2030-01-07T11:00:00.000Z" |
        | all it takes | find free slots        | the date "2030-01-07", the duration minutes 30 and the known practitioner "Dr. Lee"                                                                                                        | the date "2030-01-07", the duration minutes 30, the practitioner "Dr. Lee"                                                                                                     | "durationMinutes": 30                  |
        | the least    | book appointment       | the known client "Sarah Johnson" and the start "2030-03-01T10:00:00Z"                                                                                                                      | the client "Sarah Johnson", the start "2030-03-01T10:00:00Z"                                                                                                                   | "status": "scheduled"                  |
        | all it takes | book appointment       | the known client "Sarah Johnson", the start "2030-03-01T10:00:00Z", the duration minutes 25, the known practitioner "Dr. Lee", the type "intake", the location "Room 2", the note "First." | the client "Sarah Johnson", the start "2030-03-01T10:00:00Z", the duration minutes 25, the practitioner "Dr. Lee", the type "intake", the location "Room 2", the note "First." | "location": "Room 2"                   |
        | the least    | reschedule appointment | the known appointment "Bring the diary" and the start "2030-03-02T10:00:00Z"                                                                                                               | the appointment "Bring the diary", the start "2030-03-02T10:00:00Z"                                                                                                            | "startsAt": "2030-03-02T10:00:00.000Z" |
        | all it takes | reschedule appointment | the known appointment "Bring the diary", the start "2030-03-02T10:00:00Z" and the duration minutes 25                                                                                      | the appointment "Bring the diary", the start "2030-03-02T10:00:00Z", the duration minutes 25                                                                                   | "endsAt": "2030-03-02T10:25:00.000Z"   |
        | the least    | cancel appointment     | the known appointment "Bring the diary"                                                                                                                                                    | the appointment "Bring the diary"                                                                                                                                              | "status": "cancelled"                  |
        | all it takes | cancel appointment     | the known appointment "Bring the diary" and the reason "Ill."                                                                                                                              | the appointment "Bring the diary", the reason "Ill."                                                                                                                           | "cancelReason": "Ill."                 |
        | the least    | list invoices          |                                                                                                                                                                                            |                                                                                                                                                                                | "outstandingCents": 12000              |
        | all it takes | list invoices          | the known client "Sarah Johnson", the status "paid" and the limit 2                                                                                                                        | the client "Sarah Johnson", the status "paid", the limit 2                                                                                                                     | "invoices": []                         |
        | all it takes | invoice                | the known invoice "Session"                                                                                                                                                                | the invoice "Session"                                                                                                                                                          | "totalCents": 12000                    |
        | the least    | create invoice         | the known client "Sarah Johnson" and the items [Report 5000]                                                                                                                               | the client "Sarah Johnson", the items [Report 5000]                                                                                                                            | "totalCents": 5000                     |
        | all it takes | create invoice         | the known client "Sarah Johnson", the items [Report 5000, Letter 700], the due date "2030-02-01", the currency "EUR"                                                                       | the client "Sarah Johnson", the items [Report 5000, Letter 700], the due date "2030-02-01", the currency "EUR"                                                                 | "currency": "EUR"                      |
        | the least    | mark invoice paid      | the known invoice "Session"                                                                                                                                                                | the invoice "Session"                                                                                                                                                          | "status": "paid"                       |
        | all it takes | mark invoice paid      | the known invoice "Session" and the method "card"                                                                                                                                          | the invoice "Session", the method "card"                                                                                                                                       | "method": "card"                       |
        | the least    | list client notes      | the known client "Sarah Johnson"                                                                                                                                                           | the client "Sarah Johnson"                                                                                                                                                     | Prefers mornings.                      |
        | all it takes | list client notes      | the known client "Sarah Johnson", the words "evenings" and the limit 3                                                                                                                     | the client "Sarah Johnson", the words "evenings", the limit 3                                                                                                                  | "notes": []                            |
        | the least    | add client note        | the known client "Sarah Johnson" and the content "Called."                                                                                                                                 | the client "Sarah Johnson", the content "Called."                                                                                                                              | "pinned": false                        |
        | all it takes | add client note        | the known client "Sarah Johnson", the content "Called." and the pinned yes                                                                                                                 | the client "Sarah Johnson", the content "Called.", the pinned yes                                                                                                              | "pinned": true                         |
        | one thing    | update client note     | the known note "Prefers mornings." and the content "Prefers noon."                                                                                                                         | the note "Prefers mornings.", the content "Prefers noon."                                                                                                                      | Prefers noon.                          |
        | all it takes | update client note     | the known note "Prefers mornings.", the content "Prefers noon." and the pinned yes                                                                                                         | the note "Prefers mornings.", the content "Prefers noon.", the pinned yes                                                                                                      | "pinned": true                         |
        | the least    | list reminders         |                                                                                                                                                                                            |                                                                                                                                                                                | Call the general practitioner          |
        | all it takes | list reminders         | the known client "Sarah Johnson", the status "done", the due before "2030-12-31" and the limit 2                                                                                           | the client "Sarah Johnson", the status "done", the due before "2030-12-31", the limit 2                                                                                        | "reminders": []                        |
        | the least    | create reminder        | the text "Write the report." and the due at "2030-02-01T09:00:00Z"                                                                                                                         | the text "Write the report.", the due at "2030-02-01T09:00:00Z"                                                                                                                | "status": "open"                       |
        | all it takes | create reminder        | the text "Write the report.", the due at "2030-02-01T09:00:00Z" and the known client "Sarah Johnson"                                                                                       | the text "Write the report.", the due at "2030-02-01T09:00:00Z", the client "Sarah Johnson"                                                                                    | "clientName": "Sarah Johnson"          |
        | all it takes | complete reminder      | the known reminder "Call the general practitioner"                                                                                                                                         | the reminder "Call the general practitioner"                                                                                                                                   | "status": "done"                       |

    @TC-22 @PA-3
    Scenario Outline: A client's own "<tool>" makes its call, and its result is told
      Given Maya is chatting with the therapist
      And the practice knows the mood "calm" with
        | client | Maya |
        | scale  | 6    |
      And the model will, one after another
        | step   | with    |
        | <tool> | <with>  |
        | answer | "Done." |
      When Maya asks "Please."
      Then the practice was asked these things, in this order, and nothing else
        | <tool> | <asked> |
      And it was asked as Maya every time
      And the model was told, in this order, and nothing else
        | <tool> | success | <told> |

      Examples:
        | tool                | with                                  | asked                              | told           |
        | mood check in       | the mood "a bit sad" and the scale 10 | the mood "a bit sad", the scale 10 | "scale": 10    |
        | client mood profile |                                       |                                    | "mood": "calm" |
        | user profile        |                                       | the timezone "UTC"                 | "name": "Maya" |

  Rule: What is on the page, or known by heart, is not asked of the practice

    @TC-22
    Scenario Outline: "<tool>" asks the practice nothing, and its result is told
      Given <who> is chatting with <persona>
      And the practice knows one of everything
      And the page of <who> shows
        | client          | Sarah Johnson |
        | template        | Progress note |
        | loaded sessions | [Intake]      |
      And the model will, one after another
        | step   | with    |
        | <tool> | <with>  |
        | answer | "Done." |
      When <who> asks "Please."
      Then the practice was asked nothing
      And the model was told, in this order, and nothing else
        | <tool> | success | <told> |

      Examples: The page
        | who     | persona           | tool                     | with                                                                        | told                            |
        | Dr. Lee | the web assistant | loaded sessions          |                                                                             | "title": "Intake"               |
        | Dr. Lee | the web assistant | session content          | the known session "Intake"                                                  | I will keep a diary.            |
        | Dr. Lee | the web assistant | selected template        |                                                                             | "templateName": "Progress note" |
        | Dr. Lee | the web assistant | generated documents      |                                                                             | "count": 0                      |
        | Dr. Lee | the web assistant | check document readiness |                                                                             | "ready": true                   |
        | Dr. Lee | the web assistant | set client selection     | the client name "Tom Becker" and the known client "Tom Becker"              | "clientName": "Tom Becker"      |
        | Dr. Lee | the web assistant | suggest navigation       | the page "/clients", the kind "clients" and the reason "All are there."     | "pageUrl": "/clients"           |
        | Dr. Lee | the web assistant | navigate to page         | the page "/invoices", the kind "billing" and the reason "You asked for it." | "pageType": "billing"           |

      Examples: By heart
        | who  | persona       | tool               | with                                          | told                             |
        | Maya | the therapist | coping strategies  | the situation "I lie awake every night"       | Park tomorrow's worries on paper |
        | Maya | the therapist | coping strategies  | the situation "Something else"                | Slow down for a minute           |
        | Maya | the therapist | breathing exercise |                                               | "duration_minutes": 5            |
        | Maya | the therapist | breathing exercise | the exercise type "4-7-8" and the duration 15 | "rounds": 47                     |

    @TC-22 @UI-4
    Scenario: "analyze loaded session" asks for the session that is loaded, and gives its words to answer from
      Given Dr. Lee is chatting with the web assistant
      And the practice knows one of everything
      And the page of Dr. Lee shows
        | loaded sessions | [Intake] |
      And the model will, one after another
        | step                   | with                                                                                    |
        | analyze loaded session | the known session "Intake", the type "summary" and the question "What about the night?" |
        | answer                 | "Worry."                                                                                |
      When Dr. Lee asks "What about the night?"
      Then the practice was asked these things, in this order, and nothing else
        | analyze loaded session | the session "Intake", the client "Sarah Johnson", the type "summary" |
      And the model was told, in this order, and nothing else
        | analyze loaded session | success | I was worried at night. |

  Rule: Documents are written from what is loaded, and asked of the practice is only who writes

    @TC-22
    Scenario Outline: "<tool>" asks who writes, and the draft is told
      Given Dr. Lee is chatting with the web assistant
      And the practice knows one of everything
      And the page of Dr. Lee shows
        | template        | Progress note |
        | loaded sessions | [Intake]      |
      And the model will, one after another
        | step              | with                                |
        | <tool>            | <with>                              |
        | judge it harmless | clinical work                       |
        | answer            | "She keeps a diary."                |
        | answer            | "It says: ", what the document says |
      When Dr. Lee asks "Write it."
      Then the practice was asked these things, in this order, and nothing else
        | <tool> | the timezone "UTC" |
      And the model was told, in this order, and nothing else
        | <tool> | success | <told> |
      And the page of Dr. Lee is asked for these, in this order, and nothing else
        | generate document from loaded | <draft> |

      Examples:
        | tool                          | with                                                                                                                                                                    | told                            | draft                         |
        | generate document auto        |                                                                                                                                                                         | "templateName": "Progress note" | Progress note - Sarah Johnson |
        | generate document auto        | the document name "Note" and the instructions "Short."                                                                                                                  | "version": 1                    | Note                          |
        | generate document from loaded | the template content "About {{clientName}}"                                                                                                                             | "clientName": "Sarah Johnson"   | Progress note - Sarah Johnson |
        | generate document from loaded | the template content "About {{clientName}}", the template name "Letter", the template id "template-7", the document name "Letter to Dr. Kim", the instructions "Short." | "templateId": "template-7"      | Letter to Dr. Kim             |

    @TC-22
    Scenario: "refine document" changes a draft on the page, and asks the practice nothing
      Given Dr. Lee is chatting with the web assistant
      And the practice knows one of everything
      And the page of Dr. Lee shows
        | template        | Progress note |
        | loaded sessions | [Intake]      |
      And the model will, one after another
        | step                   | with                                                          |
        | generate document auto |                                                               |
        | judge it harmless      | clinical work                                                 |
        | answer                 | "She keeps a diary."                                          |
        | refine document        | the document the generate gave and the instructions "Warmer." |
        | judge it harmless      | clinical work                                                 |
        | answer                 | "She keeps a diary, gladly."                                  |
        | generated documents    |                                                               |
        | answer                 | "Changed."                                                    |
      When Dr. Lee asks "Write it, warmer."
      Then the practice was asked once
      And the model was told, in this order, and nothing else
        | generate document auto | success | She keeps a diary.         |
        | refine document        | success | "version": 2               |
        | generated documents    | success | She keeps a diary, gladly. |

    @TC-22 @PA-10
    Scenario: "refine document" reads a stored document, and stores what became of it
      Given Dr. Lee is chatting with the web assistant
      And the practice knows one of everything
      And the model will, one after another
        | step              | with                                                             |
        | refine document   | the known document "First letter" and the instructions "Warmer." |
        | judge it harmless | clinical work                                                    |
        | answer            | "Dear colleague, it was good to meet."                           |
        | answer            | "Changed."                                                       |
      When Dr. Lee asks "Make the letter warmer."
      Then the practice was asked these things, in this order, and nothing else
        | refine document | the document "First letter"                                                     |
        | refine document | the document "First letter", the content "Dear colleague, it was good to meet." |
      And the model was told, in this order, and nothing else
        | refine document | success | "version": 2 |

  Rule: There is no tool but these

    @TC-22 @PE-4
    Scenario Outline: Whatever <persona> is offered is one of the tools of these examples
      Given <who> is chatting with <persona>
      And the model will, one after another
        | step   | with            |
        | answer | "Good morning." |
      When <who> asks "What can you do?"
      Then the model was offered no tool but those of the examples
      And the reply says "Good morning."

      Examples:
        | who     | persona           |
        | Dr. Lee | the web assistant |
        | Maya    | the therapist     |
