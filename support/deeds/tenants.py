"""Deeds of two tenants on one platform: keeping things under the same names and ids, and asking for each other's."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from support.clients.evaluation_platform.tenants import Answer, found_at, tenants
from support.reporting import evidence
from support.world import World

if TYPE_CHECKING:
    from support.running.systems import PlatformUnderTest
    from support.running.undo import Undoing

OURS, ITS = "Harbour Support", "Northwind Claims"
POINTS = {OURS: 3, ITS: 5}
KEY_KINDS = ("project", "ingestion", "data_plane")


@dataclass(frozen=True, eq=False)
class Household:
    """What a tenant keeps: the mark that everything of it bears, the ids, and its content as it is put in again."""

    name: str
    mark: str
    ids: Mapping[str, str]
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Tenant:
    """A tenant as it lives on the platform now."""

    household: Household
    project: str
    name: str
    """The name of its project."""
    keys: Mapping[str, str]
    began_with: Mapping[str, Any]
    """Everything that it had when it moved in, by table."""
    leaving: Undoing


@dataclass(frozen=True)
class Told:
    """What the tenant that asked was answered, and what each tenant has afterwards, by table (ours: if it is there)."""

    asker: Tenant
    answer: Answer
    its: Mapping[str, Any]
    ours: Mapping[str, Any] | None


_households: WeakKeyDictionary[PlatformUnderTest, dict[str, Household]] = WeakKeyDictionary()
"""Of each platform: made once through its interface, then put in again for every scenario."""


def keep_the_same(world: World) -> None:
    """See to it that both tenants keep one of everything, under the same names and, where they choose them, ids."""
    platform = world.worker.evaluation_platform
    if platform not in _households:
        _households[platform] = {name: furnish(world, name) for name in (OURS, ITS)}
    for name, household in _households[platform].items():
        world.remember("tenant", name, settle(world, household))
    evidence.attach_json("what both keep", {name: [one.mark, one.ids] for name, one in _households[platform].items()})


def furnish(world: World, name: str) -> Household:
    """Make, through the platform's interface, what a tenant keeps; in a project that is given up again."""
    mark = f"{name.lower().replace(' ', '-')}-{secrets.token_hex(8)}"
    tenant = settle(world, Household(name, mark, {}, {}))
    ids: dict[str, str] = {}
    for keep in tenants().keeps:
        if keep.only not in (None, name):
            continue
        known = {**common(), **under("own", ids), "mark": mark, "points": POINTS[name]}
        answer = world.platform.asker.ask(keep, tenant.keys[keep.key], known)
        if answer.status >= 400:
            raise RuntimeError(f"{name} cannot keep what it should by {keep.route}: {answer.raw}")
        ids |= {called: found_at(answer.body, path) for called, path in keep.gives.items()}
    content = {"project": tenant.project, "tables": what_it_has(world, tenant)}
    leave(world, tenant)
    return Household(name, mark, ids, content)


def settle(world: World, household: Household) -> Tenant:
    """Let a tenant move in, with everything it keeps and new keys."""
    asked = {"name": world.unique(household.name), "description": household.mark, "kinds": KEY_KINDS}
    content = {"content": household.content} if household.content else {}
    given = control(world, "POST", "/projects", {**asked, **content})
    leaving = world.undo(f"erase the project of {household.name}", lambda: erase(world, given["id"]))
    return Tenant(household, given["id"], given["name"], given["keys"], placed(household.content, given["id"]), leaving)


def placed(content: Mapping[str, Any], project: str) -> Any:
    """What is in the content of a project, as it is in another project."""
    return json.loads(json.dumps(content["tables"]).replace(content["project"], project)) if content else {}


def leave(world: World, tenant: Tenant) -> None:
    """Let a tenant move out."""
    erase(world, tenant.project)
    tenant.leaving.done()


def erase(world: World, project: str) -> None:
    """Delete a project with everything in it."""
    control(world, "DELETE", f"/projects/{project}")


def what_it_has(world: World, tenant: Tenant) -> dict[str, Any]:
    """Everything that a tenant has on the platform, by table."""
    tables: dict[str, Any] = control(world, "GET", f"/projects/{tenant.project}/content")["content"]["tables"]
    return tables


def control(world: World, method: str, path: str, body: Any = None) -> Any:
    """One call to the platform's control address."""
    return world.worker.evaluation_platform.control(method, path, body)


def ask(world: World, words: str) -> None:
    """Let Northwind Claims ask for what these words mean, while Harbour Support is there."""
    ours, its = world.recall("tenant", OURS), world.recall("tenant", ITS)
    answer = put(world, its, words, known(ours, its))
    world.remember("asked", "words", words)
    world.remember("asked", "told", Told(its, answer, what_it_has(world, its), what_it_has(world, ours)))
    world.answer = answer.outcome


def ask_alone(world: World) -> Told:
    """Let Northwind Claims ask the same again, with what it had before, after Harbour Support has left."""
    told: Told = world.recall("asked", "told")
    ours, its = world.recall("tenant", OURS), told.asker
    leave(world, ours)
    if told.its != its.began_with:
        leave(world, its)
        its = settle(world, its.household)
    answer = put(world, its, world.recall("asked", "words"), known(ours, its))
    return Told(its, answer, what_it_has(world, its), None)


def put(world: World, asker: Tenant, words: str, meant: Mapping[str, Any]) -> Answer:
    """Ask the platform, with the asker's key."""
    question = tenants().question(words)
    return world.platform.asker.ask(question, asker.keys[question.key], meant)


def known(ours: Tenant, its: Tenant) -> dict[str, Any]:
    """What the names in a question stand for."""
    ids = {
        whose: {**tenant.household.ids, "project": tenant.project, "name": tenant.name}
        for whose, tenant in (("ours", ours), ("its", its))
    }
    return {**common(), **under("ours", ids["ours"]), **under("its", ids["its"])}


def common() -> dict[str, Any]:
    """The names and ids that tenants choose themselves."""
    return {**under("same", tenants().same), **under("only", tenants().only)}


def under(owner: str, names: Mapping[str, Any]) -> dict[str, Any]:
    """Names with their owner before them."""
    return {f"{owner}.{name}": value for name, value in names.items()}
