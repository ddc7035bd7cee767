"""The asynchronous half of the evaluation platform's SDK, differing from the synchronous one."""

from typing import Any

from support.defects import defect


@defect("asynchronous.search-forgets-the-name", breaks=["SE-7"], at="honeyhive.api.client:DatasetsAPI.list_async")
def search_forgets_the_name(original: Any) -> Any:
    """Looking for a dataset by name, the asynchronous client answers with every dataset."""

    async def list_async(self: Any, dataset_id: Any = None, name: Any = None) -> Any:
        return await original(self, dataset_id=dataset_id)

    return list_async


@defect(
    "asynchronous.batch-sends-only-the-first", breaks=["SE-7"], at="honeyhive.api.client:EventsAPI.create_batch_async"
)
def batch_sends_only_the_first(original: Any) -> Any:
    """Of a batch of events, the asynchronous client sends only the first."""

    async def create_batch_async(self: Any, data: Any) -> Any:
        return await original(self, data.model_copy(update={"events": data.events[:1]}))

    return create_batch_async


@defect("asynchronous.refusal-is-swallowed", breaks=["SE-7"], at="honeyhive.api.client:DatasetsAPI.delete_async")
def refusal_is_swallowed(original: Any) -> Any:
    """Deleting what is gone, the asynchronous client answers as if it had succeeded."""

    async def delete_async(self: Any, id: str) -> Any:  # noqa: A002
        try:
            return await original(self, id)
        except Exception as refused:
            if getattr(refused, "status_code", None) != 404:
                raise
            return None

    return delete_async
