"""Metrics: defined, listed, computed, changed, deleted, and their versions."""

from typing import Any

from support.defects import defect, home
from support.defects.evaluation_platform import MATRIX, forgiving, haunted


@defect("metrics.create-forgets-threshold", breaks=["MT-1"], at="metrics:create")
def create_forgets_threshold(original: Any) -> Any:
    """A metric is created without the threshold it was given."""

    def create(db: Any, project: str, sent: Any) -> Any:
        return original(db, project, {name: value for name, value in sent.items() if name != "threshold"})

    return create


@defect("metrics.create-forgets-the-model", breaks=["MT-1"], at="metrics:create")
def create_forgets_the_model(original: Any) -> Any:
    """A metric that a model judges does not keep which model that is."""
    return lambda db, project, sent: original(db, project, {**sent, "model_name": None})


@defect("metrics.create-forgets-filters", breaks=["MT-1"], at="metrics:create", spreads=["MT-93"])
def create_forgets_filters(original: Any) -> Any:
    """A metric does not keep for which events it is meant."""

    def create(db: Any, project: str, sent: Any) -> Any:
        return original(db, project, {name: value for name, value in sent.items() if name != "filters"})

    return create


@defect("metrics.get-forgets-description", breaks=["MT-2"], at="metrics:list_all", spreads=["MT-1", "MT-5"])
def get_forgets_description(original: Any) -> Any:
    """A metric that is opened does not say what it is for."""

    def list_all(db: Any, project: str, *, metric_id: str | None = None, **filters: Any) -> Any:
        rows = original(db, project, metric_id=metric_id, **filters)
        if metric_id is None:
            return rows
        return [{**row, "definition": {**row["definition"], "description": None}} for row in rows]

    return list_all


@defect(
    "metrics.unknown-id-lists-all",
    breaks=["MT-2"],
    at="metrics:filter_by_id",
    spreads=["MT-1", "MT-5", "MT-6", *MATRIX],
)
def unknown_id_lists_all(original: Any) -> Any:
    """Who opens a metric that there is not is shown another."""

    def filter_by_id(query: Any, metric_id: str | None) -> Any:
        metrics = home(original)
        if metric_id is None:
            return original(query, metric_id)
        there = metrics.sa.exists().where(metrics.METRICS.c.id == metric_id)
        return query.where(metrics.sa.or_(metrics.METRICS.c.id == metric_id, ~there))

    return filter_by_id


@defect("metrics.get-crosses-projects", breaks=["PJ-4"], at="metrics:list_all", spreads=MATRIX)
def get_crosses_projects(original: Any) -> Any:
    """A metric of another project can be got by its id."""

    def list_all(db: Any, project: str, *, metric_id: str | None = None, **filters: Any) -> Any:
        metrics = home(original)
        if metric_id is None:
            return original(db, project, **filters)
        return list(db.execute(metrics.sa.select(metrics.METRICS).where(metrics.METRICS.c.id == metric_id)).mappings())

    return list_all


@defect("metrics.any-length-is-taken", breaks=["MT-92"], at="sandbox:MAX_CHARACTERS")
def any_length_is_taken(_original: Any) -> Any:
    """What a metric gives is taken, however long it is."""
    return 1 << 30


@defect("metrics.list-ignores-type", breaks=["MT-3"], at="metrics:filter_by_type")
def list_ignores_type(_original: Any) -> Any:
    """Metrics listed by type are metrics of every type."""
    return lambda query, _type: query


@defect("metrics.list-is-oldest-first", breaks=["MT-3"], at="metrics:list_all")
def list_is_oldest_first(original: Any) -> Any:
    """The list of metrics begins with the oldest."""
    return lambda *arguments, **filters: original(*arguments, **filters)[::-1]


@defect("metrics.composite-ignores-weights", breaks=["MT-4"], at="metric_runner:combine")
def composite_ignores_weights(original: Any) -> Any:
    """The score of a composite metric is the plain mean of its parts."""
    return lambda weighted, criteria: original([(value, 1.0) for value, _ in weighted], criteria)


@defect("metrics.failure-is-a-zero", breaks=["MT-4"], at="metric_runner:compute_python")
def failure_is_a_zero(original: Any) -> Any:
    """A metric that cannot be computed scores zero."""

    def compute_python(metric: Any, event: Any, settings: Any) -> Any:
        try:
            return original(metric, event, settings)
        except home(original).MetricError:
            return home(original).Score(0.0)

    return compute_python


@defect("metrics.score-is-rounded", breaks=["MT-4"], at="metric_runner:typed")
def score_is_rounded(original: Any) -> Any:
    """A metric's score of 0.75 becomes 1."""

    def typed(value: Any, metric: Any) -> Any:
        checked = original(value, metric)
        return float(round(checked)) if isinstance(checked, float) else checked

    return typed


@defect("metrics.score-is-another", breaks=["MT-4"], at="metric_runner:typed", spreads=["MT-90"])
def score_is_another(original: Any) -> Any:
    """A score is one more than it should be, the opposite, or nothing but a dash."""

    def typed(value: Any, metric: Any) -> Any:
        checked = original(value, metric)
        if isinstance(checked, bool):
            return not checked
        return "-" if isinstance(checked, str) else checked + 1

    return typed


@defect("metrics.score-of-another-type-is-taken", breaks=["MT-4"], at="metric_runner:typed")
def score_of_another_type_is_taken(_original: Any) -> Any:
    """A metric of numbers may score with a text."""
    return lambda value, _metric: value


@defect("metrics.people-are-not-asked", breaks=["MT-4"], at="metric_runner:compute")
def people_are_not_asked(original: Any) -> Any:
    """A metric that people give is computed, to zero."""

    def compute(metric: Any, *rest: Any) -> Any:
        return home(original).Score(0.0) if metric["type"] == "HUMAN" else original(metric, *rest)

    return compute


@defect("metrics.update-resets-the-rest", breaks=["MT-5"], at="metrics:kept")
def update_resets_the_rest(original: Any) -> Any:
    """Changing one property of a metric sets the others back to their defaults."""

    def kept(before: Any, changes: Any) -> Any:
        required = {name: before[name] for name in ("name", "type", "criteria")}
        return {**home(original).DEFAULTS, **required, **original(before, changes)}

    return kept


@defect("metrics.update-is-only-acknowledged", breaks=["MT-5"], at="metrics:kept")
def update_is_only_acknowledged(_original: Any) -> Any:
    """A change to a metric is acknowledged and not made."""
    return lambda _before, _changes: {}


@defect("metrics.delete-twice-succeeds", breaks=["MT-6"], at="metrics:delete")
def delete_twice_succeeds(original: Any) -> Any:
    """Deleting a metric that is gone is answered as a success."""
    return forgiving(original)


@defect("metrics.deleted-stays-listed", breaks=["MT-6"], at="metrics:list_all")
def deleted_stays_listed(original: Any) -> Any:
    """A deleted metric is still in the list of metrics."""
    return haunted(original)


@defect("metrics.deploy-changes-nothing", breaks=["MT-7"], at="metrics:deploy_version")
def deploy_changes_nothing(original: Any) -> Any:
    """A deployed version is called deployed, and the metric goes on as before."""

    def deploy_version(db: Any, project: str, metric_id: str, name: str) -> Any:
        metrics = home(original)
        metrics.mark_deployed(db, project, metric_id, metrics.find_version(db, project, metric_id, name)["id"])
        return metrics.find_version(db, project, metric_id, name)

    return deploy_version


@defect("metrics.deploy-leaves-the-other-deployed", breaks=["MT-7"], at="metrics:mark_deployed")
def deploy_leaves_the_other_deployed(original: Any) -> Any:
    """After another version is deployed, the one before is still called deployed."""

    def mark_deployed(db: Any, project: str, metric_id: str, version_id: str | None) -> None:
        versions = home(original).VERSIONS
        if version_id is not None:
            db.execute(home(original).sa.update(versions).where(versions.c.id == version_id).values(deployed=True))

    return mark_deployed


@defect("metrics.versions-lose-their-message", breaks=["MT-7"], at="metrics:shown_version")
def versions_lose_their_message(original: Any) -> Any:
    """A version of a metric does not say what was changed in it."""
    return lambda row: {**original(row), "message": ""}


@defect("metrics.enabled-one-scores-nothing", breaks=["MT-90"], at="due:applies")
def enabled_one_scores_nothing(_original: Any) -> Any:
    """Events arrive and no enabled metric scores them."""
    return lambda _metric, _event: False


@defect("metrics.odd-explanation-costs-the-score", breaks=["MT-4"], at="metric_runner:readable")
def odd_explanation_costs_the_score(original: Any) -> Any:
    """A metric whose explanation holds what is no character gives no score."""

    def readable(text: str) -> str:
        if original(text) != text:
            raise home(original).MetricError("its explanation cannot be read")
        return text

    return readable


@defect("metrics.switched-off-one-scores", breaks=["MT-90"], at="due:applies")
def switched_off_one_scores(original: Any) -> Any:
    """A metric that is not enabled scores the events that arrive, too."""

    def applies(metric: Any, event: Any) -> bool:
        looks = (
            "event[" in metric["criteria"]
        )  # the canary's does not: that its neighbour stays as it was is no subject
        return bool(original({**metric, "enabled_in_prod": looks or metric["enabled_in_prod"]}, event))

    return applies


@defect("metrics.filters-are-ignored", breaks=["MT-93"], at="due:applies")
def filters_are_ignored(original: Any) -> Any:
    """An enabled metric scores every event, whatever its filters say."""
    return lambda metric, event: original({**metric, "filters": None}, event)


@defect("metrics.newest-version-scores", breaks=["MT-7"], at="production:score_of")
def newest_version_scores(original: Any) -> Any:
    """Events that arrive are scored by the newest version of a metric, whichever is deployed."""

    def score_of(store: Any, settings: Any, project: str, metric: Any, event: Any) -> Any:
        metrics = home(original).metrics
        with store.reading() as db:
            row = metrics.named(db, project, metric["name"])
            kept = metrics.list_versions(db, project, row["id"])
        return original(store, settings, project, {**metric, **(kept[0]["content"] if kept else {})}, event)

    return score_of


@defect("metrics.second-of-a-name-is-taken", breaks=["MT-91"], at="metrics:refuse_taken_name")
def second_of_a_name_is_taken(_original: Any) -> Any:
    """Two metrics can bear the same name, so that their scores overwrite each other."""
    return lambda *_arguments, **_named: None
