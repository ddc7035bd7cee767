@load @within.60s @needs.model.script @needs.practice.control @needs.assistant.settings
Feature: Many people at the same time
  On Monday morning everybody comes at once. Nobody is turned away, nobody is given an error, and nobody waits for long.

  Background:
    Given the practice knows the client "Sarah Johnson"
    And a crowd is expected at the assistant

  Rule: A crowd that chats is answered, and in time

    @LD-1 @critical
    Scenario: Ten people chat, and each answer takes two tools
      Given for everybody the model will, one after another
        | step           | with                        |
        | search clients | the name "Sarah"            |
        | client summary | the client the search found |
        | answer         | "Sarah Johnson is well."    |
      When 10 practitioners ask "How is Sarah doing?", to be told "Sarah Johnson is well." for 5 s, 5 more of them every second
      Then at least 30 replies came, and no error
      And 95 of 100 replies took at most 2000 ms

    @LD-2 @critical @needs.assistant.process
    Scenario: Fifty people are connected, and each answer takes two tools
      Given for everybody the model will, one after another
        | step           | with                        |
        | search clients | the name "Sarah"            |
        | client summary | the client the search found |
        | answer         | "Sarah Johnson is well."    |
      When 50 practitioners ask "How is Sarah doing?", to be told "Sarah Johnson is well." for 8 s, 10 more of them every second
      Then at least 100 replies came, and no error
      And 50 connections were open at once

    @LD-4
    Scenario: An answer that takes a single tool is there within half a second
      Given for everybody the model will, one after another
        | step           | with                     |
        | search clients | the name "Sarah"         |
        | answer         | "Sarah Johnson is well." |
      When 5 practitioners ask "Who is Sarah?", to be told "Sarah Johnson is well." for 5 s, 5 more of them every second
      Then at least 15 replies came, and no error
      And 95 of 100 replies took at most 500 ms

  Rule: A crowd that begins sessions, or has documents written, gets what it asked for

    @LD-3
    Scenario: A hundred people begin a session at the same moment
      When 100 practitioners begin a session, once and all together
      Then at least 100 sessions came, and no error
      And 95 of 100 sessions took at most 5000 ms

    @LD-5
    Scenario: Documents of many are each written within half a minute
      Given the model will, again and again, as the policy
        | step              | with          |
        | judge it harmless | clinical work |
      And for everybody the model will, one after another
        | step   | with                     |
        | answer | "Sarah Johnson is well." |
      When 10 practitioners have a document written, to read "Sarah Johnson is well.", once and all together
      Then at least 10 documents came, and no error
      And 100 of 100 documents took at most 30000 ms
