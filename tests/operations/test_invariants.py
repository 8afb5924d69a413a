"""Each invariant holds on real receipts, and breaks when somebody with all rights breaks the data behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from regulars.core import database, invariants
from regulars.insight.lake import sync
from regulars.operations import verification
from regulars.organization import audit
from regulars.organization.access import system
from tests.operations import shop

pytestmark = pytest.mark.django_db

# What is done to the data behind each rule; everything else must still hold, so that a finding points at its cause.
BREAKAGES = {
    "sales.lines": "UPDATE sales_receipt SET net_amount = net_amount + 1 WHERE id = (SELECT min(id) FROM sales_receipt)",
    "sales.tenders": "UPDATE sales_tender SET amount = amount + 1 WHERE receipt_id = (SELECT min(id) FROM sales_receipt)",
    "sales.discounts": "UPDATE sales_linediscount SET amount = 51 WHERE receipt_id = (SELECT min(id) FROM sales_receipt)",
    "sales.orphans": "DELETE FROM sales_receipt WHERE id = (SELECT min(id) FROM sales_receipt)",
    "sales.business_dates": """
        UPDATE sales_receipt SET business_date = business_date + 1 WHERE id = (SELECT min(id) FROM sales_receipt)""",
    "sales.known_in_stores": "DELETE FROM customers_customerstore",
    "sales.returns": """
        INSERT INTO sales_returnlink (receipt_id, line_no, original_source, original_external_id)
        SELECT max(id), 1, 'test', 'R1' FROM sales_receipt""",
    "customers.identifiers": """
        UPDATE customers_identifier SET value = 'C99' WHERE id = (SELECT min(id) FROM customers_identifier)""",
    "customers.merges": """
        UPDATE customers_customer c SET merged_into_id = (SELECT max(id) + min(id) - c.id FROM customers_customer)
        WHERE id IN (SELECT min(id) FROM customers_customer UNION SELECT max(id) FROM customers_customer)""",
    "catalog.tree": "INSERT INTO catalog_category (path, name, level, counts_units) VALUES ('A', 'A', 3, true)",
    "organization.regions": """
        INSERT INTO organization_region (id, code, name, parent_id) VALUES (1, 'A', 'A', NULL), (2, 'B', 'B', 1);
        UPDATE organization_region SET parent_id = 2 WHERE id = 1""",
    "audit.chain": """
        UPDATE organization_auditentry SET note = 'forged' WHERE id = (SELECT min(id) FROM organization_auditentry)""",
    "outbox.delivered": """
        INSERT INTO core_outboxevent (name, payload, occurred_at) VALUES ('x', '{}', now() - interval '2 hours');
        INSERT INTO core_outboxdelivery (event_id, subscriber, attempts, last_error)
        SELECT max(id), 'y', 1, '' FROM core_outboxevent""",
    "database.constraints": """
        ALTER TABLE sales_receipt DROP CONSTRAINT receipt_amounts_add_up;
        ALTER TABLE sales_receipt ADD CONSTRAINT receipt_amounts_add_up
        CHECK (paid_amount = gross_amount - discount_amount) NOT VALID""",
    "database.facts": "GRANT DELETE ON sales_receipt TO regulars_app",
    "database.numbers": "UPDATE catalog_product SET written_xid = 9000000000000",
}


@pytest.fixture
def recorded() -> None:
    shop.open_shop()
    assert shop.sell(1, 20) == 20
    database.grant_rights("regulars_app")
    # In this test all is one transaction of one day; in life the store is there first, and events are delivered.
    _by_force("UPDATE organization_store SET written_xid = 1; DELETE FROM core_outboxdelivery")


@pytest.mark.usefixtures("recorded")
def test_every_invariant_holds_on_receipts_that_were_recorded() -> None:
    findings = verification.verify()
    assert [finding.invariant.name for finding in findings if not finding.holds] == []
    assert {finding.invariant.name for finding in findings} >= BREAKAGES.keys()


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize("name", BREAKAGES)
def test_a_breach_is_found_by_its_own_invariant(name: str) -> None:
    audit.record(system("tests"), "test.done", "test", 1, now=shop.NOW)
    _seal()
    assert _broken() == set()
    _by_force(BREAKAGES[name])
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE regulars_app")
    assert name in _broken()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("recorded")
def test_the_lake_is_compared_day_by_day(settings: Any, tmp_path: Path) -> None:
    settings.LAKE_URL = str(tmp_path / "lake")
    sync.sync(now=shop.NOW)
    assert _broken() == set()
    _by_force("UPDATE sales_receiptline SET quantity_milli = quantity_milli + 1 WHERE line_no = 1")
    assert "lake.facts" in _broken()


def test_an_invariant_tells_how_many_rows_and_which() -> None:
    found = invariants.offending("SELECT 'row ' || n AS what FROM generate_series(1, 12) AS n")
    assert found.broken == 12
    assert found.examples == ("row 1", "row 2", "row 3", "row 4", "row 5")


def _broken() -> set[str]:
    return {finding.invariant.name for finding in invariants.prove(invariants.declared()) if not finding.holds}


def _seal() -> None:
    _by_force("UPDATE organization_auditentry SET written_xid = 1")
    audit.seal(now=shop.NOW)


def _by_force(statements: str) -> None:
    """Change what keys, triggers and rights would keep from being changed."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statements)
        cursor.execute("SET session_replication_role = origin")
