@needs.model.script @needs.model.control
Feature: Replies that are interrupted
  People stop a reply that goes wrong, and networks stop those that go right. What was begun for nobody is ended, what
  was said and done until then is told, and nobody else notices.

  Background:
    Given Dr. Lee is chatting with the web assistant

  Rule: A reply ends at once when it is cancelled

    @ST-8 @critical @needs.assistant.cancel
    Scenario: Cancelling ends the model's work and keeps what was said
      Given the model will, one after another
        | step                | with             | pause |
        | answer word by word | "One two three." | 5     |
      And Dr. Lee has asked "Count.", and the reply has begun
      When Dr. Lee cancels
      Then Dr. Lee receives, in this order, and nothing else
        | reply complete | cancelled |
        | typing ends    |           |
      And Dr. Lee is told of the last reply
        | how it ended  | cancelled |
        | what was said | "One "    |
      And the model's work for Dr. Lee was broken off

    @ST-8 @needs.assistant.cancel
    Scenario: A reply of which no word has come can be cancelled
      Given the model will, one after another
        | step        |
        | stay silent |
      And Dr. Lee has asked "Count.", and the model is being asked
      When Dr. Lee cancels
      Then Dr. Lee is told of the last reply
        | how it ended | cancelled |
      And the model's work for Dr. Lee was broken off
      And the session of Dr. Lee holds, in this order, and nothing else
        | asked | Count. |

    @ST-8 @WS-15 @needs.assistant.cancel
    Scenario: The chat goes on after a cancel, with what was said before
      Given the model will, one after another
        | step                | with             | pause |
        | answer word by word | "One two three." | 5     |
        | answer              | "Four."          |       |
      And Dr. Lee has asked "Count.", and the reply has begun
      And Dr. Lee cancels
      When Dr. Lee asks "Go on."
      Then the reply says "Four."
      And the model was shown this conversation, and nothing else
        | asked    | Count. |
        | answered | "One " |
        | asked    | Go on. |

    @ST-8 @needs.assistant.cancel
    Scenario: There must be something to cancel
      When Dr. Lee sends
        | a cancel |
      Then Dr. Lee is told of the error "nothing to cancel"
      And the connection stays usable

    @ST-8 @needs.assistant.cancel
    Scenario: A cancel ends the reply that runs, and not the next one
      Given the model will, one after another
        | step                | with             | pause |
        | answer word by word | "One two three." | 5     |
        | answer              | "Four."          |       |
      And Dr. Lee has asked "Count.", and the reply has begun
      When Dr. Lee sends
        | a cancel            |
        | the message "More." |
      Then Dr. Lee receives, in this order, and nothing else
        | reply complete | cancelled |
        | typing ends    |           |
        | typing begins  |           |
        | words          | "Four."   |
        | reply complete |           |
        | typing ends    |           |

    @ST-8 @WS-18 @critical @needs.assistant.cancel @needs.assistant.concurrent
    Scenario: Cancelling in one chat leaves the others alone
      Given Dr. Lee is chatting with the web assistant in "another tab"
      And the model will, again and again
        | step        |
        | stay silent |
      And Dr. Lee has asked "Count." in "another tab", and the model is being asked
      And Dr. Lee has asked "Count.", and the model is being asked
      When Dr. Lee cancels
      Then the model's work for Dr. Lee in "another tab" goes on
      And the model's work for Dr. Lee was broken off

    @ST-8 @needs.assistant.cancel @needs.practice.control
    Scenario: Page actions of a cancelled reply are not carried out
      Given the model will, one after another
        | turn | step                | with                                                               | pause |
        | 1    | navigate to page    | the page "/clients" and the kind "clients" and the reason "to see" |       |
        | 2    | answer word by word | "Here is the page."                                                | 5     |
      And Dr. Lee has asked "Show me the clients.", and the reply has begun
      When Dr. Lee cancels
      Then Dr. Lee receives, in this order, and nothing else
        | reply complete | cancelled |
        | typing ends    |           |

  Rule: What tools had done when a reply was stopped is told

    @ST-9 @critical @needs.assistant.cancel @needs.practice.control
    Scenario: A tool that was at work is told as interrupted, one that was done as done
      Given the practice knows the client "Sarah Johnson"
      And the practice, asked for client summary, answers after 5 seconds
      And the model will, one after another
        | turn | step           | with                        |
        | 1    | answer         | "Let me look. "             |
        | 1    | search clients | the name "Sarah"            |
        | 2    | client summary | the client the search found |
        | 3    | answer         | "She is well."              |
      And Dr. Lee has asked "How is Sarah?", and the practice is being asked for client summary
      When Dr. Lee cancels
      Then Dr. Lee is told of the last reply
        | how it ended   | cancelled       |
        | what was said  | "Let me look. " |
        | search clients | succeeded       |
        | client summary | interrupted     |
      And the model's work for Dr. Lee was finished after two requests

    @ST-9 @needs.assistant.cancel @needs.practice.control
    Scenario: Of tools at work side by side each is told as it ended
      Given the practice knows the client "Sarah Johnson"
      And the practice, asked for practice metrics, answers after 5 seconds
      And the model will, one after another
        | turn | step             | with             |
        | 1    | practice metrics |                  |
        | 1    | search clients   | the name "Sarah" |
        | 2    | answer           | "Done."          |
      And Dr. Lee has asked "How are we doing?", and the practice has answered search clients
      When Dr. Lee cancels
      Then Dr. Lee is told of the last reply
        | how it ended     | cancelled   |
        | practice metrics | interrupted |
        | search clients   | succeeded   |
      And the model's work for Dr. Lee was finished after one request

    @WS-15 @needs.assistant.cancel @needs.practice.control
    Scenario: After a tool was stopped the chat goes on
      Given the practice, asked for search clients, answers after 5 seconds once
      And the model will, one after another
        | turn | step           | with             |
        | 1    | search clients | the name "Sarah" |
        | 2    | answer         | "As you like."   |
      And Dr. Lee has asked "Find Sarah.", and a tool has begun
      And Dr. Lee cancels
      When Dr. Lee asks "Never mind."
      Then the model was shown this conversation, and nothing else
        | asked | Find Sarah. |
        | asked | Never mind. |
      And the reply says "As you like."

  Rule: Who vanishes leaves no work behind, and finds on their return what was done

    @WS-16 @critical
    Scenario Outline: The model's work ends when the one it is for <goes>
      Given the model will, one after another
        | step                | with             | pause |
        | answer word by word | "One two three." | 5     |
      And Dr. Lee has asked "Count.", and the reply has begun
      When Dr. Lee <goes>
      Then the model's work for Dr. Lee was broken off
      And the assistant says at once that it is healthy

      Examples:
        | goes                  |
        | vanishes              |
        | hangs up              |
        | closes the connection |

    @WS-16
    Scenario: Work that nobody has heard a word of ends, too
      Given the model will, one after another
        | step        |
        | stay silent |
      And Dr. Lee has asked "Count.", and the model is being asked
      When Dr. Lee vanishes
      Then the model's work for Dr. Lee was broken off

    @WS-16 @needs.practice.control
    Scenario: No further tool is begun for somebody who vanished
      Given the practice, asked for search clients, answers after 1 seconds
      And the model will, one after another
        | turn | step             | with             |
        | 1    | search clients   | the name "Sarah" |
        | 2    | practice metrics |                  |
        | 3    | answer           | "We are well."   |
      And Dr. Lee has asked "How are we?", and the practice is being asked
      And Dr. Lee vanishes
      When Dr. Lee learns nothing of how it ends
      Then the practice was asked these things, in this order, and nothing else
        | search clients | the name "Sarah" |
      And the model's work for Dr. Lee was finished after one request

    @WS-16
    Scenario: Messages that wait for somebody who vanished are not answered any more
      Given the model will, again and again
        | step                | with             | pause |
        | answer word by word | "One two three." | 5     |
      And Dr. Lee has asked "Count.", and the reply has begun
      And Dr. Lee sends
        | the message "And again." |
      When Dr. Lee vanishes
      Then the model's work for Dr. Lee was broken off
      And the session of Dr. Lee holds, in this order, and nothing else
        | asked    | Count. |
        | answered | "One " |

    @WS-21 @WS-15 @critical @needs.practice.control
    Scenario: Who was cut off during a chain of tools is told on return how far it came
      Given the practice, asked for client summary, answers after 5 seconds
      And the model will, one after another
        | turn | step           | with                  |
        | 1    | answer         | "Let me look. "       |
        | 1    | search clients | the name "Sarah"      |
        | 2    | client summary | the client "somebody" |
        | 3    | answer         | "She is well."        |
      And Dr. Lee has asked "How is Sarah?", and the practice is being asked for client summary
      And Dr. Lee vanishes
      And Dr. Lee learns nothing of how it ends
      When Dr. Lee reconnects
      Then Dr. Lee is told of the last reply
        | how it ended   | interrupted     |
        | what was said  | "Let me look. " |
        | search clients | succeeded       |
        | client summary | interrupted     |

    @WS-21 @WS-15
    Scenario: Who was cut off in mid-sentence goes on from there
      Given the model will, one after another
        | step                | with             | pause |
        | answer word by word | "One two three." | 5     |
        | answer              | "Four."          |       |
      And Dr. Lee has asked "Count.", and the reply has begun
      And Dr. Lee vanishes
      And Dr. Lee learns nothing of how it ends
      And Dr. Lee reconnects
      When Dr. Lee asks "Go on."
      Then the model was shown this conversation, and nothing else
        | asked    | Count. |
        | answered | "One " |
        | asked    | Go on. |

    @WS-21
    Scenario: Who was not cut off is told on return that all was said
      Given the model will, one after another
        | step   | with             |
        | answer | "One two three." |
      And Dr. Lee writes
        """
        Count.
        """
      And Dr. Lee vanishes
      When Dr. Lee reconnects
      Then Dr. Lee is told of the last reply
        | how it ended  | complete       |
        | what was said | One two three. |

    @WS-21 @needs.assistant.restart
    Scenario: A reply that a crash of the service cut off is told as unfinished
      Given the model will, one after another
        | step                | with             | pause |
        | answer word by word | "One two three." | 5     |
      And Dr. Lee has asked "Count.", and the reply has begun
      And the assistant is killed and started again
      When Dr. Lee reconnects
      Then Dr. Lee is told of the last reply
        | how it ended | unfinished |

    @WS-15 @critical
    Scenario: A conversation goes on over a new connection, each message once
      Given the model will, one after another
        | step   | with        |
        | answer | "Hello."    |
        | answer | "It is 12." |
        | answer | "Any time." |
      And Dr. Lee writes
        | Hi.          |
        | What is 6+6? |
      And Dr. Lee reconnects
      When Dr. Lee asks "Thanks."
      Then the model was shown this conversation, and nothing else
        | asked    | Hi.          |
        | answered | Hello.       |
        | asked    | What is 6+6? |
        | answered | It is 12.    |
        | asked    | Thanks.      |
      And the session of Dr. Lee holds, in this order, and nothing else
        | asked    | Hi.          |
        | answered | Hello.       |
        | asked    | What is 6+6? |
        | answered | It is 12.    |
        | asked    | Thanks.      |
        | answered | Any time.    |

    @WS-15
    Scenario: What the page showed is still known over a new connection
      Given the page of Dr. Lee shows
        | page type | clients    |
        | place     | /clients/7 |
      And Dr. Lee vanishes
      When Dr. Lee reconnects
      Then the page of Dr. Lee is known as
        | page type | clients    |
        | place     | /clients/7 |
