"""Experiments: created, listed, run, changed, deleted, summarised, compared."""

import dataclasses
from typing import Any

from support.defects import defect, home
from support.defects.evaluation_platform import forgiving


@defect("experiments.create-forgets-configuration", breaks=["EV-1"], at="experiments:complete")
def create_forgets_configuration(original: Any) -> Any:
    """An experiment does not keep which configuration it tried."""
    return lambda sent: original({**sent, "configuration": None})


@defect("experiments.create-forgets-metadata", breaks=["EV-1"], at="experiments:complete")
def create_forgets_metadata(original: Any) -> Any:
    """An experiment is stored without its metadata."""
    return lambda sent: original({**sent, "metadata": None})


@defect("experiments.create-forgets-status", breaks=["EV-1"], at="experiments:complete", spreads=["EV-3", "EV-5"])
def create_forgets_status(original: Any) -> Any:
    """A new experiment has only been planned, however far it is said to be."""
    return lambda sent: original({**sent, "status": "pending"})


@defect("experiments.get-forgets-description", breaks=["EV-2"], at="experiments:get", spreads=["EV-1", "EV-5"])
def get_forgets_description(original: Any) -> Any:
    """An experiment that is opened shows no description."""

    def get(db: Any, project: str, run_id: str) -> Any:
        row = original(db, project, run_id)
        return {**row, "document": {**row["document"], "description": None}}

    return get


@defect("experiments.list-ignores-status", breaks=["EV-3"], at="experiments:filter_by_status")
def list_ignores_status(_original: Any) -> Any:
    """Listing the experiments of one status answers those of all."""
    return lambda query, _status: query


@defect("experiments.list-ignores-name", breaks=["EV-91"], at="experiments:filter_by_name", spreads=["TR-91"])
def list_ignores_name(_original: Any) -> Any:
    """Listing the experiments of a name answers those of any."""
    return lambda query, _name: query


@defect("experiments.list-wants-the-whole-name", breaks=["EV-91"], at="experiments:filter_by_name")
def list_wants_the_whole_name(original: Any) -> Any:
    """An experiment is found by the whole of its name only."""
    return lambda query, name: query if name is None else query.where(home(original).RUNS.c.name == name)


@defect("experiments.list-ignores-dataset", breaks=["EV-3"], at="experiments:filter_runs")
def list_ignores_dataset(original: Any) -> Any:
    """Listing the experiments over one dataset answers those over all."""
    return lambda query, listing: original(query, dataclasses.replace(listing, dataset_id=None))


@defect("experiments.total-counts-one-page", breaks=["EV-3"], at="experiments:pagination")
def total_counts_one_page(original: Any) -> Any:
    """A page of experiments says that there are as many in all as it holds itself."""
    return lambda total, unfiltered, limit, page: {
        **original(total, unfiltered, limit, page),
        "total": min(total, limit),
    }


@defect("experiments.scores-of-a-run-are-lost", breaks=["EV-4"], at="spans:buckets_of")
def scores_of_a_run_are_lost(original: Any) -> Any:
    """An evaluation is recorded without the scores of its evaluators."""
    return lambda attributes: {**original(attributes), "metrics": {}}


@defect(
    "experiments.sessions-forget-their-datapoint",
    breaks=["EV-4"],
    at="events:columns_of",
    spreads=["EV-7", "EV-8"],
)
def sessions_forget_their_datapoint(original: Any) -> Any:
    """The sessions of an experiment do not say on which datapoint they ran."""

    def columns_of(document: Any) -> Any:
        metadata = {key: value for key, value in document["metadata"].items() if key != "datapoint_id"}
        return original({**document, "metadata": metadata})

    return columns_of


@defect("experiments.update-forgets-results", breaks=["EV-5"], at="experiments:merge")
def update_forgets_results(original: Any) -> Any:
    """Results given to an experiment are acknowledged and not kept."""
    return lambda document, changes: original(document, {**changes, "results": None})


@defect("experiments.cancelled-counts-as-failed", breaks=["EV-5"], at="experiments:merge")
def cancelled_counts_as_failed(original: Any) -> Any:
    """A cancelled experiment is shown as failed."""

    def merge(document: Any, changes: Any) -> Any:
        merged = original(document, changes)
        return {**merged, "status": "failed" if merged["status"] == "cancelled" else merged["status"]}

    return merge


@defect("experiments.update-empties-description", breaks=["EV-5"], at="experiments:merge")
def update_empties_description(original: Any) -> Any:
    """Changing the status of an experiment empties its description."""
    return lambda document, changes: original({**document, "description": None}, changes)


@defect("experiments.delete-twice-succeeds", breaks=["EV-6"], at="experiments:delete")
def delete_twice_succeeds(original: Any) -> Any:
    """Deleting an experiment that is gone is answered as a success."""
    return forgiving(original)


@defect("experiments.deleted-stays-listed", breaks=["EV-6"], at="experiments:list_all", spreads=["EV-3"])
def deleted_stays_listed(original: Any) -> Any:
    """A deleted experiment cannot be opened and is still listed."""
    seen: dict[str, Any] = {}

    def list_all(db: Any, project: str, listing: Any) -> Any:
        rows = original(db, project, listing)
        if listing != type(listing)():
            return rows
        seen.update({row["id"]: row for row in rows})
        there = {row["id"] for row in rows}
        return rows + [row for row in seen.values() if row["project_id"] == project and row["id"] not in there]

    return list_all


@defect("experiments.update-forgets-description", breaks=["EV-5"], at="experiments:merge")
def update_forgets_description(original: Any) -> Any:
    """A change of an experiment's description is acknowledged and not made."""

    def merge(document: Any, changes: Any) -> Any:
        return original(document, {name: value for name, value in changes.items() if name != "description"})

    return merge


@defect("experiments.average-leaves-out-zeros", breaks=["EV-7"], at="aggregation:average", spreads=["EV-8"])
def average_leaves_out_zeros(original: Any) -> Any:
    """The average of a metric is taken without the datapoints that scored zero."""
    return lambda numbers: original([number for number in numbers if number] or numbers)


@defect("experiments.percentile-is-a-rank", breaks=["EV-7"], at="aggregation:percentile")
def percentile_is_a_rank(_original: Any) -> Any:
    """A percentile is the nearest value below, not what lies between the two nearest."""
    return lambda numbers, percent: sorted(numbers)[int((len(numbers) - 1) * percent / 100)]


@defect("experiments.summary-leaves-out-a-metric", breaks=["EV-7"], at="aggregation:grouped")
def summary_leaves_out_a_metric(original: Any) -> Any:
    """The result summary of an experiment shows every metric but the last."""
    return lambda measurements: original(measurements)[:-1]


@defect("experiments.range-leaves-out-its-ends", breaks=["EV-7"], at="aggregation:passes")
def range_leaves_out_its_ends(original: Any) -> Any:
    """A score at the very end of the range that passes counts as failed."""

    def passes(value: Any, passing: Any) -> bool:
        return bool(original(value, passing)) and (passing is None or value not in (passing.minimum, passing.maximum))

    return passes


@defect("experiments.comparison-is-upside-down", breaks=["EV-8"], at="comparison:direction")
def comparison_is_upside_down(original: Any) -> Any:
    """A comparison calls what degraded improved, and what improved degraded."""
    return lambda before, after: original(after, before)


@defect("experiments.comparison-has-no-unchanged", breaks=["EV-8"], at="comparison:direction")
def comparison_has_no_unchanged(original: Any) -> Any:
    """A comparison counts datapoints that stayed the same as improved."""

    def direction(before: float, after: float) -> Any:
        found = original(before, after)
        return "improved" if found == "same" else found

    return direction


@defect("experiments.comparison-leaves-out-a-datapoint", breaks=["EV-8"], at="comparison:common_datapoints")
def comparison_leaves_out_a_datapoint(original: Any) -> Any:
    """A comparison does not account for the first datapoint that both experiments have."""
    return lambda old, new: original(old, new)[1:]
