"""The application: a store in, ASGI app out. Nothing exists before `create_app` is called."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from support.backends import describing

from . import errors, storage
from .repeats import Repeats
from .routes import ROUTERS

BASE = "/api/v1"


def create_app(store: storage.Store) -> FastAPI:
    """The practice API on an open store."""
    app = FastAPI(title="Practice API (embedded)", version="1", redirect_slashes=False)
    app.state.store = store
    app.state.repeats = Repeats()
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router, prefix=BASE)
    describing.describe(app, Path(__file__).with_name("answers.yaml"))
    return app
