"""One spelling for every identifier, and the masked form that people without the right to the whole may see (F2, F9).

Pure decisions for the services and the search box; no database, no clock.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import phonenumbers

CONTACT_KINDS = frozenset({"phone", "email"})  # sealed; the other kinds are kept plain
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a value is no identifier of its kind."""

    code: str
    message: str


def normalize(kind: str, value: str, *, country: str) -> str | Fault:
    """Return the one spelling of `value`; a phone without a country code is read as one of `country` (ISO 3166).

    >>> normalize("phone", "０１38 0013-8000", country="CN")
    '+8613800138000'
    >>> normalize("email", " Ana@Example.TEST ", country="CN")
    'ana@example.test'
    >>> normalize("card", "88 0012 34", country="CN")
    '88001234'
    """
    text = unicodedata.normalize("NFKC", value).strip()
    if not text:
        return Fault("required", "The identifier is empty.")
    if len(text) > 200 or "\0" in text:
        return Fault("identifier.invalid", "The identifier is longer than 200 characters or holds a zero byte.")
    match kind:
        case "phone":
            return _phone(text, country)
        case "email" if not _EMAIL.fullmatch(text):
            return Fault("email.invalid", "This is no e-mail address.")
        case "email":
            text = _settled(text, str.casefold)
        case "card":
            text = _settled(text, _card)
    return text or Fault("required", "The identifier is empty.")


def hint(kind: str, value: str) -> str:
    """Return the masked form of a normalized value.

    >>> hint("phone", "+8613800138000"), hint("email", "ana@example.test"), hint("card", "88001234")
    ('138****8000', 'a***@example.test', '****1234')
    """
    match kind:
        case "phone":
            national = str(phonenumbers.parse(value).national_number)
            return f"{national[:3]}****{national[-4:]}"
        case "email":
            name, _, domain = value.partition("@")
            return f"{name[:1]}***@{domain}"
        case _:
            return f"****{value[-4:]}" if len(value) > 4 else "****"


def _signs(text: str) -> str:
    """Return a card number without the spaces and dashes that people write into it."""
    return "".join(text.split()).replace("-", "")


def _card(text: str) -> str:
    """Return a card number without the spaces and dashes that people write into it."""
    return "".join(text.split()).replace("-", "").upper()


def _settled(text: str, spell: Callable[[str], str]) -> str:
    """Spell the text until it stays as it is: a changed case can be composed anew, which changes it once more."""
    spelled = unicodedata.normalize("NFKC", spell(text))
    return text if spelled == text else _settled(spelled, spell)


def _phone(text: str, country: str) -> str | Fault:
    fault = Fault("phone.invalid", "This is no phone number; write it with its country code, such as +86 138 0013 8000.")
    if "E+" in text.upper():
        return Fault("cell.number_format", "The number was shortened by a spreadsheet; format the column as text.")
    digits = text.replace(" ", "")
    if country == "CN" and re.fullmatch(r"01\d{10}", digits):
        text = digits[1:]  # a trunk zero before a mobile number, as old phone books write it
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return fault
    if not phonenumbers.is_possible_number(number):
        return fault
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
