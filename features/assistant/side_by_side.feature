@needs.model.script @needs.model.control
Feature: Many at once
  A practice has many people, each has many tabs, and all of them are impatient. Nobody waits for somebody else's reply,
  nobody reads it, and who does not read their own holds up only themselves.

  Rule: One slow reply holds up nobody else

    @WS-22 @critical @needs.assistant.concurrent
    Scenario: While one waits for a silent model another is answered
      Given Dr. Lee is chatting with the web assistant
      And Dr. Kim is chatting with the web assistant
      And the model will, one after another, for Dr. Lee
        | step        |
        | stay silent |
      And the model will, one after another, for Dr. Kim
        | step   | with           |
        | answer | "All is well." |
      And Dr. Lee has asked "How are we?", and the model is being asked
      When Dr. Kim asks "How are we?"
      Then the reply says "All is well."
      And the model's work for Dr. Lee goes on

    @WS-22 @WS-18 @critical @needs.assistant.concurrent
    Scenario: In another tab somebody is answered while the first is still busy
      Given Dr. Lee is chatting with the web assistant
      And Dr. Lee is chatting with the web assistant in "another tab"
      And the model will, one after another, for Dr. Lee
        | step                | with                  | pause |
        | answer word by word | "This takes a while." | 5     |
      And the model will, one after another, for Dr. Lee in "another tab"
        | step   | with           |
        | answer | "All is well." |
      And Dr. Lee has asked "How are we?", and the reply has begun
      When Dr. Lee asks "How are we?" in "another tab"
      Then Dr. Lee receives in "another tab", in this order, and nothing else
        | typing begins  |                |
        | words          | "All is well." |
        | reply complete |                |
        | typing ends    |                |
      And Dr. Lee receives, in this order, and nothing else
        | typing begins |         |
        | words         | "This " |

    @WS-22 @WS-3 @critical
    Scenario Outline: Health and heartbeats are answered at once while the model <does>
      Given Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step   | with   | pause |
        | <step> | <with> | 5     |
      When Dr. Lee sends
        | the message "Count." |
      Then the model's work for Dr. Lee goes on
      And the assistant says at once that it is healthy
      And the connection stays usable
      And the model's work for Dr. Lee goes on

      Examples:
        | does      | step                | with             |
        | is silent | stay silent         |                  |
        | speaks    | answer word by word | "One two three." |

    @WS-22 @critical
    Scenario: Health and heartbeats are answered at once while a tool is at work
      Given Dr. Lee is chatting with the web assistant
      And the practice, asked for search clients, answers after 5 seconds
      And the model will, one after another
        | step           | with             |
        | search clients | the name "Sarah" |
      And Dr. Lee has asked "Find Sarah.", and the practice is being asked
      When Dr. Lee sends a heartbeat
      Then Dr. Lee receives, in this order, and nothing else
        | heartbeat |  |
      And the assistant says at once that it is healthy

  Rule: Nobody sees what is said to somebody else

    @WS-18 @critical @needs.assistant.concurrent
    Scenario: Two tabs of one person each receive their own reply
      Given Dr. Lee is chatting with the web assistant
      And Dr. Lee is chatting with the web assistant in "another tab"
      And the model will, one after another, for Dr. Lee
        | step                | with                              | pause |
        | answer word by word | "Here one thing follows another." | 0.02  |
      And the model will, one after another, for Dr. Lee in "another tab"
        | step                | with                           | pause |
        | answer word by word | "There it is quite different." | 0.02  |
      And Dr. Lee has asked "What is here?", and it is being answered
      When Dr. Lee asks "What is there?" in "another tab"
      Then Dr. Lee receives in "another tab", in this order, and nothing else
        | typing begins  |                                |
        | words          | "There it is quite different." |
        | reply complete |                                |
        | typing ends    |                                |
      And Dr. Lee receives, in this order, and nothing else
        | typing begins  |                                   |
        | words          | "Here one thing follows another." |
        | reply complete |                                   |
        | typing ends    |                                   |

    @WS-18 @critical @needs.assistant.concurrent
    Scenario: Practitioner and client are answered at the same time, each by their own assistant
      Given Dr. Lee is chatting with the web assistant
      And Maya is chatting with the therapist
      And the model will, one after another, for Dr. Lee
        | step                | with                             | pause |
        | answer word by word | "Maya came four times this May." | 0.02  |
      And the model will, one after another, for Maya
        | step                | with                       | pause |
        | answer word by word | "I am glad that you came." | 0.02  |
      And Dr. Lee has asked "How often did Maya come?", and it is being answered
      When Maya asks "I came again."
      Then Maya receives, in this order, and nothing else
        | typing begins  |                            |
        | words          | "I am glad that you came." |
        | reply complete |                            |
        | typing ends    |                            |
      And Dr. Lee receives, in this order, and nothing else
        | typing begins  |                                  |
        | words          | "Maya came four times this May." |
        | reply complete |                                  |
        | typing ends    |                                  |

    @WS-18 @critical
    Scenario: What is said over one connection to a session is not heard over a second one
      Given Dr. Lee is chatting with the web assistant
      And Dr. Lee connects to the same session in "another tab"
      And the model will, one after another
        | step                | with             | pause |
        | answer word by word | "One two three." | 0.03  |
      And Dr. Lee has asked "Count.", and the reply has begun
      When Dr. Lee sends a heartbeat in "another tab"
      Then Dr. Lee receives, in this order, and nothing else
        | typing begins  |                  |
        | words          | "One two three." |
        | reply complete |                  |
        | typing ends    |                  |
      And Dr. Lee receives in "another tab", in this order, and nothing else
        | heartbeat |  |

  Rule: A burst is answered completely, and in order

    @WS-11 @critical
    Scenario: Ten questions at once are answered one after the other
      Given Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step   | with  |
        | answer | one   |
        | answer | two   |
        | answer | three |
        | answer | four  |
        | answer | five  |
        | answer | six   |
        | answer | seven |
        | answer | eight |
        | answer | nine  |
        | answer | ten   |
      When Dr. Lee writes all at once
        | 1  |
        | 2  |
        | 3  |
        | 4  |
        | 5  |
        | 6  |
        | 7  |
        | 8  |
        | 9  |
        | 10 |
      Then the session of Dr. Lee holds, in this order, and nothing else
        | asked    | 1     |
        | answered | one   |
        | asked    | 2     |
        | answered | two   |
        | asked    | 3     |
        | answered | three |
        | asked    | 4     |
        | answered | four  |
        | asked    | 5     |
        | answered | five  |
        | asked    | 6     |
        | answered | six   |
        | asked    | 7     |
        | answered | seven |
        | asked    | 8     |
        | answered | eight |
        | asked    | 9     |
        | answered | nine  |
        | asked    | 10    |
        | answered | ten   |

    @WS-11 @WS-3 @WS-4 @needs.assistant.heartbeat
    Scenario: A burst of everything is taken in order, heartbeats at once
      Given Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step   | with   | after |
        | answer | "One." | 0.8   |
        | answer | "Two." |       |
      And Dr. Lee has asked "1", and the model is being asked
      When Dr. Lee sends
        | {"type": "ui_state_update", "state": {"page_type": "clients"}} |
        | a heartbeat                                                    |
        | the message "2"                                                |
        | a heartbeat                                                    |
      Then Dr. Lee receives, in this order, and nothing else
        | heartbeat      |        |
        | heartbeat      |        |
        | words          | "One." |
        | reply complete |        |
        | typing ends    |        |
        | page taken in  |        |
        | typing begins  |        |
        | words          | "Two." |
        | reply complete |        |
        | typing ends    |        |

    @WS-11 @needs.assistant.settings
    Scenario: A burst beyond what may wait is told of, message by message
      Given the assistant is configured with
        | max pending | 2 |
      And Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step                | with       | pause |
        | answer word by word | "One two." | 5     |
      And Dr. Lee has asked "1", and the reply has begun
      When Dr. Lee sends
        | the message "2" |
        | the message "3" |
        | the message "4" |
        | the message "5" |
      Then Dr. Lee receives, in this order, and nothing else
        | error | busy |
        | error | busy |
      And the connection stays usable

  Rule: One session takes one thing after the other, whoever asks

    @EC-5 @WS-18 @critical
    Scenario: Two tabs of one session ask at once, and both are answered, one after the other
      Given Dr. Lee is chatting with the web assistant
      And Dr. Lee connects to the same session in "another tab"
      And the model will, one after another
        | step   | with   | after |
        | answer | "One." | 0.8   |
        | answer | "Two." |       |
      And Dr. Lee has asked "1", and the model is being asked
      When Dr. Lee asks "2" in "another tab"
      Then the reply says "Two."
      And the session of Dr. Lee holds, in this order, and nothing else
        | asked    | 1    |
        | answered | One. |
        | asked    | 2    |
        | answered | Two. |
      And the model was shown this conversation, and nothing else
        | asked    | 1    |
        | answered | One. |
        | asked    | 2    |

    @EC-5 @WS-5
    Scenario: What two tabs of one session tell of the page is all kept
      Given Dr. Lee is chatting with the web assistant
      And Dr. Lee connects to the same session in "another tab"
      And the page of Dr. Lee changes to
        | page type | clients |
        | filter    | today   |
      When the page of Dr. Lee in "another tab" changes to
        | filter | this week |
        | sort   | by name   |
      Then the page of Dr. Lee is known as
        | page type | clients   |
        | filter    | this week |
        | sort      | by name   |

    @EC-5 @WS-5 @WS-11
    Scenario: Bursts of changes from two tabs of one session are all kept
      Given Dr. Lee is chatting with the web assistant
      And Dr. Lee connects to the same session in "another tab"
      And Dr. Lee sends
        | the change "red" to "1"   |
        | the change "green" to "1" |
        | the change "blue" to "1"  |
        | the change "red" to "2"   |
      When Dr. Lee sends in "another tab"
        | the change "left" to "1"  |
        | the change "right" to "1" |
        | the change "left" to "2"  |
      Then Dr. Lee receives, in this order, and nothing else
        | page taken in |  |
        | page taken in |  |
        | page taken in |  |
        | page taken in |  |
      And Dr. Lee receives in "another tab", in this order, and nothing else
        | page taken in |  |
        | page taken in |  |
        | page taken in |  |
      And the page of Dr. Lee is known as
        | red   | "2" |
        | green | "1" |
        | blue  | "1" |
        | left  | "2" |
        | right | "1" |

    @EC-5
    Scenario: A session that is deleted while a reply is made in it is over
      Given Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step        |
        | stay silent |
      And Dr. Lee has asked "How is Sarah?", and the model is being asked
      When Dr. Lee deletes the same session
      Then the model's work for Dr. Lee was broken off
      And Dr. Lee receives, in this order, and nothing else
        | typing begins  |  |
        | reply complete |  |
        | typing ends    |  |

    @EC-5 @WS-10
    Scenario: In a session that is deleted nothing more is said
      Given Dr. Lee is chatting with the web assistant
      And Dr. Lee deletes the same session
      When Dr. Lee sends
        | the message "Hello?" |
      Then the connection is closed as not found
      And the model's work for Dr. Lee was never begun

    @EC-5
    Scenario: A session is read while a reply is made in it
      Given Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step                | with             | pause |
        | answer word by word | "One two three." | 5     |
      And Dr. Lee has asked "Count.", and the reply has begun
      When Dr. Lee opens the same session
      Then it succeeds
      And the session of Dr. Lee holds, in this order, and nothing else
        | asked | Count. |
      And the model's work for Dr. Lee goes on

  Rule: Who does not read holds up only themselves

    @WS-20 @critical @needs.assistant.settings
    Scenario: A reader who takes nothing is sent away at the end of what was sent
      Given the assistant is configured with
        | messages that may wait            | 4   |
        | seconds a reader may take nothing | 0.2 |
      And Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step                | with              |
        | answer word by word | (1500 long words) |
      And Dr. Lee stops reading
      And Dr. Lee sends
        | the message "Tell me everything." |
      When Dr. Lee does not read until it is over
      Then the connection is closed for reading too slowly
      And every piece of the reply continues the one before it

    @WS-20 @critical @needs.assistant.concurrent
    Scenario: Others are answered while one does not read
      Given Dr. Lee is chatting with the web assistant
      And Dr. Kim is chatting with the web assistant
      And the model will, one after another, for Dr. Lee
        | step                | with              |
        | answer word by word | (1000 long words) |
      And the model will, one after another, for Dr. Kim
        | step   | with           |
        | answer | "All is well." |
      And Dr. Lee stops reading
      And Dr. Lee sends
        | the message "Tell me everything." |
      When Dr. Kim asks "How are we?"
      Then the reply says "All is well."

    @WS-20 @ST-1 @critical @needs.assistant.settings
    Scenario: Who reads on in time misses nothing
      Given the assistant is configured with
        | messages that may wait | 4 |
      And Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step                | with              |
        | answer word by word | (1000 long words) |
      And Dr. Lee stops reading
      And Dr. Lee sends
        | the message "Tell me everything." |
      When Dr. Lee reads on after half a second
      Then Dr. Lee is told of the last reply
        | how it ended  | complete          |
        | what was said | (1000 long words) |
      And every piece of the reply continues the one before it, up to the whole

  Rule: What is said may be very long

    @EC-6 @WS-13 @critical
    Scenario Outline: A message of <size> characters reaches the model whole
      Given Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step   | with    |
        | answer | "Read." |
      When Dr. Lee sends
        | a message of <size> characters |
      Then Dr. Lee receives, in this order, and nothing else
        | typing begins  |         |
        | words          | "Read." |
        | reply complete |         |
        | typing ends    |         |
      And the model was shown this conversation, and nothing else
        | asked | (<size> characters) |

      Examples:
        | size   |
        | 10000  |
        | 65536  |
        | 200000 |

    @EC-6 @WS-13 @critical
    Scenario Outline: A message of <what> is refused clearly, and the chat goes on
      Given Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step   | with   |
        | answer | "Yes." |
      When Dr. Lee sends
        | a message of <what>       |
        | the message "Still here?" |
      Then Dr. Lee receives, in this order, and nothing else
        | error          | too large |
        | typing begins  |           |
        | words          | "Yes."    |
        | reply complete |           |
        | typing ends    |           |
      And the model was shown this conversation, and nothing else
        | asked | Still here? |
      And Dr. Lee is told of the error "too large"

      Examples:
        | what              |
        | 200001 characters |
        | 1 MB              |
        | 5 MB              |

    @WS-13 @WS-4
    Scenario: A page of 2 MB is taken in whole
      Given Dr. Lee is chatting with the web assistant
      When Dr. Lee sends
        | a page of 2 MB |
      Then Dr. Lee receives, in this order, and nothing else
        | page taken in |  |
      And the page of Dr. Lee is known as
        | notes | (2 MB of text in many scripts) |

    @EC-6 @ST-2
    Scenario: A very long reply is heard whole
      Given Dr. Lee is chatting with the web assistant
      And the model will, one after another
        | step   | with              |
        | answer | (8000 characters) |
      When Dr. Lee asks "Tell me everything."
      Then Dr. Lee is told of the last reply
        | how it ended  | complete          |
        | what was said | (8000 characters) |
      And every piece of the reply continues the one before it, up to the whole
