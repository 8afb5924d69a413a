"""The rules: what holds now, all versions, the designer of a draft with its example receipt, publishing and replays."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.core.errors import DomainError, NotFoundError
from regulars.loyalty.program import examples, forms, replay_chart, selectors, services, tasks, wording
from regulars.loyalty.program.models import Program, ReplayRun, RuleVersion
from regulars.loyalty.program.rules.body import Body
from regulars.loyalty.program.rules.book import Book
from regulars.organization.access import Viewer
from regulars.organization.company import get_company
from regulars.organization.requests import requires, viewer_of
from regulars.organization.services.approvals import SecondPersonNeededError
from regulars.ui.forms import Form

_Rules = formset_factory(forms.RuleForm, extra=0, can_delete=True)
_Tiers = formset_factory(forms.TierForm, extra=0, can_delete=True)


_TIERS = ("tiers",)
# What each group of the settings says in the rules: the keys of `wording.rules_of`, in the order of `forms._GROUPS`.
_SAID = (("pending", "limits"), ("expiry", "redemption"), ("referral", "sign_in"), _TIERS)


class PublishForm(Form):
    """From which day on a draft holds."""

    effective_from = django_forms.DateField(label=gettext_lazy("From this business day on"))


@require_GET
@requires("program.read")
def overview(request: HttpRequest) -> HttpResponse:
    """Show the rules in force in words, and every version."""
    program = Program.objects.filter(is_active=True).order_by("pk").first()
    versions = RuleVersion.objects.filter(program=program).order_by("-number") if program else RuleVersion.objects.none()
    book = selectors.book_at(timezone.now(), program=program.code) if program else None
    said = wording.rules_of(book.body, book.currency) if book else []
    context = {
        "program": program, "versions": versions, "book": book,
        "said": [one for one in said if not one.key.startswith("tier.")],
        "tiers": [one for one in said if one.key.startswith("tier.")],
        "members": program.members.filter(left_at=None).count() if program else 0,
    }  # fmt: skip
    return render(request, "program/overview.html", context)


@require_POST
@requires("program.edit")
def new_draft(request: HttpRequest) -> HttpResponse:
    """Begin a draft with the rules in force, or with a plain one."""
    viewer, now = viewer_of(request), timezone.now()
    program = Program.objects.filter(is_active=True).order_by("pk").first()
    if program is None:
        company = get_company()
        program = services.create_program("main", name=company.name, currency=company.currency, viewer=viewer, now=now)
    book = selectors.book_at(now, program=program.code)
    body: Body | dict[str, Any] = (
        book.body if book else {"earning": [{"kind": "per_amount", "code": "base", "name": _("Every purchase")}]}
    )
    draft = services.save_draft(program, body, viewer=viewer, now=now)
    return redirect("program:version", draft.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("program.read")
def version(request: HttpRequest, version_id: int) -> HttpResponse:
    """Show a version; a draft can be changed here."""
    shown = _version(version_id)
    viewer = viewer_of(request)
    if request.method == "POST":
        viewer.require("program.edit")
    if shown.published_at is not None or not viewer.may("program.edit"):
        return render(request, "program/version.html", _about(shown, viewer))
    designer = _Designer(shown, request.POST if request.method == "POST" else None)
    if request.method == "POST" and "add" not in request.POST and designer.is_valid():
        try:
            services.save_draft(
                shown.program, designer.body(), viewer=viewer, now=timezone.now(), version=shown, note=designer.note()
            )
        except DomainError as error:
            designer.fault = error.message
        else:
            messages.success(request, _("The draft is saved."))
            return redirect("program:version", shown.pk)
    context = _about(shown, viewer) | designer.context()
    return render(request, "program/designer.html", context, status=422 if designer.has_faults() else 200)


@require_POST
@requires("program.read")
def example(request: HttpRequest, version_id: int) -> HttpResponse:
    """Rate the example receipt under what stands in the form now."""
    shown = _version(version_id)
    designer = _Designer(shown, request.POST)
    context: dict[str, Any] = {"version": shown}
    if not designer.is_valid():
        return render(request, "program/_example.html", context | {"fault": _("The form is not complete yet.")})
    try:
        body = services.read_body(designer.body())
    except DomainError as error:
        return render(request, "program/_example.html", context | {"fault": error.message})
    return render(request, "program/_example.html", context | _example(shown, body, tier=request.POST.get("tier", "")))


@require_POST
@requires("program.publish")
def publish(request: HttpRequest, version_id: int) -> HttpResponse:
    """Publish a draft, or ask the second person to."""
    shown, viewer, now = _version(version_id), viewer_of(request), timezone.now()
    form = PublishForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose the day from which the rules hold."))
        return redirect("program:version", shown.pk)
    day = form.cleaned_data["effective_from"]
    try:
        services.publish_version(shown, effective_from=day, viewer=viewer, now=now)
        messages.success(request, _("The version is published."))
    except SecondPersonNeededError:
        services.ask_to_publish(shown, effective_from=day, viewer=viewer, now=now)
        messages.success(request, _("A second person has been asked to publish it."))
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("program:version", shown.pk)


@require_POST
@requires("program.edit")
def ask_replay(request: HttpRequest, version_id: int) -> HttpResponse:
    """Have a version tried on past receipts."""
    months = request.POST.get("months", "")
    run = services.ask_replay(
        _version(version_id), months=int(months) if months.isdigit() else 12, viewer=viewer_of(request), now=timezone.now()
    )
    tasks.run_replay.defer(run_id=run.pk)
    return redirect("program:replay", run.pk)


@require_GET
@requires("program.read")
def replay(request: HttpRequest, run_id: int) -> HttpResponse:
    """Show how far a replay is, then what it found."""
    run = ReplayRun.objects.select_related("version", "program").filter(pk=run_id).first()
    if run is None:
        raise NotFoundError
    context: dict[str, Any] = {"run": run, "percent": round(run.part * 100)}
    if run.report:
        context |= replay_chart.context(run.report, viewer_of(request), body=services.read_body(run.body))
    template = "program/_replay.html" if request.headers.get("HX-Request") else "program/replay.html"
    return render(request, template, context)


class _Designer:
    """The three forms of a draft together."""

    def __init__(self, shown: RuleVersion, data: Any) -> None:
        self.shown, self.fault, self.data = shown, "", data
        self.currency = shown.program.currency
        settings, rules, tiers = forms.initial_of(shown.body, shown.note, self.currency)
        words = {"form_kwargs": {"currency": self.currency}}
        if data is not None and data.get("add"):
            data = _with_row(data, data["add"])
        self.settings = forms.SettingsForm(data, initial=settings, currency=self.currency)
        self.rules = _Rules(data, initial=rules, prefix="rules", **words)  # type: ignore[arg-type] # the stubs of formsets are narrow
        self.tiers = _Tiers(data, initial=tiers, prefix="tiers", **words)  # type: ignore[arg-type] # the stubs of formsets are narrow

    def is_valid(self) -> bool:
        return all([self.settings.is_valid(), self.rules.is_valid(), self.tiers.is_valid()])

    def has_faults(self) -> bool:
        return bool(self.fault) or (self.data is not None and "add" not in self.data and not self.is_valid())

    def body(self) -> dict[str, Any]:
        rules = [form for form in self.rules.forms if form not in self.rules.deleted_forms]
        tiers = [form for form in self.tiers.forms if form not in self.tiers.deleted_forms]
        return forms.body_of(self.settings, rules, tiers, before=self.shown.body, currency=self.currency)

    def note(self) -> str:
        return str(self.settings.cleaned_data["note"])

    def context(self) -> dict[str, Any]:
        return {
            "settings": self.settings, "rules": self.rules, "tiers": self.tiers, "kinds": forms.KINDS, "fault": self.fault,
            "groups": self.groups(),
        }  # fmt: skip

    def groups(self) -> list[dict[str, Any]]:
        """Return the settings in groups that fold, each with what it says now; open where something is to be mended."""
        said = {one.key: one.text for one in wording.rules_of(services.read_body(self.shown.body), self.currency)}
        tiers = [tier["name"] or tier["code"] for tier in self.shown.body["ladder"]["tiers"]]
        asked = self.data.get("add", "") if self.data is not None else ""
        groups = []
        for (title, fields), keys in zip(self.settings.groups(), _SAID, strict=True):
            words = [said[key] for key in keys if key in said] if keys != _TIERS else tiers
            faulty = any(field.errors for field in fields) or (keys == _TIERS and (asked == "tier" or self._faulty_tiers()))
            groups.append({"title": title, "fields": fields, "said": words, "is_open": faulty})
        return groups

    def _faulty_tiers(self) -> bool:
        return self.data is not None and bool(self.tiers.total_error_count())


def _with_row(data: Any, kind: str) -> Any:
    """Return the posted form with one more row."""
    prefix = "tiers" if kind == "tier" else "rules"
    more = data.copy()
    number = int(more.get(f"{prefix}-TOTAL_FORMS", 0))
    more[f"{prefix}-TOTAL_FORMS"] = number + 1
    if kind != "tier":
        more[f"rules-{number}-kind"] = kind if kind in forms.KINDS else "per_amount"
        more[f"rules-{number}-code"] = f"rule-{number + 1}-{timezone.now():%H%M%S}"
    return more


def _version(version_id: int) -> RuleVersion:
    found = RuleVersion.objects.select_related("program").filter(pk=version_id).first()
    if found is None:
        raise NotFoundError
    return found


def _about(shown: RuleVersion, viewer: Viewer) -> dict[str, Any]:
    body = services.read_body(shown.body)
    current = selectors.book_at(timezone.now(), program=shown.program.code)
    return {
        "version": shown, "said": wording.rules_of(body, shown.program.currency), "current": current,
        "differences": _differences(current, body, shown) if current and current.version_id != shown.pk else [],
        "may_edit": viewer.may("program.edit"), "may_publish": viewer.may("program.publish"), "publish_form": PublishForm(),
        "runs": shown.replays.order_by("-asked_at")[:5], "tier_choices": [tier.code for tier in body.ladder.tiers],
    } | _example(shown, body)  # fmt: skip


def _example(shown: RuleVersion, body: Body, tier: str = "") -> dict[str, Any]:
    draft = Book(
        body, shown.program.code, shown.program_id, shown.pk, shown.number, selectors.program_zone(), shown.program.currency
    )
    current = selectors.book_at(timezone.now(), program=shown.program.code)
    found = examples.example(draft, current, tier=tier, skip=40)
    names = {rule.code: rule.name or rule.code for rule in draft.rates.all}
    reasons = [wording.reason_text(reason, names) for reason in found.earned.reasons] if found else []
    return {"example": found, "reasons": reasons, "tier_choices": [tier.code for tier in body.ladder.tiers]}


def _differences(current: Book, body: Body, shown: RuleVersion) -> list[tuple[str, str | None, str | None]]:
    """Return what differs between the rules in force and a version, part by part."""
    before = {one.key: one for one in wording.rules_of(current.body, current.currency)}
    after = {one.key: one for one in wording.rules_of(body, shown.program.currency)}
    return [
        (
            (after.get(key) or before[key]).title,
            before[key].text if key in before else None,
            after[key].text if key in after else None,
        )
        for key in {**before, **after}
        if (before[key].text if key in before else None) != (after[key].text if key in after else None)
    ]
