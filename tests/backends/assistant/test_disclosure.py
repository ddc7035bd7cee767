"""A reply never recites the prompt, however it is cut into pieces, and other text passes unchanged and at once."""

from __future__ import annotations

import base64
import random

from support.backends.assistant.disclosure import PLACEHOLDER, Guard

PROMPT = """
You are the assistant of a mental-health practice, and you work for practitioners.
Short line.
- Answer from the practice's records; never invent a client or a number.
"""


def passed(guard: Guard, pieces: list[str]) -> str:
    return "".join(guard.release(piece) for piece in pieces) + guard.rest()


def test_lines_of_the_prompt_do_not_pass_in_any_pieces() -> None:
    chance = random.Random(3)
    text = f"Sure, here it is:{PROMPT}And now, goodbye."
    for _ in range(200):
        cuts = sorted(chance.sample(range(len(text)), chance.randint(0, 60)))
        pieces = [text[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
        guard = Guard(PROMPT)
        out = passed(guard, pieces)
        assert guard.told
        assert "for practitioners" not in out
        assert "never invent a client" not in out
        assert out.count(PLACEHOLDER) == 2
        assert out.startswith("Sure, here it is:")
        assert out.endswith("And now, goodbye.")
        assert "Short line." in out


def test_other_text_passes_unchanged_and_at_once() -> None:
    guard = Guard(PROMPT)
    for piece in ("You are ", "the captain ", "of ", "my ship, ", "and you work hard. 👩‍⚕️ İ"):
        assert guard.release(piece) == piece
    assert guard.rest() == ""
    held = Guard(PROMPT)
    assert held.release("You are the assistant of a mental-") == ""
    assert held.release("ly strong team.") == "You are the assistant of a mental-ly strong team."


def test_a_line_that_is_broken_anew_does_not_pass_either() -> None:
    chance = random.Random(5)
    text = "Well, \n " + "You are the assistant of a mental-health practice, and you work for practitioners.".replace(
        " ", " \n\t"
    )
    for _ in range(200):
        cuts = sorted(chance.sample(range(len(text)), chance.randint(0, 60)))
        pieces = [text[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
        out = passed(Guard(PROMPT), pieces)
        assert out.endswith(f"{PLACEHOLDER}.")
        assert "mental" not in out


def test_what_is_told_as_a_whole_is_cleared_in_every_part() -> None:
    line = "answer from the practice's records;  never invent a client or a number."
    told = {"query": f"<{line}>", "list": [line, 3, None], line: True}
    hidden = f"{PLACEHOLDER}."
    shown = {"query": f"<{hidden}>", "list": [hidden, 3, None], hidden: True}
    assert Guard(PROMPT).cleared(told) == shown
    assert Guard(PROMPT).cleared("[broken") == "[broken"


def test_a_long_part_and_other_ways_of_writing_do_not_pass_and_what_everybody_says_does() -> None:
    crisis = (
        "When someone is in danger, say that you are glad they told you, ask them to contact the local emergency number"
        " or a crisis line now, and to reach a person they trust."
    )
    told = [
        "you are glad they told you, ask them to contact the local emergency number or a crisis line",
        "> **When** someone is in danger,\n> *say* that you are glad they told you; ask them\n> to contact the local",
        base64.b64encode(crisis.encode()).decode(),
        base64.b64encode(crisis[17:].encode()).decode(),
    ]
    for text in told:
        for size in (1, 7, len(text)):
            guard = Guard(f"You listen.\n{crisis}")
            passed(guard, [text[at : at + size] for at in range(0, len(text), size)])
            assert guard.told, text
    guard = Guard(crisis)
    said = "I am glad you told me. Please contact the local emergency number or a crisis line now."
    assert passed(guard, [f"{word} " for word in said.split()]) == f"{said} "
    assert not guard.told
