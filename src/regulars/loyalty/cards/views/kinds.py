"""Card types with their numbers, partners, and the bonus on top-ups."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.core.errors import DomainError, InvalidInputError, NotFoundError
from regulars.loyalty.cards import forms, wording
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import CardType, NumberRange, Partner, TopUpRule
from regulars.organization.access import Viewer
from regulars.organization.company import get_company
from regulars.organization.requests import requires, viewer_of


@require_GET
@requires("card.edit")
def types(request: HttpRequest) -> HttpResponse:
    """Show the card types and the partners."""
    active = Count("cards", filter=Q(cards__state="active"))
    context = {
        "types": [
            (each, wording.PACKS.get(each.rule_pack, each.rule_pack))
            for each in CardType.objects.annotate(active=active).order_by("-is_active", "name")
        ],
        "partners": [
            (each, each.share_bp / 10_000, each.purchase_share_bp / 10_000) for each in Partner.objects.order_by("name")
        ],
        "partner_form": forms.PartnerForm(),
    }
    return render(request, "cards/types.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("card.edit")
def add_type(request: HttpRequest) -> HttpResponse:
    """Add a card type."""
    form = forms.CardTypeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _saved(form, viewer_of(request)):
        messages.success(request, _("The card type is kept. Give it numbers, then order cards."))
        return redirect("cards:type", form.instance.pk)
    return render(request, "cards/type.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("card.edit")
def edit_type(request: HttpRequest, card_type_id: int) -> HttpResponse:
    """Show one card type with its numbers; change it."""
    card_type = _type(card_type_id)
    form = forms.CardTypeForm(request.POST or None, instance=card_type)
    if request.method == "POST" and form.is_valid() and _saved(form, viewer_of(request)):
        messages.success(request, _("Saved."))
        return redirect("cards:type", card_type_id)
    context = {
        "form": form,
        "type": card_type,
        "ranges": NumberRange.objects.filter(type=card_type).select_related("partner").order_by("prefix"),
        "range_form": forms.NumberRangeForm(initial={"serial_digits": 8, "last": 99_999_999}),
    }
    return render(request, "cards/type.html", context)


@require_POST
@requires("card.edit")
def add_range(request: HttpRequest, card_type_id: int) -> HttpResponse:
    """Reserve numbers for a type."""
    form = forms.NumberRangeForm(request.POST, instance=NumberRange(type=_type(card_type_id)))
    if not form.is_valid():
        raise InvalidInputError(_("Write a prefix of digits, how many digits the serial has, and the last serial."))
    cards.save_range(form.save(commit=False), viewer=viewer_of(request), now=timezone.now())
    messages.success(request, _("The numbers are reserved."))
    return redirect("cards:type", card_type_id)


@require_POST
@requires("card.edit")
def save_partner(request: HttpRequest) -> HttpResponse:
    """Add a partner, or change the share of the one with this code."""
    known = Partner.objects.filter(code=request.POST.get("code", "")).first()
    form = forms.PartnerForm(request.POST, instance=known)
    if not form.is_valid():
        raise InvalidInputError(_("Write a code, a name and a share between 0 and 100."))
    cards.save_partner(form.filled(), viewer=viewer_of(request), now=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("cards:types")


@require_http_methods(["GET", "HEAD", "POST"])
@requires("card.edit")
def top_up_rules(request: HttpRequest) -> HttpResponse:
    """Show what bonus top-ups bring; add a rule."""
    now = timezone.now()
    form = forms.TopUpRuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        rule = form.save(commit=False)
        rule.currency, rule.valid_from = get_company().currency, now
        cards.add_top_up_rule(rule, viewer=viewer_of(request), now=now)
        messages.success(request, _("The bonus is given from now on."))
        return redirect("cards:top_up_rules")
    rows = TopUpRule.objects.select_related("type").order_by("-pk")
    context = {"form": form, "rules": [(rule, rule.valid_to is None or rule.valid_to > now) for rule in rows]}
    return render(request, "cards/top_up_rules.html", context)


@require_POST
@requires("card.edit")
def end_top_up_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """End a rule now."""
    if not TopUpRule.objects.filter(pk=rule_id).exists():
        raise NotFoundError
    cards.end_top_up_rule(rule_id, viewer=viewer_of(request), now=timezone.now())
    messages.success(request, _("The bonus is no longer given."))
    return redirect("cards:top_up_rules")


def _type(card_type_id: int) -> CardType:
    found = CardType.objects.filter(pk=card_type_id).first()
    if found is None:
        raise NotFoundError
    return found


def _saved(form: forms.CardTypeForm, viewer: Viewer) -> bool:
    card_type = form.save(commit=False)
    card_type.currency = card_type.currency or (get_company().currency if card_type.holds_value else "")
    try:
        cards.save_type(card_type, viewer=viewer, now=timezone.now())
    except DomainError as error:
        named = error.place.get("field")
        form.add_error(named if named in form.fields else None, error.message)
        return False
    return True
