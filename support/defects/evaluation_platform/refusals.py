"""Bad input of every kind: taken, or refused without a word on what is wrong with it."""

from typing import Any

from support.defects import defect, home
from support.defects.evaluation_platform import GONE, MATRIX


@defect("names.any-length-is-taken", breaks=["DS-8", "CF-4", "CF-90", "TL-90"], at="fields:check_name")
def any_length_is_taken(original: Any) -> Any:
    """A name may be longer than the limit."""

    def check_name(value: str) -> str:
        original(value[:200])
        return value

    return check_name


@defect(
    "refusals.name-no-property",
    breaks=["DS-8", "DP-7", "CF-4", "CF-90", "TL-90", "MT-91", "EV-90", "SE-90"],
    at="errors:describe",
    spreads=["DS-3", "DP-6", "SE-3"],
)
def refusals_name_no_property(_original: Any) -> Any:
    """Bad input is refused without a word on what is wrong with it."""
    return lambda _faults: "invalid input"


@defect(
    "refusals.unknown-id-opens-the-newest",
    breaks=["DS-8", "DP-7", "CF-2", "CF-4", "TL-2", "EV-2", "EV-90", "SE-90"],
    at="storage:find",
    spreads=["DS-92", "MT-2", "PJ-4", *GONE, *MATRIX],
)
def unknown_id_opens_the_newest(original: Any) -> Any:
    """An id that nothing has stands for the thing that was made last."""

    def find(db: Any, table: Any, project: str, id_: str) -> Any:
        storage = home(original)
        newest = storage.newest_first(storage.of_project(table, project), table)
        return original(db, table, project, id_) or db.execute(newest).mappings().first()

    return find


@defect("refusals.broken-json-is-taken", breaks=["DP-7"], at="calls:parse_json")
def broken_json_is_taken(original: Any) -> Any:
    """What is no JSON is taken for a thing without content."""

    def parse_json(body: bytes) -> Any:
        try:
            return original(body)
        except home(original).Problem:
            return {"inputs": {}}

    return parse_json


@defect("refusals.any-media-type-is-taken", breaks=["DP-7"], at="calls:check_media_type")
def any_media_type_is_taken(_original: Any) -> Any:
    """Whatever a program says that it sends is read as JSON."""
    return lambda _header: None


@defect("names.the-longest-is-refused", breaks=["DS-8"], at="fields:check_name")
def the_longest_is_refused(original: Any) -> Any:
    """A name of just the length that is allowed is refused as too long."""

    def check_name(value: str) -> str:
        original(f"{value}.")
        return value

    return check_name


@defect("searches.unknown-comparison-is-taken", breaks=["SE-91"], at="search:parse_condition")
def unknown_comparison_is_taken(original: Any) -> Any:
    """A search with a comparison that does not exist is answered as if it had asked for equality."""

    def parse_condition(raw: Any, where: str) -> Any:
        try:
            return original(raw, where)
        except home(original).errors.Problem as refused:
            if "operator" not in refused.message:
                raise
            return original({**raw, "operator": "is"}, where)

    return parse_condition


@defect("searches.senseless-value-finds-nothing", breaks=["SE-91"], at="search:parse_condition")
def senseless_value_finds_nothing(original: Any) -> Any:
    """A search for a number that is none is answered with nothing found, instead of being refused."""

    def parse_condition(raw: Any, where: str) -> Any:
        try:
            return original(raw, where)
        except home(original).errors.Problem as refused:
            if not refused.message.startswith(f"{where}.value"):
                raise
            return original({"field": "metadata.nothing", "operator": "exists", "type": "string"}, where)

    return parse_condition
