"""Two samples of replies to the same question differ in the stated direction: no threshold of either is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from support.checks.register import measure, superiority

CLEARLY = 0.8
"""How likely one of these must be more than one of those: half is no difference, one is no overlap."""
OPPOSITE = {"more": "fewer", "fewer": "more", "longer": "shorter", "shorter": "longer"}


@dataclass(frozen=True)
class Contrast:
    """Of this measure there is more in the replies to `more` than in those to `less`."""

    what: str
    more: str
    less: str

    def fault(self, texts: Mapping[str, Sequence[str]]) -> tuple[str, bool]:
        """The numbers in a line, and whether they say otherwise than the contrast."""
        these, those = ([measure(text, self.what) for text in texts[who]] for who in (self.more, self.less))
        chance = superiority(these, those)
        line = (
            f"{self.what}: {self.more} {median(these):.4g}, {self.less} {median(those):.4g} (medians); "
            f"more to {self.more} in {chance:.0%} of all pairs, at least {CLEARLY:.0%} needed"
        )
        return line, chance < CLEARLY


def contrasts(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Contrast]:
    """Read a table: `measure | Dr. Lee | Maya`, with `more` and `fewer` in the cells.

    Raises:
        ValueError: a row does not say of which there is more.

    """
    first, *people = headings
    if first != "measure" or len(people) != 2:
        raise ValueError(f"expected the headings measure and two people, were {', '.join(headings)}")
    found = []
    for what, one, other in rows:
        if OPPOSITE.get(one) != other:
            raise ValueError(f'"{what}": one is more and the other fewer, not {one} and {other}')
        order = people if one in ("more", "longer") else people[::-1]
        found.append(Contrast(what, *order))
    return found


def hold(wanted: Sequence[Contrast], texts: Mapping[str, Sequence[str]]) -> str:
    """The numbers, for the report.

    Raises:
        AssertionError: the texts do not differ so, or not clearly.

    """
    told = [contrast.fault(texts) for contrast in wanted]
    wrong = [line for line, is_wrong in told if is_wrong]
    if wrong:
        raise AssertionError("the replies do not differ as stated:\n" + "\n".join(wrong))
    return "\n".join(line for line, _ in told)
