"""Projects, which hold spans alone. Every user sees all of them; an administrator describes them anew."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from ...foreign import naming
from ...interface import Accepted, Created, Deleted, Fields, Malformation, NotOffered, Page, Project, Refusal, Updated
from ...things import need
from ...translation import parse
from .pages import PAGE, Turned, page_of, turn, turn_graph
from .wire import Wire

OWN = ("name", "description")
WORDS = {**{name: name for name in OWN}, "limit": "limit"}
SHOWN = "id name description"
GET = f"query($id: ID!) {{ node(id: $id) {{ ... on Project {{ {SHOWN} }} }} }}"
LIST = (
    f"query($first: Int, $after: String) {{ projects(first: $first, after: $after) {{ edges {{ node {{ {SHOWN} }} }}"
    " pageInfo { hasNextPage endCursor } } }"
)


class Projects:
    """See `interface.Projects`; the interfaces differ in how a project is read."""

    noun = "project"

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def create(self, fields: Fields) -> Created | Refusal:
        """See `interface.Things`."""
        answer = self._wire.ask("POST", "projects", dict(fields))
        if isinstance(answer, Refusal):
            return naming(answer, WORDS)
        return Created(id=need(answer, "data.id", "projects.create", str))

    @abstractmethod
    def get(self, thing_id: str) -> Project | Refusal:
        """See `interface.Things`."""

    def list(self, *, limit: Any = None, page: int | None = None, **filters: Any) -> Page[Project] | Refusal:
        """See `interface.Things`."""
        if filters:
            raise NotOffered(f"the adapter of Phoenix chooses no project by {', '.join(filters)}")
        turned = page_of(page, lambda cursor: self._turn(PAGE if limit is None else limit, cursor))
        if isinstance(turned, Refusal):
            return naming(turned, WORDS)
        found, cursor = turned
        return Page[Project](items=tuple(map(_thing, found)), page=page, limit=limit, has_next=cursor is not None)

    @abstractmethod
    def _turn(self, size: Any, cursor: str | None) -> Turned: ...

    def find(self, name: str) -> Page[Project] | Refusal:
        """See `interface.Things`."""
        raise NotOffered(f"Phoenix finds a project by a part of its name: {name!r}")

    def update(self, thing_id: str, changes: Fields) -> Updated | Refusal:
        """See `interface.Things`. GraphQL has no such operation."""
        if beyond := sorted(set(changes) - {"description"}):
            raise NotOffered(f"Phoenix changes the description of a project only, not its {', '.join(beyond)}")
        answer = self._wire.ask("PUT", f"projects/{thing_id}", dict(changes))
        return naming(answer, WORDS) if isinstance(answer, Refusal) else Updated(id=thing_id)

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """See `interface.Things`."""
        answer = self._wire.ask("DELETE", f"projects/{thing_id}")
        return answer if isinstance(answer, Refusal) else Deleted(id=thing_id)

    def create_malformed(self, how: Malformation) -> Accepted | Refusal:
        """See `interface.Things`."""
        return self._wire.create_malformed("projects", how)


class RestProjects(Projects):
    """As REST shows them."""

    def get(self, thing_id: str) -> Project | Refusal:
        """See `interface.Things`."""
        answer = self._wire.ask("GET", f"projects/{thing_id}")
        return answer if isinstance(answer, Refusal) else _thing(need(answer, "data", "projects.get"))

    def _turn(self, size: Any, cursor: str | None) -> Turned:
        return turn(self._wire, "projects", cursor, {"limit": size})


class GraphProjects(Projects):
    """As GraphQL shows them."""

    def get(self, thing_id: str) -> Project | Refusal:
        """See `interface.Things`."""
        answer = self._wire.query("node", GET, id=thing_id)
        return answer if isinstance(answer, Refusal) else _thing(answer)

    def _turn(self, size: Any, cursor: str | None) -> Turned:
        return turn_graph(self._wire.query("projects", LIST, first=size, after=cursor), "edges")


def _thing(wire: Mapping[str, Any]) -> Project:
    return parse(Project, {name: wire.get(name) for name in ("id", *OWN)}, "projects")
