"""Datasets: stored, found, listed, changed, deleted, filled from rows."""

import os
import unicodedata
from typing import Any
from urllib.parse import unquote

from support.defects import defect, home
from support.defects.evaluation_platform import GONE, MATRIX, forgiving, haunted, sending


def creating(change: Any) -> Any:
    """A wrapper of `datasets:create` that stores what `change` makes of name, description and metadata."""

    def wrapper(original: Any) -> Any:
        def create(db: Any, project: str, name: Any, description: Any = None, metadata: Any = None, *rest: Any) -> Any:
            return original(db, project, *change(name, description, metadata), *rest)

        return create

    return wrapper


@defect("datasets.numbers-in-metadata-become-text", breaks=["DS-1"], at="datasets:create")
def numbers_in_metadata_become_text(original: Any) -> Any:
    """A number in the metadata of a dataset comes back as text."""

    def change(name: Any, description: Any, metadata: Any) -> Any:
        changed = {key: str(one) if isinstance(one, int | float) else one for key, one in (metadata or {}).items()}
        return name, description, changed if metadata else metadata

    return creating(change)(original)


@defect(
    "datasets.create-forgets-description",
    breaks=["DS-1"],
    at="datasets:create",
    spreads=["DS-4", "DS-9", "DS-93"],
)
def create_forgets_description(original: Any) -> Any:
    """A dataset is stored without its description."""
    return creating(lambda name, _description, metadata: (name, None, metadata))(original)


@defect("datasets.name-finds-a-part", breaks=["DS-2"], at="datasets:list_page")
def name_finds_a_part(original: Any) -> Any:
    """A name finds every dataset that has it somewhere in its own."""

    def list_page(db: Any, project: str, *, name: str | None = None, **filters: Any) -> Any:
        return [row for row in original(db, project, **filters) if name is None or name in row["name"]]

    return list_page


@defect("datasets.name-ignores-case", breaks=["DS-2"], at="datasets:list_page")
def name_ignores_case(original: Any) -> Any:
    """A name finds datasets whose name differs from it in case."""

    def list_page(db: Any, project: str, *, name: str | None = None, **filters: Any) -> Any:
        rows = original(db, project, **filters)
        return [row for row in rows if name is None or name.lower() == row["name"].lower()]

    return list_page


def _asked_by(change: Any) -> Any:
    """A wrapper of `datasets.list_page` that looks for another name than was asked for."""

    def wrapper(original: Any) -> Any:
        def list_page(db: Any, project: str, *, name: str | None = None, **filters: Any) -> Any:
            return original(db, project, name=None if name is None else change(name), **filters)

        return list_page

    return wrapper


@defect("datasets.apostrophes-are-doubled", breaks=["DS-2"], at="datasets:list_page")
def apostrophes_are_doubled(original: Any) -> Any:
    """A dataset whose name holds an apostrophe is not found by it."""
    return _asked_by(lambda name: name.replace("'", "''"))(original)


@defect("datasets.names-are-decoded-twice", breaks=["DS-2"], at="datasets:list_page")
def names_are_decoded_twice(original: Any) -> Any:
    """A dataset is not found whose name holds what an address writes for a space."""
    return _asked_by(unquote)(original)


@defect("datasets.names-end-at-an-ampersand", breaks=["DS-2"], at="datasets:list_page")
def names_end_at_an_ampersand(original: Any) -> Any:
    """A dataset is looked for by its name up to the first ampersand."""
    return _asked_by(lambda name: name.partition("&")[0])(original)


@defect("datasets.unknown-name-finds-all", breaks=["DS-2"], at="datasets:list_page", spreads=["PJ-4", *MATRIX])
def unknown_name_finds_all(original: Any) -> Any:
    """A name that no dataset has finds all of them."""

    def list_page(db: Any, project: str, *, name: str | None = None, **filters: Any) -> Any:
        return original(db, project, name=name, **filters) or original(db, project, **filters)

    return list_page


@defect("datasets.list-ignores-limit", breaks=["DS-3"], at="datasets:list_page")
def list_ignores_limit(original: Any) -> Any:
    """A list of datasets is as long as there are datasets, whatever length was asked for."""
    return sending(limit=None)(original)


@defect("datasets.pages-repeat", breaks=["DS-3"], at="paging:page_of", spreads=MATRIX)
def pages_repeat(original: Any) -> Any:
    """Each page of a list but the first begins with the last entry of the page before."""

    def page_of(query: Any, limit: int | None, page: int) -> Any:
        found = original(query, limit, page)
        return found if limit is None or page == 1 else found.offset((page - 1) * limit - 1)

    return page_of


@defect("datasets.list-is-oldest-first", breaks=["DS-3"], at="datasets:list_page")
def list_is_oldest_first(original: Any) -> Any:
    """The list of datasets begins with the oldest."""
    return lambda *arguments, **filters: original(*arguments, **filters)[::-1]


@defect("datasets.update-empties-description", breaks=["DS-4"], at="datasets:merge_changes")
def update_empties_description(original: Any) -> Any:
    """Changing the name of a dataset empties its description."""
    return lambda current, changes: original({**current, "description": None}, changes)


@defect("datasets.update-forgets-metadata", breaks=["DS-4"], at="datasets:merge_changes")
def update_forgets_metadata(original: Any) -> Any:
    """A change of a dataset's metadata is acknowledged and not made."""
    return lambda current, changes: original(current, {**changes, "metadata": current["metadata"]})


@defect("datasets.update-forgets-description", breaks=["DS-4"], at="datasets:merge_changes")
def update_forgets_description(original: Any) -> Any:
    """A change of a dataset's description is acknowledged and not made."""
    return lambda current, changes: original(current, {**changes, "description": current["description"]})


@defect("datasets.delete-answers-false", breaks=["DS-5"], at="datasets:delete")
def delete_answers_false(original: Any) -> Any:
    """A dataset is deleted, and the answer says that it was not."""

    def delete(db: Any, project: str, dataset: str) -> str:
        original(db, project, dataset)
        return ""

    return delete


@defect("datasets.delete-twice-succeeds", breaks=["DS-5"], at="datasets:delete")
def delete_twice_succeeds(original: Any) -> Any:
    """Deleting a dataset that is gone is answered as a success."""
    return forgiving(original, answer=lambda dataset: dataset)


@defect("datasets.deleted-stays-listed", breaks=["DS-5"], at="datasets:list_page")
def deleted_stays_listed(original: Any) -> Any:
    """A deleted dataset cannot be opened and is still listed."""
    return haunted(original)


@defect("datasets.rows-lose-unmapped-columns", breaks=["DS-6"], at="mapping:unmapped")
def rows_lose_unmapped_columns(_original: Any) -> Any:
    """Columns of a row that the mapping does not name are thrown away."""
    return lambda _row, _mapping: {}


@defect("datasets.rows-put-ground-truth-into-inputs", breaks=["DS-6"], at="mapping:from_row")
def rows_put_ground_truth_into_inputs(original: Any) -> Any:
    """The ground truth of a row becomes one of its inputs, so that the answer is given away."""

    def from_row(row: Any, mapping: Any, where: str) -> Any:
        made = original(row, mapping, where)
        return {**made, "inputs": {**made["inputs"], **made["ground_truth"]}, "ground_truth": {}}

    return from_row


@defect("datasets.rows-lose-what-was-said-before", breaks=["DS-6"], at="mapping:history_of", spreads=["DP-6"])
def rows_lose_what_was_said_before(_original: Any) -> Any:
    """What was said before, in the columns of a row, is thrown away."""
    return lambda _row, _columns, _where: []


@defect("datasets.taking-out-deletes-the-datapoint", breaks=["DS-7"], at="datasets:remove_datapoint")
def taking_out_deletes_the_datapoint(original: Any) -> Any:
    """A datapoint taken out of one dataset is gone altogether."""

    def remove_datapoint(db: Any, project: str, dataset: str, datapoint: str) -> None:
        original(db, project, dataset, datapoint)
        home(original).datapoints.delete(db, project, datapoint)

    return remove_datapoint


@defect("datasets.taking-out-empties-the-dataset", breaks=["DS-7"], at="memberships:unlink")
def taking_out_empties_the_dataset(original: Any) -> Any:
    """Taking one datapoint out of a dataset takes out all of them."""

    def unlink(db: Any, project: str, dataset: str, datapoint: str) -> int:
        found = original(db, project, dataset, datapoint)
        home(original).empty_dataset(db, project, dataset)
        return int(found)

    return unlink


@defect("datasets.unknown-datapoint-is-taken", breaks=["DS-8"], at="datasets:check_members", spreads=MATRIX)
def unknown_datapoint_is_taken(_original: Any) -> Any:
    """A dataset can be made of datapoints that do not exist."""
    return lambda _db, _project, _members: None


@defect("datasets.unknown-id-shows-another", breaks=["DS-8"], at="datasets:filter_by_id", spreads=[*GONE, *MATRIX])
def unknown_id_shows_another(original: Any) -> Any:
    """Who opens a dataset that there is not is shown another."""

    def filter_by_id(query: Any, dataset_id: str | None) -> Any:
        if dataset_id is None:
            return original(query, dataset_id)
        datasets = home(original)
        there = datasets.sa.exists().where(datasets.DATASETS.c.id == dataset_id)
        return query.where(datasets.sa.or_(datasets.DATASETS.c.id == dataset_id, ~there))

    return filter_by_id


@defect("datasets.delete-of-nothing-succeeds", breaks=["DS-8"], at="datasets:delete", spreads=["DS-5", "PJ-4", *MATRIX])
def delete_of_nothing_succeeds(original: Any) -> Any:
    """Deleting a dataset that there is not is answered as a success."""

    def delete(db: Any, project: str, dataset: str) -> str:
        try:
            return str(original(db, project, dataset))
        except home(home(original).not_found).Problem:
            return dataset

    return delete


@defect("datasets.markup-is-escaped", breaks=["DS-9"], at="datasets:shown")
def markup_is_escaped(original: Any) -> Any:
    """Markup in a dataset's name comes back escaped."""

    def shown(row: Any, members: Any) -> Any:
        return original({**row, "name": row["name"].replace("<", "&lt;").replace(">", "&gt;")}, members)

    return shown


@defect("datasets.text-is-normalised", breaks=["DS-9"], at="datasets:create")
def text_is_normalised(original: Any) -> Any:
    """Accents that were typed in two signs come back as one."""

    def change(name: str, description: str | None, metadata: Any) -> Any:
        return name, unicodedata.normalize("NFC", description) if description else description, metadata

    return creating(change)(original)


@defect("datasets.text-is-ascii", breaks=["DS-9"], at="datasets:create")
def text_is_ascii(original: Any) -> Any:
    """Signs beyond the English alphabet become question marks in the description of a dataset."""

    def change(name: str, description: str | None, metadata: Any) -> Any:
        return name, description.encode("ascii", "replace").decode() if description else description, metadata

    return creating(change)(original)


@defect("datasets.quotes-are-doubled", breaks=["DS-9"], at="datasets:create")
def quotes_are_doubled(original: Any) -> Any:
    """A quotation mark in the description of a dataset comes back twice."""

    def change(name: str, description: str | None, metadata: Any) -> Any:
        return name, description.replace("'", "''") if description else description, metadata

    return creating(change)(original)


@defect("datasets.lines-are-joined", breaks=["DS-9"], at="datasets:create")
def lines_are_joined(original: Any) -> Any:
    """The lines of a dataset's description come back as one."""

    def change(name: str, description: str | None, metadata: Any) -> Any:
        return name, " ".join(description.splitlines()) if description else description, metadata

    return creating(change)(original)


@defect("datasets.long-metadata-is-cut", breaks=["DS-9"], at="datasets:create")
def long_metadata_is_cut(original: Any) -> Any:
    """Metadata of a dataset longer than 64,000 signs is cut."""

    def change(name: str, description: str | None, metadata: Any) -> Any:
        cut = {key: one[:64_000] if isinstance(one, str) else one for key, one in (metadata or {}).items()}
        return name, description, cut or metadata

    return creating(change)(original)


@defect("datasets.second-of-a-name-is-taken", breaks=["DS-90"], at="datasets:refuse_taken_name", spreads=MATRIX)
def second_of_a_name_is_taken(_original: Any) -> Any:
    """Two datasets can bear the same name."""
    return lambda *_arguments, **_named: None


@defect("datasets.names-differ-by-more-than-case", breaks=["DS-91"], at="datasets:refuse_taken_name", spreads=["DS-2"])
def names_differ_by_more_than_case(original: Any) -> Any:
    """A name is refused as taken when it differs from another only in case."""

    def refuse_taken_name(db: Any, project: str, name: str, *, except_id: str | None = None) -> None:
        for row in home(original).list_page(db, project):
            if row["name"].lower() == name.lower():
                original(db, project, row["name"], except_id=except_id)

    return refuse_taken_name


@defect("datasets.id-is-used-again", breaks=["DS-92"], at="storage:insert")
def id_is_used_again(original: Any) -> Any:
    """A dataset made anew under an old name gets the id of the deleted one."""
    given: dict[tuple[str, str], str] = {}

    def insert(db: Any, table: Any, project: str, values: Any) -> str:
        key = (project, values.get("name", ""))
        if table.name == "datasets" and key in given and home(original).find(db, table, project, given[key]) is None:
            values = {"id": given[key], **values}
        made = str(original(db, table, project, values))
        if table.name == "datasets":
            given[key] = made
        return made

    return insert


@defect("storage.is-forgotten-when-killed", breaks=["DS-93"], at="storage:Store.open", spreads=["TR-9"])
def is_forgotten_when_killed(original: Any) -> Any:
    """What was acknowledged is gone after the service was killed."""
    return lambda cls, url: original(cls, f"{url}.{os.getpid()}")
