"""A person labels or confirms items of a labelled set, quickly, in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from support.judging.labels import Item, Label, LabelledSet
from support.judging.rubrics import Rubric

KEYS = {"p": "pass", "f": "fail"}
HELP = "p: pass, f: fail, s: skip, b: back, q: quit"


class Session:
    """Goes through the items that no person has labelled (or through all), one keystroke each; each is kept at once.

    `ask(prompt)` answers what was typed; `show(text)` shows something; `keep(set)` stores it.
    """

    def __init__(
        self,
        labelled: LabelledSet,
        rubric: Rubric,
        by: str,
        *,
        ask: Callable[[str], str],
        show: Callable[[str], None],
        keep: Callable[[LabelledSet], None],
        today: date,
    ) -> None:
        self.labelled = labelled
        self._rubric = rubric
        self._by = by
        self._ask, self._show, self._keep = ask, show, keep
        self._today = today

    def run(self, *, every: bool = False) -> int:
        """Label until the end or `q`; answers how many labels were given.

        The label that is there already is not shown before the person has answered, lest it leads them.
        """
        chosen = [item for item in self.labelled.items if every or item.provisional]
        self._introduce(chosen)
        given = at = 0
        while at < len(chosen):
            key = self._answer(chosen[at], at, len(chosen))
            if key == "q":
                break
            if key in KEYS:
                given += self._label(chosen[at], key)
            at = max(0, at - 1) if key == "b" else at + 1
        self._show(f"{given} labels given; {self.labelled.provisional} of {len(self.labelled.items)} are provisional.")
        return given

    def _introduce(self, chosen: Sequence[Item]) -> None:
        self._show(f"Does the reply meet this criterion?\n{self._rubric.criterion.strip()}")
        self._show("\n".join(["It does:", *(f"  - {line}" for line in self._rubric.passes)]))
        self._show("\n".join(["It does not:", *(f"  - {line}" for line in self._rubric.fails)]))
        self._show(f"{len(chosen)} items to label. {HELP}")

    def _answer(self, item: Item, at: int, of: int) -> str:
        self._show(f"\n[{at + 1}/{of}] {item.id}\n  asked: {item.asked}\n  reply: {item.reply}")
        while True:
            key = self._ask("> ").strip().lower()[:1]
            if key in {*KEYS, "s", "b", "q"}:
                return key
            self._show(HELP)

    def _label(self, item: Item, key: str) -> bool:
        label = Label.model_validate({"label": KEYS[key], "by": self._by, "person": True, "on": self._today})
        if label.label != item.label:
            self._show(f"  (it was labelled {item.label} by {item.best.by}; yours counts)")
        self.labelled = self.labelled.labelled(item.id, label)
        self._keep(self.labelled)
        return True
