"""What stands for values in the sentences: people, kinds of things, verbs, reasons. Loaded first, by its name."""

import re
from typing import get_args

from behave import register_type
from parse import with_pattern

from support.checks.outcomes import REASONS
from support.checks.tables import path
from support.clients.command import SUBJECTS
from support.clients.evaluation_platform.interface import Aggregate, Malformation
from support.clients.evaluation_platform.nouns import NOUNS
from support.deeds import call_logging
from support.deeds.call_logging import Clients
from support.deeds.configuration import RENDERINGS
from support.deeds.people import PEOPLE, Person
from support.deeds.resilience import DEEDS, TROUBLES

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


@with_pattern("creates|starts|records")
def makes(text: str) -> str:
    """A session is started and an event recorded; it is the same deed."""
    return text


@with_pattern("has deleted|deletes")
def deletes(text: str) -> str:
    """What is a Given in one scenario is the When of another."""
    return text


@with_pattern("has kept|keeps")
def keeps(text: str) -> str:
    """What is a Given in one scenario is the When of another."""
    return text


@with_pattern("has deployed|deploys")
def deploys(text: str) -> str:
    """What is a Given in one scenario is the When of another."""
    return text


@with_pattern("(?:,? with|,? by|)")
def said(text: str) -> bool:
    """Whether a table says more."""
    return bool(text)


@with_pattern("|".join(REASONS))
def reason(text: str) -> str:
    return text


@with_pattern(r'(?:, (?:naming|saying) "[^"]+"|)')
def saying(text: str) -> tuple[str, str] | None:
    """What a refusal must name (a property) or say (some words), if anything."""
    found = re.fullmatch(r', (naming|saying) "(.+)"', text)
    return (found[1], found[2]) if found else None


@with_pattern("exactly|at least")
def extent(text: str) -> bool:
    """Whether nothing else may be there."""
    return text == "exactly"


@with_pattern("(?:within the platform's stated delay |)")
def in_time(text: str) -> bool:
    """Whether it may take as long as the target states."""
    return bool(text)


@with_pattern("in this order|in any order")
def order(text: str) -> str:
    return text


@with_pattern("the other|the")
def which(text: str) -> bool:
    """Whether only the others are meant: those that the deed did not act on."""
    return text == "the other"


@with_pattern('(?:for the dataset "[^"]+" |)')
def for_dataset(text: str) -> str | None:
    """The dataset that things are made for, if any."""
    return text.split('"')[1] if text else None


@with_pattern(r'(?:"[^"]+"(?:, | and | as ))+[^"]+(?:(?:, | and )(?:"[^"]+"(?:, | and | as ))+[^"]+)*')
def mapping(text: str) -> dict[str, list[str]]:
    """What becomes of the columns: `"question" and "country" as inputs, "answer" as ground truth`."""
    roles: dict[str, list[str]] = {}
    for columns, role in re.findall(r'((?:"[^"]+"(?:, | and )?)+) as ([a-z ]+?)(?=, "| and "|$)', text):
        roles[path(role)[0]] = re.findall(r'"([^"]+)"', columns)
    return roles


@with_pattern(r'"[^"]+"(?:(?:, | and )"[^"]+")*')
def quoted(text: str) -> list[str]:
    """Several names: `"length" and "is_question"`."""
    return re.findall(r'"([^"]+)"', text)


@with_pattern("|".join(get_args(Aggregate)))
def aggregate(text: str) -> str:
    return text


@with_pattern("|".join(get_args(Malformation)))
def malformation(text: str) -> str:
    return text


@with_pattern("|".join(SUBJECTS))
def subject(text: str) -> str:
    """One of our own commands that is configured."""
    return text


@with_pattern("have become|become")
def become(text: str) -> str:
    """What is a Given in one scenario is the When of another."""
    return text


@with_pattern("|".join(RENDERINGS))
def rendering(text: str) -> str:
    """What makes a command say something of itself."""
    return text


@with_pattern("|".join(sorted(DEEDS, key=len, reverse=True)))
def deed(text: str) -> str:
    """What a user's program does."""
    return text


@with_pattern("|".join(TROUBLES))
def trouble(text: str) -> str:
    """What a network does."""
    return text


@with_pattern(r"\w+\.\w+")
def error(text: str) -> str:
    """The type of an exception: `openai.APITimeoutError`."""
    return text


@with_pattern("nothing|once|twice|\\d+ times")
def times(text: str) -> int:
    spelt = {"nothing": 0, "once": 1, "twice": 2}
    return spelt[text] if text in spelt else int(text.split(maxsplit=1)[0])


@with_pattern("(?:, and again until it is served|)")
def again(text: str) -> bool:
    return bool(text)


@with_pattern("(?:, mends what is refused and sends that again|)")
def mending(text: str) -> bool:
    return bool(text)


@with_pattern("(?:, in its client's own words,|)")
def alone(text: str) -> bool:
    """Whether only what the client itself says counts."""
    return bool(text)


@with_pattern("(?: once the fault is over|)")
def over(text: str) -> bool:
    """Whether the call is meant that was made later."""
    return bool(text)


@with_pattern(r"[a-z][\w.-]* \d[\w.]*\w(?:(?:, | and )[a-z][\w.-]* \d[\w.]*\w)*")
def clients(text: str) -> Clients:
    """Versions of clients: `openai 2.54.0 and httpx 0.28.1` is one environment, several of one client are several."""
    return call_logging.clients(text)


@with_pattern(r'(?: in "[^"]+"|)')
def place(text: str) -> str | None:
    """A folder of the program, if another than the one that it is told of by default."""
    return text.split('"')[1] if text else None


@with_pattern(r"\d+(?:(?:, | and )\d+)+")
def counts(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


register_type(
    Clients=clients,
    Place=place,
    Counts=counts,
    Deed=deed,
    Trouble=trouble,
    Error=error,
    Times=times,
    Again=again,
    Mending=mending,
    Alone=alone,
    Over=over,
    Person=person,
    AThing=a_thing,
    Thing=thing,
    Things=things,
    Makes=makes,
    Deletes=deletes,
    Keeps=keeps,
    Deploys=deploys,
    Said=said,
    Reason=reason,
    Saying=saying,
    Extent=extent,
    InTime=in_time,
    Order=order,
    Which=which,
    ForDataset=for_dataset,
    Mapping=mapping,
    Quoted=quoted,
    Aggregate=aggregate,
    Malformation=malformation,
    Subject=subject,
    Rendering=rendering,
    Become=become,
)
