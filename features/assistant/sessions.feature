Feature: Sessions
  A session is somebody's conversation with one persona. It is there again after a coffee, on another device and after an
  update of the service, it ends when nobody needs it any more, and it is nobody else's.

  Rule: A session is made for a persona and a person, and can be read

    @SS-1 @SS-2 @needs.redis.control
    Scenario: A session is there for four hours
      Given Dr. Lee begins a session with the web assistant
      When Dr. Lee opens the session of Dr. Lee
      Then the answer tells of a session with exactly
        | persona      | the web assistant |
        | as           | Dr. Lee           |
        | minutes left | 240               |
        | messages     | 0                 |
      And Redis keeps the session of Dr. Lee for 240 minutes

    @SS-1 @needs.redis.control @needs.assistant.settings
    Scenario: How long a session lasts is told to the service
      Given the assistant is configured with
        | minutes a session lasts | 30 |
      And Dr. Lee begins a session with the transcriber
      When Dr. Lee opens the session of Dr. Lee
      Then the answer tells of a session with exactly
        | persona      | the transcriber |
        | as           | Dr. Lee         |
        | minutes left | 30              |
        | messages     | 0               |
      And Redis keeps the session of Dr. Lee for 30 minutes

    @SS-2 @needs.model.script
    Scenario: A session tells what was said in it
      Given Dr. Lee is chatting with the web assistant
      And the model will, again and again
        | step   | with    |
        | answer | "Here." |
      And Dr. Lee writes
        | The first? |
        | The next?  |
      When Dr. Lee opens the same session
      Then the answer tells of a session with exactly
        | persona      | the web assistant |
        | as           | Dr. Lee           |
        | minutes left | 240               |
        | messages     | 4                 |
      And the session of Dr. Lee holds, in this order, and nothing else
        | asked    | The first? |
        | answered | Here.      |
        | asked    | The next?  |
        | answered | Here.      |

    @SS-8
    Scenario: Sessions that are begun at once are different ones
      When Dr. Lee begins 20 sessions at once with the web assistant
      Then 20 different sessions are there

    @SS-8 @load
    Scenario: A hundred sessions that are begun at once are different ones
      When Dr. Lee begins 100 sessions at once with the web assistant
      Then 100 different sessions are there

  Rule: A session that is deleted is gone

    @SS-3 @needs.redis.control
    Scenario: A deleted session cannot be read, and nothing of it is kept
      Given Dr. Lee is chatting with the web assistant
      And the page of Dr. Lee shows
        | page type | sessions |
      And Dr. Lee deletes the same session
      When Dr. Lee opens the same session
      Then it is refused as not found
      And Redis keeps the session of Dr. Lee no longer
      And Redis keeps the page of Dr. Lee no longer

    @SS-3
    Scenario: A deleted session cannot be joined
      Given Dr. Lee begins a session with the web assistant
      And Dr. Lee deletes the same session
      When Dr. Lee connects
      Then it is refused as not found

    @SS-3
    Scenario: Deleting a session twice says that it is not there
      Given Dr. Lee begins a session with the web assistant
      And Dr. Lee deletes the same session
      When Dr. Lee deletes the same session
      Then it is refused as not found

  Rule: A session ends when nobody has needed it for a while

    @SS-4 @needs.assistant.settings
    Scenario: A session that nobody uses ends in time
      Given the assistant is configured with
        | minutes a session lasts | 0.005 |
      And Dr. Lee begins a session with the web assistant
      When Dr. Lee leaves it alone until it ends
      Then it is refused as not found
      And the session had lasted 0.2 to 8 seconds

    @SS-4 @needs.assistant.settings
    Scenario: Without Redis, too, a session that nobody uses ends in time
      Given the assistant is configured with
        | minutes a session lasts | 0.005     |
        | Redis                   | (nothing) |
      And Dr. Lee begins a session with the web assistant
      When Dr. Lee leaves it alone until it ends
      Then it is refused as not found
      And the session had lasted 0.2 to 8 seconds

    @SS-4 @needs.redis.control @needs.model.script @needs.assistant.settings
    Scenario: Whoever chats keeps the session
      Given the assistant is configured with
        | minutes a session lasts | 30 |
      And Dr. Lee is chatting with the web assistant
      And the session of Dr. Lee has 10 minutes left
      And the model will, one after another
        | step   | with    |
        | answer | "Here." |
      When Dr. Lee asks "Still there?"
      Then Redis keeps the session of Dr. Lee for 30 minutes

    @SS-4 @needs.redis.control @needs.assistant.settings
    Scenario: Whoever comes back keeps the session
      Given the assistant is configured with
        | minutes a session lasts | 30 |
      And Dr. Lee is chatting with the web assistant
      And the session of Dr. Lee has 10 minutes left
      When Dr. Lee reconnects
      Then Redis keeps the session of Dr. Lee for 30 minutes

    @SS-4 @needs.redis.control @needs.assistant.settings
    Scenario: Whoever works on the page keeps the session
      Given the assistant is configured with
        | minutes a session lasts | 30 |
      And Dr. Lee is chatting with the web assistant
      And the session of Dr. Lee has 10 minutes left
      When the page of Dr. Lee changes to
        | page type | sessions |
      Then Redis keeps the session of Dr. Lee for 30 minutes

    @SS-4 @SS-7 @needs.model.script @needs.assistant.settings
    Scenario: What has ended is cleared away, and what is used stays
      Given the assistant is configured with
        | minutes a session lasts | 0.015     |
        | cleanup interval        | 0.02      |
        | Redis                   | (nothing) |
      And Dr. Lee begins a session with the web assistant in "another tab"
      And Dr. Lee begins a session with the therapist in "a third tab"
      And Dr. Lee is chatting with the web assistant
      And the model will, again and again
        | step   | with    | after |
        | answer | "Here." | 0.3   |
      When Dr. Lee writes
        | One?   |
        | Two?   |
        | Three? |
        | Four?  |
      Then the assistant keeps 1 records of its own, for Dr. Lee to see
      And the session of Dr. Lee holds, in this order, and nothing else
        | asked    | One?   |
        | answered | Here.  |
        | asked    | Two?   |
        | answered | Here.  |
        | asked    | Three? |
        | answered | Here.  |
        | asked    | Four?  |
        | answered | Here.  |

  Rule: Whose session it is, and with whom, is kept

    @SS-5 @needs.practice.control @needs.model.script
    Scenario: Who comes back is asked nothing again
      Given the practice knows the client "Sarah Johnson"
      And Dr. Lee is chatting with the web assistant
      And Dr. Lee reconnects with nothing but the token
      And the model will, one after another
        | step           | with               |
        | search clients | the name "Sarah"   |
        | answer         | "Found."           |
        | search clients | the name "Johnson" |
        | answer         | "Found again."     |
      When Dr. Lee writes
        | Who is Sarah?   |
        | And Mr Johnson? |
      Then the practice was asked these things, in this order, and nothing else
        | search clients | the name "Sarah"   |
        | search clients | the name "Johnson" |
      And it was asked as Dr. Lee every time

    @SS-5
    Scenario: The persona and the profile are the same after an interruption
      Given Maya is chatting with the therapist
      And Maya reconnects with nothing but the token
      When Maya opens the same session
      Then the answer tells of a session with exactly
        | persona      | the therapist |
        | as           | Maya          |
        | minutes left | 240           |
        | messages     | 0             |

    @SS-5 @needs.redis.control @needs.model.script @needs.assistant.tokens
    Scenario: The token itself is kept nowhere
      Given Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step   | with    |
        | answer | "Here." |
      When Dr. Lee asks "Are you there?"
      Then Redis keeps the session of Dr. Lee for 240 minutes
      And Redis holds the token of Dr. Lee nowhere

    @SS-6 @needs.model.script @needs.model.control
    Scenario: The model is told the whole conversation, each turn once and in order
      Given Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step   | with           |
        | answer | "She is well." |
        | answer | "On Monday."   |
        | answer | "At noon."     |
      When Dr. Lee writes
        | How is Sarah?  |
        | When was that? |
        | What time?     |
      Then the model was shown this conversation, and nothing else
        | asked    | How is Sarah?  |
        | answered | She is well.   |
        | asked    | When was that? |
        | answered | On Monday.     |
        | asked    | What time?     |

    @SS-6 @needs.model.script @needs.model.control @needs.assistant.settings
    Scenario: Of a long conversation the model is told the latest messages
      Given the assistant is configured with
        | history limit | 4 |
      And Dr. Lee is chatting with the web assistant
      And the model will, again and again
        | step   | with    |
        | answer | "Here." |
      When Dr. Lee writes
        | One?   |
        | Two?   |
        | Three? |
      Then the model was shown this conversation, and nothing else
        | answered | Here.  |
        | asked    | Two?   |
        | answered | Here.  |
        | asked    | Three? |
      And the session of Dr. Lee holds, in this order, and nothing else
        | asked    | One?   |
        | answered | Here.  |
        | asked    | Two?   |
        | answered | Here.  |
        | asked    | Three? |
        | answered | Here.  |

  Rule: A session survives the service

    @SS-9 @critical @needs.redis.control @needs.assistant.restart @needs.model.script
    Scenario Outline: What was said and shown is there after the service was <how>
      Given Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step   | with    |
        | answer | "Here." |
      And the page of Dr. Lee shows
        | page type | clients |
      And Dr. Lee writes
        | Before? |
      When the assistant is <how>
      Then the session of Dr. Lee holds, in this order, and nothing else
        | asked    | Before? |
        | answered | Here.   |
      And the page of Dr. Lee is known as
        | page type | clients |

      Examples:
        | how                       |
        | killed and started again  |
        | stopped and started again |

    @SS-9 @SS-6 @needs.redis.control @needs.assistant.restart @needs.model.script @needs.model.control
    Scenario: A conversation goes on after the service was started again
      Given Dr. Lee is chatting with the web assistant
      And the model will, again and again
        | step   | with    |
        | answer | "Here." |
      And Dr. Lee writes
        | Before? |
      And the assistant is killed and started again
      And Dr. Lee reconnects
      When Dr. Lee asks "And now?"
      Then the model was shown this conversation, and nothing else
        | asked    | Before?  |
        | answered | Here.    |
        | asked    | And now? |

  Rule: A session is its owner's, whichever token they have by now

    @SS-90 @critical @needs.practice.control @needs.assistant.sessions.renewed
    Scenario Outline: <who> comes back to the session with a renewed token
      Given <who> is chatting with <persona>
      And <who> is given a new token instead of the old one
      When <who> reconnects
      Then <who> receives, in this order, and nothing else
        | welcome | <called> |

      Examples:
        | who     | persona           | called           |
        | Dr. Lee | the web assistant | web assistant    |
        | Maya    | the therapist     | jaimee therapist |

    @SS-90 @needs.model.script @needs.practice.control @needs.assistant.sessions.renewed
    Scenario: Who has come back with a renewed token goes on, and is asked for with it
      Given Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step           | with             |
        | answer         | "Noted."         |
        | search clients | the name "Sarah" |
        | answer         | "Nobody."        |
      And Dr. Lee writes
        | I am back on Monday. |
      And Dr. Lee is given a new token instead of the old one
      And Dr. Lee reconnects
      When Dr. Lee asks "Find Sarah."
      Then it was asked with these, one after another
        | who it is      | Dr. Lee | Dr. Lee's |
        | search clients | Dr. Lee | Dr. Lee's |

    @SS-90 @needs.practice.control @needs.assistant.sessions.renewed
    Scenario: With a renewed token, too, somebody reads their session
      Given Maya is chatting with the therapist
      And Maya is given a new token instead of the old one
      When Maya opens the same session
      Then the answer tells of a session with exactly
        | persona      | the therapist |
        | as           | Maya          |
        | minutes left | 240           |
        | messages     | 0             |

  Rule: A session is nobody else's

    @SS-10 @critical @needs.assistant.sessions.token @needs.assistant.sessions.private
    Scenario Outline: <somebody> cannot <what> the session of Dr. Lee
      Given Dr. Lee is chatting with the web assistant
      When <somebody> <does> the session of Dr. Lee
      Then it is refused as <reason>
      And the connection of Dr. Lee stays usable

      Examples:
        | somebody                        | what   | does        | reason       |
        | Dr. Kim                         | read   | opens       | not found    |
        | Dr. Patel                       | read   | opens       | not found    |
        | Maya                            | read   | opens       | not found    |
        | a stranger                      | read   | opens       | unauthorised |
        | a stranger with a made-up token | read   | opens       | not found    |
        | Dr. Kim                         | delete | deletes     | not found    |
        | Dr. Patel                       | delete | deletes     | not found    |
        | Maya                            | delete | deletes     | not found    |
        | a stranger                      | delete | deletes     | unauthorised |
        | a stranger with a made-up token | delete | deletes     | not found    |
        | Dr. Kim                         | join   | connects to | not found    |
        | Dr. Patel                       | join   | connects to | not found    |
        | Maya                            | join   | connects to | not found    |
        | a stranger with a made-up token | join   | connects to | not found    |

    @SS-10 @needs.assistant.sessions.private
    Scenario Outline: A client's session is not that of another client, who <does> it
      Given Maya is chatting with the therapist
      When Omar <does> the session of Maya
      Then it is refused as not found
      And the connection of Maya stays usable

      Examples:
        | does        |
        | opens       |
        | deletes     |
        | connects to |

    @SS-10 @needs.model.script @needs.assistant.sessions.private
    Scenario: What was said stays between Dr. Lee and the assistant when others try to read it
      Given Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step   | with                          |
        | answer | "Sarah Johnson is expecting." |
      And Dr. Lee writes
        | How is Sarah? |
      And Dr. Kim opens the session of Dr. Lee
      And Dr. Kim deletes the session of Dr. Lee
      When Dr. Lee opens the same session
      Then the answer tells of a session with exactly
        | persona      | the web assistant |
        | as           | Dr. Lee           |
        | minutes left | 240               |
        | messages     | 2                 |
