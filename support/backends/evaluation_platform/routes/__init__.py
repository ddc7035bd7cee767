"""The routes, a module for each noun. They check what was sent, call the logic of that noun, and shape the answer.

Logic is looked up through its module when a request comes, never bound early: a seeded defect replaces it there.
"""

from __future__ import annotations

from . import (
    api_keys,
    charts,
    collector,
    configurations,
    datapoints,
    datasets,
    events,
    experiments,
    health,
    metrics,
    projects,
    queues,
    sessions,
    tools,
)

ROUTERS = (
    health.router,
    projects.router,
    datasets.router,
    datapoints.router,
    configurations.router,
    tools.router,
    sessions.router,
    events.router,
    metrics.router,
    experiments.router,
    collector.router,
    charts.router,
    queues.router,
    api_keys.router,
)
"""Every router of the platform; where two paths match, the first wins."""
