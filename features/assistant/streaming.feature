Feature: Replies as they are made
  A reply of half a minute is read from its first second on, word by word, and what was read is what the reply says in
  the end.

  Background:
    Given Dr. Lee is chatting with the web assistant

  Rule: A reply is passed on in order, and whole

    @WS-6 @ST-1 @ST-2
    Scenario: The words of a reply join to the reply
      Given the model will, one after another
        | step                | with                                    |
        | answer word by word | "Sarah came on time and stayed longer." |
      When Dr. Lee asks "How was it?"
      Then Dr. Lee receives, in this order, and nothing else
        | typing begins  |                                         |
        | words          | "Sarah came on time and stayed longer." |
        | reply complete |                                         |
        | typing ends    |                                         |
      And every piece of the reply continues the one before it, up to the whole
