"""The OTLP collector, at the path of the SDK's tracer and at the one of the OpenTelemetry convention."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool

from .. import collector, otlp
from ..calls import Call, CallContext, PlatformRoute
from ..errors import Problem
from ..spans import Span


class ExportRoute(PlatformRoute):
    """A route that refuses as OTLP does: a protobuf request is answered in protobuf."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of a platform's route, its refusals put into the encoding of the request."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except Problem as refused:
                encoding = (request.headers.get("content-type") or "").partition(";")[0].strip().lower()
                body = otlp.refusal(encoding, refused.message)
                if body is None:
                    raise
                return Response(body, refused.status_code, refused.headers, encoding)

        return answer


router = APIRouter(route_class=ExportRoute)

RETRY_AFTER_SECONDS = 1


@router.post("/opentelemetry/v1/traces")
@router.post("/v1/traces")
async def export(request: Request, call: Call) -> Response:
    """Take spans in: protobuf or JSON, gzip or plain; answered in the encoding of the request."""
    encoding = otlp.media_type(request.headers.get("content-type"))
    body = await request.body()
    payload = otlp.decompress(body, request.headers.get("content-encoding"), call.settings.max_body_bytes)
    refused = await run_in_threadpool(_take, call, otlp.decode(payload, encoding))
    return Response(collector.answer(encoding, refused), media_type=encoding)


def _take(call: CallContext, received: list[Span]) -> int:
    try:
        with call.writing() as db:
            return collector.take(db, call.project, received)
    except OperationalError as full:
        raise unavailable() from full


def unavailable() -> Problem:
    """503: nothing of the request was stored, and it may be sent again."""
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    return Problem(503, "the store takes nothing at the moment; send it again", headers=headers)
