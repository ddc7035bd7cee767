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
