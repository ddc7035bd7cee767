"""Datapoints: kept as given, asked for, changed, deleted, created many at once."""

from typing import Any

from support.defects import defect, home
from support.defects.evaluation_platform import MATRIX, forgiving, haunted


@defect("datapoints.create-forgets-metadata", breaks=["DP-1"], at="datapoints:create", spreads=["DP-4"])
def create_forgets_metadata(original: Any) -> Any:
    """A datapoint is stored without its metadata."""
    return lambda db, project, values: original(db, project, {**values, "metadata": None})


@defect("datapoints.history-keeps-only-the-last", breaks=["DP-1"], at="datapoints:columns_of")
def history_keeps_only_the_last(original: Any) -> Any:
    """Of what was said before, only the last message is kept."""

    def columns_of(values: Any) -> Any:
        columns = original(values)
        return {**columns, "history": columns["history"][-1:]}

    return columns_of


@defect(
    "datapoints.one-of-no-dataset-is-stored-empty", breaks=["DP-1"], at="datapoints:create", spreads=["DS-7", "PJ-4"]
)
def one_of_no_dataset_is_stored_empty(original: Any) -> Any:
    """What a datapoint asks is lost unless it is of a dataset."""

    def create(db: Any, project: str, values: Any) -> Any:
        return original(db, project, values if values.get("linked_datasets") else {**values, "inputs": {}})

    return create


@defect(
    "datapoints.get-answers-the-newest", breaks=["DP-1"], at="datapoints:get", spreads=["DP", "DS", "PJ-4", *MATRIX]
)
def get_answers_the_newest(original: Any) -> Any:
    """Whichever datapoint is opened, the one that was made last is shown."""

    def get(db: Any, project: str, datapoint: str) -> Any:
        original(db, project, datapoint)
        return home(original).list_all(db, project)[0]

    return get


@defect(
    "datapoints.new-one-is-not-queryable",
    breaks=["DP-2"],
    at="datapoints:filter_by_dataset",
    spreads=["DP-3", "TR-91"],
)
def new_one_is_not_queryable(original: Any) -> Any:
    """A datapoint is not found through its dataset for an hour after its creation."""

    def filter_by_dataset(query: Any, project: str, name: str | None) -> Any:
        found = original(query, project, name)
        points = home(original)
        hour_ago = points.ids.now() - 3_600_000_000
        return found if name is None else found.where(points.DATAPOINTS.c.created_at < hour_ago)

    return filter_by_dataset


@defect("datapoints.list-ignores-ids", breaks=["DP-3"], at="datapoints:filter_by_ids", spreads=["SE-7", "TR-90"])
def list_ignores_ids(_original: Any) -> Any:
    """Asking for some datapoints by their ids answers all datapoints."""
    return lambda query, _datapoint_ids: query


@defect("datapoints.list-ignores-dataset", breaks=["DP-3"], at="datapoints:filter_by_dataset")
def list_ignores_dataset(_original: Any) -> Any:
    """Asking for the datapoints of a dataset answers all datapoints."""
    return lambda query, _project, _name: query


@defect("datapoints.update-empties-ground-truth", breaks=["DP-4"], at="datapoints:merge_changes")
def update_empties_ground_truth(original: Any) -> Any:
    """Changing any part of a datapoint empties its ground truth."""
    return lambda current, changes: original({**current, "ground_truth": None}, changes)


@defect("datapoints.update-is-only-acknowledged", breaks=["DP-4"], at="datapoints:merge_changes")
def update_is_only_acknowledged(_original: Any) -> Any:
    """A change to a datapoint is acknowledged and not made."""
    return lambda current, _changes: dict(current)


@defect("datapoints.deleted-stays-in-its-datasets", breaks=["DP-5"], at="memberships:leave_all")
def deleted_stays_in_its_datasets(_original: Any) -> Any:
    """A deleted datapoint is still named by the datasets that held it."""
    return lambda _db, _project, _datapoint: None


@defect("datapoints.delete-twice-succeeds", breaks=["DP-5"], at="datapoints:delete")
def delete_twice_succeeds(original: Any) -> Any:
    """Deleting a datapoint that is gone is answered as a success."""
    return forgiving(original)


@defect("datapoints.deleted-stays-listed", breaks=["DP-5"], at="datapoints:list_all")
def deleted_stays_listed(original: Any) -> Any:
    """A deleted datapoint cannot be opened and is still listed."""
    return haunted(original)


@defect("datapoints.one-bad-row-loses-the-batch", breaks=["DP-6"], at="batches:store")
def one_bad_row_loses_the_batch(original: Any) -> Any:
    """One bad row makes a whole batch be refused."""

    def store(db: Any, project: str, items: Any, read: Any, dataset: Any) -> Any:
        for index, item in enumerate(items):
            read(item, index)
        return original(db, project, items, read, dataset)

    return store


@defect("datapoints.batch-is-stored-backwards", breaks=["DP-6"], at="batches:store_good")
def batch_is_stored_backwards(original: Any) -> Any:
    """Datapoints created together stand in their dataset in the reverse order."""

    def store_good(db: Any, project: str, good: Any, dataset: Any) -> Any:
        return original(db, project, list(good)[::-1], dataset)[::-1]

    return store_good


@defect("datapoints.batch-loses-what-is-expected", breaks=["DP-6"], at="batches:store_good")
def batch_loses_what_is_expected(original: Any) -> Any:
    """Datapoints created together are stored, all but the first without their ground truth."""

    def store_good(db: Any, project: str, good: Any, dataset: Any) -> Any:
        bare = [{name: value for name, value in item.items() if name != "ground_truth"} for item in good[1:]]
        return original(db, project, [*good[:1], *bare], dataset)

    return store_good


@defect("datapoints.batch-reports-the-wrong-row", breaks=["DP-6"], at="batches:report")
def batch_reports_the_wrong_row(original: Any) -> Any:
    """The fault of a bad row in a batch is reported for the row after it."""
    return lambda index, bad: original(index + 1, bad)


@defect("datapoints.unknown-dataset-is-taken", breaks=["DP-7"], at="datapoints:check_datasets")
def unknown_dataset_is_taken(_original: Any) -> Any:
    """A datapoint can be linked to a dataset that does not exist."""
    return lambda _db, _project, _links: None


# Of events -----------------------------------------------------------------------------------------------------------


def _of_events(change: Any) -> Any:
    """A wrapper of `mapping.from_event` that changes the datapoint that an event becomes."""

    def wrapper(original: Any) -> Any:
        return lambda event, mapping, where: change(original(event, mapping, where), event)

    return wrapper


@defect("datapoints.of-events-lack-the-answer", breaks=["DP-90"], at="mapping:from_event")
def of_events_lack_the_answer(original: Any) -> Any:
    """A datapoint that is made of an event does not hold what came out of it."""
    return _of_events(lambda made, _event: {**made, "ground_truth": {}})(original)


@defect("datapoints.of-events-forget-the-event", breaks=["DP-90"], at="mapping:from_event")
def of_events_forget_the_event(original: Any) -> Any:
    """A datapoint does not say of which event it was made."""
    return _of_events(lambda made, _event: {**made, "linked_event": None})(original)


@defect("datapoints.of-events-ignore-the-mapping", breaks=["DP-90"], at="mapping:from_event")
def of_events_ignore_the_mapping(original: Any) -> Any:
    """A datapoint that is made of an event holds all of it, whatever parts were asked for."""
    return lambda event, _mapping, where: original(event, None, where)


@defect("datapoints.of-events-lose-a-part", breaks=["DP-91"], at="mapping:check_names")
def of_events_lose_a_part(_original: Any) -> Any:
    """Of two parts of an event that would bear one name the datapoint holds the second alone."""
    return lambda _mapping: None
