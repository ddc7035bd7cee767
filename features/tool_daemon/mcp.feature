@program @needs.daemon.shim @needs.daemon.files
Feature: The daemon's tools for a standard MCP client
  An agent that knows nothing of this daemon finds its tools through the standard that it knows. The client is the
  official one, unmodified, in a process of its own; what was said is in the report.

  @TD-34 @critical
  Scenario: A standard client finds the tools, calls them and hears of their progress
    Given the tool daemon with
      | heartbeat interval | 0.03 |
    When a standard MCP client comes through the shim, taking these steps
      | step           | tool | text         | seconds | message |
      | initialise     |      |              |         |         |
      | list the tools |      |              |         |         |
      | call           | echo | Good morning |         |         |
      | call           | slow |              | 0.15    |         |
      | call           | fail |              |         | no ink  |
    Then of its steps came
      | server      | offers tools | tools                                                          | text                  | failed | progress at least |
      | tool-daemon | yes          |                                                                |                       |        |                   |
      |             |              | [echo, chat, analyze, slow, fail, version, health, listmodels] |                       |        |                   |
      |             |              |                                                                | Good morning          | no     |                   |
      |             |              |                                                                | wait: done in 3 steps | no     | 2                 |
      |             |              |                                                                | no ink; caused by     | yes    |                   |

  @TD-34
  Scenario: A call that a standard client cancels is stopped in the daemon
    Given the tool daemon with
      | heartbeat interval | 0.03 |
    When a standard MCP client comes through the shim, taking these steps
      | step       | tool   | seconds |
      | initialise |        |         |
      | cancel     | slow   | 20      |
      | call       | health |         |
    Then of its steps came
      | cancelled | failed |
      |           |        |
      | yes       |        |
      |           | no     |
    And the metrics tell of exactly these calls
      | agent | tool   | outcome   |
      | shim  | slow   | cancelled |
      | shim  | health | ok        |

  @TD-30 @TD-31 @TD-34
  Scenario: The shim writes as the daemon does, and both tell of a call under one name
    Given the tool daemon
    When a standard MCP client comes through the shim, taking these steps
      | step       | tool | text         |
      | initialise |      |              |
      | call       | echo | Good morning |
    Then every line of the log is of one form, from
      | component |
      | shim      |
      | sessions  |
      | calls     |
