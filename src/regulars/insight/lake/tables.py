"""What the lake holds: for each table the PostgreSQL statements that read it, its key, its partition and its order.

For `sync`, `compact` and the engines, which need the columns of a table that has no rows yet. A statement stands between
`{since}` and `{horizon}`, transaction numbers; it names its columns, so that no name, contact or free text can slip in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from regulars.core.errors import DomainError
from regulars.insight.lake import dimensions, facts


class UnknownTableError(DomainError):
    """The lake has no table of this name."""

    code = "lake.unknown_table"
    status_code = 404


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table of the lake.

    `sources` are read in order; with a `shape`, a DuckDB statement joins and sorts them, so that PostgreSQL only has to hand
    out rows. Facts are appended, dimensions merged by `key`. `batch_column` names the import that brought a row.
    """

    name: str
    sources: Mapping[str, str]
    key: tuple[str, ...]
    shape: str = ""
    partition: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    batch_column: str = ""
    is_fact: bool = False

    @property
    def layout(self) -> str:
        """A fingerprint of the statements: a release that changes them has the table copied anew."""
        statements = "\0".join([*self.sources, *self.sources.values(), self.shape])
        return hashlib.sha256(statements.encode()).hexdigest()[:12]


def _fact(name: str, *, key: tuple[str, ...], order: str) -> TableSpec:
    return TableSpec(
        name=name, sources=facts.SOURCES[name], shape=facts.SHAPES[name], key=key, partition=("business_month",),
        order=(order,), batch_column="batch_id", is_fact=True,
    )  # fmt: skip


def _dimension(name: str, *, key: str) -> TableSpec:
    return TableSpec(name=name, sources={name: dimensions.QUERIES[name]}, key=(key,))


SPECS: dict[str, TableSpec] = {
    spec.name: spec
    for spec in (
        _dimension("store", key="store_id"),
        _dimension("product", key="product_id"),
        _dimension("customer", key="customer_id"),
        _dimension("customer_tag", key="customer_tag_id"),
        _fact("receipt", key=("receipt_id",), order="customer_id"),
        _fact("receipt_line", key=("receipt_id", "line_no"), order="product_id"),
        _fact("tender", key=("receipt_id", "tender_no"), order="receipt_id"),
    )
}


def get_spec(name: str) -> TableSpec:
    """Return the spec of the lake table `name`."""
    try:
        return SPECS[name]
    except KeyError:
        raise UnknownTableError(f"The lake has no table {name}; it has {', '.join(SPECS)}.", table=name) from None
