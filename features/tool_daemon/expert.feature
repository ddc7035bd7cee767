@needs.daemon.settings @needs.daemon.provider
Feature: Expert analysis
  What a tool has found out is judged by a model before it is answered. That is dear and slow: the same question is
  judged once, whoever asks and however many ask together.

  Rule: The same question is judged once

    @TD-18 @critical
    Scenario: A question that was judged is answered from what is known
      Given the tool daemon
      And the planner and the reviewer are connected
      And the model answers, one after another
        | answer               | times  |
        | The papers say so.   | 1      |
        | The papers are lost. | always |
      And the planner has called "analyze" with
        | question | Which parcels were late? |
        | material | Parcel nine was late.    |
        | steps    | 2                        |
      When the reviewer calls "analyze" with
        | question | Which parcels were late? |
        | material | Parcel nine was late.    |
        | steps    | 3                        |
      Then the reviewer is told
        | expert: how  | cached             |
        | expert: text | The papers say so. |
      And the model was asked once

    @TD-18
    Scenario Outline: Another <thing> is another question
      Given the tool daemon
      And the planner is connected
      And the model answers, one after another
        | answer               | times  |
        | The papers say so.   | 1      |
        | The papers are lost. | always |
      And the planner has called "analyze" with
        | question | Which parcels were late? |
        | material | Parcel nine was late.    |
      When the planner calls "analyze" with
        | question | <question> |
        | material | <material> |
      Then the planner is told
        | expert: how  | computed             |
        | expert: text | The papers are lost. |
      And the model was asked twice

      Examples:
        | thing    | question                 | material              |
        | question | Which parcels broke?     | Parcel nine was late. |
        | material | Which parcels were late? | Parcel ten was late.  |

    @TD-18
    Scenario: Without the expert nobody is asked
      Given the tool daemon
      And the planner is connected
      When the planner calls "analyze" with
        | question            | Which parcels were late?               |
        | material            | Parcel nine was late. The cup is here. |
        | steps               | 2                                      |
        | use assistant model | no                                     |
      Then the planner is told
        | expert: how        | skipped                 |
        | findings: 0: found | [Parcel nine was late.] |
        | findings: 1: found | []                      |
      And the model was asked 0 times

  Rule: Whoever asks what is being judged waits for that

    @TD-19 @critical
    Scenario: The second asker waits for the first one's answer
      Given the tool daemon
      And the planner and the reviewer are connected
      And the model answers, one after another
        | answer               | times  | after |
        | The papers say so.   | 1      | 0.3   |
        | The papers are lost. | always |       |
      And the planner is calling "analyze" with
        | question | Which parcels were late? |
        | steps    | 2                        |
      When the reviewer calls "analyze" with
        | question | Which parcels were late? |
        | steps    | 3                        |
      Then the reviewer is told
        | expert: how  | awaited            |
        | expert: text | The papers say so. |
      And the model was asked once

    @TD-19 @TD-96
    Scenario: The first asker may go, and the second is answered
      Given the tool daemon
      And the planner and the reviewer are connected
      And the model answers, one after another
        | answer             | times | after |
        | The papers say so. | 1     | 0.4   |
      And the planner is calling "analyze" with
        | question | Which parcels were late? |
        | steps    | 2                        |
      And the reviewer is calling "analyze" with
        | question | Which parcels were late? |
        | steps    | 3                        |
      When the planner vanishes
      Then the reviewer is told
        | expert: how  | awaited            |
        | expert: text | The papers say so. |
      And the model was asked once

    @TD-20 @critical
    Scenario: Many ask at once, and each question is judged once
      Given the tool daemon
      And the planner, the reviewer and the writer are connected
      And the model answers, one after another
        | answer              | times | after | asked about |
        | Parcel nine.        | 1     | 0.2   | late        |
        | The cup with a rose | 1     | 0.2   | broken      |
      When these calls are made at once
        | agent    | tool    | question                 | steps |
        | planner  | analyze | Which parcels were late? | 1     |
        | planner  | analyze | Which cup was broken?    | 1     |
        | reviewer | analyze | Which cup was broken?    | 2     |
        | reviewer | analyze | Which parcels were late? | 2     |
        | writer   | analyze | Which parcels were late? | 3     |
        | writer   | analyze | Which cup was broken?    | 3     |
      Then the planner is told
        | expert: text | The cup with a rose |
      And the reviewer is told
        | expert: text | Parcel nine. |
      And the writer is told
        | expert: text | The cup with a rose |
      And the model was asked twice

  Rule: The expert has a time of its own, and is heard of

    @TD-21 @critical
    Scenario: An expert that takes too long is not waited for, and what was found is answered
      Given the tool daemon with
        | expert timeout | 0.1 |
      And the planner is connected
      And the model answers, one after another
        | answer             | times | after |
        | The papers say so. | 1     | 20    |
      When the planner calls "analyze" with
        | question | Which parcels were late? |
        | material | Parcel nine was late.    |
        | steps    | 1                        |
      Then the planner is told
        | expert: how        | timed out               |
        | expert: cause      | within 0.1 s            |
        | findings: 0: found | [Parcel nine was late.] |
      And it took 0.1 to 0.9 seconds

    @TD-21
    Scenario: After a judgement that came too late the question is asked again
      Given the tool daemon with
        | expert timeout | 0.4 |
      And the planner is connected
      And the model answers, one after another
        | answer             | times | after |
        | The papers say so. | 1     | 20    |
        | Parcel nine.       | 1     |       |
      And the planner has called "analyze" with
        | question | Which parcels were late? |
      When the planner calls "analyze" with
        | question | Which parcels were late? |
      Then the planner is told
        | expert: how  | computed     |
        | expert: text | Parcel nine. |

    @TD-22 @critical
    Scenario: An expert at work is heard of at its own interval
      Given the tool daemon with
        | expert heartbeat interval | 0.05 |
      And the planner is connected
      And the model answers, one after another
        | answer             | times | after |
        | The papers say so. | 1     | 0.3   |
      When the planner calls "analyze" with
        | question | Which parcels were late? |
      Then the planner hears of the expert analysis every 0.05 seconds
      And the planner is told
        | expert: text | The papers say so. |
