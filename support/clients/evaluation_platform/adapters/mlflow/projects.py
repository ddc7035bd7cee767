"""Experiments as projects: in MLflow they hold what belongs together. A description is the tag that it shows as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...foreign import naming
from ...interface import Accepted, Created, Deleted, Fields, Malformation, NotOffered, Page, Project, Refusal, Updated
from ...things import need
from ...translation import parse
from .datasets import DESCRIPTION
from .wire import Wire

AT_ONCE = 1000
"""How many experiments are asked for at once."""
WORDS = {"name": "name", "description": DESCRIPTION}
VERSION = "2.0"


class Projects:
    """See `interface.Projects`: the experiments of the workspace of whoever asks."""

    noun = "project"

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def create(self, fields: Fields) -> Created | Refusal:
        """See `interface.Things`."""
        body = {name: value for name, value in fields.items() if name != "description"}
        if "description" in fields:
            body["tags"] = [{"key": DESCRIPTION, "value": fields["description"]}]
        answer = self._wire.ask("POST", "experiments/create", body, version=VERSION)
        if isinstance(answer, Refusal):
            return naming(answer, WORDS)
        return Created(id=need(answer, "experiment_id", "experiments/create", str))

    def get(self, thing_id: str) -> Project | Refusal:
        """See `interface.Things`."""
        answer = self._wire.ask("GET", "experiments/get", query={"experiment_id": thing_id}, version=VERSION)
        return answer if isinstance(answer, Refusal) else _thing(need(answer, "experiment", "experiments/get"))

    def list(self, *, limit: Any = None, page: int | None = None, **filters: Any) -> Page[Project] | Refusal:
        """See `interface.Things`."""
        if filters or limit is not None or page is not None:
            raise NotOffered("the adapter of MLflow lists all projects, and no part of them")
        asked: dict[str, Any] = {"max_results": AT_ONCE}
        found: list[Project] = []
        while True:
            answer = self._wire.ask("POST", "experiments/search", asked, version=VERSION)
            if isinstance(answer, Refusal):
                return answer
            found += map(_thing, answer.get("experiments", []))
            if not (token := answer.get("next_page_token")):
                return Page[Project](items=tuple(found))
            asked["page_token"] = token

    def find(self, name: str) -> Page[Project] | Refusal:
        """See `interface.Things`."""
        raise NotOffered(f"the adapter of MLflow finds no project by its name: {name!r}")

    def update(self, thing_id: str, changes: Fields) -> Updated | Refusal:
        """See `interface.Things`: name and description are changed by themselves."""
        if beyond := sorted(set(changes) - set(WORDS)):
            raise NotOffered(
                f"the adapter of MLflow changes name and description of a project, not {', '.join(beyond)}"
            )
        asked = {
            "name": ("experiments/update", {"new_name": changes.get("name")}),
            "description": (
                "experiments/set-experiment-tag",
                {"key": DESCRIPTION, "value": changes.get("description")},
            ),
        }
        for path, body in (asked[name] for name in changes):
            answer = self._wire.ask("POST", path, {"experiment_id": thing_id, **body}, version=VERSION)
            if isinstance(answer, Refusal):
                return naming(answer, WORDS)
        return Updated(id=thing_id)

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """Projects stay."""
        raise NotOffered(f"projects are not deleted ({thing_id})")

    def create_malformed(self, how: Malformation) -> Accepted | Refusal:
        """See `interface.Things`."""
        return self._wire.create_malformed("experiments/create", how, version=VERSION)


def _thing(wire: Mapping[str, Any]) -> Project:
    tags = {each["key"]: each.get("value") for each in wire.get("tags", [])}
    told = {"id": wire.get("experiment_id"), "name": wire.get("name"), "description": tags.get(DESCRIPTION)}
    return parse(Project, told, "experiments")
