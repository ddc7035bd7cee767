@needs.model.script @needs.practice.control
Feature: What the page shows
  The assistant sits beside a page: what is loaded, selected and open there is what "this session" and "this client" mean,
  and it must never be the page of an hour ago, or of somebody else.

  Background:
    Given Dr. Lee is chatting with the web assistant

  Rule: A page that is told whole replaces all that was known of it

    @UI-1
    Scenario: Everything that a page shows is taken in
      Given the practice knows one of everything
      When the page of Dr. Lee shows
        | page type       | sessions      |
        | client          | Sarah Johnson |
        | template        | Progress note |
        | loaded sessions | [Intake]      |
        | filters: from   | "2030-01-01"  |
        | columns         | [date, title] |
      Then Dr. Lee receives, in this order, and nothing else
        | page taken in |  |
      And the page of Dr. Lee is known as
        | page type       | sessions      |
        | client          | Sarah Johnson |
        | template        | Progress note |
        | loaded sessions | [Intake]      |
        | filters: from   | "2030-01-01"  |
        | columns         | [date, title] |

    @UI-1
    Scenario: What is not told any more is not known any more
      Given the practice knows one of everything
      And the page of Dr. Lee shows
        | page type       | sessions      |
        | client          | Sarah Johnson |
        | loaded sessions | [Intake]      |
      When the page of Dr. Lee shows
        | page type | billing |
      Then the page of Dr. Lee is known as
        | page type | billing |

    @UI-1
    Scenario Outline: A page that shows <what> is known as it is
      When the page of Dr. Lee shows
        | page type | <shown> |
        | title     | <shown> |
      Then the page of Dr. Lee is known as
        | page type | <shown> |
        | title     | <shown> |
      And the connection stays usable

      Examples:
        | what            | shown                         |
        | markup          | <script>alert(1)</script>     |
        | a database word | '; DROP TABLE sessions; --    |
        | braces          | {{clientName}} {% raw %} ${x} |
        | many scripts    | Größe, 你好, مرحبا, 👩🏽‍🚀        |
        | unseen signs    | (unseen signs)                |
        | many lines      | (several lines)               |
        | a long text     | (20000 characters)            |

    @UI-1 @UI-2
    Scenario: A whole page that is older than what is known is not taken in
      Given the page of Dr. Lee shows
        | page type | billing          |
        | at        | 2030-03-01 10:00 |
      When the page of Dr. Lee shows
        | page type | sessions         |
        | at        | 2030-03-01 09:59 |
      Then Dr. Lee receives, in this order, and nothing else
        | page refused | stale state |
      And the page of Dr. Lee is known as
        | page type | billing |

  Rule: What changes on a page is merged, and nothing older counts

    @UI-2
    Scenario: What changes is changed, and all else stays
      Given the practice knows one of everything
      And the page of Dr. Lee shows
        | page type       | sessions      |
        | client          | Sarah Johnson |
        | loaded sessions | [Intake]      |
      When the page of Dr. Lee changes to
        | client   | Tom Becker    |
        | template | Progress note |
      Then Dr. Lee receives, in this order, and nothing else
        | page taken in |  |
      And the page of Dr. Lee is known as
        | page type       | sessions      |
        | client          | Tom Becker    |
        | loaded sessions | [Intake]      |
        | template        | Progress note |

    @UI-2
    Scenario: What is closed on a page is not known any more
      Given the page of Dr. Lee shows
        | page type | sessions |
        | dialogue  | export   |
      When the page of Dr. Lee changes to
        | dialogue | (nothing) |
      Then the page of Dr. Lee is known as
        | page type | sessions |

    @UI-2
    Scenario Outline: A change from <when> is <outcome>
      Given the page of Dr. Lee shows
        | page type | sessions         |
        | at        | 2030-03-01 10:00 |
      When the page of Dr. Lee changes to
        | page type | billing |
        | tab       | open    |
        | at        | <at>    |
      Then Dr. Lee receives, in this order, and nothing else
        | <outcome> | <why> |
      And the page of Dr. Lee is known as
        | page type | <known>     |
        | tab       | <known tab> |

      Examples:
        | when            | at               | outcome       | why         | known    | known tab  |
        | a minute later  | 2030-03-01 10:01 | page taken in |             | billing  | open       |
        | the same moment | 2030-03-01 10:00 | page taken in |             | billing  | open       |
        | a moment later  | 1898589600001    | page taken in |             | billing  | open       |
        | a minute before | 2030-03-01 09:59 | page refused  | stale state | sessions | (left out) |
        | a moment before | 1898589599999    | page refused  | stale state | sessions | (left out) |
        | the year before | 2029-03-01 10:00 | page refused  | stale state | sessions | (left out) |

    @UI-2
    Scenario: Of changes that overtake each other the last one by its time counts
      Given the page of Dr. Lee changes to
        | page type | templates        |
        | at        | 2030-03-01 10:02 |
      And the page of Dr. Lee changes to
        | page type | billing          |
        | at        | 2030-03-01 10:01 |
      When the page of Dr. Lee changes to
        | tab | open             |
        | at  | 2030-03-01 10:03 |
      Then the page of Dr. Lee is known as
        | page type | templates |
        | tab       | open      |

    @UI-2 @UI-4
    Scenario: What a tool has put on the page stays when the page changes elsewhere
      Given the practice knows one of everything
      And the model will, one after another
        | step                 | with                                                                 |
        | load session         | the known session "Intake" and the known client "Sarah Johnson"      |
        | set client selection | the client name "Sarah Johnson" and the known client "Sarah Johnson" |
        | answer               | "Loaded."                                                            |
      And the page of Dr. Lee shows
        | page type | sessions |
      And Dr. Lee writes
        | Load the intake. |
      When the page of Dr. Lee changes to
        | tab | notes |
      Then the page of Dr. Lee is known as
        | page type       | sessions      |
        | tab             | notes         |
        | client          | Sarah Johnson |
        | loaded sessions | [Intake]      |

  Rule: What a page shows is known for a day, wherever the service runs

    @UI-3 @needs.redis.control
    Scenario: What a page shows is kept for a day
      When the page of Dr. Lee shows
        | page type | sessions |
      Then what the page of Dr. Lee shows is kept for 24 hours

    @UI-3 @needs.assistant.settings
    Scenario: What a page showed is forgotten when its time is over
      Given the assistant is configured with
        | ui state hours | 0.00002 |
      And Dr. Lee is chatting with the web assistant in "another tab"
      When the page of Dr. Lee in "another tab" shows
        | page type | billing |
      Then the page of Dr. Lee in "another tab" is soon known as nothing

    @UI-3 @needs.assistant.settings @needs.redis.control
    Scenario: A page that is told to one instance is known to the other
      Given the practice knows one of everything
      And the assistant is joined by a second instance
      When the page of Dr. Lee shows
        | page type       | sessions |
        | loaded sessions | [Intake] |
      Then the page of Dr. Lee is known as
        | page type       | sessions |
        | loaded sessions | [Intake] |

    @UI-3 @UI-4 @needs.assistant.settings @needs.redis.control
    Scenario: Whoever reconnects to another instance finds the page as it was
      Given the practice knows one of everything
      And the page of Dr. Lee shows
        | page type       | sessions |
        | loaded sessions | [Intake] |
      And the assistant is joined by a second instance
      And Dr. Lee reconnects
      And the model will, one after another
        | step            | with                                 |
        | loaded sessions |                                      |
        | session content | the session the loaded sessions hold |
        | answer          | "I can read it."                     |
      When Dr. Lee asks "What is loaded?"
      Then the model was told, in this order, and nothing else
        | loaded sessions | success | "count": 1           |
        | session content | success | I will keep a diary. |

    @UI-3 @needs.assistant.restart @needs.redis.control
    Scenario Outline: What a page shows outlives a service that is <ended>
      Given the page of Dr. Lee shows
        | page type | sessions         |
        | at        | 2030-03-01 10:00 |
      And the assistant is <ended> and started again
      And Dr. Lee reconnects
      When the page of Dr. Lee changes to
        | page type | billing          |
        | at        | 2030-03-01 09:00 |
      Then Dr. Lee receives, in this order, and nothing else
        | page refused | stale state |
      And the page of Dr. Lee is known as
        | page type | sessions |

      Examples:
        | ended   |
        | killed  |
        | stopped |

  Rule: What a page shows changes what the tools do

    @UI-4
    Scenario: Tools work on the sessions that are loaded on the page
      Given the practice knows one of everything
      And the page of Dr. Lee shows
        | loaded sessions | [Intake] |
      And the model will, one after another
        | step                   | with                                                       |
        | loaded sessions        |                                                            |
        | session content        | the session the loaded sessions hold                       |
        | analyze loaded session | the session the loaded sessions hold and the type "themes" |
        | answer                 | "It is about: ", what the analyze loaded session says      |
      When Dr. Lee asks "What is this session about?"
      Then the practice was asked these things, in this order, and nothing else
        | analyze loaded session | "Intake", "Sarah Johnson", the type "themes" |
      And the model was told, in this order, and nothing else
        | loaded sessions        | success | "count": 1           |
        | session content        | success | I will keep a diary. |
        | analyze loaded session | success | diary                |
      And the reply says "It is about: diary"

    @UI-4
    Scenario Outline: Without what it works on, <tool> says what is missing
      Given the practice knows one of everything
      And the page of Dr. Lee shows
        | page type | sessions |
      And the model will, one after another
        | step   | with               |
        | <tool> | <with>             |
        | answer | "Load one, first." |
      When Dr. Lee asks "What is this session about?"
      Then the model was told, in this order, and nothing else
        | <tool> | failure | <told> |
      And the practice was asked nothing

      Examples:
        | tool                          | with                                           | told                    |
        | session content               | the known session "Intake"                     | is not loaded           |
        | analyze loaded session        | the known session "Intake" and the type "full" | is not loaded           |
        | generate document auto        |                                                | No template is selected |
        | generate document from loaded | the template content "Note"                    | No session is loaded    |

    @UI-4
    Scenario: A document is written by the template that the page shows now
      Given the practice knows one of everything
      And the practice knows the template "Letter" with
        | content | Letter about {{clientName}}: |
      And the page of Dr. Lee shows
        | loaded sessions | [Intake]      |
        | template        | Progress note |
      And the page of Dr. Lee changes to
        | template | Letter |
      And the model will, one after another
        | step                   | with                                |
        | generate document auto |                                     |
        | judge it harmless      | clinical work                       |
        | answer                 | "Dear Dr. Kim."                     |
        | answer                 | "It says: ", what the document says |
      When Dr. Lee asks "Write it."
      Then it was written from these, in this order
        | Letter about Sarah Johnson: |
        | How was your sleep?         |

    @UI-4
    Scenario: Of the sessions of two people a document takes those of the client who is selected
      Given the practice knows one of everything
      And the practice knows the session "First talk" with
        | client           | Tom Becker           |
        | segments: Client | I moved to the city. |
      And the page of Dr. Lee shows
        | loaded sessions | [Intake, First talk] |
        | template        | Progress note        |
        | client          | Tom Becker           |
      And the model will, one after another
        | step                   | with                                |
        | generate document auto |                                     |
        | judge it harmless      | clinical work                       |
        | answer                 | "He moved."                         |
        | answer                 | "It says: ", what the document says |
      When Dr. Lee asks "Write it."
      Then it was written from these, in this order
        | Progress of Tom Becker: |
        | I moved to the city.    |
      And the model was told, in this order, and nothing else
        | generate document auto | success | "clientName": "Tom Becker" |

    @UI-4
    Scenario: Of the sessions of two people nothing is written while nobody is selected
      Given the practice knows one of everything
      And the practice knows the session "First talk" with
        | client           | Tom Becker           |
        | segments: Client | I moved to the city. |
      And the page of Dr. Lee shows
        | loaded sessions | [Intake, First talk] |
        | template        | Progress note        |
      And the model will, one after another
        | step                     | with          |
        | check document readiness |               |
        | generate document auto   |               |
        | answer                   | "About whom?" |
      When Dr. Lee asks "Write it."
      Then the model was told, in this order, and nothing else
        | check document readiness | success | "ready": true          |
        | generate document auto   | failure | are of several clients |
      And the practice was asked nothing

    @UI-4
    Scenario Outline: On a page of the type <page> the model can <may> use <tool>
      Given the practice knows one of everything
      And the page of Dr. Lee shows
        | page type | <page> |
      And the model will, one after another
        | step   | with    |
        | <tool> | <with>  |
        | answer | "Done." |
      When Dr. Lee asks "Please."
      Then the model was told, in this order, and nothing else
        | <tool> | <outcome> | <told> |
      And the practice was asked <often>

      Examples:
        | page      | may       | tool            | with                                                            | outcome | told             | often   |
        | billing   | well      | list invoices   |                                                                 | success | 12000            | once    |
        | billing   | by no way | client summary  | the known client "Sarah Johnson"                                | failure | There is no tool | nothing |
        | templates | well      | templates       |                                                                 | success | Progress note    | once    |
        | templates | by no way | list invoices   |                                                                 | failure | There is no tool | nothing |
        | calendar  | well      | find free slots | the date "2030-01-14"                                           | success | 2030-01-14T09:00 | once    |
        | calendar  | by no way | templates       |                                                                 | failure | There is no tool | nothing |
        | sessions  | well      | load session    | the known session "Intake" and the known client "Sarah Johnson" | success | Intake           | once    |
        | sessions  | by no way | find free slots | the date "2030-01-14"                                           | failure | There is no tool | nothing |
        | home      | well      | client summary  | the known client "Sarah Johnson"                                | success | Sarah Johnson    | once    |

    @UI-4 @UI-2
    Scenario: What may be used follows the page from one question to the next
      Given the practice knows one of everything
      And the page of Dr. Lee shows
        | page type | billing |
      And the model will, one after another
        | step           | with                             |
        | client summary | the known client "Sarah Johnson" |
        | answer         | "Not here."                      |
        | client summary | the known client "Sarah Johnson" |
        | answer         | what the summary says            |
      And Dr. Lee writes
        | How is Sarah? |
      And the page of Dr. Lee changes to
        | page type | sessions |
      When Dr. Lee asks "And now?"
      Then the practice was asked these things, in this order, and nothing else
        | client summary | "Sarah Johnson" |

    @UI-90 @UI-4 @needs.assistant.state.own
    Scenario: A page is known in its own chat only
      Given the practice knows one of everything
      And Dr. Lee is chatting with the web assistant in "another tab"
      And the page of Dr. Lee shows
        | loaded sessions | [Intake]      |
        | template        | Progress note |
      And the model will, again and again
        | step              | with    |
        | loaded sessions   |         |
        | selected template |         |
        | answer            | "None." |
      When Dr. Lee asks "What is loaded?" in "another tab"
      Then the model was told, in this order, and nothing else
        | loaded sessions   | success | "count": 0            |
        | selected template | success | "selected": (nothing) |

    @UI-90 @needs.assistant.state.own
    Scenario: Two people at work at once each have their own page
      Given the practice knows one of everything
      And Dr. Kim is chatting with the web assistant
      And the page of Dr. Lee shows
        | page type       | sessions |
        | loaded sessions | [Intake] |
      When the page of Dr. Kim shows
        | page type | billing       |
        | client    | Sarah Johnson |
      Then the page of Dr. Lee is known as
        | page type       | sessions |
        | loaded sessions | [Intake] |
      And the page of Dr. Kim is known as
        | page type | billing       |
        | client    | Sarah Johnson |
