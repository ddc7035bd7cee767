@needs.redis.control @needs.assistant.memory
Feature: When Redis is gone
  Sessions and pages are kept in Redis, so that every instance of the service shares them. Redis can fail; whoever chats
  must not notice, and nothing that was taken in may be lost.

  Rule: Without Redis the assistant goes on from its memory

    @RD-1 @needs.assistant.health
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

    @RD-1 @SS-10 @needs.assistant.sessions.private
    Scenario: A session that is begun during an outage is nobody else's, either
      Given Redis is killed
      And Dr. Lee is chatting with the web assistant
      When Dr. Kim opens the session of Dr. Lee
      Then it is refused as not found
      And the connection of Dr. Lee stays usable

    @RD-1 @SS-3
    Scenario: A session that is deleted during an outage is gone at once
      Given Redis is killed
      And Dr. Lee begins a session with the web assistant
      And Dr. Lee deletes the same session
      When Dr. Lee opens the same session
      Then it is refused as not found

    @RD-2 @needs.model.script @needs.practice.control
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

    @RD-3 @critical @needs.model.script @needs.model.control @needs.practice.control
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

      Examples:
        | trouble             |
        | is killed           |
        | answers nothing     |
        | refuses connections |

    @RD-3
    Scenario: What the page showed before an outage is known during it, with what has changed
      Given Dr. Lee is chatting with the web assistant
      And the page of Dr. Lee shows
        | page type | sessions |
        | tab       | notes    |
      And Redis is killed
      When the page of Dr. Lee changes to
        | page type | billing |
      Then the page of Dr. Lee is known as
        | page type | billing |
        | tab       | notes   |

    @RD-4 @needs.model.script
    Scenario: A reply that has begun is finished and kept when Redis is lost in the middle
      Given Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step                | with               | pause |
        | answer word by word | "She is much well" | 0.1   |
      And Dr. Lee has asked "How is Sarah?", and the reply has begun
      When Redis is killed
      Then Dr. Lee receives, in this order, and nothing else
        | typing begins  |                  |
        | words          | She is much well |
        | reply complete |                  |
        | typing ends    |                  |
      And the session of Dr. Lee holds, in this order, and nothing else
        | asked    | How is Sarah?    |
        | answered | She is much well |

    @RD-4 @needs.model.script
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

    Background:
      Given the model will, again and again
        | step   | with    |
        | answer | "Here." |

    @RD-5 @RD-1
    Scenario: A session that was begun during an outage is in Redis afterwards
      Given Redis is killed
      And Dr. Lee begins a session with the web assistant
      When Redis is back
      Then Redis keeps the session of Dr. Lee for 240 minutes

    @RD-5 @RD-4 @critical @needs.model.script @needs.assistant.restart
    Scenario: What was said during an outage survives the service
      Given Dr. Lee is chatting with the web assistant
      And Redis is killed
      And Dr. Lee writes
        | During? |
      And Redis is back
      When the assistant is killed and started again
      Then the session of Dr. Lee holds, in this order, and nothing else
        | asked    | During? |
        | answered | Here.   |

    @RD-5 @RD-3 @needs.assistant.settings
    Scenario: What the page showed during an outage is known to every instance afterwards
      Given Dr. Lee is chatting with the web assistant
      And Redis is killed
      And the page of Dr. Lee shows
        | page type | billing |
      And Redis is back
      When the assistant is joined by a second instance
      Then the page of Dr. Lee is known as
        | page type | billing |

    @RD-5 @SS-3
    Scenario: A session that was deleted during an outage stays deleted
      Given Dr. Lee begins a session with the web assistant
      And Redis refuses connections
      And Dr. Lee deletes the same session
      And Redis is back
      When Dr. Lee opens the same session
      Then it is refused as not found
      And Redis keeps the session of Dr. Lee no longer

    @RD-5 @needs.model.script
    Scenario: What Redis has forgotten is put back
      Given Dr. Lee is chatting with the web assistant
      And Dr. Lee writes
        | Before? |
      And Redis has forgotten everything
      When Dr. Lee asks "And now?"
      Then Redis keeps the session of Dr. Lee for 240 minutes
      And the session of Dr. Lee holds, in this order, and nothing else
        | asked    | Before?  |
        | answered | Here.    |
        | asked    | And now? |
        | answered | Here.    |

    @RD-90 @needs.assistant.restart
    Scenario: What only Redis knows is not said to be gone
      Given Dr. Lee begins a session with the web assistant
      And Redis refuses connections
      And the assistant is killed and started again
      When Dr. Lee opens the same session
      Then it is refused as unavailable

    @RD-90 @RD-5 @needs.assistant.restart
    Scenario: What only Redis knew is there again when Redis is back
      Given Dr. Lee begins a session with the therapist
      And Redis refuses connections
      And the assistant is killed and started again
      And Redis is back
      When Dr. Lee opens the same session
      Then the answer tells of a session with exactly
        | persona      | the therapist |
        | as           | Dr. Lee       |
        | minutes left | 240           |
        | messages     | 0             |

    @RD-5 @needs.model.script @needs.assistant.settings
    Scenario: New conversations are shared again
      Given Redis is killed
      And Redis is back
      And Dr. Lee is chatting with the web assistant
      And Dr. Lee writes
        | After? |
      When the assistant is joined by a second instance
      Then the session of Dr. Lee holds, in this order, and nothing else
        | asked    | After? |
        | answered | Here.  |

  Rule: What several instances were told during an outage is joined

    @RD-5 @RD-3 @needs.assistant.settings
    Scenario: What two tabs showed, which two instances served, is known together
      Given Dr. Lee is chatting with the web assistant
      And the assistant is joined by a second instance
      And Dr. Lee connects to the same session in "another tab"
      And Redis refuses connections
      And the page of Dr. Lee changes to
        | page type | billing |
      And the page of Dr. Lee in "another tab" changes to
        | tab | invoices |
      When Redis is back
      Then the page of Dr. Lee is soon known as
        | page type | billing  |
        | tab       | invoices |

  Rule: Health says when Redis is gone, as badly as it is

    @RD-91 @needs.assistant.settings @needs.assistant.health
    Scenario: A service that must not be without Redis says that it is unwell
      Given the assistant is configured with
        | Redis is required | yes |
      When Redis refuses connections
      Then the assistant says soon that it is unhealthy

    @RD-91 @needs.assistant.settings @needs.assistant.health
    Scenario: A service that has its Redis again says that it is well
      Given the assistant is configured with
        | Redis is required | yes |
      And Redis refuses connections
      And Dr. Lee begins a session with the web assistant
      When Redis is back
      Then the assistant says at once that it is healthy

  Rule: Whatever Redis does, answers come in time

    @RD-6 @needs.assistant.settings
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

    @RD-6 @needs.assistant.settings
    Scenario: Fewer connections to Redis than requests are enough
      Given the assistant is configured with
        | connections to Redis | 1 |
      When Dr. Lee begins 20 sessions at once with the web assistant
      Then 20 different sessions are there
