"""The OTLP collector, at the path of the SDK's tracer and at the one of the OpenTelemetry convention."""

from __future__ import annotations

from fastapi import Request, Response
from sqlalchemy.exc import OperationalError
from starlette.concurrency import run_in_threadpool

from .. import collector, otlp
from ..calls import Call, CallContext, new_router
from ..errors import Problem
from ..spans import Span

router = new_router()

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
