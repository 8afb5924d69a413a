"""Where the Delta tables are, and what is done to them: append, merge, replace, delete, and knowing how far they are.

For `sync`, the demo (tables of its own) and the engines. How far a table is stands in the table itself: each commit carries the
transaction number it reaches as a Delta application transaction, so rows and watermark are one and a crash between two
steps can neither lose nor repeat anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake
from deltalake.exceptions import TableNotFoundError
from django.conf import settings

_WRITER = WriterProperties(compression="ZSTD", compression_level=1)


@dataclass(frozen=True, slots=True)
class Lake:
    """A folder, or a place in an object store, with one Delta table below it for each name."""

    url: str
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_local(self) -> bool:
        return "://" not in self.url or self.url.startswith("file://")

    def uri(self, name: str) -> str:
        return f"{self.url.rstrip('/')}/{name}"

    def find(self, name: str) -> DeltaTable | None:
        """Return the table as it is now, or None where nothing was ever written."""
        try:
            return DeltaTable(self.uri(name), storage_options=dict(self.options))
        except TableNotFoundError:
            return None

    def append(self, name: str, rows: pa.RecordBatchReader, *, partition: Sequence[str], mark: Mark) -> None:
        """Add rows, and the mark they reach, in one commit."""
        self._write(name, rows, partition, "append", mark)

    def replace(
        self, name: str, rows: pa.RecordBatchReader, *, partition: Sequence[str] = (), mark: Mark | None = None
    ) -> None:
        """Put `rows` in the place of all rows, in one commit."""
        self._write(name, rows, partition, "overwrite", mark)

    def merge(self, name: str, rows: pa.RecordBatchReader, *, key: Sequence[str], mark: Mark) -> None:
        """Change the rows whose key is known and add the others, in one commit."""
        table = self.find(name)
        if table is None:
            self.replace(name, rows, mark=mark)
            return
        same = " AND ".join(f"old.{column} = new.{column}" for column in key)
        merger = table.merge(
            rows,
            same,
            source_alias="new",
            target_alias="old",
            writer_properties=_WRITER,
            commit_properties=_commit(mark),
        )
        merger.when_matched_update_all().when_not_matched_insert_all().execute()

    def delete(self, name: str, condition: str, *, mark: Mark | None) -> None:
        """Take rows out, and set the mark if one is given, in one commit."""
        table = self.find(name)
        if table is not None:
            table.delete(condition, commit_properties=_commit(mark))

    def _write(
        self,
        name: str,
        rows: pa.RecordBatchReader,
        partition: Sequence[str],
        mode: Literal["append", "overwrite"],
        mark: Mark | None,
    ) -> None:
        write_deltalake(
            self.uri(name),
            rows,
            partition_by=list(partition) or None,
            mode=mode,
            schema_mode="overwrite" if mode == "overwrite" else None,
            storage_options=dict(self.options),
            writer_properties=_WRITER,
            commit_properties=_commit(mark),
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to which transaction number a table is a true copy of `copies`: a database, read in one layout."""

    copies: str
    xid: int


def chosen_lake() -> Lake:
    """Return the lake of this installation."""
    return Lake(str(settings.LAKE_URL), settings.LAKE_OPTIONS)


def find_mark(table: DeltaTable | None, copies: str) -> Mark | None:
    """Return how far `table` is a copy of `copies`; None if it copies something else, or nothing yet."""
    xid = table.transaction_version(_application(copies)) if table else None
    return None if xid is None else Mark(copies, xid)


def count_rows(table: DeltaTable) -> int:
    """Return how many rows the table has, from its log alone."""
    counts: list[Any] = pa.table(table.get_add_actions(flatten=True))["num_records"].to_pylist()
    return int(sum(counts))


def write_table(name: str, rows: pa.RecordBatchReader, *, partition: Sequence[str] = ()) -> None:
    """Write a table that is not copied from PostgreSQL (such as the demo's promotions), in the place of an earlier one."""
    chosen_lake().replace(name, rows, partition=partition)


def _commit(mark: Mark | None) -> CommitProperties:
    transactions = [Transaction(_application(mark.copies), mark.xid)] if mark else []
    return CommitProperties(app_transactions=transactions)


def _application(copies: str) -> str:
    return f"regulars/{copies}"
