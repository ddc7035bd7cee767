"""Tools: kept with their schema, got, listed, changed, deleted."""

from typing import Any

from support.defects import defect
from support.defects.evaluation_platform import forgiving, haunted


def without(schema: Any, word: str) -> Any:
    """A schema without this keyword, at every depth."""
    if isinstance(schema, dict):
        return {key: without(value, word) for key, value in schema.items() if key != word}
    return [without(one, word) for one in schema] if isinstance(schema, list) else schema


@defect("tools.choices-are-lost", breaks=["TL-1"], at="tools:create")
def choices_are_lost(original: Any) -> Any:
    """An argument that may be one of three words may be any word when the tool is read back."""

    def create(db: Any, project: str, sent: Any) -> Any:
        return original(db, project, {**sent, "parameters": without(sent["parameters"], "enum")})

    return create


@defect("tools.create-forgets-description", breaks=["TL-1"], at="tools:create", spreads=["TL-2", "TL-4"])
def create_forgets_description(original: Any) -> Any:
    """A tool is stored without its description."""
    return lambda db, project, sent: original(db, project, {**sent, "description": None})


@defect("tools.get-forgets-what-is-required", breaks=["TL-2"], at="tools:get", spreads=["TL-1", "TL-4"])
def get_forgets_what_is_required(original: Any) -> Any:
    """A tool that is opened shows every argument as optional."""

    def get(db: Any, project: str, tool: str) -> Any:
        found = original(db, project, tool)
        return {**found, "parameters": without(found["parameters"], "required")}

    return get


@defect("tools.list-is-oldest-first", breaks=["TL-3"], at="tools:list_page")
def list_is_oldest_first(original: Any) -> Any:
    """The list of tools begins with the oldest."""
    return lambda *arguments, **filters: original(*arguments, **filters)[::-1]


@defect("tools.list-shows-functions-only", breaks=["TL-3"], at="tools:list_page")
def list_shows_functions_only(original: Any) -> Any:
    """The list of tools leaves out those that are not functions."""
    return lambda *arguments, **filters: original(*arguments, **{**filters, "tool_type": "function"})


@defect("tools.update-empties-description", breaks=["TL-4"], at="tools:merge_changes")
def update_empties_description(original: Any) -> Any:
    """Changing the schema of a tool empties its description."""
    return lambda current, changes: original({**current, "description": None}, changes)


@defect("tools.update-keeps-the-old-schema", breaks=["TL-4"], at="tools:merge_changes")
def update_keeps_the_old_schema(original: Any) -> Any:
    """A change to a tool's schema is acknowledged and not made."""
    return lambda current, changes: original(current, {**changes, "parameters": current["parameters"]})


@defect("tools.update-forgets-description", breaks=["TL-4"], at="tools:merge_changes")
def update_forgets_description(original: Any) -> Any:
    """A change of a tool's description is acknowledged and not made."""
    return lambda current, changes: original(current, {**changes, "description": current["description"]})


@defect("tools.delete-twice-succeeds", breaks=["TL-5"], at="tools:delete")
def delete_twice_succeeds(original: Any) -> Any:
    """Deleting a tool that is gone is answered as a success."""
    return forgiving(original)


@defect("tools.deleted-stays-listed", breaks=["TL-5"], at="tools:list_page")
def deleted_stays_listed(original: Any) -> Any:
    """A deleted tool cannot be opened and is still listed."""
    return haunted(original)
