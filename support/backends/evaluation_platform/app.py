"""The application: settings in, ASGI app out. Nothing exists before `create_app` is called."""

from __future__ import annotations

from fastapi import FastAPI

from . import errors, projects, storage
from .routes import ROUTERS
from .settings import Settings


def create_app(settings: Settings, database_url: str) -> FastAPI:
    """The platform on an open store, with the projects and keys of the settings."""
    store = storage.Store.open(database_url)
    with store.writing() as db:
        projects.seed(db, settings.seeded_keys())
    app = FastAPI(title="Evaluation platform (embedded)", version="1", redirect_slashes=False)
    app.state.store = store
    app.state.settings = settings
    errors.install(app)
    for router in ROUTERS:
        app.router.routes.extend(router.routes)
    return app
