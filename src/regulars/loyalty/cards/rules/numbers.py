"""Card numbers with a check digit, and the secret codes that open value.

A number is printed outside and runs in sequence; it opens nothing. A code is random, stands under the scratch field or in the
chip, and is never kept (T-3).
"""

from __future__ import annotations

import re
import secrets
import unicodedata

# Crockford's alphabet: no I, L, O, U, so that nobody misreads a code; what is typed so anyway is mended.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0"})
CODE_BYTES = 10  # 80 random bits, 16 more than a guesser could ever work through
CODE_SIGNS = 16
PIN_DIGITS = 6


def number_of(prefix: str, serial: int, *, serial_digits: int) -> str:
    """Return the number of a serial, with its Luhn check digit (ISO/IEC 7812-1).

    >>> number_of("8600", 1, serial_digits=8)
    '8600000000017'
    """
    body = f"{prefix}{serial:0{serial_digits}d}"
    return body + check_digit(body)


def check_digit(body: str) -> str:
    """Return the Luhn digit for a row of digits.

    >>> check_digit("7992739871")
    '3'
    """
    doubled = (sum(divmod(int(sign) * 2, 10)) for sign in body[::-2])
    plain = (int(sign) for sign in body[-2::-2])
    return str(-(sum(doubled) + sum(plain)) % 10)


def is_number(text: str) -> bool:
    """Return whether a row of digits carries its right check digit.

    >>> is_number("8600000000017"), is_number("8600000000071"), is_number("")
    (True, False, False)
    """
    return len(text) > 1 and text.isascii() and text.isdigit() and check_digit(text[:-1]) == text[-1]


def tidy(text: str) -> str:
    """Return what was scanned or typed without spaces, dashes and small letters.

    >>> tidy(" 8600-0000 00017\\t"), tidy("ab cd")
    ('8600000000017', 'ABCD')
    """
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()


def new_code() -> str:
    """Make a code: 80 random bits in 16 signs, and one more that tells a slip from a guess."""
    value = int.from_bytes(secrets.token_bytes(CODE_BYTES))
    body = "".join(_ALPHABET[value >> shift & 31] for shift in range(75, -1, -5))
    return body + _sum_sign(body)


def read_code(text: str) -> str:
    """Return the code that was typed, with misread signs mended, or nothing where it cannot be one.

    >>> read_code(new_code()) != "", read_code("HELLO"), read_code("0000-0000-0000-0000-0"), read_code("oooo oooo oooo oooo o")
    (True, '', '00000000000000000', '00000000000000000')
    """
    code = tidy(text).translate(_MISREAD)
    body, sign = code[:-1], code[-1:]
    if len(body) != CODE_SIGNS or any(each not in _ALPHABET for each in body):
        return ""
    return code if _sum_sign(body) == sign else ""


def new_pin() -> str:
    """Make a PIN."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"


def masked(number: str) -> str:
    """Return a number as it may be shown to everybody.

    >>> masked("8600000000017")
    '•••• 0017'
    """
    return f"•••• {number[-4:]}"


def _sum_sign(body: str) -> str:
    # Weights that differ from place to place catch every single wrong sign and most swapped neighbors.
    return _ALPHABET[sum(_ALPHABET.index(sign) * (2 * place + 1) for place, sign in enumerate(body)) % 32]
