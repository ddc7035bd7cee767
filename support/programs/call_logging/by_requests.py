"""Asking with requests."""

import requests

from .asking import Ask, joined, said

LIMIT_S = 20


def plainly(ask: Ask) -> str:
    """In one piece."""
    answer = requests.post(ask.url, **ask.sent, timeout=LIMIT_S)  # the call: requests
    return said(answer.status_code, answer.text)


def in_a_session(ask: Ask) -> str:
    """In one piece, on a connection that is kept."""
    with requests.Session() as session:
        answer = session.post(ask.url, **ask.sent, timeout=LIMIT_S)  # the call: requests session
        return said(answer.status_code, answer.text)


def streaming(ask: Ask) -> str:
    """In parts."""
    with requests.post(ask.url, **ask.streamed, timeout=LIMIT_S, stream=True) as answer:  # the call: requests stream
        return joined(line.decode() for line in answer.iter_lines())
