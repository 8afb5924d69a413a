"""The first administrator of a new installation: made without a password, let in by a one-time link (T-30)."""

from __future__ import annotations

from datetime import datetime

EMAIL = "owner@localhost"


def welcome(*, now: datetime) -> str | None:
    """Return a sign-in link for the first administrator, until anybody has signed in; then None."""
    from regulars.organization import services
    from regulars.organization.access import system
    from regulars.organization.models import Person

    if Person.objects.exclude(last_login=None).exists():
        return None
    return services.create_sign_in_link(ensure(now=now), viewer=system("command line"), now=now)


def ensure(*, now: datetime):  # type: ignore[no-untyped-def]
    """Return the first administrator, made if nobody holds the role yet."""
    from django.db import transaction

    from regulars.organization import services
    from regulars.organization.access import system
    from regulars.organization.models import Person, Role

    held = Person.objects.filter(grants__role=Role.ADMIN, is_active=True).order_by("pk").first()
    if held is not None:
        return held
    viewer = system("command line")
    with transaction.atomic():
        person = Person.objects.filter(email=EMAIL).first() or services.create_person(
            email=EMAIL, name="Owner", viewer=viewer, now=now
        )
        services.give_head_office_roles(person, viewer=viewer, now=now)
    return person
