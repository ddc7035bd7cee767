"""Asking with the HTTP client of the standard library."""

import http.client
import json

from .asking import Ask, joined, said


def connection(ask: Ask) -> http.client.HTTPConnection:
    """A connection to the server."""
    return http.client.HTTPConnection(ask.address.removeprefix("http://"), timeout=20)


def plainly(ask: Ask) -> str:
    """In one piece."""
    line = connection(ask)
    line.request("POST", "/v1/chat/completions", json.dumps(ask.sent["json"]), ask.sent["headers"])
    answer = line.getresponse()
    text = answer.read().decode()  # the call: http.client
    line.close()
    return said(answer.status, text)


def streaming(ask: Ask) -> str:
    """In parts."""
    line = connection(ask)
    line.request("POST", "/v1/chat/completions", json.dumps(ask.streamed["json"]), ask.sent["headers"])
    answer = line.getresponse()
    text = answer.read().decode()  # the call: http.client stream
    line.close()
    return joined(text.splitlines())
