@real_ai
Feature: Documents that a real model writes
  A note is signed by a practitioner: it names whom it is about, says what the session was about in the words of the
  profession, and leaves nothing to be filled in.

  Rule: A progress note is written from what was said

    @DG-16
    Scenario: A progress note tells of a session in clinical terms
      Given the practice knows the client "Sarah Johnson"
      When Dr. Lee has 3 documents written
        | template            | Progress note for {{clientName}} by {{practitionerName}}, {{date}}. Sections: Subjective, Objective, Assessment, Plan. |
        | client              | Sarah Johnson                                                                                                          |
        | segments: Therapist | How have you been since we last met?                                                                                   |
        | segments: Client    | Still anxious. I lie awake until three most nights.                                                                    |
        | segments: Therapist | What goes through your mind then?                                                                                      |
        | segments: Client    | The deadline at work, and that I will lose my job.                                                                     |
        | segments: Therapist | Did you keep the sleep diary?                                                                                          |
        | segments: Client    | Yes, five of seven nights. Less coffee helped a little.                                                                |
        | segments: Therapist | Shall we try the breathing exercise before bed this week?                                                              |
        | segments: Client    | Yes, I will do that every evening, and bring the diary again.                                                          |
      Then in every reply "Sarah Johnson" is named
      And in every reply "sleep" is named
      And in every reply at least 3 clinical terms are used
      And in every reply the document ends as it should
      And in at least 2 of 3 replies the tone is professional and clinical
      And it costs at most 3 cents a reply

    @DG-16
    Scenario: A note of a short session is as well-formed as one of a long session
      When Dr. Lee has 2 documents written
        | template            | SOAP note for {{clientName}}                           |
        | client              | Omar Haddad                                            |
        | segments: Therapist | How did the exposure exercise go?                      |
        | segments: Client    | I took the bus twice. My fear went from eight to five. |
      Then in every reply "Omar Haddad" and "exposure" are named
      And in every reply at least 3 clinical terms are used
      And in every reply the document ends as it should

  Rule: Nothing is left to be filled in

    @DG-17
    Scenario: Every variable of a template is filled in
      Given the practice knows the client "Sarah Johnson"
      When Dr. Lee has 3 documents written
        | template            | Letter on {{clientName}}, written by {{practitionerName}}. Main concern: {{mainConcern}}. Agreed: {{agreedSteps}}. |
        | client              | Sarah Johnson                                                                                                      |
        | practitioner        | Dr. Lee                                                                                                            |
        | segments: Therapist | What should we work on first?                                                                                      |
        | segments: Client    | My sleep. I will keep a diary and go for a walk every day.                                                         |
      Then no reply leaves a placeholder
      And in every reply "Sarah Johnson" and "Dr. Lee" are named
      And in at least 2 of 3 replies "sleep", "diary" and "walk" are named

    @DG-17
    Scenario: Variables without an answer in what was said are not left open
      When Dr. Lee has 2 documents written
        | template            | Note on {{clientName}}. Medication: {{medication}}. Next appointment: {{nextAppointment}}. |
        | segments: Therapist | How was your week?                                                                         |
        | segments: Client    | Better than the last one.                                                                  |
      Then no reply leaves a placeholder
      And in every reply what was not said is told as such
