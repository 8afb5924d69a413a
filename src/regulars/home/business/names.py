"""The keys of a report in words: stores, regions and products by name, days and channels in the reader's language.

For tables, charts and exports. One query per kind of key, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from babel import dates
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.catalog.models import Category, Product
from regulars.home.business.choices import Choice, dates_in_words
from regulars.insight.metrics.periods import Period
from regulars.insight.metrics.slices import CATEGORY_SEPARATOR
from regulars.organization.models import Region, Store
from regulars.ui import formatting

CHANNELS: Mapping[str, Promise] = {
    "store": gettext_lazy("Store"),
    "online": gettext_lazy("Online shop"),
    "app": gettext_lazy("App"),
    "marketplace": gettext_lazy("Marketplace"),
    "phone": gettext_lazy("Phone order"),
}
KEYS: Mapping[str, Promise] = {
    "day": gettext_lazy("Day"),
    "week": gettext_lazy("Week"),
    "month": gettext_lazy("Month"),
    "weekday": gettext_lazy("Weekday"),
    "hour": gettext_lazy("Hour"),
    "store": gettext_lazy("Store"),
    "region": gettext_lazy("Region"),
    "category": gettext_lazy("Category"),
    "brand": gettext_lazy("Brand"),
    "product": gettext_lazy("Product"),
    "channel": gettext_lazy("Channel"),
    "member": gettext_lazy("Known customer or not"),
}
TIME_KEYS = ("day", "week", "month")


def of_keys(kind: str, keys: Iterable[Any]) -> Callable[[Any], str]:
    """Return a function that says each of the keys in words."""
    known = _looked_up(kind, [key for key in keys if key is not None])
    return lambda key: known(key) if key is not None and key != "" else str(_NONE.get(kind, _("(none)")))


def of_category(path: str) -> str:
    """Return the last piece of a category's path."""
    return path.rsplit(CATEGORY_SEPARATOR, 1)[-1]


def links(kind: str, keys: Iterable[Any], *, choice: Choice) -> Callable[[Any], str]:
    """Return a function that gives the page of each key; nothing where there is none."""
    match kind:
        case "store":
            return lambda key: choice.link(f"/stores/{key}/")
        case "product":
            return lambda key: choice.link(f"/products/{key}/")
        case "category":
            known = dict(Category.objects.filter(path__in=list(keys)).values_list("path", "pk"))
            return lambda key: choice.link("/products/", category=str(known[key])) if key in known else ""
        case _:
            return lambda _key: ""


def week_in_words(monday: date) -> str:
    """Return a week by its dates."""
    return dates_in_words(Period(monday, monday + timedelta(days=6)))


def weekday(number: int, *, wide: bool = True) -> str:
    """Return the name of a weekday, 1 being Monday."""
    known = dates.get_day_names("wide" if wide else "abbreviated", context="stand-alone", locale=formatting.locale())
    return str(known[number - 1])


_NONE: Mapping[str, Promise] = {
    "region": gettext_lazy("(no region)"),
    "category": gettext_lazy("(no category)"),
    "brand": gettext_lazy("(no brand)"),
}


def _looked_up(kind: str, keys: list[Any]) -> Callable[[Any], str]:
    if model := _MODELS.get(kind):
        return _named(dict(model.objects.filter(pk__in=keys).values_list("pk", "name")))
    return _WORDS.get(kind, str)


def _named(names: Mapping[Any, str]) -> Callable[[Any], str]:
    return lambda key: names.get(key, str(key))


_MODELS: Mapping[str, type[Store | Region | Product]] = {"store": Store, "region": Region, "product": Product}
_WORDS: Mapping[str, Callable[[Any], str]] = {
    "channel": lambda key: str(CHANNELS.get(key, key)),
    "member": lambda key: _("Known customers") if key else _("Without a customer"),
    "day": formatting.date,
    "week": week_in_words,
    "month": formatting.month,
    "weekday": weekday,
    "hour": lambda key: f"{key}:00",
    "category": of_category,
}
