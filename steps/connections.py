"""Sentences about connections and what comes over them in time: whose session, how replies end, health, the network."""

from behave import step, then, when
from behave.runner import Context

from support.checks import endings
from support.checks.tables import lines, pairs
from support.deeds import connecting
from support.deeds.chatting import chat
from support.deeds.practice import Colleague


@step("{who:Colleague} connects to {which:SessionOf}{where:Where}")
def connects_to(context: Context, who: Colleague, which: str, where: str | None) -> None:
    connecting.connect_to(context.world, who, which, where)


@step("the network before {system:Behind} {trouble:OnTheWay}")
def network_before(context: Context, system: str, trouble: str) -> None:
    connecting.spoil(context.world, system, trouble)


@when("a program says to the assistant")
def program_says(context: Context) -> None:
    connecting.say_raw(context.world, context.text)


@then("the program is answered {status:d}{saying:Saying}")
def program_is_answered(context: Context, status: int, saying: tuple[str, str] | None) -> None:
    endings.answered(context.world.answer, status, saying)


@then("{who:Colleague} is told of the last reply{where:Where}")
def is_told_of_reply(context: Context, who: Colleague, where: str | None) -> None:
    endings.told_of_reply(chat(context.world, who, where), pairs(context.table))


@then("the session of {who:Colleague}{where:Where} holds, in this order, and nothing else")
def session_holds(context: Context, who: Colleague, where: str | None) -> None:
    endings.session_holds(context.world, chat(context.world, who, where), lines(context.table))


@then("the model was shown this conversation, and nothing else")
def was_shown(context: Context) -> None:
    endings.model_was_shown(context.world, lines(context.table))


@then("the model's work for {who:Colleague}{where:Where} {state:WorkState}")
def work_is(context: Context, who: Colleague, where: str | None, state: str) -> None:
    endings.work_is(context.world, chat(context.world, who, where), state)


@then("the first words came before the model had finished, and their time is told")
def first_words_came(context: Context) -> None:
    endings.first_words_came(context.world)


@then("the assistant says {soon:HowSoon} that it is {word:w}")
def says_that_it_is(context: Context, soon: bool, word: str) -> None:
    endings.healthy(context.world, word, soon=soon)
