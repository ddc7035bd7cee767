"""What stands for values in the sentences about personas: what is offered, what is told."""

from behave import register_type
from parse import with_pattern


@with_pattern("exactly these tools|at least these tools|none of these tools|no tools")
def offer(text: str) -> str:
    return text


@with_pattern("tell nothing of|tell")
def tells(text: str) -> bool:
    """Whether something is told."""
    return text == "tell"


register_type(Offer=offer, Tells=tells)
