"""How a run is run: the behave runner, workers, lifecycle of a scenario, verdicts, undo, the defect drill."""
