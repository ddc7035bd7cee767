"""What a request body must look like, as data. A fault says where and what, in no provider's words.

Each rule also says itself as a JSON Schema: what is described is what is checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Path = tuple[str | int, ...]
Schema = dict[str, Any]
Kind = Literal["missing", "type", "unknown", "value", "low", "high", "few", "many", "short", "long", "pattern"]


@dataclass(frozen=True)
class Fault:
    """A field at `path` breaks `limit` (of a kind: the least, the most, the types, the values supported).

    `whole` tells integers from decimals.
    """

    path: Path
    kind: Kind
    limit: Any = None
    got: Any = None
    whole: bool = False


class Rule(Protocol):
    """Checks one value."""

    @property
    def types(self) -> tuple[str, ...]:
        """The JSON types that it takes, by `type_of`."""
        ...

    def faults(self, value: Any, path: Path) -> Iterator[Fault]:
        """What is wrong with it."""
        ...

    def schema(self) -> Schema:
        """The same as a JSON Schema."""
        ...


def type_of(value: Any) -> str:
    """The JSON type: null, boolean, integer, number, string, array, object."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    names: dict[type, str] = {int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names[type(value)]


@dataclass(frozen=True)
class Anything:
    """Any JSON."""

    types: tuple[str, ...] = ("null", "boolean", "integer", "number", "string", "array", "object")

    def faults(self, value: Any, path: Path) -> Iterator[Fault]:
        """None, ever."""
        yield from ()

    def schema(self) -> Schema:
        """Of no type in particular."""
        return {}


@dataclass(frozen=True)
class Boolean:
    """True or false."""

    types: tuple[str, ...] = ("boolean",)

    def faults(self, value: Any, path: Path) -> Iterator[Fault]:
        """Of the type."""
        yield from _mistyped(self, value, path)

    def schema(self) -> Schema:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Number:
    """A number within limits, both included."""

    low: float | None = None
    high: float | None = None
    whole: bool = False

    @property
    def types(self) -> tuple[str, ...]:
        """Integers are numbers."""
        return ("integer",) if self.whole else ("number", "integer")

    def faults(self, value: Any, path: Path) -> Iterator[Fault]:
        """Of type and limits."""
        if wrong := list(_mistyped(self, value, path)):
            yield from wrong
        elif self.low is not None and value < self.low:
            yield Fault(path, "low", self.low, value, self.whole)
        elif self.high is not None and value > self.high:
            yield Fault(path, "high", self.high, value, self.whole)

    def schema(self) -> Schema:
        """A number with its limits."""
        return {"type": "integer" if self.whole else "number", **_given(minimum=self.low, maximum=self.high)}


@dataclass(frozen=True)
class Text:
    """A string."""

    short: int = 0
    long: int | None = None
    pattern: str | None = None
    types: tuple[str, ...] = ("string",)

    def faults(self, value: Any, path: Path) -> Iterator[Fault]:
        """Of type, length and pattern."""
        if wrong := list(_mistyped(self, value, path)):
            yield from wrong
        elif len(value) < self.short:
            yield Fault(path, "short", self.short, value)
        elif self.long is not None and len(value) > self.long:
            yield Fault(path, "long", self.long, value)
        elif self.pattern is not None and not re.search(self.pattern, value):
            yield Fault(path, "pattern", self.pattern, value)

    def schema(self) -> Schema:
        """A string with its limits."""
        return {"type": "string", **_given(minLength=self.short or None, maxLength=self.long, pattern=self.pattern)}


@dataclass(frozen=True)
class Choice:
    """One of some strings."""

    values: Sequence[str]
    types: tuple[str, ...] = ("string",)

    def faults(self, value: Any, path: Path) -> Iterator[Fault]:
        """Of type and value."""
        if wrong := list(_mistyped(self, value, path)):
            yield from wrong
        elif value not in self.values:
            yield Fault(path, "value", tuple(self.values), value)

    def schema(self) -> Schema:
        """The strings."""
        return {"enum": list(self.values)}


@dataclass(frozen=True)
class Many:
    """A list."""

    item: Rule
    few: int = 0
    many: int | None = None
    types: tuple[str, ...] = ("array",)

    def faults(self, value: Any, path: Path) -> Iterator[Fault]:
        """Of type, length and items."""
        if wrong := list(_mistyped(self, value, path)):
            yield from wrong
        elif len(value) < self.few:
            yield Fault(path, "few", self.few, value)
        elif self.many is not None and len(value) > self.many:
            yield Fault(path, "many", self.many, value)
        else:
            for index, item in enumerate(value):
                yield from self.item.faults(item, (*path, index))

    def schema(self) -> Schema:
        """An array with its limits."""
        return {"type": "array", "items": self.item.schema(), **_given(minItems=self.few or None, maxItems=self.many)}


@dataclass(frozen=True)
class Fields:
    """An object: the fields that it needs, those it may have, and no others unless it is `open`."""

    needed: Mapping[str, Rule] = field(default_factory=dict)
    allowed: Mapping[str, Rule] = field(default_factory=dict)
    open: bool = False
    types: tuple[str, ...] = ("object",)

    def faults(self, value: Any, path: Path) -> Iterator[Fault]:
        """Of type and fields."""
        if wrong := list(_mistyped(self, value, path)):
            yield from wrong
            return
        yield from (Fault((*path, name), "missing") for name in self.needed if name not in value)
        known = {**self.allowed, **self.needed}
        for name, item in value.items():
            if name in known:
                yield from known[name].faults(item, (*path, name))
            elif not self.open:
                yield Fault((*path, name), "unknown")

    def schema(self) -> Schema:
        """An object with its properties."""
        properties = {name: rule.schema() for name, rule in {**self.needed, **self.allowed}.items()}
        return {
            "type": "object",
            "properties": properties,
            "required": [*self.needed],
            "additionalProperties": self.open,
        }


@dataclass(frozen=True)
class Nullable:
    """What the rule takes, or null."""

    rule: Rule

    @property
    def types(self) -> tuple[str, ...]:
        """Null, too."""
        return (*self.rule.types, "null")

    def faults(self, value: Any, path: Path) -> Iterator[Fault]:
        """None for null."""
        if value is not None:
            yield from self.rule.faults(value, path)

    def schema(self) -> Schema:
        """Either of them."""
        return {"anyOf": [self.rule.schema(), {"type": "null"}]}


@dataclass(frozen=True)
class Either:
    """Told apart by their JSON types."""

    rules: Sequence[Rule]

    @property
    def types(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(name for rule in self.rules for name in rule.types)

    def faults(self, value: Any, path: Path) -> Iterator[Fault]:
        """Those of the rule for this type."""
        for rule in self.rules:
            if type_of(value) in rule.types:
                yield from rule.faults(value, path)
                return
        yield from _mistyped(self, value, path)

    def schema(self) -> Schema:
        """Any of them."""
        return {"anyOf": [rule.schema() for rule in self.rules]}


@dataclass(frozen=True)
class Tagged:
    """Objects told apart by the value of one field; `absent` is that value where the field may be left out."""

    tag: str
    kinds: Mapping[str, Fields]
    absent: str | None = None
    types: tuple[str, ...] = ("object",)

    def faults(self, value: Any, path: Path) -> Iterator[Fault]:
        """Of the tag, or else those of its rule."""
        if wrong := list(_mistyped(self, value, path)):
            yield from wrong
            return
        if self.tag not in value and self.absent is None:
            yield Fault((*path, self.tag), "missing")
            return
        found = value.get(self.tag, self.absent)
        wrong = list(Choice(tuple(self.kinds)).faults(found, (*path, self.tag)))
        yield from wrong or self.kinds[found].faults(value, path)

    def schema(self) -> Schema:
        """Any of the kinds, each with its tag."""
        return {"anyOf": [self._tagged(kind, rule.schema()) for kind, rule in self.kinds.items()]}

    def _tagged(self, kind: str, schema: Schema) -> Schema:
        others = [name for name in schema["required"] if name != self.tag]
        return {
            **schema,
            "properties": {**schema["properties"], self.tag: {"const": kind}},
            "required": others if kind == self.absent else [self.tag, *others],
        }


def _mistyped(rule: Rule, value: Any, path: Path) -> Iterator[Fault]:
    if type_of(value) not in rule.types:
        yield Fault(path, "type", rule.types, value)


def _given(**limits: Any) -> Schema:
    return {name: limit for name, limit in limits.items() if limit is not None}
