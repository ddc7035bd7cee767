"""A store that an older version left: brought up to date where that loses nothing, else refused."""

from __future__ import annotations

import sqlalchemy as sa


def prepare(engine: sa.Engine, metadata: sa.MetaData) -> None:
    """Create what is missing, tables and columns.

    Raises OSError that names the store when it cannot be opened, or was made by a version too old to be added to.
    """
    try:
        _complete(engine, metadata)
        metadata.create_all(engine)
    except sa.exc.DBAPIError as fault:
        raise OSError(f"storage {engine.url.render_as_string()}: {str(fault.orig).strip()}") from fault


def _complete(engine: sa.Engine, metadata: sa.MetaData) -> None:
    """Add to the tables of an older version the columns that it did not know: those that may be empty."""
    known = sa.inspect(engine)
    present = set(known.get_table_names())
    missing = []
    for table in metadata.sorted_tables:
        if table.name in present:
            has = {column["name"] for column in known.get_columns(table.name)}
            missing += [column for column in table.columns if column.name not in has]
    if required := [str(column) for column in missing if not column.nullable]:
        raise OSError(
            f"storage {engine.url.render_as_string()} was made by an older version, without {', '.join(required)}: "
            "empty it, or give another"
        )
    with engine.begin() as db:
        for column in missing:
            added = sa.schema.CreateColumn(column).compile(dialect=engine.dialect)
            db.exec_driver_sql(f"ALTER TABLE {column.table.name} ADD COLUMN {added}")
