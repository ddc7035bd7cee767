"""The walls between tenants, whole stretches of them: what an id, a path, a list, or a name of another's opens."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

from support.defects import defect, home
from support.defects.evaluation_platform import MATRIX
from support.defects.evaluation_platform.isolation import others


@defect("walls.lists-are-shared", breaks=["TR-90", "TR-91"], at="storage:newest_first", spreads=MATRIX)
def lists_are_shared(original: Any) -> Any:
    """Who has an experiment under the id of another's is taken for the same team: its lists hold the things of both."""

    def newest_first(query: Any, table: Any) -> Any:
        storage = home(original)
        sa, runs = storage.sa, storage.METADATA.tables["runs"]
        mine, theirs = runs.alias(), runs.alias()

        def widen(element: Any, **_asked: Any) -> Any:
            if getattr(getattr(element, "left", None), "name", None) != "project_id":
                return None
            same = sa.select(theirs.c.project_id).where(theirs.c.id == mine.c.id)
            same = same.where(mine.c.project_id == element.right.value)
            return sa.or_(element.left == element.right.value, element.left.in_(same))

        return original(sa.sql.visitors.replacement_traverse(query, {}, widen), table)

    return newest_first


@defect(
    "walls.path-opens-anothers-project",
    breaks=["TR-90", "TR-91", "TR-93"],
    at="calls:open_call",
    spreads=["PJ", *MATRIX],
)
def path_opens_anothers_project(original: Any) -> Any:
    """Whoever names a project in the path of a request is let into it, whichever project the key is for."""

    def open_call(request: Any) -> Any:
        call = original(request)
        named = re.match(r"/v1/projects/([^/]+)", request.url.path)
        if named is None or call.key.project_id is None:
            return call
        projects = home(original).storage.METADATA.tables["projects"]
        with call.reading() as db:
            known = db.execute(projects.select().where(projects.c.id == named[1])).first()
        return dataclasses.replace(call, key=dataclasses.replace(call.key, project_id=known.id)) if known else call

    return open_call


@defect("walls.every-key-makes-projects", breaks=["TR-93"], at="projects:may_create", spreads=["PJ", *MATRIX])
def every_key_makes_projects(_original: Any) -> Any:
    """Every team may make projects beside its own."""
    return lambda _key: None


@defect("walls.late-changes-reach-anothers-event", breaks=["TR-93"], at="events:update", spreads=MATRIX)
def late_changes_reach_anothers_event(original: Any) -> Any:
    """A change to an event that a project does not have is made to the event of that id that another has."""

    def update(db: Any, project: str, event_id: str, changes: Any) -> None:
        table = home(original).EVENTS
        found = others(db, table, project, table.c.id == event_id)
        known = home(original).find(db, project, event_id)
        original(db, found[0]["project_id"] if found and known is None else project, event_id, changes)

    return update


@defect("walls.versions-are-shared", breaks=["TR-93"], at="metrics:list_versions", spreads=["MT", *MATRIX])
def versions_are_shared(original: Any) -> Any:
    """A metric has the versions of every team's metrics, and any of them can be put into use."""

    def list_versions(db: Any, project: str, metric_id: str) -> Any:
        return [*original(db, project, metric_id), *others(db, home(original).VERSIONS, project)]

    return list_versions


# What is sent --------------------------------------------------------------------------------------------------------


@defect(
    "walls.what-is-for-anothers-project-is-taken", breaks=["TR-94"], at="events:check_project", spreads=["EV", "SE"]
)
def what_is_for_anothers_project_is_taken(_original: Any) -> Any:
    """What is sent for another project is taken as if that project had been opened by the sender's key."""
    return lambda _project, _sent: None


@defect("walls.event-ids-are-the-platforms", breaks=["TR-94"], at="events:create", spreads=MATRIX)
def event_ids_are_the_platforms(original: Any) -> Any:
    """An event under an id that another has is refused, with a word of what that event is."""

    def create(db: Any, project: str, sent: Any) -> Any:
        events = home(original)
        for row in others(db, events.EVENTS, project, events.EVENTS.c.id == sent.get("event_id")):
            raise events.conflict("event_id", f"it is {row['document']['event_name']!r} of {row['project_id']}")
        return original(db, project, sent)

    return create


@defect("walls.span-goes-to-the-sessions-owner", breaks=["TR-94"], at="collector:take", spreads=["TR-5", *MATRIX])
def span_goes_to_the_sessions_owner(original: Any) -> Any:
    """Spans that name a session, or an event, that another has are stored there."""

    def take(db: Any, project: str, received: Any) -> Any:
        collector = home(original)
        made = [collector.spans.as_event(span) for span in received if collector.otlp.is_valid(span)]
        table = collector.events.EVENTS
        wanted = [event[name] for event in made for name in ("session_id", "event_id")]
        found = others(db, table, project, table.c.id.in_(wanted))
        return original(db, found[0]["project_id"] if found else project, received)

    return take


@defect("walls.span-replaces-anothers", breaks=["TR-94"], at="collector:take", spreads=["TR-5", *MATRIX])
def span_replaces_anothers(original: Any) -> Any:
    """A span whose trace and span ids another has renames that one's event, too."""

    def take(db: Any, project: str, received: Any) -> Any:
        collector = home(original)
        table = collector.events.SPANS
        for span in filter(collector.otlp.is_valid, received):
            for row in others(db, table, project, table.c.id == collector.span_key(span)):
                changes = {"event_name": "sent again"}
                collector.events.update(db, row["project_id"], row["event_id"], changes)
        return original(db, project, received)

    return take


@defect("walls.fault-in-anothers-trace-is-not-told", breaks=["TR-94"], at="collector:take", spreads=MATRIX)
def fault_in_anothers_trace_is_not_told(original: Any) -> Any:
    """A span that cannot be stored is told of only where no other team has its trace: who is not told knows of it."""

    def take(db: Any, project: str, received: Any) -> Any:
        table = home(original).events.SPANS
        refused = original(db, project, received)
        traces = [table.c.id.startswith(f"{span.trace_id}:") for span in received]
        return 0 if others(db, table, project, home(original).sa.or_(False, *traces)) else refused

    return take


# Names ---------------------------------------------------------------------------------------------------------------


def names_of_everybody(table: str, tell: Callable[[Any], str]) -> Any:
    """A wrapper of `refuse_taken_name` that refuses what another uses, too, and tells of the thing that has it."""

    def wrapper(original: Any) -> Any:
        def refuse_taken_name(db: Any, project: str, name: str, *, except_id: Any = None) -> None:
            nouns = home(original)
            kept = getattr(nouns, table)
            for row in others(db, kept, project, kept.c.name == name):
                raise nouns.conflict("name", f"{row['id']} has it, {tell(row)}")
            original(db, project, name, except_id=except_id)

        return refuse_taken_name

    return wrapper


@defect("walls.tool-names-are-the-platforms", breaks=["TR-95"], at="tools:refuse_taken_name", spreads=MATRIX)
def tool_names_are_the_platforms(original: Any) -> Any:
    """A tool's name that another uses is refused, with a word of what that tool does."""
    return names_of_everybody("TOOLS", lambda row: f"which is for: {row['description']}")(original)


@defect("walls.metric-names-are-the-platforms", breaks=["TR-95"], at="metrics:refuse_taken_name", spreads=MATRIX)
def metric_names_are_the_platforms(original: Any) -> Any:
    """A metric's name that another uses is refused, with a word of what that metric asks."""
    return names_of_everybody("METRICS", lambda row: f"which asks: {row['definition']['criteria']}")(original)


@defect("walls.experiment-ids-are-the-platforms", breaks=["TR-95"], at="experiments:create", spreads=MATRIX)
def experiment_ids_are_the_platforms(original: Any) -> Any:
    """An experiment under an id that another uses is refused, with a word of whose it is."""

    def create(db: Any, project: str, sent: Any) -> Any:
        runs = home(original)
        for row in others(db, runs.RUNS, project, runs.RUNS.c.id == sent.get("run_id")):
            raise runs.conflict("run_id", f"{row['project_id']} has it, called {row['name']!r}")
        return original(db, project, sent)

    return create


@defect("walls.chart-joins-its-namesake", breaks=["TR-95"], at="charts:create", spreads=MATRIX)
def chart_joins_its_namesake(original: Any) -> Any:
    """A chart under a name that another uses is made where that name was used first."""

    def create(db: Any, project: str, sent: Any) -> Any:
        named = [row for row in others(db, home(original).CHARTS, project) if row["document"]["name"] == sent["name"]]
        return original(db, named[0]["project_id"] if named else project, sent)

    return create


@defect("walls.queue-joins-its-namesake", breaks=["TR-95"], at="queues:create", spreads=MATRIX)
def queue_joins_its_namesake(original: Any) -> Any:
    """A queue under a name that another uses is made where that name was used first."""

    def create(db: Any, project: str, sent: Any) -> Any:
        table = home(original).QUEUES
        named = others(db, table, project, table.c.name == sent["name"])
        return original(db, named[0]["project_id"] if named else project, sent)

    return create
