"""Who brought whom, what it gave, and what is held back because it looks like a ring; decided here."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, Count, Q, Sum
from django.db.models.expressions import RawSQL
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from regulars.core.errors import InvalidInputError
from regulars.customers import selectors as customers
from regulars.loyalty.program import selectors, services, wording
from regulars.loyalty.program.models import Program, Referral
from regulars.loyalty.program.views.rewards import the_program, told
from regulars.organization.requests import requires, viewer_of
from regulars.ui import formatting, lists
from regulars.ui.lists import Column, Filter, Listing

_TONES = {"waiting": "info", "rewarded": "good", "held_back": "warn", "refused": "neutral"}
# What both have got for it, by the ledger.
_GIVEN = """(SELECT sum(e.amount) FROM (VALUES (program_referral.referrer_id), (program_referral.referred_id)) AS c (id)
    CROSS JOIN generate_series(1, program_referral.rounds) AS r (round) CROSS JOIN (VALUES (''), ('/back')) AS b (suffix)
    JOIN wallet_transfer t ON t.source = 'program' AND t.key = %s || '/referral/' || program_referral.id || '/' || c.id
        || CASE round WHEN 1 THEN '' ELSE '/' || round END || suffix
    JOIN wallet_entry e ON e.transfer_id = t.id
    JOIN wallet_account a ON a.id = e.account_id AND a.owner_kind = 'customer')"""


@require_GET
@requires("customer.list")
def referrals(request: HttpRequest) -> HttpResponseBase:
    """List who brought whom, with what it gave; those held back can be decided."""
    viewer = viewer_of(request)
    program = the_program()
    rows = _with_given(Referral.objects.filter(program=program), program)
    rows = rows.select_related("referrer", "referred", "receipt")
    stores = viewer.scope("customer.list").stores
    if stores is not None:
        rows = rows.filter(Q(referred__customerstore__store__in=stores) | Q(referred__home_store__in=stores)).distinct()
    if (kind := request.GET.get("export", "")) in {"csv", "xlsx"}:
        return _REFERRALS.export(request, rows, kind=kind, name="referrals")
    return _REFERRALS.render(request, rows, template="program/referrals.html", context=_summary(program, viewer))


@require_POST
@requires("program.edit")
def decide_referral(request: HttpRequest, referral_id: int) -> HttpResponse:
    """Reward a referral that was held back, or refuse it for good."""
    rewards = request.POST.get("verdict") == "reward"
    words = _("Both have their points.") if rewards else _("Nobody gets anything for it.")
    viewer = viewer_of(request)
    told(request, lambda: services.decide_referral(referral_id, rewards=rewards, viewer=viewer, now=timezone.now()), words)
    return redirect("program:referrals")


@require_POST
@requires("customer.edit")
def bring(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Note at the desk who brought this customer."""
    viewer = viewer_of(request)
    customer = customers.get_customer(viewer, customer_id, "customer.edit")
    # The friend may be a customer of any store: a whole phone, card or number names one, and nothing of them is shown.
    said = request.POST.get("friend", "").replace("\0", "").strip()[:100]
    by_code = services.find_referrer(said)
    friends = [by_code] if by_code else customers.exact_holders(said)
    if len(friends) != 1:
        raise InvalidInputError(
            _("Nobody, or more than one, is known by this. Write the friend’s referral code, whole phone or card number.")
        )
    told(request, lambda: services.refer(
        friends[0], customer.pk, program=the_program(), viewer=viewer, now=timezone.now()
    ), _("Noted. Both get their points once the first purchase is kept."))  # fmt: skip
    return redirect(f"/customers/{customer.pk}/")


def _summary(program: Program, viewer: Any) -> dict[str, Any]:
    book = selectors.book_at(timezone.now(), program=program.code)
    counted = dict(Referral.objects.filter(program=program).values_list("state").annotate(n=Count("pk")).order_by())
    held = Referral.objects.filter(program=program, state=Referral.State.HELD_BACK).select_related("referrer", "referred")
    rate = counted.get("rewarded", 0) / sum(counted.values()) if counted else 0
    rewarded = _with_given(Referral.objects.filter(program=program, state=Referral.State.REWARDED), program)
    given = rewarded.aggregate(sum=Sum("given"))["sum"] or 0
    return {
        "reward": book.body.referral if book else None, "program": program, "counted": counted, "rate": rate,
        "total": sum(counted.values()), "given": given, "may_edit": viewer.may("program.edit"),
        "held": [(row, [wording.sign_text(sign) for sign in row.signs]) for row in held.order_by("decided_at")[:20]],
    }  # fmt: skip


def _with_given(rows: Any, program: Program) -> Any:
    return rows.annotate(given=RawSQL(_GIVEN, [program.code], output_field=BigIntegerField()))  # noqa: S611 (no word of it is anybody's)


def _person(who: Any) -> str:
    return who.name or _("No name yet")


_REFERRALS = Listing(
    id="referrals",
    sort="-referred_at",
    search=lambda rows, words: rows.filter(Q(referrer__name__icontains=words) | Q(referred__name__icontains=words)),
    search_label=gettext_lazy("Find by either name"),
    columns=[
        Column(key="referrer", label=gettext_lazy("Member"), value=lambda row: _person(row.referrer), lead=True,
               sort="referrer__name", href=lambda row: f"/customers/{row.referrer_id}/"),
        Column(key="referred", label=gettext_lazy("Brought"), value=lambda row: _person(row.referred),
               sort="referred__name", href=lambda row: f"/customers/{row.referred_id}/"),
        Column(key="at", label=gettext_lazy("When"), value=lambda row: row.referred_at, sort="referred_at",
               show=lambda row: formatting.date(row.referred_at)),
        Column(key="state", label=gettext_lazy("State"), value=lambda row: row.get_state_display(), sort="state",
               show=lambda row: lists.status(row.get_state_display(), tone=_TONES[row.state])),
        Column(key="receipt", label=gettext_lazy("First purchase"),
               value=lambda row: row.receipt.net_amount if row.receipt else None, numeric=True,
               show=lambda row: formatting.money(row.receipt.net_amount, row.receipt.currency) if row.receipt else "",
               href=lambda row: f"/sales/{row.receipt_id}/" if row.receipt_id else ""),
        Column(key="given", label=gettext_lazy("Points given"), value=lambda row: row.given, numeric=True,
               show=lambda row: formatting.number(row.given) if row.given else ""),
        Column(key="decided", label=gettext_lazy("Decided"), value=lambda row: row.decided_at, sort="decided_at",
               show=lambda row: formatting.date(row.decided_at) if row.decided_at else ""),
    ],
    filters=[
        Filter(key="state", label=gettext_lazy("State"), options=Referral.State.choices,
               apply=lambda rows, value: rows.filter(state=value)),
    ],
)  # fmt: skip
