"""The caller's own account."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query as QueryParameters
from fastapi import Response

from .. import people
from ..accounts import EVERYBODY
from ..answers import answer
from ..calls import Call, new_router
from ..fields import CamelQuery, Timezone

router = new_router(EVERYBODY)


class AccountQuery(CamelQuery):
    """Parameters of GET /account/v2/me."""

    timezone: Timezone | None = None


@router.get("/account/v2/me")
def own_account(query: Annotated[AccountQuery, QueryParameters()], call: Call) -> Response:
    """Who the caller is."""
    with call.reading() as db:
        account = people.account(db, call.caller, query.timezone)
    return answer(account)
