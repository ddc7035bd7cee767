@needs.model.script @needs.practice.control @needs.assistant.settings
Feature: A practice that does not answer
  A practice that is slow must not make the assistant slow, nor have anything done twice that may have been done already.

  Background:
    Given the assistant is configured with
      | seconds the practice may be silent | 0.4 |
    And Dr. Lee is chatting with the web assistant

  Rule: Whoever waits is told in time

    @PA-6
    Scenario: A practice that is silent is asked three times, then it is told
      Given the practice answers after 5 seconds
      And the model will, one after another
        | step        | with                      |
        | client base |                           |
        | answer      | "The practice is silent." |
      When Dr. Lee asks "Who is there?"
      Then the practice was asked 3 times
      And the model was told, in this order, and nothing else
        | client base | failure | did not answer in time |
      And the reply says "The practice is silent."

    @PA-6
    Scenario: A practice that is silent once is asked again
      Given the practice knows the client "Sarah Johnson"
      And the practice, asked for search clients, answers after 5 seconds once
      And the model will, one after another
        | step           | with                 |
        | search clients | the name "Sarah"     |
        | answer         | what the search says |
      When Dr. Lee asks "Who is there?"
      Then the practice was asked 2 times
      And the reply says "Sarah Johnson"

    @PA-6
    Scenario: What may have been done already is not done again, and the doubt is told
      Given the practice knows one of everything
      And the practice, asked for add client note, does it and then answers after 5 seconds
      And the model will, one after another
        | step            | with                                                       |
        | add client note | the known client "Sarah Johnson" and the content "Called." |
        | answer          | "It may be noted."                                         |
      When Dr. Lee asks "Note that I called."
      Then the model was told, in this order, and nothing else
        | add client note | failure | It may have been done all the same |
      And the practice has exactly these notes
        | note              |
        | Called.           |
        | Prefers mornings. |

    @PA-6 @TC-17
    Scenario: One call that is not answered does not keep the others of its turn from being told
      Given the practice knows one of everything
      And the practice, asked for templates, answers after 5 seconds
      And the model will, one after another
        | turn | step           | with             |
        | 1    | search clients | the name "Sarah" |
        | 1    | templates      |                  |
        | 2    | answer         | "Only Sarah."    |
      When Dr. Lee asks "What is there?"
      Then the model was told, in this order, and nothing else
        | search clients | success | Sarah Johnson          |
        | templates      | failure | did not answer in time |
      And the reply says "Only Sarah."
