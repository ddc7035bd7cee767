"""As whom a practice was asked, how many things at a time, and what the service tells of it that it should not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from support.clients.assistant.tools import find, tools
from support.clients.practice import Request
from support.deeds import practice
from support.deeds.chatting import Chat, the_chat
from support.deeds.practice import HERE
from support.deeds.received import asked, in_words, requests
from support.world import World

Lines = Sequence[Sequence[str]]
WHO_IT_IS = "who it is"


def asked_with(world: World, rows: Lines) -> None:
    """The practice was asked by these tools, in this order, with these tokens and profiles.

    A row: the tool, whose profile ("none" for clients), and whose token: `Dr. Lee's`, or `Dr. Lee's new one`; a cookie
    beside it is never right. `who it is` is a question of the service's own: whom the practice knows by a token.

    Raises:
        AssertionError: one call was made with something else, or there are more or fewer.

    """
    made = asked(world)
    expected = [row[0] for row in rows] + [""] * len(made)
    found = [_shown(world, request, words) for request, words in zip(made, expected, strict=False)]
    wanted = [tuple(row) for row in rows]
    assert found == wanted, f"the practice was asked with {found}, expected {wanted}"


def _shown(world: World, request: Request, words: str) -> tuple[str, str, str]:
    tokens = {f"{name}'s": person.token for name, person in practice.practice(world, HERE).people.items()}
    tokens |= {f"{name}'s new one": token for name, token in world.named("new token").items()}
    token = next((whose for whose, token in tokens.items() if request.bears(token)), "nobody's")
    if "cookie" in request.headers:
        token += " and a cookie"
    if words == WHO_IT_IS and request.path.endswith("/account/v2/me"):
        return words, practice.label_of(world, request.profile or "none"), token
    names, tool = in_words(world, request).names, find(words)
    return (
        words if tool and tool.spoken in names else names[0],
        practice.label_of(world, request.profile or "none"),
        token,
    )


def asked_at_once(world: World) -> None:
    """Every call to the practice had begun before the first of them was answered.

    Raises:
        AssertionError: fewer than two, or one waited for another.

    """
    made = asked(world)
    assert len(made) > 1, f"{len(made)} calls say nothing about what is done at once"
    ends = [request.ended for request in made if request.ended is not None]
    assert len(ends) == len(made), "a call has not been answered"
    late = [request.route for request in made if request.started >= min(ends)]
    assert not late, f"{', '.join(late)} waited for another call to end"


def log_is_discreet(world: World) -> None:
    """The service's log tells of this scenario's session, but no token of its people, and not what was said.

    Raises:
        AssertionError: it does, or does not know the session.

    """
    log = world.worker.assistant.log_text()
    assert the_chat(world).session in log, "the log knows nothing of this session, so that it proves nothing"
    chats: dict[str, Chat] = world.named("chat")
    secrets = {f"the token shown in the chat of {name}": str(each.identity.token) for name, each in chats.items()}
    secrets |= {f"the new token of {name}": token for name, token in world.named("new token").items()}
    secrets |= {f"what {each.who.name} said": text for each in chats.values() for text in each.asked}
    secrets |= {f"what {each.who.name} was answered": text for each in chats.values() for text in each.answers}
    told = [what for what, secret in secrets.items() if re.search(re.escape(secret), log)]
    assert not told, f"the log tells {', '.join(told)}"


def offered_known_tools(world: World) -> None:
    """Every tool that the model was offered is one of those that `tools.toml` knows, and it was offered some.

    Raises:
        AssertionError: it was offered none, or one that no example covers.

    """
    offered = {each["function"]["name"] for request in requests(world, api="chat") for each in request.tools or ()}
    assert offered, "the model was offered no tool"
    assert offered <= set(tools()), f"nothing shows what these do: {', '.join(sorted(offered - set(tools())))}"
