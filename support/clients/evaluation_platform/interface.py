"""What an evaluation platform offers, in product terms.

This module knows no URL, no wire field and no vendor. The steps speak to the protocols below; an adapter
(HoneyHive today, another platform tomorrow) implements them.

Conventions, the same for every noun:

* What is sent is a mapping of product fields (``{"name": "...", "model": "..."}``, see ``nouns.py``), so that a
  scenario can also send what is wrong. What comes back is a typed model.
* A refusal is a value (`Refusal`), never an exception. A platform that cannot be reached raises `Unreachable`.
  An answer that breaks the contract (empty, another shape, another object) raises `ContractBroken`, which is an
  `AssertionError`: the promise was broken, the suite was not.
* Nothing is filtered, sorted, deduplicated or retried on this side: what is returned is what was answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, Strict

Fields = Mapping[str, Any]
"""Product fields and their values; any JSON value, right or wrong."""

T = TypeVar("T")

Sequenced = Annotated[tuple[T, ...], Strict(False)]
"""A sequence in an answer: a JSON list is taken, its items are not converted."""

Aggregate = Literal["average", "min", "max", "median", "sum", "count", "p90", "p95", "p99"]
Malformation = Literal["broken JSON", "a list", "a text", "a number", "nothing at all", "another media type"]
"""How a request can be malformed as a whole (as opposed to holding a wrong field)."""


class Value(BaseModel):
    """Base of everything that is answered: immutable, strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


# --- outcomes ---------------------------------------------------------------------------------------------------

Reason = Literal[
    "invalid",
    "unauthorised",
    "forbidden",
    "not found",
    "not allowed",
    "conflict",
    "unprocessable",
    "too large",
    "unsupported media type",
    "too many requests",
    "server error",
]


class Refusal(Value):
    """The platform said no.

    ``status`` is the HTTP status (200 only where the platform answers "not found" by an empty list).
    ``fields`` are the product fields of the noun that the message names.
    ``code`` is the platform's own error code, empty where it gives none.
    """

    status: int
    reason: Reason
    message: str
    fields: frozenset[str] = frozenset()
    code: str = ""

    def __str__(self) -> str:
        return f"refused ({self.reason}, status {self.status}): {self.message}"


class Created(Value):
    """A thing was created; ``id`` is what the platform calls it. ``key`` is the first key of a new project."""

    id: str
    key: str | None = Field(default=None, repr=False)


class Updated(Value):
    """A change was answered with success; ``confirmed`` is False where the answer says that nothing was changed."""

    id: str
    confirmed: bool = True


class Deleted(Value):
    """A deletion was answered with success; ``confirmed`` is False where the answer says that nothing was deleted."""

    id: str
    confirmed: bool = True


class Accepted(Value):
    """A malformed request was answered with success: never what was promised."""

    status: int
    body: str


class BatchOutcome(Value):
    """What became of many rows sent at once.

    ``ids`` are the ids of the stored rows, in the order sent; ``refused`` gives the reason by index (from 0).
    """

    ids: Sequenced[str]
    refused: dict[int, str] = Field(default_factory=dict)
    session: str | None = None

    @property
    def rows(self) -> tuple[str | None, ...]:
        """The id of each row sent, None where it was refused."""
        stored = iter(self.ids)
        return tuple(
            None if index in self.refused else next(stored, None) for index in range(len(self.ids) + len(self.refused))
        )


class Page(Value, Generic[T]):
    """A part of a list, in the platform's order. The rest is None where the platform does not say."""

    items: Sequenced[T]
    total: int | None = None
    page: int | None = None
    limit: int | None = None
    has_next: bool | None = None


class Unreachable(ConnectionError):  # noqa: N818 - reads as the state of the platform
    """The platform gave no answer: refused, reset, timed out, unknown host. ``host`` says which, ``cause`` why."""

    def __init__(self, host: str, cause: BaseException) -> None:
        self.host = host
        self.cause = cause
        super().__init__(f"no answer from {host}: {type(cause).__name__}: {cause}")


class ContractBroken(AssertionError):  # noqa: N818 - a broken promise, not a fault of the suite
    """The platform answered, and the answer is not what its contract says."""

    def __init__(self, operation: str, fault: str, answer: object) -> None:
        self.operation = operation
        self.fault = fault
        super().__init__(f"{operation}: {fault}\nanswer: {str(answer)[:2000]}")


class NotOffered(LookupError):  # noqa: N818 - states what the adapter lacks
    """The platform has no such operation (deleting a project): a mistake of the scenario's author."""


# --- things -----------------------------------------------------------------------------------------------------


class Thing(Value):
    """Something that the platform keeps under an id."""

    id: str

    @property
    def fields(self) -> dict[str, Any]:
        """Every product field but the id, as plain JSON values."""
        return self.model_dump(mode="json", exclude={"id"})


class Dataset(Thing):
    """A named set of datapoints. ``datapoints`` are ids."""

    name: str
    description: str | None = None
    metadata: dict[str, Any] | None = None
    datapoints: Sequenced[str] = ()
    created_at: str | None = None
    updated_at: str | None = None


class Datapoint(Thing):
    """One case: inputs and what is expected. ``linked_datasets`` are the ids of the datasets that hold it."""

    inputs: dict[str, Any]
    ground_truth: dict[str, Any] | None = None
    history: Sequenced[dict[str, Any]] = ()
    metadata: dict[str, Any] | None = None
    linked_event: str | None = None
    linked_datasets: Sequenced[str] = ()
    created_at: str | None = None
    updated_at: str | None = None


class Configuration(Thing):
    """A prompt with the model and the parameters it is meant for.

    ``template`` is a list of messages ``{"role", "content"}`` for chat, a text for completion.
    ``hyperparameters`` are temperature, stop sequences…
    """

    name: str
    provider: str
    model: str
    call_type: str
    type: str | None = None
    template: list[dict[str, Any]] | str | None = None
    hyperparameters: dict[str, Any] | None = None
    response_format: dict[str, Any] | None = None
    functions: list[dict[str, Any]] | None = None
    function_choice: str | None = None
    forced_function: dict[str, Any] | None = None
    environments: Sequenced[str] = ()
    tags: Sequenced[str] = ()
    user_properties: dict[str, Any] | None = None
    created_at: str | None = None
    updated_at: str | None = None


class Tool(Thing):
    """A function that a model may call. ``parameters`` is its JSON Schema, ``type`` is function or tool."""

    name: str
    type: str | None = None
    description: str | None = None
    parameters: dict[str, Any] | None = None
    created_at: str | None = None
    updated_at: str | None = None


class Metric(Thing):
    """How an event is scored. ``sampling`` is a percentage, 0 to 100; ``enabled``: scored as events arrive."""

    name: str
    type: str
    criteria: str
    description: str | None = None
    return_type: str | None = None
    enabled: bool | None = None
    needs_ground_truth: bool | None = None
    sampling: float | None = None
    scale: int | None = None
    threshold: dict[str, Any] | None = None
    categories: list[Any] | None = None
    children: list[Any] | None = None
    model_provider: str | None = None
    model_name: str | None = None
    filters: list[dict[str, Any]] | None = None
    created_at: str | None = None
    updated_at: str | None = None


class MetricVersion(Value):
    """A kept state of a metric. ``content`` holds product fields of the metric."""

    name: str
    fingerprint: str
    message: str
    deployed: bool
    content: dict[str, Any]
    created_at: str | None = None


class Score(Value):
    """What a metric says of one event. ``value`` is None while it is still being computed (``pending``)."""

    value: float | bool | str | None
    explanation: str | None = None
    pending: bool = False


class Run(Thing):
    """One run of an experiment. ``dataset``, ``sessions`` and ``datapoints`` are ids.

    Status: pending, running, completed, failed or cancelled.
    """

    name: str | None = None
    description: str | None = None
    status: str | None = None
    dataset: str | None = None
    sessions: Sequenced[str] = ()
    datapoints: Sequenced[str] = ()
    metadata: dict[str, Any] = Field(default_factory=dict)
    results: dict[str, Any] = Field(default_factory=dict)
    configuration: dict[str, Any] = Field(default_factory=dict)
    evaluators: list[Any] | None = None
    passing_ranges: dict[str, Any] | None = None
    created_at: str | None = None
    updated_at: str | None = None


class MetricAggregate(Value):
    """One metric over a whole run."""

    name: str
    aggregate: float | None
    values: Sequenced[float | bool] = ()
    metric_type: str | None = None
    event_name: str | None = None
    event_type: str | None = None
    passing_range: dict[str, Any] | None = None
    passed: Sequenced[str] = ()
    failed: Sequenced[str] = ()


class DatapointMetric(Value):
    """One metric of one datapoint."""

    name: str
    value: float | bool | str | None
    passed: bool | None = None
    event_name: str | None = None
    event_type: str | None = None


class DatapointResult(Value):
    """What a run says of one datapoint."""

    datapoint: str | None
    session: str | None
    passed: bool | None
    metrics: Sequenced[DatapointMetric] = ()


class RunResult(Value):
    """The summary of a run. ``passed`` and ``failed`` are ids of datapoints."""

    status: str
    success: bool
    function: str | None
    metrics: Sequenced[MetricAggregate]
    datapoints: Sequenced[DatapointResult] = ()
    passed: Sequenced[str] = ()
    failed: Sequenced[str] = ()


class MetricComparison(Value):
    """One metric in two runs; ``improved``, ``degraded`` and ``same`` are ids of datapoints."""

    name: str
    old: float | None
    new: float | None
    difference: float | None = None
    percentage_change: float | None = None
    improved: Sequenced[str] = ()
    degraded: Sequenced[str] = ()
    same: Sequenced[str] = ()
    found_count: int | None = None
    improved_count: int | None = None
    degraded_count: int | None = None
    same_count: int | None = None


class Comparison(Value):
    """A new run beside an old one. ``common`` are the ids of the datapoints that both have."""

    old_run: str
    new_run: str
    metrics: Sequenced[MetricComparison]
    common: Sequenced[str]


class EventPair(Value):
    """The events of one datapoint in two runs."""

    datapoint: str | None
    first: Event
    second: Event


class Event(Thing):
    """Something that happened in a session. Times are milliseconds since 1970, ``duration`` is milliseconds.

    ``session``, ``parent``, ``children`` and ``project`` are ids. A session is itself an event of type session.
    """

    session: str | None
    type: str | None
    name: str | None
    source: str | None = None
    parent: str | None = None
    children: Sequenced[str] = ()
    inputs: dict[str, Any] = Field(default_factory=dict)
    outputs: dict[str, Any] = Field(default_factory=dict)
    config: dict[str, Any] = Field(default_factory=dict)
    metadata: dict[str, Any] = Field(default_factory=dict)
    metrics: dict[str, Any] = Field(default_factory=dict)
    feedback: dict[str, Any] = Field(default_factory=dict)
    user_properties: dict[str, Any] = Field(default_factory=dict)
    error: str | None = None
    start_time: float | None = None
    end_time: float | None = None
    duration: float | None = None
    project: str | None = None


Session = Event
"""A session is answered as the event that it is: ``id == session`` and ``type == "session"``."""


class Project(Thing):
    """A tenant's room. Its first key is answered once, at creation (`Created.key`), and never again."""

    name: str
    description: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class Condition(Value):
    """One condition of a search: ``field`` is a product field or a dotted path (``metadata.tenant``)."""

    field: str
    operator: str
    value: Any = None
    type: str = "string"


# --- protocols --------------------------------------------------------------------------------------------------


class Things(Protocol[T]):
    """What every noun offers; an operation that the platform lacks raises `NotOffered`."""

    @property
    def noun(self) -> str:
        """The noun's key in ``nouns.py``."""
        ...

    def create(self, fields: Fields) -> Created | Refusal:
        """Create one thing from product fields."""
        ...

    def get(self, thing_id: str) -> T | Refusal:
        """Read one thing by its id."""
        ...

    def list(self, *, limit: int | None = None, page: int | None = None, **filters: Any) -> Page[T] | Refusal:
        """List things. ``filters`` are the noun's (``name=``, ``environment=``, ``status=``…, see ``nouns.py``)."""
        ...

    def find(self, name: str) -> Page[T] | Refusal:
        """What the platform answers when asked for a name."""
        ...

    def update(self, thing_id: str, changes: Fields) -> Updated | Refusal:
        """Change the given product fields of one thing."""
        ...

    def delete(self, thing_id: str) -> Deleted | Refusal:
        """Delete one thing."""
        ...

    def create_malformed(self, how: Malformation) -> Accepted | Refusal:
        """Send a creation that is malformed as a whole."""
        ...


class Datasets(Things[Dataset], Protocol):
    """Datasets, and what belongs to them."""

    def add_rows(
        self,
        dataset_id: str,
        rows: Sequence[Any],
        *,
        inputs: Sequence[str] = (),
        ground_truth: Sequence[str] = (),
        history: Sequence[str] = (),
    ) -> BatchOutcome | Refusal:
        """Add raw rows; the three lists map columns, all other columns become metadata."""
        ...

    def remove_datapoint(self, dataset_id: str, datapoint_id: str) -> Deleted | Refusal:
        """Take a datapoint out of a dataset; the datapoint itself stays."""
        ...


class Datapoints(Things[Datapoint], Protocol):
    """Datapoints; ``list`` filters by ``ids=[…]`` and ``dataset=`` (its name)."""

    def create_many(self, rows: Sequence[Any], *, dataset_id: str | None = None) -> BatchOutcome | Refusal:
        """Create many datapoints at once; each row holds product fields."""
        ...

    def create_from_events(
        self, event_ids: Sequence[str], *, dataset_id: str | None = None, **mapping: Sequence[str]
    ) -> BatchOutcome | Refusal:
        """Create a datapoint from each event; ``mapping`` gives paths in it by the part that they go to."""
        ...


class Configurations(Things[Configuration], Protocol):
    """Configurations; ``list`` filters by ``name=``, ``environment=`` and ``tags=[…]``."""


class Tools(Things[Tool], Protocol):
    """Tools."""


class Metrics(Things[Metric], Protocol):
    """Metrics; ``list`` filters by ``type=`` and ``id=``."""

    def versions(self, metric_id: str) -> tuple[MetricVersion, ...] | Refusal:
        """Every kept version, in the platform's order."""
        ...

    def add_version(
        self, metric_id: str, message: str, content: Fields, *, deploy: bool = False
    ) -> MetricVersion | Refusal:
        """Keep a new version; ``content`` holds product fields of a metric."""
        ...

    def deploy(self, metric_id: str, version: str) -> MetricVersion | Refusal:
        """Make a version the one that counts."""
        ...

    def compute(self, metric: Fields, event: Fields) -> Score | Refusal:
        """Run a metric (product fields of a metric) on an event (product fields of an event)."""
        ...


class Runs(Things[Run], Protocol):
    """Runs of experiments.

    ``list`` filters by ``dataset=`` (an id), ``ids=[…]``, ``name=`` (a part of it), ``status=``, ``sort_by=`` and
    ``sort_order=``.
    """

    def result(self, run_id: str, function: str | None = None) -> RunResult | Refusal:
        """The summary; ``function`` is an `Aggregate` (or a wrong one)."""
        ...

    def compare(self, new: str, old: str, function: str | None = None) -> Comparison | Refusal:
        """A new run beside an old one."""
        ...

    def compare_events(
        self, first: str, second: str, *, limit: int | None = None, page: int | None = None, **filters: Any
    ) -> Page[EventPair] | Refusal:
        """The events of two runs, in pairs of the same datapoint. Filters: ``name=``, ``type=``."""
        ...


class Sessions(Things[Event], Protocol):
    """Sessions. ``create`` starts one, ``list`` searches for events of type session."""


class Events(Things[Event], Protocol):
    """Events. ``list`` is ``search`` with a condition of equality for each filter."""

    def create_many(
        self, events: Sequence[Any], *, single_session: bool | None = None, session: Fields | None = None
    ) -> BatchOutcome | Refusal:
        """Store many events at once; ``session`` holds product fields of the session they share."""
        ...

    def search(
        self,
        conditions: Sequence[Condition] = (),
        *,
        since: str | None = None,
        until: str | None = None,
        limit: int | None = None,
        page: int | None = None,
    ) -> Page[Event] | Refusal:
        """Search by conditions (all must hold) and by start time (ISO 8601)."""
        ...


class Projects(Things[Project], Protocol):
    """Projects. An admin key lists all, a project's key only its own."""


class Door(Protocol):
    """One way into the platform."""

    @property
    def name(self) -> str:
        """Which door this is, for evidence."""
        ...

    @property
    def carried_by(self) -> str:
        """What carried the last operation: the vendor's SDK, or plain HTTP and why."""
        ...

    datasets: Datasets
    datapoints: Datapoints
    configurations: Configurations
    tools: Tools
    metrics: Metrics
    runs: Runs
    sessions: Sessions
    events: Events
    projects: Projects

    def of(self, noun: str) -> Things[Any]:
        """The operations of a noun, by its name in prose ("dataset", "experiment runs"): see ``nouns.py``."""
        ...


EventPair.model_rebuild()
