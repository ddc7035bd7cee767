"""The application: a store in, ASGI app out. Nothing exists before `create_app` is called."""

from __future__ import annotations

from fastapi import FastAPI

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
    return app
