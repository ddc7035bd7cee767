"""Users of the other systems: programs that export spans, and agents that call tools."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

import websocket
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from support.programs.load.people import TIMEOUT_S, Client, Somebody, WrongAnswerError, fault_of


class Spans(Client):
    """Exports batches of `batch` spans, each span of another name, into the session `session`."""

    def ready(self) -> None:
        """Count what was sent."""
        super().ready()
        self.sent = 0

    def do(self) -> None:
        """Export one batch."""
        self.sent += 1
        headers = {"Authorization": f"Bearer {self.plan['key']}", "Content-Type": "application/x-protobuf"}
        body = self.batch().SerializeToString()
        with self.client.post("/v1/traces", data=body, headers=headers, name="batch", catch_response=True) as answer:
            if fault := fault_of(answer):
                answer.failure(fault)
                return
            taken = ExportTraceServiceResponse.FromString(answer.content)
            if taken.partial_success.rejected_spans:
                answer.failure(f"{taken.partial_success.rejected_spans} spans were refused")

    def batch(self) -> ExportTraceServiceRequest:
        """Spans of one trace."""
        request, trace, now = ExportTraceServiceRequest(), secrets.token_bytes(16), time.time_ns()
        spans = request.resource_spans.add().scope_spans.add().spans
        for number in range(self.plan["batch"]):
            name = f"{self.plan['label']} {self.me['name']}.{self.sent}.{number}"
            span = spans.add(trace_id=trace, span_id=secrets.token_bytes(8), name=name)
            span.start_time_unix_nano, span.end_time_unix_nano = now, now + 1_000_000
            for key in ("session_id", "session_name"):
                span.attributes.add(key=f"honeyhive.{key}").value.string_value = self.plan[key]
        return request


class Calls(Somebody):
    """Connects to the tool daemon with `token`, and calls `tool` with a text of their own, which it must give back."""

    def ready(self) -> None:
        """Connect, and say hello."""
        self.called = 0
        with self.measured("connect"):
            self.socket = websocket.create_connection(str(self.host), timeout=TIMEOUT_S)
            self.socket.send(json.dumps({"op": "hello", "token": self.plan["token"]}))
            if not (answer := json.loads(self.socket.recv()))["ok"]:
                raise WrongAnswerError(f"not let in: {answer}")

    def do(self) -> None:
        """Call once."""
        self.called += 1
        text = f"{self.me['name']} {self.called}"
        call = {"op": "call_tool", "request_id": text, "name": self.plan["tool"], "arguments": {"text": text}}
        with self.measured("call"):
            self.socket.send(json.dumps(call))
            frame: dict[str, Any] = {}
            while frame.get("op") != "call_tool_res":
                frame = json.loads(self.socket.recv())
            if "error" in frame or frame["request_id"] != text or text not in frame["text"]:
                raise WrongAnswerError(f"asked for {text!r}, got {frame}")

    def on_stop(self) -> None:
        """Leave."""
        self.socket.close()
