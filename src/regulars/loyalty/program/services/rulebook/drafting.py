"""Write the rules: a draft is worked on freely, a second person publishes it, and from then on it never changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from pydantic import ValidationError

from regulars.core.errors import DomainError, InvalidInputError
from regulars.loyalty.program import selectors
from regulars.loyalty.program.models import Program, RuleVersion
from regulars.loyalty.program.rules.body import Body
from regulars.loyalty.wallet import services as wallet
from regulars.organization import audit
from regulars.organization.access import Viewer
from regulars.organization.models import Approval
from regulars.organization.services import approvals

PUBLISH = "program.publish"


class PublishedError(DomainError):
    """A published version stays as it is; a change is a new draft."""

    code: ClassVar[str] = "program.published"


class VersionDateError(InvalidInputError):
    """Rules begin on a day that is still to come: what was earned under others stays earned."""

    code: ClassVar[str] = "program.date"


class BodyError(InvalidInputError):
    """The rules cannot be read; the message names the first place."""

    code: ClassVar[str] = "program.rules"


@transaction.atomic
def create_program(code: str, *, name: str, currency: str, viewer: Viewer, now: datetime) -> Program:
    """Open a program with its two units of the wallet; one that is there already is returned as it is."""
    viewer.require("program.edit")
    program, is_new = Program.objects.get_or_create(code=code, defaults={"name": name, "currency": currency, "created_at": now})
    if is_new:
        wallet.define_unit(program.points_unit, kind="points", name=name)
        wallet.define_unit(program.growth_unit, kind="growth", name=name)
        audit.record(viewer, "program.created", "program", program.pk, now=now, after={"code": code, "name": name})
    return program


@transaction.atomic
def save_draft(
    program: Program, body: Mapping[str, Any] | Body, *, viewer: Viewer, now: datetime, version: RuleVersion | None = None,
    note: str = "",
) -> RuleVersion:  # fmt: skip
    """Keep `body` as a draft: a new one, or in place of the draft `version`."""
    viewer.require("program.edit")
    kept = read_body(body).model_dump(mode="json", exclude_defaults=False)
    if version is None:
        last = RuleVersion.objects.filter(program=program).aggregate(last=Max("number"))["last"] or 0
        version = RuleVersion(program=program, number=last + 1)
    if version.published_at is not None:
        raise PublishedError(_("This version is published. Make a new draft from it."))
    before = version.body if version.pk else None
    version.body, version.note = kept, note.strip()[:300] or version.note
    version.drafted_by, version.drafted_at = viewer.label[:160], now
    version.save()
    if before != kept:
        audit.record(viewer, "program.drafted", "rule_version", version.pk, now=now, before=before, after=kept)
    return version


def publish_version(
    version: RuleVersion, *, effective_from: date, viewer: Viewer, now: datetime, approval: Approval | None = None
) -> RuleVersion:
    """Let a draft hold from a business date on; only a program's first version may begin in the past."""
    payload = _payload(version, effective_from)
    with transaction.atomic():
        note = approvals.refuse_alone(PUBLISH, viewer=viewer, approval=approval, payload=payload)
        # Versions of a program are published one after the other: the date of each is judged beside those before.
        Program.objects.select_for_update().get(pk=version.program_id)
        version = RuleVersion.objects.select_related("program").get(pk=version.pk)
        _refuse_unfit(version, effective_from, now)
        version.effective_from, version.published_at, version.published_by = effective_from, now, viewer.label[:160]
        version.save(update_fields=["effective_from", "published_at", "published_by"])
        after = {"program": version.program.code, "number": version.number, "effective_from": effective_from.isoformat()}
        audit.record(viewer, "program.published", "rule_version", version.pk, now=now, after=after, note=note)
    return version


def ask_to_publish(version: RuleVersion, *, effective_from: date, viewer: Viewer, now: datetime) -> Approval:
    """Ask a second person to let a draft hold from a date on."""
    _refuse_unfit(version, effective_from, now)
    payload = _payload(version, effective_from)
    return approvals.ask_approval(PUBLISH, action=PUBLISH, payload=payload, viewer=viewer, now=now)


@approvals.carries_out(PUBLISH)
def _publish_approved(approval: Approval, asker: Viewer, now: datetime) -> None:
    version = RuleVersion.objects.get(pk=approval.payload["version"])
    day = date.fromisoformat(approval.payload["effective_from"])
    publish_version(version, effective_from=day, viewer=asker, now=now, approval=approval)


def read_body(body: Mapping[str, Any] | Body) -> Body:
    """Return the rules as typed, or say what is wrong with them and where."""
    if isinstance(body, Body):
        return body
    try:
        return Body.model_validate(dict(body))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BodyError(f"{place}: {first['msg']}" if place else str(first["msg"]), field=place) from None


def _payload(version: RuleVersion, effective_from: date) -> dict[str, Any]:
    """Return what exactly is approved: this draft as it was last written, from this day on."""
    return {
        "version": version.pk,
        "effective_from": effective_from.isoformat(),
        "drafted_at": version.drafted_at.isoformat(),
    }


def _refuse_unfit(version: RuleVersion, effective_from: date, now: datetime) -> None:
    if version.published_at is not None:
        raise PublishedError(_("This version is published. Make a new draft from it."))
    today = selectors.program_zone().date_of(now)
    is_first = not RuleVersion.objects.filter(program=version.program_id, published_at__isnull=False).exists()
    if effective_from <= today and not is_first:
        raise VersionDateError(_("Choose a day that is still to come."), field="effective_from")
