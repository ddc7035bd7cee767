"""MLflow's tracking server, over its REST interface and its OTLP endpoint; nothing of `mlflow` is imported.

A tenant is a workspace, a user that may do everything in it, and one experiment of it, to which MLflow ties everything
that the suite makes: datasets, traces and runs.
"""

from .platform import MLflow

ADAPTER = MLflow
