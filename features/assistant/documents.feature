Feature: Documents from what was said
  A practitioner has a progress note written from a session's transcript and a template, and signs it: nothing may be
  missing, mixed up or made up.

  Rule: A document is written from the template and the transcript

    @DG-1 @DG-13
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
