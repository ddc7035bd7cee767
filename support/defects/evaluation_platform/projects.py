"""Projects: created, got, listed, changed, and walled off from one another."""

from typing import Any

from support.defects import defect, home


@defect("projects.create-forgets-description", breaks=["PJ-1"], at="projects:insert")
def create_forgets_description(original: Any) -> Any:
    """A project is created without the description it was given."""
    return lambda db, name, _description: original(db, name, None)


@defect("projects.get-shows-any-project", breaks=["PJ-2"], at="projects:get")
def get_shows_any_project(original: Any) -> Any:
    """A project's key opens every other project by its id."""

    def get(db: Any, key: Any, project_id: str) -> Any:
        admin = type(key)(key.id, type(key.kind)("admin"), None)
        return original(db, admin, project_id)

    return get


@defect("projects.list-shows-every-project", breaks=["PJ-3"], at="projects:list_page")
def list_shows_every_project(original: Any) -> Any:
    """A project's key is shown the list of all projects."""

    def list_page(db: Any, key: Any, **filters: Any) -> Any:
        admin = type(key)(key.id, type(key.kind)("admin"), None)
        return original(db, admin, **filters)

    return list_page


@defect("projects.list-leaves-out-the-newest", breaks=["PJ-3"], at="projects:list_page")
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
