@program
Feature: Tenants that trace at once
  One service works for Harbour Support and for Northwind Claims, in the same minute, in spans of the same names. Each
  team sees its own work, all of it, and nothing of the other's.

  @TR-5 @critical @needs.platform.events.search @needs.platform.second-key
  Scenario Outline: Each tenant of a service with <tracer> finds its own events and no others
    When a program with <tracer> traces at once for
      | person                   | tenant          |
      | Ada                      | Harbour Support |
      | Noor of Northwind Claims | Northwind       |
    Then Ada finds the events of "Harbour Support" and no others, by every way of reading
    And Noor of Northwind Claims finds the events of "Northwind" and no others, by every way of reading

    @needs.platform.programs
    Examples: The standard tracer
      | tracer              |
      | the standard tracer |

    @needs.platform.sdk
    Examples: The platform's own tracer
      | tracer                    |
      | the platform's own tracer |
