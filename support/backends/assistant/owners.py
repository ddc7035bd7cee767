"""Whose a session is: that of whoever began it, also with a token that was renewed since.

Tokens come and go; the person is the profile that the session was begun with. Whether an unknown token is this
person's only the practice can tell, and it is asked each time, so that what it revokes counts at once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .identity import Caller
from .practice import PracticeFault
from .sessions import key_of

if TYPE_CHECKING:
    from .state import State

_ACCOUNT = "/account/v2/me"


async def user_in(state: State, session_id: str, caller: Caller) -> str:
    """As which user this caller comes to a session: as its owner, if the practice knows them by its profile.

    A session that was begun without a profile is its first token's alone. A practice that cannot be asked vouches for
    nobody.
    """
    kept = await state.store.read(key_of(session_id))
    if kept is None or kept["owner"] == caller.user or not kept["profile_id"]:
        return caller.user
    owner, profile = str(kept["owner"]), str(kept["profile_id"])
    try:
        account = await state.practice.call(replace(caller, profile=profile), "GET", _ACCOUNT)
    except PracticeFault:
        return caller.user
    return owner if is_of(account, profile) else caller.user


def is_of(account: Any, profile: str) -> bool:
    """Whether an account, as the practice tells it, is that of this profile."""
    return isinstance(account, dict) and account.get("profileId") == profile
