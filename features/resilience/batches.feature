@program @needs.platform.control
Feature: Batches that are stored in part
  What is sent together need not succeed together. The sender must learn the fate of every row, so that it can mend what
  is wrong and send that again, and nothing else: what is stored already must not be stored twice.

  Background:
    Given a session "chat with Maya"

  @ER-21
  Scenario: Of a batch with bad rows the good ones are stored, and the program learns which are not
    When a program sends together these events
      | event  | session        | type  |
      | plan   | chat with Maya | chain |
      | search | chat with Maya | magic |
      | answer | chat with Maya | model |
    Then of what was sent together exactly these were refused
      | event  | because of |
      | search | type       |
    And the list of events is exactly, in any order
      | event          | type    |
      | chat with Maya | session |
      | plan           | chain   |
      | answer         | model   |

  @ER-22
  Scenario: A batch of bad rows is an error, and nothing is stored
    When a program sends together these events
      | event  | session        | type  |
      | plan   | chat with Maya | magic |
      | answer | chat with Maya | magic |
    Then it meets honeyhive.HTTPException, saying "type"
    And the list of events is exactly, in any order
      | event          | type    |
      | chat with Maya | session |

  @ER-23
  Scenario: Only the rows that failed are sent again
    When a program sends together these events, mends what is refused and sends that again
      | event  | session        | type  |
      | plan   | chat with Maya | chain |
      | search | chat with Maya | magic |
      | answer | chat with Maya | model |
      | thanks | chat with Maya | magic |
    Then of what was sent together exactly these were refused
      | event  | because of |
      | search | type       |
      | thanks | type       |
    And the list of events is exactly, in any order
      | event          | type    |
      | chat with Maya | session |
      | plan           | chain   |
      | search         | tool    |
      | answer         | model   |
      | thanks         | tool    |

  @ER-22 @ER-23
  Scenario: A batch that failed as a whole is sent again as a whole
    When a program sends together these events, mends what is refused and sends that again
      | event  | session        | type  |
      | plan   | chat with Maya | magic |
      | answer | chat with Maya | magic |
    Then the list of events is exactly, in any order
      | event          | type    |
      | chat with Maya | session |
      | plan           | tool    |
      | answer         | tool    |
