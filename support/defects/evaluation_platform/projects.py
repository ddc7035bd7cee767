"""Projects: created, got, listed, changed, and walled off from one another."""

from typing import Any

from support.defects import defect, home
from support.defects.evaluation_platform import MATRIX


@defect(
    "projects.create-forgets-description",
    breaks=["PJ-1"],
    at="projects:insert",
    spreads=["PJ-2", "PJ-3", "PJ-4", *MATRIX],
)
def create_forgets_description(original: Any) -> Any:
    """A project is created without the description it was given."""
    return lambda db, name, _description: original(db, name, None)


@defect("projects.get-shows-any-project", breaks=["PJ-2", "TR-90"], at="projects:get", spreads=MATRIX)
def get_shows_any_project(original: Any) -> Any:
    """A project's key opens every other project by its id."""

    def get(db: Any, key: Any, project_id: str) -> Any:
        admin = type(key)(key.id, type(key.kind)("admin"), None)
        return original(db, admin, project_id)

    return get


@defect("projects.get-shows-the-newest", breaks=["PJ-2"], at="projects:get", spreads=["PJ-1", "PJ-4", *MATRIX])
def get_shows_the_newest(original: Any) -> Any:
    """Whichever project an administrator opens, the one that was made last is shown."""

    def get(db: Any, key: Any, project_id: str) -> Any:
        found = original(db, key, project_id)
        return home(original).list_page(db, key)[0] if key.kind == "admin" else found

    return get


@defect("projects.list-shows-every-project", breaks=["PJ-3", "TR-91"], at="projects:list_page", spreads=MATRIX)
def list_shows_every_project(original: Any) -> Any:
    """A project's key is shown the list of all projects."""

    def list_page(db: Any, key: Any, **filters: Any) -> Any:
        admin = type(key)(key.id, type(key.kind)("admin"), None)
        return original(db, admin, **filters)

    return list_page


@defect("projects.list-leaves-out-the-newest", breaks=["PJ-3"], at="projects:list_page", spreads=MATRIX)
def list_leaves_out_the_newest(original: Any) -> Any:
    """The project that was made last is missing from the list."""
    return lambda *arguments, **filters: original(*arguments, **filters)[1:]


@defect("projects.update-empties-description", breaks=["PJ-4"], at="projects:update")
def update_empties_description(original: Any) -> Any:
    """Renaming a project empties its description."""

    def update(db: Any, key: Any, project_id: str, changes: dict[str, Any]) -> Any:
        return original(db, key, project_id, {"description": None, **changes})

    return update


@defect("projects.update-changes-nothing", breaks=["PJ-4"], at="projects:update")
def update_changes_nothing(original: Any) -> Any:
    """Changing a project is answered with the changed project, and nothing was changed."""

    def update(db: Any, key: Any, project_id: str, changes: dict[str, Any]) -> Any:
        return {**home(original).get(db, key, project_id), **changes}

    return update


@defect(
    "projects.ids-open-what-is-anothers", breaks=["PJ-4", "TR-90", "TR-91", "TR-93"], at="storage:find", spreads=["TR"]
)
def ids_open_what_is_anothers(original: Any) -> Any:
    """Whoever knows an id can open the thing, whichever project it belongs to."""

    def find(db: Any, table: Any, _project: str, id_: str) -> Any:
        return db.execute(home(original).sa.select(table).where(table.c.id == id_)).mappings().first()

    return find


@defect("projects.delete-reaches-another", breaks=["PJ-4", "TR-93"], at="storage:remove", spreads=MATRIX)
def delete_reaches_another(original: Any) -> Any:
    """Whoever knows an id can delete the thing, whichever project it belongs to."""

    def remove(db: Any, table: Any, _project: str, id_: str) -> int:
        return int(db.execute(home(original).sa.delete(table).where(table.c.id == id_)).rowcount)

    return remove


@defect("projects.name-of-a-dataset-opens-anothers", breaks=["PJ-4"], at="datapoints:list_all", spreads=MATRIX)
def name_of_a_dataset_opens_anothers(original: Any) -> Any:
    """Asking for the datapoints of a dataset by its name answers those of another project's dataset, too."""

    def list_all(db: Any, project: str, *, dataset_name: str | None = None, **filters: Any) -> Any:
        if dataset_name is None:
            return original(db, project, **filters)
        datasets = home(original).DATASETS
        owners = db.scalars(home(original).sa.select(datasets.c.project_id).where(datasets.c.name == dataset_name))
        return [one for owner in owners.all() for one in original(db, owner, dataset_name=dataset_name, **filters)]

    return list_all


@defect("projects.search-finds-anothers-events", breaks=["PJ-4"], at="events:find_matching", spreads=MATRIX)
def search_finds_anothers_events(original: Any) -> Any:
    """A search by metadata finds the events of every project."""

    def find_matching(db: Any, project: str, conditions: Any, *rest: Any) -> Any:
        if not any(condition.field.startswith("metadata") for condition in conditions):
            return original(db, project, conditions, *rest)
        events = home(original)
        owners = db.scalars(events.sa.select(events.EVENTS.c.project_id).distinct())
        return [event for owner in owners.all() for event in original(db, owner, conditions, *rest)]

    return find_matching


@defect(
    "projects.lists-show-anothers",
    breaks=["PJ-4"],
    at="storage:of_project",
    spreads=["DS", "DP", "CF", "TL", "MT", "EV", *MATRIX],
)
def lists_show_anothers(original: Any) -> Any:
    """Who has nothing of a kind is shown what others have of it."""

    def of_project(table: Any, project: str) -> Any:
        sa, other = home(original).sa, table.alias()
        has_own = sa.exists().where(other.c.project_id == project)
        return sa.select(table).where(sa.or_(table.c.project_id == project, ~has_own))

    return of_project


@defect("projects.events-show-anothers", breaks=["PJ-4", "SE-5"], at="events:find_matching", spreads=["SE", *MATRIX])
def events_show_anothers(original: Any) -> Any:
    """Who has no event that matches is shown those of others."""

    def find_matching(db: Any, project: str, *asked: Any) -> Any:
        events = home(original)
        owners = db.scalars(events.sa.select(events.EVENTS.c.project_id).distinct()).all()
        return original(db, project, *asked) or [one for owner in owners for one in original(db, owner, *asked)]

    return find_matching


@defect("projects.made-up-key-is-let-in", breaks=["PJ-90"], at="auth:recognise")
def made_up_key_is_let_in(original: Any) -> Any:
    """A key that was never given opens a project."""

    def recognise(db: Any, admin_key: str, token: str) -> Any:
        auth = home(original)
        try:
            return original(db, admin_key, token)
        except auth.Problem:
            key = db.execute(auth.sa.select(auth.KEYS)).mappings().first()
            return auth.Key(key["id"], auth.Kind.PROJECT, key["project_id"])

    return recognise


@defect("projects.who-has-no-key-is-let-in", breaks=["PJ-90"], at="auth:admit", spreads=MATRIX)
def who_has_no_key_is_let_in(original: Any) -> Any:
    """Who shows no key at all is let in, to a project of somebody's."""

    def admit(db: Any, admin_key: str, header: str | None, path: str) -> Any:
        auth = home(original)
        if header is not None:
            return original(db, admin_key, header, path)
        found = db.execute(auth.sa.select(auth.KEYS)).mappings().first()
        return auth.Key(found["id"], auth.Kind.PROJECT, found["project_id"])

    return admit


@defect(
    "projects.names-meet-across-projects", breaks=["PJ-91", "TR-95"], at="datasets:refuse_taken_name", spreads=MATRIX
)
def names_meet_across_projects(original: Any) -> Any:
    """A dataset's name is refused as taken when another project uses it."""

    def refuse_taken_name(db: Any, project: str, name: str, *, except_id: str | None = None) -> None:
        datasets = home(original)
        owners = db.scalars(datasets.sa.select(datasets.DATASETS.c.project_id).distinct())
        for owner in owners.all():
            original(db, owner, name, except_id=except_id if owner == project else None)

    return refuse_taken_name


@defect("projects.names-of-configurations-meet", breaks=["PJ-91", "TR-95"], at="configurations:create", spreads=MATRIX)
def names_of_configurations_meet(original: Any) -> Any:
    """A configuration's name is refused as taken when another project uses it."""

    def create(db: Any, project: str, sent: Any) -> str:
        table = home(original).CONFIGURATIONS
        query = table.select().where(table.c.name == sent.get("name"), table.c.project_id != project)
        if db.execute(query).first() is not None:
            raise home(home(original).not_found).conflict("name", "another configuration has it")
        return str(original(db, project, sent))

    return create


@defect("walls.some-lists-need-no-key", breaks=["PJ-90"], at="auth:admit")
def some_lists_need_no_key(original: Any) -> Any:
    """Whoever has no key is answered when they ask for metrics, tools, sessions or projects."""

    def admit(db: Any, admin_key: str, header: Any, path: str) -> Any:
        auth = home(original)
        try:
            return original(db, admin_key, header, path)
        except auth.Problem as refused:
            if refused.status_code != 401 or path not in (
                "/v1/metrics",
                "/v1/tools",
                "/v1/events/search",
                "/v1/projects",
            ):
                raise
            return auth.Key("nobody", auth.Kind.PROJECT, "nobody")

    return admit


# Keys ----------------------------------------------------------------------------------------------------------------


@defect("keys.for-a-part-open-the-whole", breaks=["PJ-93"], at="auth:authorise")
def for_a_part_open_the_whole(original: Any) -> Any:
    """A key for part of a project opens all of it."""

    def authorise(key: Any, path: str) -> None:
        if key.kind not in home(original).PREFIXES:
            original(key, path)

    return authorise


@defect("keys.never-end", breaks=["PJ-94"], at="auth:add_key")
def never_end(original: Any) -> Any:
    """A key that was given out for a time opens what it opens for ever."""
    return lambda *arguments, **told: original(*arguments, **{**told, "expires_at": None})
