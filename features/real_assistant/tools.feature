@real_ai
Feature: Which tools a real model takes
  A practitioner asks in plain words; out of some sixty tools the assistant takes the right one, with what it found and
  nothing made up, and comes to an answer.

  Background:
    Given Dr. Lee is chatting with the web assistant

  Rule: The right tool is chosen, with valid arguments

    @PE-13
    Scenario: Plain questions lead to the tools that fit
      Given the practice knows the client "Sarah Johnson"
      When Dr. Lee writes, each in a new conversation
        | message                               | tool                                    |
        | Find the client called Sarah Johnson. | search clients, search specific clients |
        | Which templates do we have?           | templates                               |
        | Who works at our practice?            | list practitioners                      |
        | Which invoices are still open?        | list invoices                           |
        | Which appointments are planned?       | list appointments                       |
        | What reminders do I have?             | list reminders                          |
      Then in at least 5 of 6 replies the first tool is one that fits
      And no reply makes a malformed call
      And no reply makes up an id
      And in every reply an answer is given

    @PE-13
    Scenario: What needs no record takes no tool
      When Dr. Lee writes, 2 times, each in a new conversation
        | message                                  | tool |
        | Thank you, that was all for today.       | none |
        | Rephrase politely: the session is moved. | none |
      Then in at least 3 of 4 replies the first tool is one that fits
      And in every reply an answer is given

    @PE-13
    Scenario: Ids are found before they are used
      Given the practice knows the client "Sarah Johnson"
      When Dr. Lee writes, 2 times, each in a new conversation
        """
        How is our client Sarah Johnson doing? Look at her summary.
        """
      Then no reply makes up an id
      And in at least 1 of 2 replies "client summary" is used
      And in at least 1 of 2 replies "Sarah" is named

    @PE-13
    Scenario: Nobody of that name is invented
      When Dr. Lee writes, 2 times, each in a new conversation
        """
        Give me the summary of our client Zebulon Quill.
        """
      Then no reply makes up an id
      And no reply makes a malformed call
      And in every reply nobody of that name is found

  Rule: A chain of tools comes to its end

    @TC-20
    Scenario: The practice's figures take several tools and end in an answer
      Given the practice knows the client "Sarah Johnson"
      When Dr. Lee writes, 2 times, each in a new conversation
        """
        Get our practice metrics for this month and the clinic's statistics, and look up who works here. Then sum it up.
        """
      Then in every reply 3 to 10 tools are used
      And in at least 1 of 2 replies "practice metrics", "clinic stats" and "list practitioners" are used
      And in every reply an answer is given
      And no reply makes a malformed call

    @TC-21
    Scenario: A conversation is analysed from the results of several tools
      Given the practice knows the client "Sarah Johnson"
      And the practice knows the conversation "Sleep diary" with
        | messages: client    | I am exhausted. The deadline at work keeps me awake, and I feel anxious about the deadline.    |
        | messages: assistant | What could you try this week?                                                                  |
        | messages: client    | I will call the sleep clinic on Monday, and I will write the diary. I feel hopeful about that. |
      When Dr. Lee writes, 2 times, each in a new conversation
        """
        Find Sarah Johnson's conversations, read and analyse the one called Sleep diary, and tell me its themes, its
        sentiment and the action items.
        """
      Then in every reply "conversations" and "analyze conversation" are used
      And in every reply "deadline" and "sleep clinic" are named
      And in at least 1 of 2 replies "theme", "sentiment" and "action" are named
      And no reply makes up an id
