"""The words of the sentences that stand for values: people, kinds of things, reasons. Loaded first, by its name."""

import re

from behave import register_type
from parse import with_pattern

from support.checks.outcomes import REASONS
from support.checks.tables import path
from support.clients.evaluation_platform.nouns import NOUNS
from support.people import PEOPLE, Person

SINGULAR = "|".join([*(noun for noun in NOUNS if noun != "run"), "experiment"])
PLURAL = "|".join([*(noun.plural for noun in NOUNS.values() if noun.key != "run"), "experiments"])


@with_pattern("|".join(PEOPLE))
def person(text: str) -> Person:
    return PEOPLE[text]


@with_pattern(f"(?:an? )(?:{SINGULAR})")
def a_thing(text: str) -> str:
    return text.split(" ", 1)[1]


@with_pattern(SINGULAR)
def thing(text: str) -> str:
    return text


@with_pattern(PLURAL)
def things(text: str) -> str:
    return text


@with_pattern("|".join(REASONS))
def reason(text: str) -> str:
    return text


@with_pattern("in this order|in any order")
def order(text: str) -> str:
    return text


@with_pattern("the other|the")
def which(text: str) -> bool:
    """Whether only the others are meant: those that the deed did not act on."""
    return text == "the other"


@with_pattern(r'(?:"[^"]+"(?:, | and | as ))+[^"]+(?:(?:, | and )(?:"[^"]+"(?:, | and | as ))+[^"]+)*')
def mapping(text: str) -> dict[str, list[str]]:
    """What becomes of the columns: `"question" and "country" as inputs, "answer" as ground truth`."""
    roles: dict[str, list[str]] = {}
    for columns, role in re.findall(r'((?:"[^"]+"(?:, | and )?)+) as ([a-z ]+?)(?=, "| and "|$)', text):
        roles[path(role)[0]] = re.findall(r'"([^"]+)"', columns)
    return roles


register_type(
    Person=person,
    AThing=a_thing,
    Thing=thing,
    Things=things,
    Reason=reason,
    Order=order,
    Which=which,
    Mapping=mapping,
)
