"""`keys` and `link`: how programs and people get in."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime

from regulars.config import installation
from regulars.core.errors import InvalidInputError, NotFoundError
from regulars.core.home_folder import chosen_home


def link(options: argparse.Namespace) -> None:
    """Print a one-time sign-in link for somebody of the staff; the first administrator is made if there is none."""
    if address := chosen_home().served_at():
        os.environ.setdefault("REGULARS_URL", address)
    with installation.opened():
        from regulars.config import first_person
        from regulars.organization import services as organization
        from regulars.organization.access import system
        from regulars.organization.models import Person

        now = datetime.now(UTC)
        email = options.person.strip().lower()
        if email == first_person.EMAIL:
            first_person.ensure(now=now)
        person = Person.objects.filter(email=email, is_active=True).first()
        if person is None:
            known = ", ".join(Person.objects.filter(is_active=True).order_by("pk").values_list("email", flat=True)[:5])
            raise NotFoundError(f"Nobody with the address {options.person} is active. Known are: {known or 'nobody yet'}.")
        sys.stdout.write(organization.create_sign_in_link(person, viewer=system("command line"), now=now) + "\n")


def create_key(options: argparse.Namespace) -> None:
    """Print a new API key, once."""
    with installation.opened():
        from regulars.organization import services as organization
        from regulars.organization.access import system
        from regulars.organization.models import Role, Store

        if options.role not in Role.values:
            raise InvalidInputError(f"There is no role {options.role}. Roles are: {', '.join(Role.values)}.")
        store = Store.objects.filter(code=options.store).first() if options.store else None
        if options.store and store is None:
            raise NotFoundError(f"There is no store with the code {options.store}.")
        name = options.name or " ".join(filter(None, [options.role, options.store]))
        _, secret = organization.create_key(
            name=name, role=options.role, store=store, viewer=system("command line"), now=datetime.now(UTC)
        )
        sys.stdout.write(secret + "\n")
        sys.stderr.write("This is the only time the key is shown.\n")


def list_keys(_: argparse.Namespace) -> None:
    """Print the keys, without their secrets."""
    with installation.opened():
        from rich.console import Console
        from rich.table import Table

        from regulars.organization.models import ApiKey

        table = Table("prefix", "name", "role", "store", "last used", "state")
        for key in ApiKey.objects.select_related("store").order_by("created_at"):
            used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never"
            state = "revoked" if key.revoked_at else "active"
            table.add_row(key.prefix, key.name, key.role, key.store.code if key.store else "", used, state)
        Console().print(table)


def revoke_key(options: argparse.Namespace) -> None:
    """End a key at once."""
    with installation.opened():
        from regulars.organization import services as organization
        from regulars.organization.access import system
        from regulars.organization.models import ApiKey

        key = ApiKey.objects.filter(prefix=options.prefix).first()
        if key is None:
            raise NotFoundError(f"There is no key that begins with {options.prefix}.")
        organization.revoke_key(key, viewer=system("command line"), now=datetime.now(UTC))
        sys.stdout.write(f"{key.prefix} no longer works.\n")
