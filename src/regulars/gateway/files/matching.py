"""Their columns to our fields: by the words people use, and by what was chosen for the same header before."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from regulars.gateway.files.fields import Field
from regulars.gateway.files.kinds import KINDS, Kind

_UNIT = re.compile(r"[(\[][^)\]]*[)\]]\s*$")  # “金额(元)”, “Price [USD]”
_SEPARATORS = re.compile(r"[\s_\-./·:：]+")
_GUESSED = ("receipts", "customers", "products", "stores", "balances")  # returns look like receipts: people say which


def plain(name: str) -> str:
    """Return a column's name without case, width, units and separators.

    >>> plain("Receipt_No."), plain("金额（元）")
    ('receipt no', '金额')
    """
    text = unicodedata.normalize("NFKC", name).casefold().strip()
    text = _UNIT.sub("", text) or text
    return _SEPARATORS.sub(" ", text).strip()


def suggest(kind: Kind, header: Sequence[str]) -> dict[str, str]:
    """Return our field → their column, for the columns whose names are known; each column is used once.

    >>> suggest(KINDS["customers"], ["会员号", "手机号", "姓名", "colour"])
    {'external_id': '会员号', 'phone': '手机号', 'name': '姓名'}
    """
    by_name: dict[str, str] = {}
    for label in header:
        by_name.setdefault(plain(label), label)
    found: dict[str, str] = {}
    for name, key in _ranked(kind):
        column = by_name.get(name)
        if column is not None and key not in found and column not in found.values():
            found[key] = column
    if kind.has_custom:
        found |= {f"custom.{key}": label for label in header if (key := _custom_key(label))}
    in_order = [field.key for field in kind.fields] + sorted(key for key in found if key.startswith("custom."))
    return {key: found[key] for key in in_order if key in found}


def guess_kind(header: Sequence[str]) -> str:
    """Return the kind of file whose needed columns are there and which explains most of the header; "" if none does."""
    best, kind_of_best = 0, ""
    for key in _GUESSED:
        kind = KINDS[key]
        found = suggest(kind, header)
        if missing(kind, found):
            continue
        if len(found) > best:
            best, kind_of_best = len(found), key
    return kind_of_best


def missing(kind: Kind, columns: Mapping[str, str]) -> list[str]:
    """Return the needed fields that no column is mapped to; of a group the first stands for all."""
    lacking = [field.key for field in kind.fields if field.required and field.key not in columns]
    return lacking + [group[0] for group in kind.one_of if not set(group) & set(columns)]


def unknown(header: Sequence[str], columns: Mapping[str, str]) -> list[str]:
    """Return the columns that will not be read."""
    used = set(columns.values())
    return [label for label in header if label not in used]


def customer_kind(label: str) -> str:
    """Return what a receipts' customer column holds, by its name."""
    name = plain(label)
    for key in ("phone", "email", "card"):
        field = KINDS["customers"].find(key)
        if field and name in {plain(word) for word in (field.key, *field.names)}:
            return key
    return "card" if name == "loyalty card" else "external"


def header_hash(header: Sequence[str]) -> str:
    """Return what a header is recognized by the next time."""
    return hashlib.sha256(json.dumps([plain(label) for label in header]).encode()).hexdigest()


def applicable(remembered: Mapping[str, Any], header: Sequence[str]) -> dict[str, str]:
    """Return the part of a remembered mapping whose columns are there."""
    return {key: label for key, label in remembered.items() if label in header}


def _ranked(kind: Kind) -> Iterator[tuple[str, str]]:
    """Give every word for every field, the surest first: our own name, then each field's words in order."""
    for field in kind.fields:
        yield plain(field.key), field.key
    depth = max(len(field.names) for field in kind.fields)
    for rank in range(depth):
        for field in kind.fields:
            if rank < len(field.names):
                yield plain(field.names[rank]), field.key


def _custom_key(label: str) -> str:
    match = re.fullmatch(r"custom\.([a-z0-9_-]{1,40})", label.strip().lower())
    return match[1] if match else ""


def field_label(field: Field) -> str:
    """Return a field's name as a heading: `sold_at` → `Sold at`."""
    return field.key.replace("_", " ").replace(".", ": ").capitalize()
