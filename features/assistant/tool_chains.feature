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
