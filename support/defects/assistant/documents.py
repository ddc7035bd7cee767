"""Documents: written from what was said, and what they say of themselves."""

from typing import Any

from support.defects import defect


@defect("documents.lose-what-was-said", breaks=["DG-1"], at="documents:transcript", spreads=["DG"])
def lose_what_was_said(_original: Any) -> Any:
    """A document is written without what was said."""
    return lambda order: "The transcript is on file."


@defect("documents.metadata-names-no-client", breaks=["DG-13"], at="documents:metadata", spreads=["DG"])
def metadata_names_no_client(original: Any) -> Any:
    """A document does not tell whom it is about."""

    def metadata(order: Any, written: Any) -> Any:
        return {name: what for name, what in original(order, written).items() if name != "clientId"}

    return metadata
