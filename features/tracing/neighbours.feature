Feature: Two teams that send spans to one collector
  Ada works for Harbour Support, Noor for Northwind Claims. Their programs send spans to the same address, and choose the
  ids of traces, spans and sessions themselves. What one team has sent is no business of the other's.

  Rule: An id that two teams use is an id of each

    @TR-94 @critical @needs.platform.second-key
    Scenario: A span under all ids of another team's span is a span of its own
      Given Ada has exported as protobuf
        | span   | session.id     | honeyhive_outputs.answer |
        | answer | chat with Maya | On its way               |
      When Noor of Northwind Claims exports as protobuf
        | span   | session.id | honeyhive_outputs.answer |
        | answer | her own    | Delivered                |
      Then the session "chat with Maya" holds exactly, in any order
        | event  | outputs: answer |
        | answer | On its way      |
      And Noor of Northwind Claims finds that the session "her own" holds exactly, in any order
        | event  | outputs: answer |
        | answer | Delivered       |

    @TR-94 @critical @needs.platform.second-key
    Scenario: A span under another team's trace id takes none of those with it that are sent beside it
      Given Ada has exported as protobuf
        | span | session.id     |
        | plan | chat with Maya |
      When Noor of Northwind Claims exports as protobuf
        | span   | trace       | session.id       |
        | greet  | another one | chat with Tom    |
        | answer |             | chat with Priya  |
        | thanks | and a third | chat with Joseph |
      Then Noor of Northwind Claims finds that the session "chat with Tom" holds exactly, in any order
        | event |
        | greet |
      And Noor of Northwind Claims finds that the session "chat with Joseph" holds exactly, in any order
        | event  |
        | thanks |

    @TR-94 @needs.platform.second-key
    Scenario: A session id that two teams use is a session of each
      Given Ada has exported as protobuf
        | span | session.id     |
        | plan | chat with Maya |
      When Noor of Northwind Claims exports as protobuf
        | span   | trace       | session.id     |
        | answer | another one | chat with Maya |
      Then the session "chat with Maya" holds exactly, in any order
        | event |
        | plan  |
      And Noor of Northwind Claims finds that the session "chat with Maya" holds exactly, in any order
        | event  |
        | answer |

    @TR-93 @critical @needs.platform.second-key @needs.platform.sessions.delete
    Scenario: Who deletes a session leaves another team's of the same id
      Given Ada has exported as protobuf
        | span | session.id     |
        | plan | chat with Maya |
      And Noor of Northwind Claims has exported as protobuf
        | span   | trace       | session.id     |
        | answer | another one | chat with Maya |
      When Noor of Northwind Claims deletes the session "chat with Maya"
      Then Noor of Northwind Claims finds that the session "chat with Maya" holds exactly, in any order
        | event |
      And the session "chat with Maya" holds exactly, in any order
        | event |
        | plan  |

  Rule: What one team has sent is out of the other's reach

    Background:
      Given Ada has exported as protobuf
        | span   | session.id     |
        | answer | chat with Maya |
      And the session "chat with Maya" holds exactly, in any order
        | event  |
        | answer |

    @TR-91 @critical @needs.platform.tenants
    Scenario Outline: Who <asks> of another team finds none
      When Noor of Northwind Claims <asks>
      Then the answer lists exactly, in any order
        | <thing> |

      Examples:
        | asks                               | thing   |
        | lists the events                   | event   |
        | lists the sessions                 | session |
        | looks for the event named "answer" | event   |

    @TR-91 @critical @needs.platform.tenants
    Scenario: Who knows the id of another team's session finds nothing in it
      When Noor of Northwind Claims lists the events by
        | session | chat with Maya |
      Then the answer lists exactly, in any order
        | event |

    @TR-90 @critical @needs.platform.tenants
    Scenario Outline: Who knows the id of another team's <thing> cannot open it
      When Noor of Northwind Claims opens the <thing> "<label>"
      Then it is refused as not found

      Examples:
        | thing   | label          |
        | event   | answer         |
        | session | chat with Maya |

    @TR-93 @critical @needs.platform.tenants @needs.platform.sessions.delete
    Scenario: Who knows the id of another team's session cannot delete it
      When Noor of Northwind Claims deletes the session "chat with Maya"
      Then it is refused as not found
      And the session "chat with Maya" holds exactly, in any order
        | event  |
        | answer |

    @TR-94 @critical @needs.platform.second-key @needs.platform.events.ids
    Scenario: Who records an event under the id of another team's takes nothing from it
      When Noor of Northwind Claims records an event under the id of the event "answer"
      Then the session "chat with Maya" holds exactly, in any order
        | event  |
        | answer |
