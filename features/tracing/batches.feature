@program
Feature: Many spans
  A busy afternoon makes many spans in little time. They travel in batches; every one of them counts, and counts once.

  Rule: Every span is stored once, however many travel together

    @TR-6 @TR-11 @critical @needs.platform.programs
    Scenario: A hundred spans in batches are a hundred events
      When a program with the standard tracer traces 100 spans in the session "busy afternoon", at most 30 at a time
      Then the session "busy afternoon" holds 100 events, each of them once
      And they went out in 4 batches
      And those of "busy afternoon" were sent within 10 s and stored within 60 s of each other

    @TR-6 @TR-11 @needs.platform.sdk
    Scenario: A hundred steps under the platform's own tracer are a hundred events
      When a program with the platform's own tracer traces 100 spans in the session "busy afternoon"
      Then the session "busy afternoon" holds 100 events, each of them once
      And those of "busy afternoon" were sent within 10 s and stored within 60 s of each other

    @TR-6 @TR-9 @needs.platform.programs
    Scenario: Packed batches are the same events as plain ones
      When a program with the standard tracer traces 100 spans in the session "busy afternoon", at most 30 at a time, packed
      Then the session "busy afternoon" holds 100 events, each of them once

    @TR-6 @TR-11 @load @needs.platform.programs
    Scenario Outline: Ten thousand spans of <tracer> are ten thousand events
      When a program with <tracer> traces 10000 spans in the session "busy day"
      Then the session "busy day" holds 10000 events, each of them once
      And those of "busy day" were sent within 60 s and stored within 60 s of each other

      Examples:
        | tracer              |
        | the standard tracer |
