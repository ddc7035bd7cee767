"""Chains of tools, and the calls that they make to the practice."""

from typing import Any

from support.defects import defect

AROUND = ["TC", "PA", "DG", "EC", "RD", "UI"]
"""Blocks whose scenarios pass on what a tool has found."""
IDS = ("id", "client_id")


@defect("tools.summary-asks-twice", breaks=["TC-1"], at="tools.calls:make", spreads=["TC", "PA"])
def summary_asks_twice(original: Any) -> Any:
    """A client's summary is asked of the practice twice."""

    async def make(context: Any, name: str, arguments: Any) -> Any:
        if name == "get_client_summary":
            await original(context, name, arguments)
        return await original(context, name, arguments)

    return make


@defect("tools.results-lose-their-ids", breaks=["TC-13"], at="tools.base:succeeded", spreads=AROUND)
def results_lose_their_ids(original: Any) -> Any:
    """What a tool found reaches the model shortened, so that the next tool asks for somebody else."""

    def shortened(found: Any) -> Any:
        if isinstance(found, dict):
            return {key: f"{what}"[:-1] if key in IDS else shortened(what) for key, what in found.items()}
        return [shortened(each) for each in found] if isinstance(found, list) else found

    def succeeded(name: str, result: Any) -> Any:
        return original(name, shortened(result))

    return succeeded


@defect("practice.forgets-the-token", breaks=["PA-1"], at="practice:headers", spreads=["TC", "PA", "DG"])
def forgets_the_token(original: Any) -> Any:
    """The practice is asked without the caller's token."""

    def headers(caller: Any) -> Any:
        return {name: value for name, value in original(caller).items() if name != "Authorization"}

    return headers


@defect("practice.forgets-the-profile", breaks=["PA-2"], at="practice:headers", spreads=["TC", "PA", "DG"])
def forgets_the_profile(original: Any) -> Any:
    """The practice is not told as which practitioner it is asked."""

    def headers(caller: Any) -> Any:
        return {name: value for name, value in original(caller).items() if name != "ProfileID"}

    return headers
