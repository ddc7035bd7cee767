"""The practice API as the assistant calls it: always as the caller, and again where that can help."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx
import tenacity

from .identity import Caller
from .values import loaded

_PREFIX = "/api/v1"
_CLIENT_PROFILE = "client-"
_READING = "/haystack/"
"""Below it nothing is changed, whatever the method."""
_LONGEST_MESSAGE = 500


class PracticeFault(Exception):  # noqa: N818 - the family; its members are errors
    """The practice API did not do what was asked; the text may be shown to the model."""


class PracticeRefusedError(PracticeFault):
    """401 or 403: the practice does not let this caller do it. Never retried; the user is told."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"The practice refused this ({status}): {message}")
        self.status, self.message = status, message


class PracticeError(PracticeFault):
    """Any other answer that is neither a success nor a failure of the practice API itself, such as 404."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"The practice answered {status}: {message}")
        self.status, self.message = status, message


class PracticeUnavailableError(PracticeFault):
    """It failed, did not answer in time, or could not be reached, each time that it was asked."""

    def __init__(self, message: str, *, again: bool = True) -> None:
        doubt = "" if again else " It may have been done all the same: look before it is tried again."
        super().__init__(message + doubt)
        self.again = again
        """Whether it is safe to ask again."""


class PracticeMalformedError(PracticeFault):
    """It answered something that is not what it promises."""


class PracticeApi:
    """One for a service. `address` is where the API lives; paths are those below /api/v1.

    `timeout_s` is for one try as a whole, `tries` counts the first one, `pause_s` is the longest first pause.
    """

    def __init__(self, address: str, *, timeout_s: float = 10.0, tries: int = 3, pause_s: float = 0.1) -> None:
        self.timeout_s, self.tries, self.pause_s = timeout_s, tries, pause_s
        secure = not address.startswith("http://")  # without TLS there is no certificate to read and check
        self.http = httpx.AsyncClient(
            base_url=base_url(address),
            timeout=timeout_s,
            trust_env=False,
            verify=secure,
            cookies=no_cookies(),
            # httpx's own hundred would be shared by all: whom the practice keeps waiting would keep the others waiting.
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=20),
        )

    async def call(
        self,
        caller: Caller,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        key: str | None = None,
    ) -> Any:
        """The JSON of a 2xx answer (None when it is empty). Raises one of the `Practice…Error`s.

        Every try of a call that changes something carries the same `Idempotency-Key`: `key`, else one of its own. One
        that got no answer after it was sent is not made again unless that does no harm.
        """
        request = {
            "method": method,
            "url": path,
            "params": {name: as_text(value) for name, value in (query or {}).items() if value is not None},
            "headers": headers(caller) | idempotency(method, key),
            "json": body,
        }
        async for attempt in retrying(self):
            with attempt:
                return content(await self.send(request, again=is_repeatable(method, path)))
        raise AssertionError("tenacity ended without an outcome")

    async def send(self, request: Mapping[str, Any], *, again: bool) -> httpx.Response:
        """One try. Raises PracticeUnavailableError when there is no answer in time; `again`: it may be repeated."""
        try:
            async with asyncio.timeout(self.timeout_s):
                return await self.http.request(**request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as fault:
            raise PracticeUnavailableError("The practice cannot be reached.") from fault
        except (TimeoutError, httpx.TimeoutException):
            raise PracticeUnavailableError("The practice did not answer in time.", again=again) from None
        except httpx.HTTPError as fault:
            raise PracticeUnavailableError("The connection to the practice broke off.", again=again) from fault

    async def close(self) -> None:
        """Close its connections."""
        await self.http.aclose()


def base_url(address: str) -> str:
    """With /api/v1, whether the address has it or not."""
    return address.rstrip("/").removesuffix(_PREFIX) + _PREFIX


def no_cookies() -> CookieJar:
    """A jar that takes none: all callers share one client, and what one was given is not to be shown for another."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=()))


def headers(caller: Caller) -> dict[str, str]:
    """As whom the practice is asked: the caller's own token, and the profile of a practitioner."""
    said = {"Authorization": f"Bearer {caller.token.get_secret_value()}"}
    if caller.profile and not is_client(caller.profile):
        said["ProfileID"] = caller.profile
    return said


def is_client(profile: str) -> bool:
    """Whether a profile is a client's; the practice knows clients by their token alone."""
    return profile.startswith(_CLIENT_PROFILE)


def idempotency(method: str, key: str | None = None) -> dict[str, str]:
    """A key for a call that changes something, so that a second try need not be a second deed."""
    return {} if method == "GET" else {"Idempotency-Key": key or uuid.uuid4().hex}


def retrying(api: PracticeApi) -> tenacity.AsyncRetrying:
    """How often and with which pauses a call that may yet succeed is made again."""
    return tenacity.AsyncRetrying(
        retry=tenacity.retry_if_exception(is_passing),
        stop=tenacity.stop_after_attempt(api.tries),
        wait=tenacity.wait_random_exponential(multiplier=api.pause_s, max=2),
        reraise=True,
    )


def is_passing(fault: BaseException) -> bool:
    """Whether asking again may help, and does no harm."""
    return isinstance(fault, PracticeUnavailableError) and fault.again


def is_repeatable(method: str, path: str) -> bool:
    """Whether it is the same to make a call once or twice: all but those that enter something new."""
    return method != "POST" or path.startswith(_READING)


def content(answer: httpx.Response) -> Any:
    """What a successful answer holds. Raises what the status means."""
    if answer.is_success:
        return parsed(answer)
    if answer.status_code in (401, 403):
        raise PracticeRefusedError(answer.status_code, message(answer))
    if answer.status_code >= 500:
        raise PracticeUnavailableError(f"The practice failed ({answer.status_code}).")
    raise PracticeError(answer.status_code, message(answer))


def parsed(answer: httpx.Response) -> Any:
    """Its JSON; None for an empty body. Names that were cut within a character are taken as they can be."""
    if not answer.content:
        return None
    try:
        return loaded(answer.content.decode("utf-8-sig"), mending=True)
    except ValueError:
        raise PracticeMalformedError("The practice's answer cannot be read (it is not valid JSON).") from None


def message(answer: httpx.Response) -> str:
    """What an error answer says, in the shape {statusCode, message, error}; messages may be lists."""
    try:
        said = parsed(answer)["message"]
    except (PracticeMalformedError, KeyError, TypeError):
        return answer.reason_phrase or "no reason given"
    text = "; ".join(map(str, said)) if isinstance(said, list) else str(said)
    return text[:_LONGEST_MESSAGE]


def as_text(value: Any) -> str:
    """A query value as text; yes and no as true and false."""
    return str(value).lower() if isinstance(value, bool) else str(value)
