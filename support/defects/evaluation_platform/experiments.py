"""Experiments: created, listed, run, summarised, compared."""

from typing import Any

from support.defects import defect


@defect("experiments.average-leaves-out-zeros", breaks=["EV-7"], at="aggregation:average")
def average_leaves_out_zeros(original: Any) -> Any:
    """The average of a metric is taken without the datapoints that scored zero."""
    return lambda numbers: original([number for number in numbers if number] or numbers)


@defect("experiments.median-is-the-average", breaks=["EV-7"], at="aggregation:FUNCTIONS")
def median_is_the_average(original: Any) -> Any:
    """The median of a metric is its average."""
    return {**original, "median": original["average"]}


@defect("experiments.summary-leaves-out-a-metric", breaks=["EV-7"], at="aggregation:grouped")
def summary_leaves_out_a_metric(original: Any) -> Any:
    """The result summary of an experiment shows every metric but the last."""
    return lambda measurements: original(measurements)[:-1]


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
