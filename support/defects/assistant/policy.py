"""The policy: what it finds, and what the practice learns of it."""

import dataclasses
from typing import Any

from support.defects import defect, home


def changing(change: Any) -> Any:
    """A wrapper of `documents:record` that reports what `change` makes of a record."""

    def wrapper(original: Any) -> Any:
        def record(order: Any, violation: Any, caller: Any) -> Any:
            return change(dict(original(order, violation, caller)))

        return record

    return wrapper


@defect("policy.sees-no-violation", breaks=["PV-1"], at="policy:verdict", spreads=["PV", "DG"])
def sees_no_violation(original: Any) -> Any:
    """Whatever is asked for, it is written."""
    return lambda answer: original(answer).model_copy(update={"is_violation": False})


@defect("policy.takes-the-unclear-for-harmless", breaks=["PV-1"], at="policy:verdict", spreads=["PV"])
def takes_the_unclear_for_harmless(original: Any) -> Any:
    """A judgement that cannot be read lets a document through."""

    def verdict(answer: str) -> Any:
        policy = home(original)
        try:
            return original(answer)
        except policy.PolicyUnreadableError:
            return policy.Verdict(is_violation=False, confidence=0.0)

    return verdict


@defect("policy.judges-no-wishes", breaks=["PV-1"], at="policy:request", spreads=["PV"])
def judges_no_wishes(original: Any) -> Any:
    """Only the template is judged; what the practitioner wishes beside it is not."""
    return lambda model, material: original(model, {**material, "instructions": ""})


@defect("policy.judges-as-it-likes", breaks=["PV-1"], at="policy:request", spreads=["PV"])
def judges_as_it_likes(original: Any) -> Any:
    """The same template is judged now so, now otherwise: the check is asked at the usual temperature."""
    return lambda model, material: dataclasses.replace(original(model, material), temperature=0.7)


@defect("policy.warning-tells-no-reason", breaks=["PV-1", "DG-13"], at="documents:answer", spreads=["PV", "DG"])
def warning_tells_no_reason(original: Any) -> Any:
    """The user is told that nothing was written, and not why."""

    def answer(order: Any, outcome: Any) -> Any:
        told = original(order, outcome)
        told["metadata"].pop("reason", None)
        told["metadata"].pop("practitionerId", None)
        return told

    return answer


@defect("policy.user-waits-for-the-report", breaks=["PV-2"], at="documents:Writer.violation", spreads=["PV"])
def user_waits_for_the_report(original: Any) -> Any:
    """The user gets no answer until the practice has noted the violation."""

    async def violation(writer: Any, *order: Any) -> Any:
        found = await original(writer, *order)
        for outbox in list(writer.outboxes.of_users.values()):
            if outbox.worker is not None:
                await outbox.worker
        return found

    return violation


@defect("policy.reports-nothing", breaks=["PV-2", "PV-5"], at="violations:Outbox.put", spreads=["PV"])
def reports_nothing(_original: Any) -> Any:
    """A violation is found, and nobody learns of it."""
    return lambda outbox, caller, record: None


@defect("policy.record-in-snake-case", breaks=["PV-3"], at="documents:record", spreads=["PV"])
def record_in_snake_case(original: Any) -> Any:
    """What the practice is told of the time stands under another name than the contract's."""

    def change(record: dict[str, Any]) -> dict[str, Any]:
        told = record["metadata"]
        return record | {"metadata": {"timestamp": told["timestamp"], "generation_instructions": "see template"}}

    return changing(change)(original)


@defect("policy.record-without-instructions", breaks=["PV-3"], at="documents:record", spreads=["PV"])
def record_without_instructions(original: Any) -> Any:
    """The practice does not learn what the practitioner wished beside the template."""
    return changing(lambda record: record | {"metadata": {"timestamp": record["metadata"]["timestamp"]}})(original)


@defect("policy.record-of-the-filled-template", breaks=["PV-3"], at="documents:record", spreads=["PV"])
def record_of_the_filled_template(original: Any) -> Any:
    """The practice is told a shortened template instead of the one that was asked for."""
    return changing(lambda record: record | {"templateContent": record["templateContent"][:10]})(original)


@defect("policy.record-without-browser", breaks=["PV-4"], at="documents:record", spreads=["PV"])
def record_without_browser(original: Any) -> Any:
    """The practice is not told with what the document was asked for."""
    return changing(lambda record: {name: what for name, what in record.items() if name != "userAgent"})(original)


@defect("policy.record-with-the-service-s-address", breaks=["PV-4"], at="documents:record", spreads=["PV"])
def record_with_the_services_address(original: Any) -> Any:
    """The practice is told the service's address instead of the user's."""
    return changing(lambda record: record | {"ipAddress": "10.0.0.1"})(original)


@defect("policy.one-report-for-all", breaks=["PV-5"], at="violations:Outbox.put", spreads=["PV"])
def one_report_for_all(original: Any) -> Any:
    """While one violation of somebody is known, another of theirs is not reported."""
    known: set[str] = set()

    def put(outbox: Any, caller: Any, record: Any) -> None:
        if record["violationType"] not in known:
            known.add(record["violationType"])
            original(outbox, caller, record)

    return put


@defect("policy.reports-overtake", breaks=["PV-5"], at="violations:Outbox.work", spreads=["PV"])
def reports_overtake(_original: Any) -> Any:
    """The last violation is reported first, and the first waits for another."""

    async def work(outbox: Any) -> None:
        while len(outbox.waiting) > 1:
            await outbox.deliver(outbox.waiting[-1])
            outbox.waiting.pop()

    return work


@defect("policy.suspects-everything", breaks=["PV-6"], at="policy:verdict", spreads=["PV", "DG"])
def suspects_everything(original: Any) -> Any:
    """A harmless note is taken for a violation."""
    return lambda answer: original(answer).model_copy(update={"is_violation": True, "violation_type": "diagnosis"})


@defect("policy.reports-the-harmless", breaks=["PV-6"], at="documents:Writer.violation", spreads=["PV", "DG"])
def reports_the_harmless(original: Any) -> Any:
    """A harmless note is written, and reported all the same."""

    async def violation(writer: Any, kind: Any, order: Any, caller: Any, request_id: str) -> Any:
        found = await original(writer, kind, order, caller, request_id)
        if found is None:
            documents = home(original)
            seen = documents.Violation("none", "Looked at.", 0.5, documents.prompts.now())
            writer.outboxes.of(caller.user).put(caller, documents.record(order, seen, caller))
        return found

    return violation


@defect("policy.a-failing-report-is-given-up", breaks=["PV-7"], at="violations:is_passing", spreads=["PV"])
def a_failing_report_is_given_up(_original: Any) -> Any:
    """A practice that is away for a moment never learns of a violation."""
    return lambda fault: False


@defect("policy.a-repeated-report-is-another", breaks=["PV-7"], at="violations:Outbox.post", spreads=["PV"])
def a_repeated_report_is_another(_original: Any) -> Any:
    """A report whose answer was lost is entered twice."""

    async def post(outbox: Any, report: Any) -> None:
        await outbox.practice.call(report.caller, "POST", "/admin/policy-violations", body=report.record)

    return post


@defect("policy.a-refused-report-is-dropped", breaks=["PV-7"], at="violations:as_text", spreads=["PV"])
def a_refused_report_is_dropped(_original: Any) -> Any:
    """A report that the practice will not take, or that is left at the end, is lost without a trace."""
    return lambda report: "(dropped)"


@defect("policy.a-refused-report-holds-up-the-next", breaks=["PV-7"], at="violations:Outbox.work", spreads=["PV"])
def a_refused_report_holds_up_the_next(original: Any) -> Any:
    """After a report that the practice will not take, no other is sent."""

    async def work(outbox: Any) -> None:
        if not getattr(outbox, "stuck", False):
            await outbox.deliver(outbox.waiting.popleft())
            outbox.stuck = True

    return work


@defect("policy.all-wait-for-the-first", breaks=["PV-90"], at="violations:Outboxes.of", spreads=["PV"])
def all_wait_for_the_first(original: Any) -> Any:
    """While the practice does not take the report of one user, nobody else's is sent."""
    return lambda outboxes, _user: original(outboxes, "everybody")


@defect("policy.the-end-loses-what-waits", breaks=["PV-7"], at="violations:Outbox.close", spreads=["PV"])
def the_end_loses_what_waits(_original: Any) -> Any:
    """A service that ends forgets the violations that it has not yet reported."""

    async def close(outbox: Any, within_s: float) -> None:
        if outbox.worker is not None:
            outbox.worker.cancel()

    return close
