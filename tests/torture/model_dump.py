"""A formatter that writes down what behave's own model says in the end, independent of any report of ours."""

import json

from behave.formatter.base import Formatter


class ModelDump(Formatter):
    """JSON list of {location, status, steps}, for every scenario of every feature that was told."""

    name = "model_dump"

    def __init__(self, stream_opener, config):
        super().__init__(stream_opener, config)
        self.features = []

    def feature(self, feature):
        self.features.append(feature)

    def close(self):
        scenarios = [scenario for feature in self.features for scenario in feature.walk_scenarios()]
        told = [
            {
                "location": str(scenario.location),
                "status": scenario.status.name,
                "steps": [step.status.name for step in scenario.all_steps],
            }
            for scenario in scenarios
        ]
        self.open().write(json.dumps(told))
        self.close_stream()
