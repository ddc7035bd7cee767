"""MLflow's tracking server, over its REST interface and its OTLP endpoint; nothing of `mlflow` is imported.

A tenant is a user and an experiment of theirs, to which MLflow ties datasets, traces and runs. Where MLflow has
workspaces, each tenant has one, in which its user may do everything; where it has none, what a user made is theirs
alone.
"""

from .platform import MLflow

ADAPTER = MLflow
