@load
Feature: Many people at the same time
  On Monday morning everybody comes at once. Nobody may be turned away, mixed up with somebody else or kept waiting, and
  the service must be as well at the end of the day as it was in the morning.

  Rule: Many may chat at once

    @LD-1 @critical @needs.model.control @needs.model.script @needs.practice.control @needs.assistant.settings
    Scenario: Ten practitioners are answered from the practice, each as themselves
      Given the assistant expects a crowd
      And the practice knows the client "Sarah Johnson"
      And the model will, for each question
        | step           | with                        | after |
        | search clients | the name "Sarah"            |       |
        | client summary | the client the search found |       |
        | answer         | "She is better."            | 0.5   |
      When 10 practitioners ask "How is Sarah?", to be told "She is better." for 6 seconds, 10 more of them every second
      Then nothing failed
      And 95 of 100 replies came within 1 s
      And the practice was asked these for each reply, as whoever had the question, and nothing else
        | search clients |
        | client summary |

    @LD-2 @critical @needs.model.script @needs.practice.control @needs.assistant.settings @needs.assistant.process
    Scenario: Fifty practitioners are connected at the same time
      Given the assistant expects a crowd
      And the practice knows the client "Sarah Johnson"
      And the model will, for each question
        | step           | with                        |
        | search clients | the name "Sarah"            |
        | client summary | the client the search found |
        | answer         | "She is better."            |
      When 50 practitioners ask "How is Sarah?", to be told "She is better." for 8 seconds, 25 more of them every second
      Then nothing failed
      And 50 of them were connected at once, and nobody is any more

    @LD-4 @critical @needs.model.script @needs.practice.control @needs.assistant.settings
    Scenario: With fifty practitioners a reply that takes one tool comes within half a second
      Given the assistant expects a crowd
      And the practice knows the client "Sarah Johnson"
      And the model will, for each question
        | step           | with             |
        | search clients | the name "Sarah" |
        | answer         | "She is better." |
      When 50 practitioners ask "How is Sarah?", to be told "She is better." for 8 seconds, 10 more of them every second
      Then nothing failed
      And 95 of 100 replies came within 500 ms

  Rule: What is made at once is made for each

    @LD-3 @needs.practice.control @needs.redis.control @needs.assistant.settings
    Scenario: A hundred practitioners begin a session at once, and each has their own
      Given the assistant expects a crowd
      When 100 practitioners begin a session, all at once
      Then nothing failed
      And 95 of 100 sessions came within 2 s
      And Redis keeps 100 sessions, each of somebody else

    @LD-5 @needs.model.script @needs.practice.control @needs.assistant.settings
    Scenario: Ten documents that are asked for at once are there within thirty seconds
      Given the assistant expects a crowd
      And the model will, again and again, as the policy
        | step              | with |
        | judge it harmless |      |
      And the model will, again and again
        | step   | with             | after |
        | answer | "She is better." | 2     |
      When 10 practitioners have a document written, to read "She is better.", all at once
      Then nothing failed
      And 100 of 100 documents came within 30 s

    @LD-8 @needs.platform.sessions.delete
    Scenario: Ten programs send ten thousand spans at once, and none is lost
      When 10 programs send 10 batches of 100 spans each in the session "busy day", all at once
      Then nothing failed
      And the session "busy day" holds 10000 events, each of them once

    @LD-91 @needs.daemon.tools
    Scenario: Twenty agents call tools at once, and each has its own answer
      When 20 agents call "echo" for 5 seconds, 20 more of them every second
      Then nothing failed
      And 95 of 100 calls came within 500 ms

  Rule: What goes wrong, or takes long, stays within bounds

    @LD-6 @needs.model.script @needs.practice.control @needs.assistant.settings @needs.assistant.process
    Scenario: However many replies it has given, the assistant has hardly grown
      Given the assistant expects a crowd
      And the practice knows the client "Sarah Johnson"
      And the model will, for each question
        | step           | with             |
        | search clients | the name "Sarah" |
        | answer         | "She is better." |
      When 50 practitioners ask "How is Sarah?", to be told "She is better." for as long as a soak lasts, 25 more of them every second
      Then nothing failed
      And the assistant grows by at most 10 KB with each reply, and by at most 100 MB in all

    @LD-7 @needs.model.script @needs.practice.control @needs.redis.control @needs.assistant.settings
    Scenario: When there are too few connections to Redis for everybody, all are answered in time
      Given the assistant expects a crowd
        | connections to Redis           | 1  |
        | seconds between looks at Redis | 60 |
      And Redis answers nothing
      And the model will, for each question
        | step   | with             |
        | answer | "She is better." |
      When 50 practitioners ask "How is Sarah?", to be told "She is better.", all at once
      Then nothing failed
      And 100 of 100 sessions came within 5 s
      And 100 of 100 replies came within 5 s

    @LD-9 @needs.model.control @needs.model.script @needs.practice.control @needs.assistant.settings
    Scenario: Fifty practitioners each have a limit of their own
      Given the assistant expects a crowd
        | requests of one user at once | 2 |
      And the model will, for each question
        | step   | with             | after |
        | answer | "She is better." | 2     |
      When 50 practitioners ask "How is Sarah?" in 4 chats each, to be told "She is better.", all at once
      Then nothing failed
      And the model was asked 4 times for each of them, 2 at a time

  Rule: A crowd may be played by several workers

    @LD-90 @needs.practice.control @needs.redis.control @needs.assistant.settings
    Scenario: Two workers play twenty practitioners, and nobody twice
      Given the assistant expects a crowd
      When 20 practitioners begin a session, all at once, played by 2 workers
      Then nothing failed
      And they were played by 2 workers
      And Redis keeps 20 sessions, each of somebody else
