"""Proves that a name with quotes or backslashes is asked for as it is in MLflow's filters, or said to be unsayable.

What MLflow reads of each filter was tried with the parsers of MLflow 3.17.2 for datasets, models, runs and traces.
"""

from __future__ import annotations

from typing import Any

import pytest

from support.clients.evaluation_platform.adapters.mlflow.datapoints import Datapoints
from support.clients.evaluation_platform.adapters.mlflow.datasets import Datasets
from support.clients.evaluation_platform.adapters.mlflow.prompts import Configurations
from support.clients.evaluation_platform.adapters.mlflow.runs import Runs
from support.clients.evaluation_platform.adapters.mlflow.wire import Key, Wire
from support.clients.evaluation_platform.interface import NotOffered

ASK: dict[str, Any] = {
    "datapoints": (Datapoints, "dataset", "{}"),
    "datasets": (Datasets, "name", "{}"),
    "prompts": (Configurations, "name", "{}"),
    "runs": (Runs, "name", "%{}%"),
}


def asked(monkeypatch: pytest.MonkeyPatch, what: str, name: str) -> str:
    """The filter that is sent when things are listed by that name."""
    things, by, _ = ASK[what]
    wire, said = Wire("http://127.0.0.1:9", Key("token", "ours", "1"), "api"), []

    def ask(_method: str, _path: str, body: Any = None, **more: Any) -> dict[str, Any]:
        sent = more.get("query") or body
        said.append(sent.get("filter_string") or sent["filter"])
        return {}

    monkeypatch.setattr(wire, "ask", ask)
    things(wire).list(**{by: name})
    return str(said[0])


@pytest.mark.parametrize("what", ASK)
@pytest.mark.parametrize(
    ("name", "quote"), [("late", "'"), ("Maya's", '"'), ("' OR name != '", '"'), ('say "no"', "'"), (r"C:\late", "'")]
)
def test_a_name_is_quoted_whatever_it_holds(monkeypatch: pytest.MonkeyPatch, what: str, name: str, quote: str) -> None:
    assert asked(monkeypatch, what, name).endswith(f" {quote}{ASK[what][2].format(name)}{quote}")


@pytest.mark.parametrize("what", ASK)
def test_what_no_quotes_can_hold_is_not_asked(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    with pytest.raises(NotOffered, match="both quotes"):
        asked(monkeypatch, what, """Maya's "late" parcel""")


@pytest.mark.parametrize("what", ["datapoints", "datasets", "prompts"])
def test_a_backslash_that_would_take_the_closing_quote_is_not_asked(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    with pytest.raises(NotOffered, match="backslash at the end"):
        asked(monkeypatch, what, "late\\")
