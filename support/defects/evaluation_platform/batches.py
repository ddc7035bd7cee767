"""Batches of events that are stored in part, or not at all."""

from typing import Any

from support.defects import defect, home


@defect("batches.refused-row-is-misnamed", breaks=["ER-21", "ER-23"], at="events:report_refused", spreads=["SE-3"])
def refused_row_is_misnamed(original: Any) -> Any:
    """Of a batch stored in part, the first row is named as the refused one, whichever it was."""
    return lambda _index, refused: original(0, refused)


@defect(
    "batches.refused-rows-are-not-told", breaks=["ER-21", "ER-23"], at="routes.events:answer_batch", spreads=["SE-3"]
)
def refused_rows_are_not_told(original: Any) -> Any:
    """A batch stored in part is answered as if it were stored whole."""

    def answer_batch(batch: Any) -> Any:
        if batch.event_ids:
            batch.errors.clear()
        return original(batch)

    return answer_batch


@defect(
    "batches.nothing-stored-is-success", breaks=["ER-22"], at="routes.events:store_batch", spreads=["SE-3", "SE-93"]
)
def nothing_stored_is_success(original: Any) -> Any:
    """A batch of which nothing was stored is answered as if all were well."""

    def store_batch(call: Any, checked: Any, session: Any) -> Any:
        here = home(original)
        try:
            return original(call, checked, session)
        except here.errors.Problem as refused:
            if "errors" not in refused.more:
                raise
            return here.events.Batch()

    return store_batch
