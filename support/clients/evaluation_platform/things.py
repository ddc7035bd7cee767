"""What the operations of all nouns have in common, written once over a carrier; both doors are made of these."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from .carrying import Call, Carrier, expect_object, refusal
from .interface import (
    Accepted,
    BatchOutcome,
    ContractBroken,
    Created,
    Deleted,
    Fields,
    Malformation,
    Page,
    Refusal,
    Thing,
    Updated,
)
from .translation import from_wire, named_fields, parse, to_query, to_wire

T = TypeVar("T", bound=Thing)

MALFORMED: Mapping[Malformation, tuple[bytes, str]] = {
    "broken JSON": (b'{"name": "half', "application/json"),
    "a list": (b'[{"name": "in a list"}]', "application/json"),
    "a text": (b'"only a text"', "application/json"),
    "a number": (b"42", "application/json"),
    "nothing at all": (b"", "application/json"),
    "another media type": (b"<name>not JSON</name>", "application/xml"),
}


class ThingsOverCarrier(Generic[T]):
    """What every noun has in common; ``key`` is the noun's, ``model`` its model."""

    key: ClassVar[str]
    model: type[T]
    listed_as: ClassVar[str]
    """The member of a list's answer that holds the items."""
    read_as: ClassVar[str | None] = None
    """The member of a read's answer that holds the thing; None: the answer is the thing."""
    operations: ClassVar[str]
    """First part of the operations' names in the carriers' tables."""

    def __init__(self, carrier: Carrier) -> None:
        """Operate through a carrier."""
        self._carrier = carrier

    @property
    def noun(self) -> str:
        """See `interface.Things`."""
        return self.key

    def create(self, fields: Fields) -> Created | Refusal:
        """See `interface.Things`."""
        answer = self._send("create", body=self._body(fields))
        return answer if isinstance(answer, Refusal) else self._created(answer)

    def get(self, thing_id: str) -> T | Refusal:
        """See `interface.Things`."""
        answer = self._send("get", {"id": thing_id})
        if isinstance(answer, Refusal):
            return answer
        if self.read_as is not None:
            answer = need(answer, self.read_as, f"{self.operations}.get")
        return self._asked_for(thing_id, self._thing(answer, "get"))

    def list(self, *, limit: int | None = None, page: int | None = None, **filters: Any) -> Page[T] | Refusal:
        """See `interface.Things`."""
        query = to_query(self.key, {**filters, "limit": limit, "page": page})
        answer = self._send("list", query=query)
        return answer if isinstance(answer, Refusal) else self._page(answer, "list")

    def find(self, name: str) -> Page[T] | Refusal:
        """See `interface.Things`."""
        return self.list(name=name)

    def update(self, thing_id: str, changes: Fields) -> Updated | Refusal:
        """See `interface.Things`."""
        answer = self._send("update", {"id": thing_id}, body=self._body(changes))
        return answer if isinstance(answer, Refusal) else self._updated(thing_id, answer)

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """See `interface.Things`."""
        answer = self._send("delete", {"id": thing_id})
        return answer if isinstance(answer, Refusal) else self._deleted(thing_id, answer)

    def create_malformed(self, how: Malformation) -> Accepted | Refusal:
        """See `interface.Things`."""
        status, text = self._carrier.send_bytes(f"{self.operations}.create", *MALFORMED[how])
        if status < 400:
            return Accepted(status=status, body=text)
        return self._explained(refusal(status, json_or_text(text)))

    # what nouns differ in

    def _body(self, fields: Fields) -> dict[str, Any]:
        return to_wire(self.key, fields)

    def _created(self, answer: Any) -> Created:
        raise NotImplementedError

    def _updated(self, thing_id: str, answer: Any) -> Updated:
        raise NotImplementedError

    def _deleted(self, thing_id: str, answer: Any) -> Deleted:
        raise NotImplementedError

    def _thing(self, answer: Any, verb: str) -> T:
        return from_wire(self.key, self.model, answer, f"{self.operations}.{verb}")

    # helpers

    def _send(
        self,
        verb: str,
        ids: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> Any | Refusal:
        answer = self._carrier.send(Call(f"{self.operations}.{verb}", ids or {}, query or {}, body))
        return self._explained(answer) if isinstance(answer, Refusal) else answer

    def _explained(self, no: Refusal) -> Refusal:
        return no.model_copy(update={"fields": named_fields(self.key, no.message)})

    def _page(self, answer: Any, verb: str) -> Page[T]:
        operation = f"{self.operations}.{verb}"
        items = need(answer, self.listed_as, operation)
        if not isinstance(items, list):
            raise ContractBroken(operation, f"{self.listed_as} is not a list", answer)
        paging = answer.get("pagination") or {}
        return Page[T](
            items=tuple(self._thing(item, verb) for item in items),
            total=paging.get("total", answer.get("totalEvents", answer.get("total"))),
            page=paging.get("page"),
            limit=paging.get("limit"),
            has_next=paging.get("has_next"),
        )

    def _asked_for(self, thing_id: str, thing: T) -> T:
        if thing.id != thing_id:
            raise ContractBroken(f"{self.operations}.get", f"asked for {thing_id}, answered {thing.id}", thing)
        return thing

    def _only(self, thing_id: str, page: Page[T]) -> T | Refusal:
        """The one thing of a list that was asked for one id: an empty list says "not found"."""
        if not page.items:
            return Refusal(status=200, reason="not found", message="the platform answered with an empty list")
        if len(page.items) > 1:
            fault = f"asked for {thing_id}, answered {len(page.items)} things"
            raise ContractBroken(f"{self.operations}.get", fault, [thing.id for thing in page.items])
        return self._asked_for(thing_id, page.items[0])


def need(answer: Any, path: str, operation: str, kind: type | None = None) -> Any:
    """The member of an answer at a dotted path.

    Raises:
        ContractBroken: it is missing, or not of that kind.

    """
    value = expect_object(operation, answer)
    for part in path.split("."):
        if not isinstance(value, Mapping) or part not in value:
            raise ContractBroken(operation, f"the answer lacks {path}", answer)
        value = value[part]
    if kind is not None and not isinstance(value, kind):
        raise ContractBroken(operation, f"{path} is not a {kind.__name__}", answer)
    return value


def batch_outcome(answer: Any, ids: str, operation: str) -> BatchOutcome:
    """The outcome in a batch's answer; ``ids`` is the member that holds the ids.

    Raises:
        ContractBroken: the ids are missing, or an error without its index.

    """
    faults = expect_object(operation, answer).get("errors") or []
    refused: dict[int, str] = {}
    for fault in faults:
        where = ": ".join(str(fault[name]) for name in ("field", "message") if fault.get(name))
        refused[need(fault, "index", operation, int)] = where
    values = {"ids": need(answer, ids, operation, list), "refused": refused, "session": answer.get("session_id")}
    return parse(BatchOutcome, values, operation)


def json_or_text(text: str) -> Any:
    """The JSON of a text, or the text where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text
