"""Settle what a batch holds and how its columns map: as told, as remembered for this header, or as the words suggest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from regulars.gateway.files import matching, process, running
from regulars.gateway.files.kinds import KINDS
from regulars.gateway.files.options import Options
from regulars.gateway.files.receiving import KindUnknownError
from regulars.gateway.models import ImportBatch
from regulars.gateway.models import Mapping as StoredMapping


@dataclass(frozen=True, slots=True)
class Seen:
    """What a child saw of the first rows."""

    header: list[str]
    sample: list[list[str | None]]
    told: dict[str, str]  # encoding, separator, sheet


def inspect(batch: ImportBatch) -> Seen:
    """Have a child look at the first rows of the batch's file."""
    answers = list(process.ask(running.task_of(batch, action="inspect")))
    found = next(answer for answer in answers if answer["event"] == "found")
    return Seen(found["header"], found["sample"], found["told"])


def guess_kind(header: list[str]) -> str:
    """Return the kind of file that the header tells, or ask for it."""
    kind = matching.guess_kind(header)
    if not kind:
        raise KindUnknownError(_("The columns do not tell what the file holds; choose it."))
    return kind


def settle(
    batch: ImportBatch, header: list[str], *, mapping: Mapping[str, str] | None = None, options: Mapping[str, Any] | None = None
) -> None:
    """Fill in the mapping and the options of a batch whose kind is known."""
    kind = KINDS[batch.kind]
    stored = None if mapping is not None else find_mapping(batch.kind, header)
    if mapping is not None:
        batch.columns = dict(mapping)
    elif stored is not None:
        batch.columns = matching.applicable(stored.columns, header)
    else:
        batch.columns = matching.suggest(kind, header)
    chosen = {**(stored.options if stored else {}), **(options or {})}
    if kind.are_receipts and "customer_kind" not in chosen and "customer" in batch.columns:
        chosen["customer_kind"] = matching.customer_kind(batch.columns["customer"])
    batch.options = Options.of(chosen).told()


def find_mapping(kind: str, header: list[str]) -> StoredMapping | None:
    """Return how a file with this header was mapped before."""
    return StoredMapping.objects.filter(kind=kind, header_hash=matching.header_hash(header)).first()


def remember(batch: ImportBatch, header: list[str], *, now: datetime) -> None:
    """Keep the mapping for the next file with this header."""
    StoredMapping.objects.update_or_create(
        kind=batch.kind,
        header_hash=matching.header_hash(header),
        defaults={"columns": batch.columns, "options": batch.options, "used_at": now},
    )
