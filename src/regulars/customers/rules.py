"""What a profile field may hold, and how much of a person is known. Pure decisions; no database, no clock.

For `services` and the forms.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

PERSONAL = frozenset({"name", "birth_date", "address"})  # never readable in the audit trail
FILE_BYTES_MAX = 10 * 2**20
NOTE_LENGTH_MAX = 4_000


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a value does not fit its field."""

    code: str
    message: str


def custom_value(type: str, text: str, *, choices: Sequence[str] = ()) -> Any:
    """Return `text` as the type of its custom field keeps it, or a `Misfit`; an empty text is no value.

    >>> custom_value("number", "2.50"), custom_value("yes_no", "yes"), custom_value("date", "2026-02-30").code
    (2.5, True, 'date.invalid')
    """
    text = text.strip()
    if not text:
        return None
    match type:
        case "number":
            return _number(text)
        case "date":
            return text if is_day(text) else Misfit("date.invalid", "Write the date as 2026-05-04.")
        case "yes_no":
            answer = {"yes": True, "true": True, "no": False, "false": False}.get(text.lower())
            return Misfit("choice.unknown", "Answer yes or no.") if answer is None else answer
        case "choice":
            return text if text in choices else Misfit("choice.unknown", "Choose one of the answers.")
    return text if len(text) <= 400 else Misfit("text.too_long", "At most 400 characters.")


def is_day(text: str) -> bool:
    """Return whether `text` is a calendar day like 1986-05-04.

    >>> is_day("2024-02-29"), is_day("2026-02-29")
    (True, False)
    """
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text))


def is_birthday(text: str) -> bool:
    """Return whether `text` is a day, or one without its year, as people often give it.

    >>> is_birthday("1986-05-04"), is_birthday("--02-29"), is_birthday("--13-01")
    (True, True, False)
    """
    return is_day(text.replace("--", "2000-", 1))


def birth_month(text: str) -> int | None:
    """Return the month of a birthday: the part of it that rules may ask about.

    >>> birth_month("1986-05-04"), birth_month("--02-29"), birth_month("")
    (5, 2, None)
    """
    return int(text[-5:-3]) if text else None


def file_name(name: str) -> str:
    """Return a name that is safe to show and to send: no folders, no control or direction signs, at most 200 long.

    >>> file_name("../../a\\r\\nX: y.csv"), file_name("letter\\u202efdp.exe")
    ('aX: y.csv', 'letterfdp.exe')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(sign for sign in last if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
    shown = shown.strip(" .\"'") or "file"
    stem, dot, ending = shown.rpartition(".")
    return shown if len(shown) <= 200 else (stem[: 199 - len(ending)] + dot + ending)[-200:]


def told(values: Mapping[str, Any], *, personal: frozenset[str], mask: Any) -> dict[str, Any]:
    """Return values as the audit trail may hold them: personal ones through `mask`."""
    return {key: mask(str(value or "")) if key in personal else value for key, value in values.items()}


def _number(text: str) -> float | int | Misfit:
    try:
        value = float(text)
    except ValueError:
        return Misfit("number.invalid", "Write a number like 12.5.")
    if not abs(value) < 2**53:  # also what is no number at all
        return Misfit("number.invalid", "Write a number like 12.5.")
    return int(value) if value.is_integer() else value
