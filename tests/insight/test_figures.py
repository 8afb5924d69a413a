"""Figures reach PostgreSQL, change only where something changed, and explain themselves in both languages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation

from regulars.core import outbox
from regulars.insight import tasks
from regulars.insight.customers import attention, explain, lifecycle, rules, write_back
from regulars.insight.customers.attention import Topic
from regulars.insight.engines.contract import LakeEmptyError
from regulars.insight.lake import sync
from regulars.insight.metrics.periods import Period
from regulars.insight.metrics.slices import Slice
from regulars.insight.models import CustomerFigures
from regulars.organization.access import Scope
from regulars.sales.events import ReceiptsRecorded
from tests.insight import factories
from tests.insight.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)
EVERYTHING = Scope(stores=None)
LAST = date(2026, 9, 10)


@pytest.fixture
def customers() -> None:
    """Ana (1) buys every week, Ben (2) did so until August, Chiara (3) bought once last week; 90 and 91 are returns."""
    with factories.connect() as link:
        factories.shop(link)
        for week in range(40):
            factories.receipt(link, 100 + week, customer_id=1, day=LAST - timedelta(weeks=week), gross=2000)
            factories.receipt(link, 200 + week, customer_id=2, day=LAST - timedelta(weeks=week + 5), store_id=2)
        factories.receipt(link, 300, customer_id=3, day=LAST - timedelta(days=6), discount=300)
        factories.receipt(link, 301, customer_id=None, day=LAST)
        factories.receipt(link, 90, customer_id=1, day=LAST, gross=-500, kind="return", store_id=2)
    sync.sync(now=NOW)


def figures(customer_id: int) -> CustomerFigures:
    return CustomerFigures.objects.get(pk=customer_id)


@pytest.mark.usefixtures("customers")
class TestRefreshing:
    def test_figures_are_as_of_the_last_business_date_on_record(self) -> None:
        done = write_back.refresh_figures()
        assert (done.as_of, done.customers, done.changed, done.removed) == (LAST, 3, 3, 0)

    def test_each_customer_stands_where_their_purchases_say(self) -> None:
        write_back.refresh_figures()
        ana, ben, chiara = figures(1), figures(2), figures(3)
        assert (ana.stage, ben.stage, chiara.stage) == ("active", "dormant", "new")
        assert (ana.purchase_days, ana.receipts, ana.net_amount, ana.interval_days) == (40, 40, 79_500, 7.0)
        assert (ana.store_id, ana.hour, ana.weekday, ana.category) == (1, 12, 4, "FOOD / BREAD")
        assert chiara.discount_share == 1.0
        assert chiara.interval_days is None

    def test_a_second_refresh_changes_nothing(self) -> None:
        write_back.refresh_figures()
        assert write_back.refresh_figures().changed == 0

    def test_a_purchase_changes_the_buyer_s_figures(self) -> None:
        write_back.refresh_figures()
        with factories.connect() as link:
            factories.receipt(link, 400, customer_id=2, day=LAST)
        sync.sync(now=NOW)
        write_back.refresh_figures()
        assert (figures(2).recency_days, figures(2).stage) == (0, "active")

    def test_a_merged_customer_s_purchases_count_for_the_one_that_is_left(self) -> None:
        write_back.refresh_figures()
        with factories.connect() as link:
            link.execute("UPDATE customers_customer SET merged_into_id = 1 WHERE id = 3")
        sync.sync(now=NOW)
        assert write_back.refresh_figures().removed == 1
        assert figures(1).receipts == 41
        assert not CustomerFigures.objects.filter(pk=3).exists()

    def test_an_undone_import_leaves_the_figures(self) -> None:
        with factories.connect() as link:
            factories.receipt(link, 500, customer_id=3, day=LAST, batch_id=9)
        sync.sync(now=NOW)
        write_back.refresh_figures()
        assert figures(3).receipts == 2
        with factories.connect() as link:
            link.execute("SELECT regulars_undo_receipts(9, now())")
        sync.sync(now=NOW)
        write_back.refresh_figures()
        assert figures(3).receipts == 1


def test_without_a_lake_there_is_a_clear_answer() -> None:
    with pytest.raises(LakeEmptyError):
        write_back.refresh_figures()
    assert not CustomerFigures.objects.exists()


@pytest.mark.usefixtures("customers")
class TestExplaining:
    def test_every_stage_says_why(self) -> None:
        write_back.refresh_figures()
        assert "Dormant: silent for 35 days, more than twice the longest usual pause of 7 days." in explain.explain(figures(2))
        assert explain.explain(figures(1))[1].startswith("Bought on 40 days, usually every 7 days")
        assert "the rhythm of other customers, 7 days, is assumed" in explain.explain(figures(3))[1]

    def test_the_sentences_are_there_in_chinese(self) -> None:
        write_back.refresh_figures()
        with translation.override("zh-hans"):
            for customer_id in (1, 2, 3):
                for sentence in explain.explain(figures(customer_id)):
                    assert not any(word in sentence for word in ("days", "customer", "bought", "of")), sentence

    def test_the_stage_can_be_found_again_from_what_is_stored(self) -> None:
        write_back.refresh_figures()
        for customer_id in (1, 2, 3):
            assert figures(customer_id).stage == rules.stage_of(explain.rhythm_of(figures(customer_id)))


@pytest.mark.usefixtures("customers")
class TestDashboard:
    def test_the_flow_counts_every_customer_once(self) -> None:
        period = Period(LAST - timedelta(days=29), LAST)
        flow = lifecycle.lifecycle_flow(period, scope=EVERYTHING).to_pylist()
        assert {(row["before"], row["after"]): row["customers"] for row in flow} == {
            ("active", "active"): 1,
            ("active", "dormant"): 1,
            ("none", "new"): 1,
        }

    def test_a_store_sees_the_flow_of_its_own_purchases(self) -> None:
        flow = lifecycle.lifecycle_flow(Period(LAST, LAST), scope=Scope(stores=frozenset({2}))).to_pylist()
        assert sum(row["customers"] for row in flow) == 1  # Ana's return in store 2 is no purchase

    def test_a_masked_role_sees_no_small_flow(self) -> None:
        masked = Scope(stores=None, masked=True)
        assert lifecycle.lifecycle_flow(Period(LAST, LAST), scope=masked).num_rows == 0

    def test_what_needs_attention_has_a_number_and_a_sentence(self) -> None:
        write_back.refresh_figures()
        CustomerFigures.objects.filter(pk=2).update(stage="declining", pyramid="top")
        with factories.connect() as link:
            link.execute(
                "INSERT INTO sales_returnlink (receipt_id, line_no, original_source, original_external_id)"
                " VALUES (90, 1, 'test', 'unknown')"
            )
        found = {item.topic: item for item in attention.attention(chosen=Slice(Period(LAST, LAST)), scope=EVERYTHING)}
        assert found[Topic.DECLINING_LARGE].sentence() == "1 of your largest customers is declining."
        assert found[Topic.PARKED_RETURNS].count == 1
        elsewhere = attention.attention(chosen=Slice(Period(LAST, LAST)), scope=Scope(stores=frozenset({1})))
        assert not {Topic.DECLINING_LARGE, Topic.PARKED_RETURNS} & {item.topic for item in elsewhere}


class TestJobs:
    def test_new_receipts_ask_for_one_sync_however_many_they_are(self) -> None:
        from procrastinate.contrib.django.models import ProcrastinateJob

        event = ReceiptsRecorded(
            written_xid=1, receipts=1, first_business_date="2026-09-10", last_business_date="2026-09-10", historical=False
        )
        for _ in range(3):
            outbox.publish(event, now=NOW)
        outbox.deliver_waiting(now=NOW)
        waiting = ProcrastinateJob.objects.filter(task_name="insight.sync_lake", status="todo")
        assert waiting.count() == 1

    @pytest.mark.usefixtures("customers")
    def test_a_sync_with_news_asks_for_the_figures(self) -> None:
        from procrastinate.contrib.django.models import ProcrastinateJob

        with factories.connect() as link:
            factories.receipt(link, 600)
        tasks.sync_lake()
        assert ProcrastinateJob.objects.filter(task_name="insight.refresh_figures").count() == 1
        tasks.sync_lake()
        assert ProcrastinateJob.objects.filter(task_name="insight.refresh_figures").count() == 1
