"""Numbers, money, times and names as people of a language write them, in the active language and time zone.

For the template tags and for texts that rooms put together. The patterns are CLDR's, through Babel.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from functools import cache

from babel import Locale, dates, numbers
from django.utils import timezone
from django.utils.translation import get_language, pgettext, to_locale

from regulars.core import money as minor

MINUS = "\N{MINUS SIGN}"
Number = int | float | Decimal


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(to_locale(language))


def locale() -> Locale:
    """Return the locale of the active language."""
    return _locale(get_language() or "en")


def number(value: Number, *, decimals: int = 0) -> str:
    """Return a number with its thousands grouped.

    >>> number(-1203), number(29.488, decimals=2)
    ('−1,203', '29.49')
    """
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return _signed(numbers.format_decimal(value, format=pattern, locale=locale(), decimal_quantization=True))


def compact(value: Number) -> str:
    """Return a large number short: 1.2M in English, 120.3万 in Chinese."""
    return _signed(numbers.format_compact_decimal(value, fraction_digits=1, locale=locale()))


def money(amount: int, currency: str) -> str:
    """Return minor units as an amount of the currency.

    >>> money(9641200, "USD"), money(-500, "JPY")
    ('$96,412.00', '−¥500')
    """
    digits = minor.minor_digits(currency)
    return _signed(
        numbers.format_currency(
            minor.to_decimal(amount, currency),
            currency,
            format="¤#,##0" + ("." + "0" * digits if digits else ""),
            locale=locale(),
            currency_digits=False,
        )
    )


def money_whole(amount: int, currency: str) -> str:
    """Return minor units without the cents, for sums where cents say nothing.

    >>> money_whole(37407268, "USD")
    '$374,073'
    """
    value = minor.to_decimal(amount, currency)
    return _signed(numbers.format_currency(value, currency, format="¤#,##0", locale=locale(), currency_digits=False))


def money_compact(amount: int, currency: str) -> str:
    """Return minor units short, for figures one looks at and charts: $96.4K, ¥9.6万."""
    value = minor.to_decimal(amount, currency)
    return _signed(numbers.format_compact_currency(value, currency, fraction_digits=1, locale=locale()))


def quantity(milli: int) -> str:
    """Return thousandths as a quantity without idle zeros.

    >>> quantity(2000), quantity(1250)
    ('2', '1.25')
    """
    return _signed(numbers.format_decimal(Decimal(milli).scaleb(-3), format="#,##0.###", locale=locale()))


def percent(share: Number, *, decimals: int = 1) -> str:
    """Return a share as a percentage.

    >>> percent(0.618)
    '61.8%'
    """
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + "%"
    return _signed(numbers.format_percent(share, format=pattern, locale=locale()))


def change(share: Number, *, decimals: int = 1) -> str:
    """Return a relative change, always with its sign.

    >>> change(0.041), change(-0.004), change(0)
    ('+4.1%', '−0.4%', '±0.0%')
    """
    text = percent(share, decimals=decimals)
    if not any(digit in text for digit in "123456789"):
        return "±" + text.lstrip(MINUS)
    return text if text.startswith(MINUS) else "+" + text


def ago(then: dt.datetime, *, now: dt.datetime) -> str:
    """Return the time since `then` in one unit: "3 days ago", "3天前"."""
    return dates.format_timedelta(then - now, add_direction=True, threshold=1.2, locale=locale())


def date(value: dt.date, *, style: str = "medium") -> str:
    """Return a date: "Nov 22, 2026", "2026年11月22日"; of a point in time, the day it has here."""
    here = value.astimezone(timezone.get_current_timezone()) if isinstance(value, dt.datetime) and value.tzinfo else value
    return dates.format_date(here, format=style, locale=locale())


def month(value: dt.date) -> str:
    """Return a month: "Nov 2026", "2026年11月"."""
    return dates.format_skeleton("yMMM", value, locale=locale())


def moment(value: dt.datetime, *, zone: dt.tzinfo | None = None) -> str:
    """Return a point in time to the minute, in `zone` or, where none is given, in the active one."""
    pattern = "y年M月d日 HH:mm" if locale().language == "zh" else "MMM d, y, HH:mm"
    return dates.format_datetime(value, format=pattern, tzinfo=zone or timezone.get_current_timezone(), locale=locale())


def initials(name: str) -> str:
    """Return what an avatar shows: two letters, or the last two characters of a Chinese name.

    >>> initials("Ana Maria Lopez"), initials("张敏"), initials("欧阳修远"), initials("")
    ('AL', '张敏', '修远', '?')
    """
    words = name.split()
    if not words:
        return "?"
    if "\u3400" <= words[0][0] <= "\u9fff":
        return "".join(words)[-2:]
    first, last = words[0][0], words[-1][0] if len(words) > 1 else ""
    return (first + last).upper()


def listed(words: Iterable[str]) -> str:
    """Write several words side by side, as the language sets them apart.

    >>> listed(["tea", "morning"])
    'tea, morning'
    """
    return pgettext("between words of a list", ", ").join(words)


def _signed(text: str) -> str:
    """Write the minus sign as a minus, which is as wide as a plus and a digit; the hyphen is not."""
    return text.replace("-", MINUS)
