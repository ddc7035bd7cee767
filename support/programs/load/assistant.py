"""Users of the assistant: they begin sessions, have documents written, and chat."""

from __future__ import annotations

import json
from contextlib import suppress

import gevent
import websocket

from support.programs.load.people import TIMEOUT_S, Client, WrongAnswerError


class Sessions(Client):
    """Begins sessions with `persona`."""

    def do(self) -> None:
        """Begin one."""
        with suppress(WrongAnswerError):  # it is counted already
            self.begin()


class Documents(Client):
    """Has the document of the plan's `order` written, for a client of their own; it must say `expects`."""

    def do(self) -> None:
        """Have one written."""
        order = {**self.plan["order"], "clientInfo": {"id": self.me["profile"], "name": self.me["name"]}}
        written = self.post("/generate-document-from-template", order, "document")
        said = self.plan["expects"].replace("(name)", self.me["name"])
        if written is not None and said not in written["content"]:
            with self.measured("the right document"):
                raise WrongAnswerError(f"the document does not say {said!r}: {written['content'][:200]!r}")


class Conversation:
    """A session, and the connection to it."""

    def __init__(self, user: Client) -> None:
        self.user, self.asked = user, 0
        self.session = user.begin()
        address = f"{str(user.host).replace('http', 'ws', 1)}/ws/{self.session}"
        shown = [f"{name}: {value}" for name, value in user.shown.items() if name != "Connection"]
        self.socket = websocket.create_connection(address, timeout=TIMEOUT_S, header=shown)

    def ask(self, text: str) -> str:
        """Say something, and hear the whole reply. Raises WrongAnswerError for one that is no reply."""
        self.asked += 1
        self.socket.send(json.dumps({"type": "chat_message", "message": text}))
        said: list[str] = []
        while True:
            frame = json.loads(self.socket.recv())
            match frame["type"]:
                case "message_chunk":
                    said.append(frame["content"])
                case "message_error":
                    raise WrongAnswerError(f"{frame.get('code')}: {frame.get('message')}")
                case "typing" if not frame["typing"]:
                    return "".join(said)

    def end(self) -> None:
        """Close the connection and delete the session."""
        self.socket.close()
        path = f"/sessions/{self.session}"
        self.user.client.delete(path, headers=self.user.shown, name="delete a session")


class Chat(Client):
    """Chats with `persona`: asks `question` in each of `tabs` conversations at once; each reply must say `expects`.

    `(name)` in both is their own name. After `renew_after` replies (0: never) a conversation makes way for a new one.
    """

    def ready(self) -> None:
        """Have the conversations."""
        super().ready()
        self.tabs: list[Conversation | None] = [None] * self.plan["tabs"]
        for number in range(self.plan["tabs"]):
            self.open(number)

    def open(self, number: int) -> None:
        """Begin a conversation; where that fails, it is counted, and tried again at the next question."""
        with self.measured("connect"):
            self.tabs[number] = Conversation(self)

    def do(self) -> None:
        """Ask everywhere, and hear every reply."""
        gevent.joinall([gevent.spawn(self.ask, number) for number in range(len(self.tabs))])

    def ask(self, number: int) -> None:
        """Ask once."""
        if self.tabs[number] is None:
            self.open(number)
        tab = self.tabs[number]
        if tab is None:
            return
        question, expects = (self.plan[what].replace("(name)", self.me["name"]) for what in ("question", "expects"))
        self.tabs[number] = None  # one that fails is not gone on with
        with self.measured("reply"):
            said = tab.ask(question)
            if expects not in said:
                raise WrongAnswerError(f"the reply does not say {expects!r}: {said[:200]!r}")
            self.tabs[number] = tab
        if tab.asked == self.plan["renew_after"] and self.tabs[number] is tab:
            tab.end()
            self.open(number)

    def on_stop(self) -> None:
        """Leave; the sessions stay."""
        for tab in filter(None, self.tabs):
            tab.socket.close()
