"""The application: settings in, ASGI app out. Nothing exists before `create_app` is called."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from support.backends import describing

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
    describing.describe(app, Path(__file__).with_name("answers.yaml"))
    return app
