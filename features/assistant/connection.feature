Feature: Connections to the assistant
  Whoever chats stays connected for hours, over networks that drop, and must never wonder whether the assistant is there.

  Rule: A connection is announced, and stays usable

    @WS-1 @WS-3
    Scenario: The assistant says who it is, and answers heartbeats
      Given Dr. Lee begins a session with the web assistant
      And Dr. Lee connects
      When Dr. Lee sends a heartbeat
      Then Dr. Lee receives, in this order, and nothing else
        | heartbeat |  |
      And the connection stays usable

    @WS-9
    Scenario: What cannot be understood is told, and the connection stays usable
      Given Dr. Lee is chatting with the web assistant
      When Dr. Lee sends
        | the text "no message at all" |
      Then Dr. Lee is told of the error "invalid json"
      And the connection stays usable
