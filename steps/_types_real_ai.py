"""What stands for values in the sentences about runs that ask a real model. Loaded before them, by its name."""

from behave import register_type
from parse import with_pattern


@with_pattern("red|green")
def red(text: str) -> bool:
    return text == "red"


@with_pattern("console|report")
def telling_place(text: str) -> str:
    return text


@with_pattern("(?:, in this order|)")
def ordered(text: str) -> bool:
    return bool(text)


@with_pattern("exactly|at most")
def cost_extent(text: str) -> bool:
    """Whether it has cost neither less."""
    return text == "exactly"


@with_pattern(r"\d+\.\d+")
def amount(text: str) -> str:
    """Dollars, as written: they are not to be rounded."""
    return text


register_type(Red=red, TellingPlace=telling_place, Ordered=ordered, CostExtent=cost_extent, Amount=amount)
