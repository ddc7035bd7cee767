"""Isolation of tenants: what one of them finds, counts, changes, or joins of another's."""

import functools
from typing import Any

from support.defects import defect, home


def others(db: Any, table: Any, project: str, *where: Any) -> list[Any]:
    """The rows of a table that belong to other projects, oldest first."""
    query = table.select().where(table.c.project_id != project, *where).order_by(table.c.created_at)
    return list(db.execute(query).mappings())


# By id ---------------------------------------------------------------------------------------------------------------


@defect("isolation.event-opens-by-its-id-alone", breaks=["TR-90"], at="events:get")
def event_opens_by_its_id_alone(original: Any) -> Any:
    """An event is opened by its id, whichever project has it, the oldest where several have one."""

    def get(db: Any, project: str, event_id: str) -> Any:
        table = home(original).EVENTS
        found = others(db, table, project, table.c.id == event_id)
        return dict(found[0]["document"]) if found else original(db, project, event_id)

    return get


@defect("isolation.versions-of-anothers-metric", breaks=["TR-90"], at="metrics:list_versions", spreads=["TR-93"])
def versions_of_anothers_metric(original: Any) -> Any:
    """Whoever knows the id of a metric is shown its versions."""

    def list_versions(db: Any, project: str, metric_id: str) -> Any:
        table = home(original).VERSIONS
        return others(db, table, project, table.c.metric_id == metric_id) or original(db, project, metric_id)

    return list_versions


@defect("isolation.charts-of-anothers-project", breaks=["TR-91"], at="charts:list_all")
def charts_of_anothers_project(original: Any) -> Any:
    """The list of charts holds those of every project."""

    def list_all(db: Any, project: str) -> Any:
        return [*original(db, project), *others(db, home(original).CHARTS, project)]

    return list_all


# Lists, searches, exports --------------------------------------------------------------------------------------------


@defect("isolation.search-ignores-the-project", breaks=["TR-91", "TR-93"], at="events:find_matching")
def search_ignores_the_project(original: Any) -> Any:
    """A search finds the events of every project."""

    def find_matching(db: Any, project: str, *asked: Any) -> Any:
        owners = {row["project_id"] for row in others(db, home(original).EVENTS, project)}
        return [event for owner in (project, *sorted(owners)) for event in original(db, owner, *asked)]

    return find_matching


@defect(
    "isolation.spans-are-found-by-everybody",
    breaks=["TR-91"],
    at="events:find_matching",
    spreads=["TR-5", "TR-93", "TR-94"],
)
def spans_are_found_by_everybody(original: Any) -> Any:
    """A search finds the sessions that spans have begun, with their events, whichever project they are of."""

    def find_matching(db: Any, project: str, *asked: Any) -> Any:
        events = home(original)
        became = {row["event_id"] for row in others(db, events.SPANS, project)}
        theirs = [row for row in others(db, events.EVENTS, project) if row["id"] in became]
        traced = {row["session_id"] for row in theirs}
        more = [event for owner in {row["project_id"] for row in theirs} for event in original(db, owner, *asked)]
        return original(db, project, *asked) + [event for event in more if event["session_id"] in traced]

    return find_matching


@defect("isolation.export-total-counts-both", breaks=["TR-91"], at="events:find_matching")
def export_total_counts_both(original: Any) -> Any:
    """The total of a search or an export counts what matches in every project; the events are the right ones."""

    class Found(list[Any]):
        hidden = 0

        def __len__(self) -> int:
            return super().__len__() + self.hidden

    def find_matching(db: Any, project: str, *asked: Any) -> Any:
        owners = {row["project_id"] for row in others(db, home(original).EVENTS, project)}
        found = Found(original(db, project, *asked))
        found.hidden = sum(len(original(db, owner, *asked)) for owner in owners)
        return found

    return find_matching


@defect("isolation.experiments-are-counted-together", breaks=["TR-91"], at="experiments:count")
def experiments_are_counted_together(original: Any) -> Any:
    """The number of all experiments, told with every page of them, is that of every project's."""
    return lambda db, project: original(db, project) + len(others(db, home(original).RUNS, project))


@defect("isolation.pages-run-on-into-anothers", breaks=["TR-91"], at="datasets:list_page")
def pages_run_on_into_anothers(original: Any) -> Any:
    """The page after a project's last dataset holds another project's."""

    def list_page(db: Any, project: str, *, page: int = 1, limit: Any = None, **asked: Any) -> Any:
        found = original(db, project, page=page, limit=limit, **asked)
        if found or page == 1:
            return found
        owners = {row["project_id"] for row in others(db, home(original).DATASETS, project)}
        return [one for owner in sorted(owners) for one in original(db, owner, page=1, limit=limit, **asked)]

    return list_page


@defect("isolation.members-of-anothers-dataset", breaks=["TR-91"], at="datasets:with_members", spreads=["TR-95"])
def members_of_anothers_dataset(original: Any) -> Any:
    """A dataset is shown with the members of every dataset of its name."""

    def with_members(db: Any, project: str, rows: Any) -> Any:
        shown = original(db, project, rows)
        table = home(original).DATASETS
        for one in shown:
            for row in others(db, table, project, table.c.name == one["name"]):
                one["datapoints"] += original(db, row["project_id"], [row])[0]["datapoints"]
        return shown

    return with_members


# Results and scores --------------------------------------------------------------------------------------------------


@defect(
    "isolation.comparison-reads-a-foreign-run",
    breaks=["TR-92"],
    at="experiments:get",
    spreads=["TR-90", "TR-91", "TR-93"],
)
def comparison_reads_a_foreign_run(original: Any) -> Any:
    """An experiment that a project does not have is taken from another project, and compared with its own."""

    def get(db: Any, project: str, run_id: str) -> Any:
        table = home(original).RUNS
        if home(original).storage.find(db, table, project, run_id) is None:
            for row in others(db, table, project, table.c.id == run_id):
                return row
        return original(db, project, run_id)

    return get


@defect("isolation.results-mix-events-of-equal-sessions", breaks=["TR-92"], at="events:of_sessions", spreads=["TR-91"])
def results_mix_events_of_equal_sessions(original: Any) -> Any:
    """A result is made of all events whose session has the right id, in whichever project."""

    def of_sessions(db: Any, project: str, session_ids: Any) -> Any:
        wanted = list(session_ids)
        owners = {row["project_id"] for row in others(db, home(original).EVENTS, project)}
        return [event for owner in (project, *sorted(owners)) for event in original(db, owner, wanted)]

    return of_sessions


@defect("isolation.score-uses-anothers-metric", breaks=["TR-92"], at="production:children_in")
def score_uses_anothers_metric(original: Any) -> Any:
    """A metric made of others takes them by their id from any project; where one fails, the refusal quotes it."""

    def children_in(store: Any, project: str) -> Any:
        table = home(original).metrics.METRICS

        def lookup(child: Any) -> Any:
            with store.reading() as db:
                found = others(db, table, project, table.c.id == child.get("id"))
            return dict(found[0]["definition"]) if found else original(store, project)(child)

        return lookup

    return children_in


# Changes, deletions, links -------------------------------------------------------------------------------------------


@defect("isolation.deleting-a-session-deletes-its-namesake", breaks=["TR-93"], at="events:delete_events_of")
def deleting_a_session_deletes_its_namesake(original: Any) -> Any:
    """Deleting a session deletes the events of every session that has its id, in whichever project."""

    def delete_events_of(db: Any, project: str, session_id: str) -> Any:
        table = home(original).EVENTS
        owners = {row["project_id"] for row in others(db, table, project, table.c.session_id == session_id)}
        for owner in owners:
            original(db, owner, session_id)
        return original(db, project, session_id)

    return delete_events_of


@defect("isolation.who-knows-a-session-deletes-it", breaks=["TR-93"], at="events:delete_session", spreads=["PJ-4"])
def who_knows_a_session_deletes_it(original: Any) -> Any:
    """Whoever knows the id of a session that only another project has can delete it."""

    def delete_session(db: Any, project: str, session_id: str) -> Any:
        owners = {row["project_id"] for row in others(db, home(original).EVENTS, project)}
        mine = home(original).find(db, project, session_id) is not None
        theirs = [owner for owner in owners if home(original).find(db, owner, session_id) is not None]
        return original(db, project if mine or not theirs else theirs[0], session_id)

    return delete_session


@defect("isolation.change-reaches-anothers-thing", breaks=["TR-93"], at="storage:change", spreads=["TR-94"])
def change_reaches_anothers_thing(original: Any) -> Any:
    """What is changed under an id is changed in every project that has it."""

    def change(db: Any, table: Any, project: str, id_: str, changes: Any) -> Any:
        for row in others(db, table, project, table.c.id == id_):
            original(db, table, row["project_id"], id_, changes)
        return original(db, table, project, id_, changes)

    return change


@defect("isolation.a-foreign-datapoint-can-be-linked", breaks=["TR-93"], at="datasets:check_members")
def a_foreign_datapoint_can_be_linked(original: Any) -> Any:
    """A dataset takes any datapoint that somebody has as its member."""

    def check_members(db: Any, project: str, members: Any) -> None:
        theirs = {row["id"] for row in others(db, home(original).datapoints.DATAPOINTS, project)}
        original(db, project, [one for one in members if one not in theirs])

    return check_members


@defect("isolation.rows-are-added-to-anothers-dataset", breaks=["TR-93"], at="datasets:add_datapoints")
def rows_are_added_to_anothers_dataset(original: Any) -> Any:
    """Whoever knows the id of a dataset can add rows to it."""

    def add_datapoints(db: Any, project: str, dataset: str, members: Any) -> Any:
        table = home(original).DATASETS
        found = others(db, table, project, table.c.id == dataset)
        return original(db, found[0]["project_id"] if found else project, dataset, members)

    return add_datapoints


# What is sent --------------------------------------------------------------------------------------------------------


@defect("isolation.span-lands-where-its-trace-is", breaks=["TR-94"], at="collector:take")
def span_lands_where_its_trace_is(original: Any) -> Any:
    """A span whose trace id another project has used lands in that project."""

    def take(db: Any, project: str, received: Any) -> Any:
        table = home(original).events.SPANS
        traces = [table.c.id.startswith(f"{span.trace_id}:") for span in received]
        found = others(db, table, project, home(original).sa.or_(*traces))
        return original(db, found[0]["project_id"] if found else project, received)

    return take


@defect("isolation.span-that-another-has-is-dropped", breaks=["TR-94"], at="collector:stored_spans")
def span_that_another_has_is_dropped(original: Any) -> Any:
    """A span whose trace and span ids another project has stored already is taken for sent twice, and dropped."""

    def stored_spans(db: Any, project: str, received: Any) -> Any:
        owners = {row["project_id"] for row in others(db, home(original).events.SPANS, project)}
        theirs = [original(db, owner, received) for owner in sorted(owners)]
        return {key: event for found in (*theirs, original(db, project, received)) for key, event in found.items()}

    return stored_spans


@defect("isolation.session-joins-its-namesake", breaks=["TR-94"], at="events:start_session")
def session_joins_its_namesake(original: Any) -> Any:
    """A session started under an id that another project uses goes on with that project's session."""

    def start_session(db: Any, project: str, sent: Any) -> Any:
        table = home(original).EVENTS
        found = others(db, table, project, table.c.id == sent.get("session_id"))
        return original(db, found[0]["project_id"] if found else project, sent)

    return start_session


@defect("isolation.event-goes-to-the-sessions-owner", breaks=["TR-94"], at="events:create")
def event_goes_to_the_sessions_owner(original: Any) -> Any:
    """An event for a session that another project has is stored there."""

    def create(db: Any, project: str, sent: Any) -> Any:
        table = home(original).EVENTS
        found = others(db, table, project, table.c.id == sent.get("session_id"))
        return original(db, found[0]["project_id"] if found else project, sent)

    return create


@defect("isolation.recorded-event-takes-anothers", breaks=["TR-94"], at="events:create")
def recorded_event_takes_anothers(original: Any) -> Any:
    """An event that is recorded under an id that another project uses takes the place of that project's event."""

    def create(db: Any, project: str, sent: Any) -> Any:
        events = home(original)
        for row in others(db, events.EVENTS, project, events.EVENTS.c.id == sent.get("event_id")):
            events.storage.remove(db, events.EVENTS, row["project_id"], row["id"])
        return original(db, project, sent)

    return create


@defect("isolation.waiting-update-meets-anothers-event", breaks=["TR-94"], at="events:apply_pending")
def waiting_update_meets_anothers_event(original: Any) -> Any:
    """An update that waits for an event is applied to whoever's event of that id comes first."""

    def apply_pending(db: Any, project: str, documents: Any) -> Any:
        table, merged = home(original).PENDING, []
        for document in documents:
            updates = [row["changes"] for row in others(db, table, project, table.c.event_id == document["event_id"])]
            merged.append(functools.reduce(home(original).merge, updates, document))
        return original(db, project, merged)

    return apply_pending


# Names ---------------------------------------------------------------------------------------------------------------


@defect("isolation.name-is-taken-by-another", breaks=["TR-95"], at="metrics:refuse_taken_name")
def name_is_taken_by_another(original: Any) -> Any:
    """A metric's name is refused when another project uses it."""

    def refuse_taken_name(db: Any, project: str, name: str, *, except_id: Any = None) -> None:
        table = home(original).METRICS
        for row in others(db, table, project, table.c.name == name):
            original(db, row["project_id"], name)
        original(db, project, name, except_id=except_id)

    return refuse_taken_name


@defect("isolation.refusal-quotes-anothers-dataset", breaks=["TR-95"], at="datasets:refuse_taken_name")
def refusal_quotes_anothers_dataset(original: Any) -> Any:
    """The refusal of a name that is taken quotes the description of what has it, in whichever project."""

    def refuse_taken_name(db: Any, project: str, name: str, *, except_id: Any = None) -> None:
        datasets = home(original)
        try:
            original(db, project, name, except_id=except_id)
        except Exception as refused:
            table = datasets.DATASETS
            found = others(db, table, project, table.c.name == name)
            quoted = found[0]["description"] if found else "another dataset"
            raise datasets.conflict("name", f"{quoted!r} has it") from refused

    return refuse_taken_name


@defect("isolation.refusal-quotes-anothers-project", breaks=["PJ-92"], at="projects:refuse_taken_name")
def refusal_quotes_anothers_project(original: Any) -> Any:
    """The refusal of a project's name that is taken quotes the description of the project that has it."""

    def refuse_taken_name(db: Any, name: str, *, except_id: Any = None) -> None:
        projects = home(original)
        try:
            original(db, name, except_id=except_id)
        except Exception as refused:
            raise projects.conflict("name", f"{projects.named(db, name)['description']!r} has it") from refused

    return refuse_taken_name
