Feature: What is empty on the wire
  A front end sends what it has, and what it has not as null: the service says what it needs, and goes on.

  @EC-4 @needs.model.control @needs.assistant.socket.forgiving
  Scenario Outline: A message without words is told for what it is: <frame>
    Given Dr. Lee is chatting with the web assistant
    When Dr. Lee sends
      | <frame> |
    Then Dr. Lee is told of the error "<error>"
    And the model was asked nothing
    And the connection stays usable

    Examples:
      | frame                                                              | error         |
      | {"type": "chat_message"}                                           | missing field |
      | {"type": "chat_message", "message": null}                          | invalid field |
      | {"type": "ui_state_update"}                                        | missing field |
      | {"type": "ui_state_update", "state": null}                         | invalid field |
      | {"type": "ui_state_update", "changeType": "page", "payload": null} | invalid field |
      | {"type": "ui_state_update", "changeType": null, "payload": {}}     | invalid field |
      | {"type": null}                                                     | unknown type  |
      | {}                                                                 | missing field |

  @EC-4 @needs.model.script @needs.model.control @needs.assistant.socket.forgiving
  Scenario: What is null beside the words of a message is as good as left out
    Given Dr. Lee is chatting with the web assistant
    And the model will, one after another
      | step   | with    |
      | answer | "Hello" |
    When Dr. Lee sends
      | {"type": "chat_message", "message": "Who is there?", "auth_token": null, "profile_id": null, "context": null} |
    Then Dr. Lee receives, in this order, and nothing else
      | typing begins  |         |
      | words          | "Hello" |
      | reply complete |         |
      | typing ends    |         |
    And the model was asked, in this order, and nothing else
      | message       |
      | Who is there? |
