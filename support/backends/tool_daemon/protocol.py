"""What clients may say and are told: JSON text frames, `op` names the message.

    hello {token}                          -> hello_ack {ok, session_id} or {ok: false, error}, and the end
    list_tools                             -> list_tools_res {tools: [{name, description, inputSchema}]}
    health                                 -> health_res {ok, health: {t, sessions, global_capacity}}
    rotate_token {old, new}                -> rotate_token_res {ok, error?}
    call_tool {request_id, name, arguments} -> progress {request_id, name, t, note}
                                              call_tool_ack {request_id, accepted, timeout (s), name}
                                              progress {request_id, name, t, step, total_steps, elapsed,
                                                        estimated_remaining, note?}, at every interval
                                              call_tool_res {request_id, outputs, text, degraded?}, or
                                                            {request_id, error}
A call that is refused at once has no ack. An error is {code, message} and, by code:
    TOOL_NOT_FOUND   OVER_CAPACITY retry_after, limit, scope   DUPLICATE original_request_id
    TIMEOUT layer, timeout   EXEC_ERROR causes
What is no message is answered {op: "error", message}, and the connection stays open.
"""

from __future__ import annotations

import json
from typing import Any

INVALID_HELLO, MISSING_HELLO, HELLO_TIMEOUT, UNAUTHORIZED, TRY_LATER = 4000, 4001, 4002, 4003, 1013
"""Codes with which a connection is closed."""
MAX_MESSAGE_BYTES = 4 * 1024 * 1024
"""A longer message ends the connection (1009)."""
LONGEST_ID = 200


class MessageError(ValueError):
    """What came is no message; the text is what the client is told."""


def read(frame: str | bytes) -> dict[str, Any]:
    """A frame as a message. Raises MessageError."""
    try:
        message = json.loads(frame)
    except (ValueError, RecursionError):
        raise MessageError("invalid_json") from None
    if isinstance(frame, bytes):
        raise MessageError("invalid_message: a text frame is expected")
    if not isinstance(message, dict):
        raise MessageError("invalid_message: an object is expected")
    return message


def read_call(message: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """Request id, name and arguments of a call. Raises MessageError."""
    for field in ("request_id", "name"):
        if not isinstance(message.get(field), str) or not message[field]:
            raise MessageError(f"invalid_message: {field} must be a text that is not empty")
        if len(message[field]) > LONGEST_ID:
            raise MessageError(f"invalid_message: {field} must have at most {LONGEST_ID} characters")
    arguments = message.get("arguments")
    if arguments is None:
        arguments = {}
    if not isinstance(arguments, dict):
        raise MessageError("invalid_message: arguments must be an object")
    return message["request_id"], message["name"], arguments


def write(message: dict[str, Any]) -> str:
    """A message as a frame."""
    return json.dumps(message)
