"""Sentences about talking to the assistant: beginning, asking, sending, what is received and how it ends."""

from behave import given, step, then, when
from behave.runner import Context

from support.checks import chains, frames
from support.checks.tables import lines, pairs
from support.deeds import chatting
from support.deeds.practice import Colleague


@given("{who:Colleague} is chatting with {persona:Persona}{where:Where}{browser:From}")
def is_chatting(context: Context, who: Colleague, persona: str, where: str | None, browser: str | None) -> None:
    chatting.start(context.world, who, persona, where, browser)


@step("{who:Colleague} begins a session with {persona:Persona}{where:Where}")
def begins_session(context: Context, who: Colleague, persona: str, where: str | None) -> None:
    chatting.begin(context.world, who, persona, where)


@when('{who:Colleague} asks "{text}"{where:Where}{shows:Showing}')
def asks(context: Context, who: Colleague, text: str, where: str | None, shows: str | None) -> None:
    chatting.ask(context.world, who, text, where, **chatting.shown(context.world, who, shows))


@given('{who:Colleague} has asked "{text}"{where:Where}, and {point:Point}')
def has_asked(context: Context, who: Colleague, text: str, where: str | None, point: str) -> None:
    asked = chatting.say(context.world, who, text, where)
    chatting.wait_until(context.world, asked, point)


@step("{who:Colleague} writes{at_once:AtOnce}{where:Where}")
def writes(context: Context, who: Colleague, at_once: bool, where: str | None) -> None:
    texts = [context.text] if context.text else [row[0] for row in lines(context.table)]
    chatting.write_all(context.world, who, texts, where, at_once=at_once)


@step("{who:Colleague} sends{where:Where}")
def sends(context: Context, who: Colleague, where: str | None) -> None:
    chatting.send(context.world, who, [row[0] for row in lines(context.table)], where)


@step("{who:Colleague} {does:Does}{where:Where}")
def acts(context: Context, who: Colleague, does: str, where: str | None) -> None:
    chatting.act(context.world, who, does, where)


@step("the page of {who:Colleague}{where:Where} {changed:Shows}")
def page_shows(context: Context, who: Colleague, where: str | None, changed: bool) -> None:
    chatting.page(context.world, who, pairs(context.table), where, changed=changed)


@then("the reply says {gist:Gist}")
def reply_says(context: Context, gist: str) -> None:
    chains.reply_says(context.world, chains.meant(context.world, gist))


@then("{who:Colleague} receives{where:Where}, in this order, and nothing else")
def receives(context: Context, who: Colleague, where: str | None) -> None:
    frames.received(context.world, lines(context.table), chatting.chat(context.world, who, where))


@then("every piece of the reply continues the one before it{whole:UpToTheWhole}")
def pieces_continue(context: Context, whole: bool) -> None:
    frames.continues(context.world, whole=whole)


@then('{who:Colleague} is told of the error "{kind}"{where:Where}')
def is_told_of(context: Context, who: Colleague, kind: str, where: str | None) -> None:
    frames.told_of(context.world, kind, chatting.chat(context.world, who, where))


@then("the connection{whose:Whose} stays usable")
def stays_usable(context: Context, whose: str) -> None:
    frames.usable(context.world, context.world.recall("chat", whose))


@then("the connection{whose:Whose} is closed {why:Closing}")
def is_closed(context: Context, whose: str, why: str) -> None:
    frames.closed(context.world, why, which=context.world.recall("chat", whose))
