"""One-time links that sign a person in: made by an administrator or the command line, kept only as a hash, used once.

For the first start, new colleagues and people who lost their way in. There is no default password anywhere (T-30).
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.core.errors import DomainError, ForbiddenError
from regulars.organization import audit
from regulars.organization.access import Viewer
from regulars.organization.models import Grant, Person, Role, SignInLink

LINK_LASTS = timedelta(hours=24)


class SignInLinkError(DomainError):
    """The link was used, has expired, or was never made: from outside all three look the same."""

    code = "sign_in.link"
    status_code: ClassVar[int] = 410


@transaction.atomic
def create_sign_in_link(person: Person, *, viewer: Viewer, now: datetime) -> str:
    """Return a fresh address that signs `person` in once; links made earlier stop working."""
    viewer.require("staff.manage")
    _refuse_posing_as_administrator(person, viewer=viewer)
    SignInLink.objects.filter(person=person, used_at=None).delete()
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(person=person, token_hash=_hash(token), expires_at=now + LINK_LASTS)
    audit.record(viewer, "sign_in_link.created", "person", person.pk, now=now)
    return str(settings.PUBLIC_URL) + reverse("organization:sign_in_link", args=[token])


def find_sign_in_link(token: str, *, now: datetime) -> SignInLink | None:
    """Return the link if it can still be used."""
    return (
        SignInLink.objects.select_related("person")
        .filter(token_hash=_hash(token), used_at=None, expires_at__gt=now, person__is_active=True)
        .first()
    )


@transaction.atomic
def use_sign_in_link(token: str, *, now: datetime) -> Person:
    """Use the link up and return whom it signs in; of two who try at once, one is refused."""
    used = SignInLink.objects.filter(token_hash=_hash(token), used_at=None, expires_at__gt=now, person__is_active=True).update(
        used_at=now
    )
    if not used:
        raise SignInLinkError(_("This link has been used or has expired. Ask for a new one."))
    person = Person.objects.get(signinlink__token_hash=_hash(token))
    audit.record(Viewer(label=person.name, person_id=person.pk), "sign_in_link.used", "person", person.pk, now=now)
    return person


def _refuse_posing_as_administrator(person: Person, *, viewer: Viewer) -> None:
    """With another administrator's link one could approve one's own requests: it comes from the command line only."""
    from_a_page = viewer.person_id is not None or viewer.key_id is not None
    if from_a_page and Grant.objects.filter(person=person, role=Role.ADMIN).exists():
        raise ForbiddenError(_("A link for an administrator comes from the server only: regulars link."))


def _hash(token: str) -> bytes:
    # The token has 256 random bits: a fast hash is enough, there is nothing to guess (ASVS 6.5.2).
    return hashlib.sha256(token.encode()).digest()
