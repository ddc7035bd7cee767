@needs.model.control @needs.model.script @needs.assistant.limit
Feature: How much one user may ask at once
  A model is paid by the request and shared by everybody. Ten requests of one user run at once; the next wait their turn,
  and nobody waits for somebody else.

  Background:
    Given the model will, again and again
      | asked about | step                | with                                       | pause |
      | long        | answer word by word | "Once upon a time there was a long story." | 0.6   |
      | short       | answer              | "Here."                                    |       |

  Rule: At most so many requests of one user run at once, and the next wait

    @RL-1 @RL-2 @critical
    Scenario Outline: Of <count> requests ten run at once
      Given the model will, again and again, once 10 wait at once
        | step   | with    | after |
        | answer | "Here." | 0.05  |
        | answer | "Here." | 0.2   |
      And Dr. Lee has <count> chats with the transcriber
      When Dr. Lee asks "Where?" in all of them at once
      Then the model was asked <count> times for Dr. Lee, 10 at a time
      And all places of Dr. Lee are free again

      Examples:
        | count |
        | 11    |
        | 20    |

    @RL-6 @needs.assistant.settings
    Scenario Outline: The limit is <limit> when the service is told so
      Given the assistant is configured with
        | requests of one user at once | <limit> |
      And the model will, again and again, once <limit> wait at once
        | step   | with    |
        | answer | "Here." |
      And Dr. Lee has 4 chats with the transcriber
      When Dr. Lee asks "Where?" in all of them at once
      Then the model was asked 4 times for Dr. Lee, <limit> at a time

      Examples:
        | limit |
        | 1     |
        | 2     |
        | 3     |

    @RL-8 @needs.assistant.settings
    Scenario: A reply holds its place until its last word
      Given the assistant is configured with
        | requests of one user at once | 2 |
      And the model will, again and again, once 2 wait at once
        | step                | with                         | pause |
        | answer word by word | "Word by word it comes out." | 0.03  |
      And Dr. Lee has 5 chats with the transcriber
      When Dr. Lee asks "Where?" in all of them at once
      Then the model was asked 5 times for Dr. Lee, 2 at a time
      And all places of Dr. Lee are free again

    @RL-8 @needs.assistant.settings
    Scenario: Documents keep to the limit, too
      Given the assistant is configured with
        | requests of one user at once | 2 |
      And the model will, again and again, as the policy, once 2 wait at once
        | step              | with |
        | judge it harmless |      |
      And the model will, again and again
        | step   | with            |
        | answer | "She is better" |
      When these documents are written all at once
        | by      | client |
        | Dr. Lee | Anna   |
        | Dr. Lee | Bea    |
        | Dr. Lee | Carla  |
        | Dr. Lee | Dora   |
      Then the model was asked 8 times for Dr. Lee, 2 at a time
      And all places of Dr. Lee are free again

    @RL-8 @needs.assistant.settings
    Scenario: Chats and documents of one user share the places
      Given the assistant is configured with
        | requests of one user at once | 1 |
      And Dr. Lee is chatting with the transcriber
      And the model will, one after another
        | asked about | step                | with                               | pause |
        | more        | answer word by word | "Once upon a time there was more." | 0.05  |
        |             | judge it harmless   |                                    |       |
        |             | answer              | "She is better"                    |       |
      And Dr. Lee has asked "Is there more?", and the reply has begun
      When Dr. Lee has a document written
      Then the document says exactly
        """
        She is better
        """
      And the model was asked 3 times for Dr. Lee, 1 at a time

    @RL-7 @needs.assistant.settings
    Scenario: Who asked first is served first
      Given the assistant is configured with
        | requests of one user at once | 1 |
      And the model will, again and again, once all have asked
        | step   | with    |
        | answer | "Here." |
      And Dr. Lee has 4 chats with the transcriber
      When Dr. Lee asks, one right after another
        | chat 3 | A tale, told at great length, of which every word counts? |
        | chat 1 | Short?                                                    |
        | chat 4 | Another tale, which is told at great length, too?         |
        | chat 2 | Last?                                                     |
      Then the model was asked for Dr. Lee, in this order, and nothing else
        | A tale, told at great length, of which every word counts? |
        | Short?                                                    |
        | Another tale, which is told at great length, too?         |
        | Last?                                                     |

    @RL-7 @needs.assistant.settings
    Scenario: Short requests do not wait for the end of a long one while there is a place
      Given the assistant is configured with
        | requests of one user at once | 2 |
      And Dr. Lee has 2 chats with the transcriber
      And Dr. Lee has asked "A long one?" in "chat 1", and the reply has begun
      When Dr. Lee writes in "chat 2"
        | A short one?       |
        | Another short one? |
      Then the session of Dr. Lee in "chat 2" holds, in this order, and nothing else
        | asked    | A short one?       |
        | answered | Here.              |
        | asked    | Another short one? |
        | answered | Here.              |
      And the model's work for Dr. Lee in "chat 1" goes on

  Rule: Users do not limit each other

    @RL-3 @needs.assistant.settings @critical
    Scenario Outline: <other> is served while all places of <busy> are taken
      Given the assistant is configured with
        | requests of one user at once | 1 |
      And <busy> is chatting with <persona of one>
      And <other> is chatting with <persona of other>
      And <busy> has asked "A long one?", and the reply has begun
      When <other> asks "A short one?"
      Then the reply says "Here."
      And the model's work for <busy> goes on

      Examples:
        | busy      | other   | persona of one  | persona of other  |
        | Dr. Lee   | Dr. Kim | the transcriber | the web assistant |
        | Dr. Kim   | Dr. Lee | the transcriber | the web assistant |
        | Dr. Lee   | Maya    | the transcriber | the therapist     |
        | Maya      | Dr. Lee | the therapist   | the transcriber   |
        | Dr. Patel | Dr. Lee | the transcriber | the web assistant |

    @RL-3 @RL-1 @needs.assistant.settings
    Scenario: Whoever waits does so for their own requests, not for those of others
      Given the assistant is configured with
        | requests of one user at once | 1 |
      And Dr. Lee has 2 chats with the transcriber
      And Dr. Kim is chatting with the transcriber
      And Dr. Lee has asked "A long one?" in "chat 1", and the reply has begun
      And Dr. Lee has asked "And this?" in "chat 2", and it is being answered
      When Dr. Kim asks "A short one?"
      Then the model's work for Dr. Lee in "chat 2" was never begun

  Rule: A place is always given back

    @RL-4 @needs.assistant.settings
    Scenario Outline: A request that <ends> gives its place back
      Given the assistant is configured with
        | requests of one user at once    | 1   |
        | seconds the model may be silent | 0.4 |
      And Dr. Lee is chatting with the transcriber
      And the model will, one after another
        | step   | with    |
        | <step> |         |
        | answer | "Here." |
      And Dr. Lee writes
        | The first? |
      When Dr. Lee asks "The second?"
      Then the reply says "Here."
      And all places of Dr. Lee are free again

      Examples:
        | ends                 | step             |
        | fails                | fail with 500    |
        | is refused           | fail with 429    |
        | is never answered    | stay silent      |
        | is answered nonsense | answer gibberish |

    @RL-4 @needs.assistant.settings
    Scenario Outline: Somebody who <leaves> in the middle of a reply gives the place back
      Given the assistant is configured with
        | requests of one user at once | 1 |
      And Dr. Lee has 2 chats with the transcriber
      And Dr. Lee has asked "A long one?" in "chat 1", and the reply has begun
      And Dr. Lee <leaves> in "chat 1"
      When Dr. Lee asks "A short one?" in "chat 2"
      Then the model's work for Dr. Lee in "chat 1" was broken off
      And all places of Dr. Lee are free again

      Examples:
        | leaves                |
        | vanishes              |
        | closes the connection |
        | cancels               |

    @RL-4 @needs.assistant.settings
    Scenario: Somebody who leaves while waiting takes no place later
      Given the assistant is configured with
        | requests of one user at once | 1 |
      And Dr. Lee has 2 chats with the transcriber
      And Dr. Lee has asked "A long one?" in "chat 1", and the reply has begun
      And Dr. Lee has asked "Never mind?" in "chat 2", and it is being answered
      And Dr. Lee vanishes in "chat 2"
      When Dr. Lee cancels in "chat 1"
      Then all places of Dr. Lee are free again

  Rule: What nobody needs is not kept

    @RL-5 @needs.assistant.settings
    Scenario: Limits of users who are gone are forgotten, those of users who are served are not
      Given the assistant is configured with
        | limiter idle     | 0.05 |
        | cleanup interval | 0.02 |
      And Dr. Lee is chatting with the transcriber
      And Dr. Kim is chatting with the transcriber
      And Dr. Kim has asked "A long one?", and the reply has begun
      When Dr. Lee asks "A short one?"
      Then the assistant keeps limits of 1 users, and Dr. Kim holds 1 places
      And all places of Dr. Lee are free again

    @RL-9 @needs.assistant.settings
    Scenario: The limit holds while places are taken, given back and cleared away in rapid turns
      Given the assistant is configured with
        | requests of one user at once | 3     |
        | limiter idle                 | 0.001 |
        | cleanup interval             | 0.002 |
      And the model will, again and again, once 3 wait at once
        | step               | with    | after |
        | breathing exercise |         | 0.01  |
        | answer             | "Done." | 0.02  |
      And Dr. Lee has 12 chats with the therapist
      When Dr. Lee asks "Shall we?" in all of them at once
      Then the model was asked 24 times for Dr. Lee, 3 at a time
      And all places of Dr. Lee are free again
