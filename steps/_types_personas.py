"""What stands for values in the sentences about personas: what is offered, what is told."""

from behave import register_type
from parse import with_pattern

from support.checks.instructed import ALIKE


@with_pattern(
    r"at least \d+ tools, each described|exactly these tools|at least these tools|none of these tools|no tools"
)
def offer(text: str) -> str:
    return text


@with_pattern("tell nothing of|tell")
def tells(text: str) -> bool:
    """Whether something is told."""
    return text == "tell"


@with_pattern("|".join(ALIKE))
def alike(text: str) -> str:
    """What was the same, or different, in every request."""
    return text


register_type(Alike=alike, Offer=offer, Tells=tells)
