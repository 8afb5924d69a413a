"""What needs attention: at most five lines, each a thing to do with the page where it is done.

For Today. The facts are `insight`'s; what the import and the machinery wait for is added for those who look after them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.gateway.models import ImportBatch
from regulars.home.business.choices import Choice
from regulars.insight.customers.attention import Attention, Topic
from regulars.insight.customers.attention import attention as facts_of
from regulars.insight.models import LakeTable
from regulars.organization.access import Viewer
from regulars.ui import formatting

LINES_MAX = 5
REJECTS_DAYS = 7
LAKE_LAG_MAX = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do: what is so, and the verb that leads to the page."""

    icon: str
    tone: str
    text: str
    verb: str
    href: str
    note: str = ""


def lines(choice: Choice, *, viewer: Viewer) -> list[Line]:
    """Return what this viewer can do something about, the most urgent first."""
    return [*_machinery(viewer), *_facts(choice, viewer), *_imports(viewer)][:LINES_MAX]


@dataclass(frozen=True, slots=True)
class _Kind:
    icon: str
    tone: str
    right: str
    verb: Callable[[], str]
    href: Callable[[Attention, Choice], str]


def _facts(choice: Choice, viewer: Viewer) -> Iterator[Line]:
    for fact in facts_of(chosen=choice.slice, scope=choice.narrowed):
        kind = _KINDS[fact.topic]
        if not viewer.may(kind.right):
            continue
        note = ""
        if fact.amount:
            note = _("%(amount)s in 12 months") % {"amount": formatting.money_compact(fact.amount, choice.currency)}
        yield Line(kind.icon, kind.tone, fact.sentence(), kind.verb(), kind.href(fact, choice), note)


_KINDS: Mapping[Topic, _Kind] = {
    Topic.DECLINING_LARGE: _Kind(
        "trending-down", "warn", "customer.list", lambda: _("Win them back"),
        lambda _fact, _choice: "/customers/?stage=declining&value=best",
    ),
    Topic.OVERDUE_LARGE: _Kind(
        "clock-alert", "warn", "customer.list", lambda: _("Look at them"),
        lambda _fact, _choice: "/customers/?stage=active&late=yes&value=best",
    ),
    Topic.PARKED_RETURNS: _Kind(
        "undo-2", "neutral", "receipt.list", lambda: _("Find their sales"), lambda _fact, _choice: "/sales/parked/",
    ),
    Topic.PLACEHOLDER_PRODUCTS: _Kind(
        "package-search", "neutral", "product.read", lambda: _("Complete them"),
        lambda _fact, _choice: "/products/?placeholder=yes",
    ),
    Topic.STORES_BELOW: _Kind(
        "store", "warn", "store.read", lambda: _("Compare them"),
        lambda _fact, choice: choice.link("/stores/", sort="change"),
    ),
}  # fmt: skip


def _imports(viewer: Viewer) -> Iterator[Line]:
    if not viewer.may("import.run"):
        return
    since = timezone.now() - timedelta(days=REJECTS_DAYS)
    waiting = ImportBatch.objects.filter(rejected__gt=0, finished_at__gte=since).exclude(state=ImportBatch.State.UNDONE)
    scope = viewer.scope("import.run")
    if scope.stores is not None:
        waiting = waiting.filter(store__in=scope.stores)
    rows = sum(waiting.values_list("rejected", flat=True))
    if rows:
        text = ngettext("%(count)s row of an import was refused.", "%(count)s rows of imports were refused.", rows)
        yield Line("file-x", "bad", text % {"count": formatting.number(rows)}, _("Mend and import again"), "/imports/")


def _machinery(viewer: Viewer) -> Iterator[Line]:
    """Say when the figures stopped being copied: everything below would be told of an old day."""
    if not viewer.may("system.view"):
        return
    oldest = LakeTable.objects.exclude(synced_at=None).order_by("synced_at").values_list("synced_at", flat=True).first()
    if oldest is not None and timezone.now() - oldest > LAKE_LAG_MAX:
        text = _("Figures were last brought up to date %(ago)s.") % {"ago": formatting.ago(oldest, now=timezone.now())}
        yield Line("database-zap", "bad", text, _("Check the worker"), "/system/")
