"""API keys: shown once, kept as a hash, ended at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.core.errors import ForbiddenError
from regulars.organization import access
from regulars.organization import services as organization
from regulars.organization.models import ApiKey, AuditEntry
from tests.organization.factories import NOW, region, store, viewer

pytestmark = pytest.mark.django_db


def made(**place):
    role = place.pop("role", "pos")
    return organization.create_key(name="Till 1", role=role, viewer=access.system(), now=NOW, **place)


def test_a_key_opens_what_its_role_and_store_allow() -> None:
    shop, other = store(), store()
    key, secret = made(store=shop)
    viewer = organization.authenticate_key(secret, now=NOW)
    assert viewer
    assert viewer.key_id == key.pk
    assert viewer.scope("receipt.record").stores == {shop.pk}
    assert not viewer.scope("receipt.record").covers(other.pk)
    assert viewer.source == f"key-{key.prefix}"


def test_the_secret_is_kept_nowhere() -> None:
    key, secret = made(store=store())
    random_part = secret.split("_", 2)[2]
    assert secret.startswith(f"rk_{key.prefix}_")
    assert len(random_part) * 6 >= 128
    stored = str(list(ApiKey.objects.values())) + str(list(AuditEntry.objects.values()))
    assert random_part not in stored


SPOILED = {
    "shorter": lambda secret: secret[:-1],
    "another end": lambda secret: secret[:-1] + ("A" if secret[-1] != "A" else "B"),
    "nothing": lambda secret: "",
    "another prefix": lambda secret: "rk_00000000_" + secret.split("_", 2)[2],
    "a line end": lambda secret: secret + "\n",
    "no ASCII": lambda secret: "é",
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED.keys())
def test_a_key_that_is_not_quite_right_opens_nothing(spoil) -> None:
    _, secret = made(store=store())
    assert organization.authenticate_key(spoil(secret), now=NOW) is None


def test_a_revoked_or_expired_key_opens_nothing() -> None:
    key, secret = made(store=store())
    organization.revoke_key(key, viewer=access.system(), now=NOW)
    assert organization.authenticate_key(secret, now=NOW) is None
    _, secret = made(store=store(), expires_at=NOW)
    assert organization.authenticate_key(secret, now=NOW) is None
    assert organization.authenticate_key(secret, now=NOW - timedelta(seconds=1))


def test_a_key_of_a_region_without_stores_may_nothing() -> None:
    _, secret = made(role="integration", region=region())
    viewer = organization.authenticate_key(secret, now=NOW)
    assert viewer
    assert viewer.rights == {}


def test_no_key_may_manage_people_or_keys() -> None:
    for role in ("admin", "privacy"):
        with pytest.raises(organization.RolePlaceError):
            made(role=role)
    assert not ApiKey.objects.exists()


def test_only_an_administrator_makes_keys() -> None:
    for role in set(access.roles()) - {"admin"}:
        with pytest.raises(ForbiddenError):
            organization.create_key(name="Till", role="pos", store=store(), viewer=viewer(role), now=NOW)
    assert not ApiKey.objects.exists()


def test_last_use_is_remembered_to_the_minute() -> None:
    key, secret = made(store=store())
    for seconds in (0, 30, 61):
        organization.authenticate_key(secret, now=NOW + timedelta(seconds=seconds))
    key.refresh_from_db()
    assert key.last_used_at == NOW + timedelta(seconds=61)
