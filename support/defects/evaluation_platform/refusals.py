"""Bad input of every kind: taken, or refused without a word on what is wrong with it."""

from typing import Any

from support.defects import defect, home


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
