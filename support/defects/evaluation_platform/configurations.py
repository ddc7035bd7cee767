"""Configurations: kept word for word, got, listed, changed, deleted."""

from typing import Any

from support.defects import defect, home
from support.defects.evaluation_platform import MATRIX, forgiving, haunted


def storing(change: Any) -> Any:
    """A wrapper of `configurations:complete` that stores what `change` makes of the parameters."""
    return lambda original: lambda sent: original({**sent, "parameters": change(dict(sent["parameters"]))})


@defect("configurations.temperature-is-rounded", breaks=["CF-1"], at="configurations:complete")
def temperature_is_rounded(original: Any) -> Any:
    """A configuration's temperature of 0.35 becomes 0.3 or 0.4."""

    def change(parameters: dict[str, Any]) -> Any:
        numbers = parameters.get("hyperparameters") or {}
        if "temperature" in numbers:
            parameters["hyperparameters"] = {**numbers, "temperature": round(numbers["temperature"], 1)}
        return parameters

    return storing(change)(original)


@defect("configurations.placeholders-are-lost", breaks=["CF-1"], at="configurations:complete", spreads=["CF-6"])
def placeholders_are_lost(original: Any) -> Any:
    """The placeholders of a prompt are empty when it is read back."""

    def change(parameters: dict[str, Any]) -> Any:
        template = parameters.get("template")
        if isinstance(template, list):
            parameters["template"] = [{**one, "content": one["content"].replace("{{", "")} for one in template]
        return parameters

    return storing(change)(original)


@defect("configurations.tags-are-lost", breaks=["CF-1"], at="configurations:complete", spreads=["CF-3", "CF-4"])
def tags_are_lost(original: Any) -> Any:
    """A configuration comes back without its tags."""
    return lambda sent: original({**sent, "tags": []})


@defect(
    "configurations.get-answers-empty",
    breaks=["CF-2"],
    at="routes.configurations:answer",
    spreads=["CF-1", "CF-4", "CF-6"],
)
def get_answers_empty(original: Any) -> Any:
    """Getting a configuration by its id answers an empty one."""
    return lambda body: original({} if "parameters" in body else body)


@defect(
    "configurations.name-finds-nothing", breaks=["CF-2"], at="configurations:filter_by_name", spreads=["CF-3", *MATRIX]
)
def name_finds_nothing(original: Any) -> Any:
    """Looking for a configuration by its name finds nothing."""
    return lambda query, name: query if name is None else query.where(home(original).sa.false())


@defect("configurations.list-ignores-limit", breaks=["CF-3"], at="configurations:apply_limit", spreads=MATRIX)
def list_ignores_limit(_original: Any) -> Any:
    """A list of configurations is as long as there are configurations, whatever length was asked for."""
    return lambda found, _limit, _page: list(found)


@defect("configurations.list-ignores-environment", breaks=["CF-3"], at="configurations:filter_by_environment")
def list_ignores_environment(_original: Any) -> Any:
    """Listing the configurations of one environment answers those of all."""
    return lambda found, _env: list(found)


@defect("configurations.list-looks-at-the-first-tag", breaks=["CF-3"], at="configurations:filter_by_tag")
def list_looks_at_the_first_tag(_original: Any) -> Any:
    """Listing configurations by a tag misses those that bear it as their second."""
    return lambda found, tag: [one for one in found if tag is None or one["tags"][:1] == [tag]]


@defect("configurations.list-ignores-tag", breaks=["CF-3"], at="configurations:filter_by_tag")
def list_ignores_tag(_original: Any) -> Any:
    """Listing the configurations with one tag answers those with any."""
    return lambda found, _tag: list(found)


@defect("configurations.update-is-refused", breaks=["CF-4"], at="configurations:update")
def update_is_refused(original: Any) -> Any:
    """A valid change to a configuration is refused as invalid."""

    def update(db: Any, project: str, configuration: str, changes: Any) -> Any:
        home(original).get(db, project, configuration)
        raise home(home(original).not_found).invalid("parameters", "cannot be changed")

    return update


@defect("configurations.update-is-only-acknowledged", breaks=["CF-4"], at="configurations:merge_changes")
def update_is_only_acknowledged(_original: Any) -> Any:
    """A change to a configuration is acknowledged and not made."""
    return lambda current, _changes: dict(current)


@defect("configurations.update-forgets-tags", breaks=["CF-4"], at="configurations:merge_changes")
def update_forgets_tags(original: Any) -> Any:
    """Changing the model of a configuration takes its tags away."""
    return lambda current, changes: original({**current, "tags": []}, changes)


@defect("configurations.delete-answers-none-deleted", breaks=["CF-5"], at="configurations:delete")
def delete_answers_none_deleted(original: Any) -> Any:
    """A configuration is deleted, and the answer says that none was."""

    def delete(db: Any, project: str, configuration: str) -> int:
        original(db, project, configuration)
        return 0

    return delete


@defect("configurations.delete-twice-succeeds", breaks=["CF-5"], at="configurations:delete")
def delete_twice_succeeds(original: Any) -> Any:
    """Deleting a configuration that is gone is answered as a success."""
    return forgiving(original, answer=lambda _id: 1)


@defect("configurations.deleted-stays-listed", breaks=["CF-5"], at="configurations:list_page")
def deleted_stays_listed(original: Any) -> Any:
    """A deleted configuration cannot be opened and is still listed."""
    return haunted(original)


@defect("configurations.completion-becomes-chat", breaks=["CF-6"], at="configurations:complete")
def completion_becomes_chat(original: Any) -> Any:
    """A completion configuration comes back as a chat configuration."""
    return storing(lambda parameters: {**parameters, "call_type": "chat"})(original)


@defect("configurations.stop-words-keep-the-first", breaks=["CF-6"], at="configurations:complete")
def stop_words_keep_the_first(original: Any) -> Any:
    """Of a configuration's stop words only the first is kept."""

    def change(parameters: dict[str, Any]) -> Any:
        numbers = parameters.get("hyperparameters") or {}
        if isinstance(numbers.get("stop"), list):
            parameters["hyperparameters"] = {**numbers, "stop": numbers["stop"][:1]}
        return parameters

    return storing(change)(original)


@defect("configurations.functions-lose-their-arguments", breaks=["CF-6"], at="configurations:complete")
def functions_lose_their_arguments(original: Any) -> Any:
    """The functions that a model may call come back without their arguments."""

    def change(parameters: dict[str, Any]) -> Any:
        functions = parameters.get("selectedFunctions")
        if functions:
            parameters["selectedFunctions"] = [{**one, "parameters": {}} for one in functions]
        return parameters

    return storing(change)(original)
