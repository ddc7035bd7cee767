"""A command that leaves things behind, or does not say what it was asked."""

from typing import Any

from support.defects import defect


@defect("sdk-command.folders-are-kept", breaks=["LS-10"], at="support.deeds.call_logging:remove")
def folders_are_kept(_original: Any) -> Any:
    """The folders of the programs that were run are never removed."""
    return lambda _folder: None


@defect("sdk-command.missing-key-is-not-named", breaks=["LS-11"], at="support.running.lifecycle:reason_to_skip")
def missing_key_is_not_named(original: Any) -> Any:
    """What is skipped for want of a key says only that it is skipped."""
    return lambda scenario, worker: original(scenario, worker) and "it cannot be run here"


@defect("sdk-command.missing-key-is-no-reason", breaks=["LS-11"], at="support.cli_sdk:run")
def missing_key_is_no_reason(original: Any) -> Any:
    """Without a key nothing is said of what was not run."""
    return lambda clients, jobs, *, real: [] if real else original(clients, jobs, real=real)


@defect("sdk-command.name-is-a-prefix", breaks=["LS-12"], at="support.cli_sdk:chosen")
def name_is_a_prefix(original: Any) -> Any:
    """Another client than the one that was named is run."""
    return lambda clients: original(["aiohttp" if name == "http.client" else "http.client" for name in clients])


@defect("sdk-command.unknown-client-without-the-nearest", breaks=["LS-12"], at="support.cli_sdk:nearest")
def unknown_client_without_the_nearest(_original: Any) -> Any:
    """A client that nobody knows is refused without the name that was meant."""
    return lambda _name, known: f"known are {', '.join(known)}"


@defect("sdk-command.verbose-says-nothing-more", breaks=["LS-12"], at="support.cli_sdk:details", spreads=["LS-11"])
def verbose_says_nothing_more(_original: Any) -> Any:
    """With --verbose no more is said than without."""
    return lambda _outcome: []


@defect(
    "sdk-command.gaps-are-told-as-captured", breaks=["LS-12"], at="support.reporting.matrix:WORDS", spreads=["LS-10"]
)
def verdicts_are_swapped(original: Any) -> Any:
    """What is captured is told as what could not be asked."""
    return {**original, "passed": "broken"}
