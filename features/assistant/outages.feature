@needs.redis.control
Feature: When Redis is gone
  Sessions and pages are kept in Redis, so that every instance of the service shares them. Redis can fail; whoever chats
  must not notice, and nothing that was taken in may be lost.

  Rule: Without Redis the assistant goes on from its memory

    @RD-1
    Scenario Outline: A session can be begun while Redis <trouble>
      Given Redis <trouble>
      And Dr. Lee begins a session with the web assistant
      When Dr. Lee opens the same session
      Then the answer tells of a session with exactly
        | persona      | the web assistant |
        | as           | Dr. Lee           |
        | minutes left | 240               |
        | messages     | 0                 |
      And the assistant says at once that it is degraded

      Examples:
        | trouble             |
        | is stopped          |
        | is killed           |
        | answers nothing     |
        | refuses connections |

    @RD-1
    Scenario: A session can be begun while Redis has no memory left
      Given Redis has no memory left
      And Dr. Lee begins a session with the web assistant
      When Dr. Lee opens the same session
      Then the answer tells of a session with exactly
        | persona      | the web assistant |
        | as           | Dr. Lee           |
        | minutes left | 240               |
        | messages     | 0                 |

    @RD-2
    Scenario Outline: Tools run while Redis <trouble>
      Given Dr. Lee is chatting with the web assistant
      And the practice knows the client "Sarah Johnson"
      And the model will, one after another
        | step           | with                        |
        | search clients | the name "Sarah"            |
        | client summary | the client the search found |
        | answer         | what the summary says       |
      And Redis <trouble>
      When Dr. Lee asks "How is Sarah doing?"
      Then the practice was asked these things, in this order, and nothing else
        | search clients | the name "Sarah" |
        | client summary | "Sarah Johnson"  |
      And the reply says what the summary of "Sarah Johnson" says

      Examples:
        | trouble         |
        | is killed       |
        | answers nothing |

    @RD-3
    Scenario Outline: What the page shows is known while Redis <trouble>
      Given the practice knows the client "Sarah Johnson"
      And the practice knows these sessions
        | session | segments: Client |
        | Intake  | I sleep badly.   |
      And Dr. Lee is chatting with the web assistant
      And Redis <trouble>
      And the page of Dr. Lee shows
        | loaded sessions | ["Intake"] |
      And the model will, one after another
        | step                | with   |
        | get loaded sessions |        |
        | answer              | "One." |
      When Dr. Lee asks "Which are open?"
      Then the model was told, in this order, and nothing else
        | get loaded sessions | success | Intake |
      And the reply says "One."

      Examples:
        | trouble             |
        | is killed           |
        | answers nothing     |
        | refuses connections |

    @RD-4
    Scenario Outline: What is said while Redis <trouble> is kept
      Given Dr. Lee is chatting with the web assistant
      And the model will, again and again
        | step   | with    |
        | answer | "Here." |
      And Dr. Lee writes
        | Before? |
      And Redis <trouble>
      And Dr. Lee writes
        | During? |
      When Dr. Lee reconnects
      Then the session of Dr. Lee holds, in this order, and nothing else
        | asked    | Before? |
        | answered | Here.   |
        | asked    | During? |
        | answered | Here.   |

      Examples:
        | trouble             |
        | is killed           |
        | refuses connections |

  Rule: When Redis is back, nothing is lost and everything is shared again

    @RD-5 @RD-1
    Scenario: A session that was begun during an outage is in Redis afterwards
      Given Redis is killed
      And Dr. Lee begins a session with the web assistant
      When Redis is back
      Then Redis keeps the session of Dr. Lee for 240 minutes

    @RD-5 @RD-4
    Scenario: What was said during an outage survives the service
      Given Dr. Lee is chatting with the web assistant
      And the model will, again and again
        | step   | with    |
        | answer | "Here." |
      And Redis is killed
      And Dr. Lee writes
        | During? |
      And Redis is back
      When the assistant is killed and started again
      Then the session of Dr. Lee holds, in this order, and nothing else
        | asked    | During? |
        | answered | Here.   |

    @RD-5 @RD-3
    Scenario: What the page showed during an outage is known to every instance afterwards
      Given the practice knows the client "Sarah Johnson"
      And the practice knows these sessions
        | session | segments: Client |
        | Intake  | I sleep badly.   |
      And Dr. Lee is chatting with the web assistant
      And Redis is killed
      And the page of Dr. Lee shows
        | loaded sessions | ["Intake"] |
      And Redis is back
      When the assistant is joined by a second instance
      Then the page of Dr. Lee is known as
        | loaded sessions | ["Intake"] |

    @RD-5 @SS-3
    Scenario: A session that was deleted during an outage stays deleted
      Given Dr. Lee begins a session with the web assistant
      And Redis refuses connections
      And Dr. Lee deletes the same session
      And Redis is back
      When Dr. Lee opens the same session
      Then it is refused as not found
      And Redis keeps the session of Dr. Lee no longer

    @RD-5
    Scenario: New conversations are shared again
      Given Redis is killed
      And Redis is back
      And Dr. Lee is chatting with the web assistant
      And the model will, again and again
        | step   | with    |
        | answer | "Here." |
      And Dr. Lee writes
        | After? |
      When the assistant is joined by a second instance
      Then the session of Dr. Lee holds, in this order, and nothing else
        | asked    | After? |
        | answered | Here.  |

  Rule: Whatever Redis does, answers come in time

    @RD-6
    Scenario Outline: Nobody waits while Redis <trouble>
      Given the assistant is configured with
        | connections to Redis | 1 |
      And Redis <trouble>
      When Dr. Lee begins 10 sessions at once with the web assistant
      Then 10 different sessions are there

      Examples:
        | trouble               |
        | answers nothing       |
        | takes no more clients |

    @RD-6
    Scenario: Fewer connections to Redis than requests are enough
      Given the assistant is configured with
        | connections to Redis | 1 |
      When Dr. Lee begins 20 sessions at once with the web assistant
      Then 20 different sessions are there
