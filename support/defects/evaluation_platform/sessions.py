"""Sessions and events: started, stored, batched, updated, searched, deleted."""

import dataclasses
from typing import Any

from support.defects import defect, home

KEPT_SESSIONS = ("SE", "EV", "PJ", "MT-90", "TR")
"""Whatever scenario makes a session cannot be undone, and says so, when sessions cannot be deleted."""


@defect("sessions.start-forgets-user-properties", breaks=["SE-1"], at="events:session_fields")
def start_forgets_user_properties(original: Any) -> Any:
    """A session is stored without the properties of its user."""

    def session_fields(session_id: str, sent: Any) -> Any:
        return {name: value for name, value in original(session_id, sent).items() if name != "user_properties"}

    return session_fields


@defect("sessions.start-forgets-source", breaks=["SE-1"], at="events:session_fields")
def start_forgets_source(original: Any) -> Any:
    """A session does not say where it came from."""

    def session_fields(session_id: str, sent: Any) -> Any:
        return {name: value for name, value in original(session_id, sent).items() if name != "source"}

    return session_fields


@defect("events.parent-is-lost", breaks=["SE-2"], at="events:parent_of")
def parent_is_lost(original: Any) -> Any:
    """Every event hangs directly below its session, whatever its parent was."""
    return lambda event_type, session_id, _parent_id: original(event_type, session_id, None)


@defect("events.chain-is-stored-as-tool", breaks=["SE-2"], at="events:create", spreads=["SE-3", "SE-5", "SE-7"])
def chain_is_stored_as_tool(original: Any) -> Any:
    """A chain event is shown as a tool event."""

    def create(db: Any, project: str, sent: Any) -> Any:
        is_chain = sent.get("event_type") == "chain"
        return original(db, project, {**sent, "event_type": "tool"} if is_chain else sent)

    return create


@defect("events.duration-is-in-seconds", breaks=["SE-2"], at="events:complete_times")
def duration_is_in_seconds(original: Any) -> Any:
    """An event's duration comes back a thousand times too short."""

    def complete_times(*sent: Any) -> Any:
        start, end, duration = original(*sent)
        return start, end, duration / 1000

    return complete_times


@defect("events.batch-is-refused-whole", breaks=["SE-3"], at="events:create_batch")
def batch_is_refused_whole(original: Any) -> Any:
    """One invalid event makes a whole batch be refused."""

    def create_batch(db: Any, project: str, events: Any, session: Any) -> Any:
        for event in events:
            if isinstance(event, Exception):
                raise event
        return original(db, project, events, session)

    return create_batch


@defect("events.refused-batch-leaves-its-session", breaks=["SE-93"], at="events:create_batch")
def refused_batch_leaves_its_session(original: Any) -> Any:
    """A session whose events are all refused is there all the same, without any."""

    def create_batch(db: Any, project: str, events: Any, session: Any) -> Any:
        if session is not None:
            home(original).start_session(db, project, session)
            db.commit()
        return original(db, project, events, session)

    return create_batch


@defect("events.batch-of-a-session-starts-one-for-each", breaks=["SE-3"], at="events:create_batch", spreads=["SE-94"])
def batch_of_a_session_starts_one_for_each(original: Any) -> Any:
    """Events that are sent together as one session become sessions of their own."""
    return lambda db, project, events, _session: original(db, project, events, None)


@defect("events.under-its-sessions-id-is-lost", breaks=["SE-90"], at="events:create")
def under_its_sessions_id_is_lost(original: Any) -> Any:
    """An event that bears the id of its session is acknowledged and not stored."""

    def create(db: Any, project: str, sent: Any) -> Any:
        lost = sent.get("event_id") is not None and sent["event_id"] == sent.get("session_id")
        return home(original).complete(project, sent) if lost else original(db, project, sent)

    return create


@defect("events.batch-loses-its-last", breaks=["SE-3"], at="events:create_batch")
def batch_loses_its_last(original: Any) -> Any:
    """The last event of a batch is acknowledged with the others and was never stored."""

    def create_batch(db: Any, project: str, events: Any, session: Any) -> Any:
        batch = original(db, project, events[:-1], session)
        batch.event_ids.append(f"{batch.event_ids[-1][:-2]}00" if batch.event_ids else "0")
        return batch

    return create_batch


@defect("events.batch-names-the-wrong-event", breaks=["SE-3"], at="events:report_refused")
def batch_names_the_wrong_event(original: Any) -> Any:
    """The fault of an invalid event in a batch is reported for the event after it."""
    return lambda index, refused: original(index + 1, refused)


@defect(
    "events.batch-names-the-wrong-property", breaks=["SE-3"], at="events:report_refused", spreads=["ER-21", "ER-23"]
)
def batch_names_the_wrong_property(original: Any) -> Any:
    """The fault of an invalid event in a batch is said to be in another property."""

    def report_refused(index: int, refused: Any) -> Any:
        return {**original(index, refused), "field": "event_name", "message": "event_name: must be of another type"}

    return report_refused


@defect("events.update-erases-what-was-there", breaks=["SE-4"], at="events:merge_values")
def update_erases_what_was_there(_original: Any) -> Any:
    """An update of an event's outputs or metadata erases the earlier ones."""
    return lambda _before, after: after


@defect("events.update-replaces-what-is-nested", breaks=["SE-4"], at="events:merge_values")
def update_replaces_what_is_nested(_original: Any) -> Any:
    """An update of an entry of an event's metadata erases what else was in that entry."""
    return lambda before, after: {**before, **after} if isinstance(before, dict) and isinstance(after, dict) else after


@defect("events.told-too-early-is-lost", breaks=["SE-95"], at="events:keep_pending")
def told_too_early_is_lost(_original: Any) -> Any:
    """What is told of an event before it arrives is acknowledged and lost."""
    return lambda _db, _project, _event_id, _changes: None


@defect("events.told-too-early-replaces-it", breaks=["SE-95"], at="events:apply_pending")
def told_too_early_replaces_it(original: Any) -> Any:
    """What was told of an event before it arrived takes the place of what the event says itself."""

    def apply_pending(db: Any, project: str, documents: Any) -> Any:
        early = original(db, project, [{**each, "metadata": {}} for each in documents])
        return [told if told["metadata"] else own for own, told in zip(documents, early, strict=True)]

    return apply_pending


@defect("sessions.begun-once-more-is-begun-anew", breaks=["SE-94"], at="events:start_session", spreads=["TR-94"])
def begun_once_more_is_begun_anew(original: Any) -> Any:
    """A session that is begun once more forgets what it said before."""

    def start_session(db: Any, project: str, sent: Any) -> Any:
        events = home(original)
        if sent.get("session_id") and events.find(db, project, sent["session_id"]):
            events.storage.remove(db, events.EVENTS, project, sent["session_id"])
        return original(db, project, sent)

    return start_session


@defect("events.update-forgets-feedback", breaks=["SE-4"], at="events:merge")
def update_forgets_feedback(original: Any) -> Any:
    """Feedback given to an event is acknowledged and not kept."""

    def merge(event: Any, changes: Any) -> Any:
        return original(event, {name: value for name, value in changes.items() if name != "feedback"})

    return merge


@defect("events.end-stays-when-duration-grows", breaks=["SE-4"], at="events:merge")
def end_stays_when_duration_grows(original: Any) -> Any:
    """An event that turns out to have taken longer still ends when it was said to at first."""

    def merge(event: Any, changes: Any) -> Any:
        merged = original(event, changes)
        return merged if changes.get("end_time") is not None else {**merged, "end_time": event["end_time"]}

    return merge


@defect("events.end-before-start-is-taken", breaks=["SE-92"], at="events:check_times")
def end_before_start_is_taken(_original: Any) -> Any:
    """An event may be over before it has begun."""
    return lambda _document: None


@defect("events.end-moves-before-start", breaks=["SE-92"], at="events:check_changed_times")
def end_moves_before_start(_original: Any) -> Any:
    """The end of an event that is stored can be moved before its start."""
    return lambda _known, _changes: None


@defect("events.search-ignores-time-range", breaks=["SE-5"], at="search:parse_range")
def search_ignores_time_range(original: Any) -> Any:
    """A search within a range of time finds events of any time."""
    return lambda *_arguments: original(None)


@defect("events.search-ignores-metadata", breaks=["SE-5"], at="search:matches")
def search_ignores_metadata(original: Any) -> Any:
    """A search by metadata finds events with any metadata."""
    return lambda event, condition: condition.field.startswith("metadata.") or original(event, condition)


@defect("events.search-ignores-name", breaks=["SE-5"], at="events:find_matching")
def search_ignores_name(original: Any) -> Any:
    """A search by name finds events of any name."""

    def find_matching(db: Any, project: str, conditions: Any, span: Any) -> Any:
        return original(db, project, [each for each in conditions if each.field != "event_name"], span)

    return find_matching


@defect("events.search-ignores-type", breaks=["SE-5"], at="events:find_matching", spreads=["SE"])
def search_ignores_type(original: Any) -> Any:
    """A search by type finds events of any type."""

    def find_matching(db: Any, project: str, conditions: Any, span: Any) -> Any:
        return original(db, project, [each for each in conditions if each.field != "event_type"], span)

    return find_matching


@defect("events.search-ignores-session", breaks=["SE-5"], at="events:find_matching", spreads=["SE", "TR"])
def search_ignores_session(original: Any) -> Any:
    """A search within one session finds the events of any."""

    def find_matching(db: Any, project: str, conditions: Any, span: Any) -> Any:
        return original(db, project, [each for each in conditions if each.field != "session_id"], span)

    return find_matching


@defect("events.search-takes-the-moment-itself", breaks=["SE-5"], at="search:compare")
def search_takes_the_moment_itself(original: Any) -> Any:
    """A search for what began after or before a moment finds what began just then, too."""

    def compare(operator: str, actual: Any, condition: Any) -> bool:
        just_then = operator in ("after", "before") and home(original).as_milliseconds(actual) == condition.value
        return just_then or bool(original(operator, actual, condition))

    return compare


@defect("events.search-rounds-long-numbers", breaks=["SE-5"], at="search:parse_condition")
def search_rounds_long_numbers(original: Any) -> Any:
    """A search for a number of more than 15 digits looks for one near it."""

    def parse_condition(raw: Any, where: str) -> Any:
        asked = original(raw, where)
        return dataclasses.replace(asked, value=float(asked.value)) if asked.type == "number" and asked.value else asked

    return parse_condition


@defect("events.search-pages-overlap", breaks=["SE-5", "EV-3"], at="search:one_page")
def search_pages_overlap(_original: Any) -> Any:
    """Each page of a search, or of experiments, begins with the last entry of the page before."""

    def one_page(items: Any, limit: int, page: int) -> Any:
        first = (page - 1) * limit - (page > 1)
        return list(items[first : first + limit])

    return one_page


@defect("events.total-is-of-the-page", breaks=["SE-5"], at="routes.events:answer", spreads=["TR-91"])
def total_is_of_the_page(original: Any) -> Any:
    """A search says that there are as many matches as the page holds."""

    def answer(told: Any) -> Any:
        return original({**told, "totalEvents": len(told["events"])} if "totalEvents" in told else told)

    return answer


@defect("events.search-order-is-arbitrary", breaks=["SE-5"], at="search:newest_first", spreads=["SE-7"])
def search_order_is_arbitrary(original: Any) -> Any:
    """The events that a search finds come in no order."""
    return lambda events: sorted(original(events), key=lambda event: str(event["event_id"])[::-1])


@defect("sessions.delete-keeps-its-events", breaks=["SE-6"], at="events:delete_events_of", spreads=KEPT_SESSIONS)
def delete_keeps_its_events(original: Any) -> Any:
    """A deleted session is gone and its events are still found."""

    def delete_events_of(db: Any, project: str, session_id: str) -> int:
        events = home(original)
        return int(events.storage.remove(db, events.EVENTS, project, session_id))

    return delete_events_of


@defect("sessions.delete-is-only-acknowledged", breaks=["SE-6"], at="events:delete_events_of", spreads=KEPT_SESSIONS)
def delete_is_only_acknowledged(_original: Any) -> Any:
    """Deleting a session is acknowledged, and it stays with all its events."""
    return lambda *_arguments: 1
