"""What is wrong with the playing of a crowd."""

from typing import Any

from support.defects import defect


@defect("load.workers-play-the-same-people", breaks=["LD-90"], at="support.programs.load.sharing:part")
def workers_play_the_same_people(_original: Any) -> Any:
    """Every worker is dealt the same people, so that some come twice and others never."""
    return lambda people, _number, parts: people[: -(-len(people) // parts)]
