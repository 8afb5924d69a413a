"""The demo from a cut of the panel: the whole way that `regulars demo` goes, and a second run that makes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from regulars.core import invariants
from regulars.core.home_folder import HomeFolder
from regulars.demo import company, panel
from regulars.demo.totals import Totals
from regulars.loyalty.cards.models import Card, CardType, Shipment
from regulars.loyalty.offers.models import Redemption
from regulars.loyalty.program.models import RuleVersion
from regulars.loyalty.wallet.models import Transfer
from regulars.organization.models import Company
from regulars.sales.models import Receipt
from tests.demo import small_panel

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("panel"), pytest.mark.usefixtures("made")]
NOW = datetime.now(UTC)  # the database's own clock stands beside it in the rows
TABLES = (
    "sales_receipt", "wallet_transfer", "wallet_entry", "wallet_lot", "cards_card", "offers_redemption", "customers_customer",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Totals, Totals]]:
    """The demo made twice, in a transaction that is taken back."""
    from django.conf import settings
    from django.db import transaction

    home = HomeFolder(tmp_path_factory.mktemp("home"))
    home.prepare()
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr(settings, "REGULARS_HOME", home)
        patch.setattr(settings, "LAKE_URL", str(home.lake))
        patch.setattr(panel, "opened", small_panel.opened)
        first = company.build(now=NOW, progress=lambda step, part: None)
        before = counts()
        second = company.build(now=NOW, progress=lambda step, part: None)
        assert counts() == before
        yield first, second
        transaction.set_rollback(True)


def counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        return {table: cursor.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}


def test_the_second_run_makes_nothing(made: tuple[Totals, Totals]) -> None:
    first, second = made
    assert first.changed > 0
    assert second.changed == 0
    assert first.receipts == second.receipts == Receipt.objects.count() > 0


def test_it_says_that_names_and_cards_are_simulated() -> None:
    assert "simulated" in Company.objects.get().settings["demo"]["notice"]
    assert all("simulated" in name for name in CardType.objects.values_list("name", flat=True))
    assert "simulated" in RuleVersion.objects.get().program.name


def test_uses_of_coupons_stand_on_receipts_of_the_household() -> None:
    used = Redemption.objects.exclude(amount=0)
    assert used.exists()
    assert not used.filter(customer=None).exists()
    assert not used.filter(store=None).exists()


def test_points_follow_from_the_receipts_and_one_version_of_rules() -> None:
    assert RuleVersion.objects.filter(published_at__isnull=False).count() == 1
    earned = Transfer.objects.filter(kind="earn")
    assert 0 < earned.count() <= Receipt.objects.count()


def test_cards_are_sold_in_stock_on_their_way_and_spent() -> None:
    states = set(Card.objects.values_list("state", flat=True))
    assert {"active", "in_stock", "in_transit"} <= states
    assert Shipment.objects.filter(closed_at=None).count() == 1
    assert set(Transfer.objects.filter(kind__in=("top_up", "spend")).values_list("kind", "source")) == {
        ("top_up", "cards/simulated"),
        ("spend", "simulated"),
    }


def test_everything_that_must_always_hold_does() -> None:
    findings = invariants.prove(invariants.declared())
    broken = [(finding.invariant.name, finding.outcome) for finding in findings if not finding.holds]
    assert broken == []
