"""Small groups say nothing about a person: for a masked role a group of fewer than five customers is left blank (G33)."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

GROUP_MIN = 5
SIZE = "customers"  # the measure that tells how large a group is
SIZE_COLUMN = "_customers"


def suppress(table: pa.Table, *, keep: Sequence[str]) -> pa.Table:
    """Blank every figure of a small group, and of the next smallest where a single blank could be found by subtraction."""
    hidden = _hidden(table[SIZE_COLUMN].to_pylist())
    shown = table.drop_columns([SIZE_COLUMN])
    mask = pa.array(hidden, pa.bool_())
    for index, field in enumerate(shown.schema):
        if field.name not in keep:
            column = pc.if_else(mask, pa.nulls(len(shown), field.type), shown.column(index).combine_chunks())
            shown = shown.set_column(index, field, column)
    return shown.append_column("suppressed", mask)


def _hidden(sizes: Sequence[int | None]) -> list[bool]:
    """Say which groups to hide. A group of nobody hides nothing.

    >>> _hidden([40, 3, 12, 0])
    [False, True, True, False]
    >>> _hidden([40, 3, 12, 4])
    [False, True, False, True]
    """
    hidden = [0 < (size or 0) < GROUP_MIN for size in sizes]
    if sum(hidden) == 1:
        others = [(size, index) for index, size in enumerate(sizes) if size and not hidden[index]]
        if others:
            hidden[min(others)[1]] = True
    return hidden
