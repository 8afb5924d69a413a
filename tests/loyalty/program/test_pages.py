"""The pages of the program: whoever may reads them, whoever may writes them, and a draft shows what it does."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from regulars.core import outbox
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import Benefit, Gift, GiftOrder, GiftStock, RuleVersion
from regulars.organization.models import Approval, Store
from tests.loyalty.program.story import BASE, NOW, SYSTEM, club, publish, sell
from tests.organization import factories as people

pytestmark = pytest.mark.django_db
LADDER = {"tiers": [{"code": "base", "from_value": 0}, {"code": "gold", "from_value": 20000, "factor_milli": 2000}]}


def client(role):
    browser = Client()
    browser.force_login(people.person(role))
    return browser


@pytest.fixture
def draft(company):
    publish(BASE | {"name": "Every purchase"}, ladder=LADDER)
    sale = sell("S1", 5000, 600, 700, 800)
    outbox.deliver_waiting(now=NOW)
    program.grade_members(club(), now=NOW + timedelta(days=1))
    assert sale.line_count == 4
    return program.save_draft(club(), RuleVersion.objects.get().body, viewer=SYSTEM, now=NOW)


def form_of(page):
    """Return what the browser would send back of the designer."""
    said = {}
    for form in (page.context["settings"], page.context["rules"].management_form, page.context["tiers"].management_form,
                 *page.context["rules"], *page.context["tiers"]):  # fmt: skip
        for field in form:
            value = field.value()
            if value is not None and value is not False and value != "":
                said[field.html_name] = value
    return said


@pytest.mark.parametrize("name", ["overview", "tiers", "benefits", "rewards"])
def test_every_page_opens_for_those_who_have_to_explain_it(draft, name):
    assert client("associate").get(reverse(f"program:{name}")).status_code == 200
    assert client("privacy").get(reverse(f"program:{name}")).status_code == 403


def test_the_rules_in_force_are_said_in_words(draft):
    page = client("associate").get(reverse("program:overview")).content.decode()

    assert "1 point for every $1.00" in page
    assert "Every purchase" in page


def test_what_the_designer_shows_is_what_it_keeps(draft):
    browser = client("marketer")
    page = browser.get(reverse("program:version", args=[draft.pk]))

    answer = browser.post(reverse("program:version", args=[draft.pk]), form_of(page))

    assert answer.status_code == 302
    kept = RuleVersion.objects.get(pk=draft.pk).body
    assert kept == draft.body


def test_a_change_shows_at_once_on_a_real_receipt_and_only_there(draft):
    browser = client("marketer")
    said = form_of(browser.get(reverse("program:version", args=[draft.pk]))) | {"rules-0-points": "3"}

    slip = browser.post(reverse("program:example", args=[draft.pk]), said).content.decode()

    assert "+213" in slip  # 71.00 at three points
    assert "71 under the rules in force" in slip
    assert RuleVersion.objects.get(pk=draft.pk).body == draft.body


def test_a_rule_is_added_filled_in_and_kept(draft):
    browser = client("marketer")
    address = reverse("program:version", args=[draft.pk])
    said = form_of(browser.get(address))

    page = browser.post(address, said | {"add": "multiply"})
    assert page.status_code == 200
    said = form_of(page) | {"rules-1-name": "Tea week", "rules-1-factor": "1.5", "rules-1-categories": "Drinks / Tea"}
    said["rules-1-condition"] = '{"attr": "customer.shoe_size", "op": "eq", "value": 40}'
    assert "cannot be asked here" in browser.post(address, said).content.decode()
    said["rules-1-condition"] = '{"attr": "customer.tags", "op": "has_any", "value": ["vip"]}'
    browser.post(address, said)
    page = browser.get(address)
    assert "if Tags has one of vip" in page.content.decode()
    assert form_of(page)["rules-1-condition"] == json.dumps(json.loads(said["rules-1-condition"]), indent=1)

    rule = RuleVersion.objects.get(pk=draft.pk).body["earning"][1]
    assert (rule["kind"], rule["factor_milli"], rule["when"]["categories"]) == ("multiply", 1500, ["Drinks / Tea"])


def test_rules_that_cannot_hold_are_refused_where_they_stand(draft):
    browser = client("marketer")
    address = reverse("program:version", args=[draft.pk])
    said = form_of(browser.get(address)) | {"rules-0-amount": "ten"}

    assert browser.post(address, said).status_code == 422
    assert RuleVersion.objects.get(pk=draft.pk).body == draft.body


def test_publishing_asks_the_second_person(draft):
    people.person("finance")
    client("marketer").post(reverse("program:publish", args=[draft.pk]), {"effective_from": "2099-01-01"})

    assert RuleVersion.objects.get(pk=draft.pk).published_at is None
    assert Approval.objects.get().kind == "program.publish"


def test_a_replay_shows_winners_losers_and_the_ledger(draft):
    run = program.ask_replay(draft, months=12, viewer=SYSTEM, now=NOW)
    browser = client("marketer")
    assert "progress" in browser.get(reverse("program:replay", args=[run.pk])).content.decode()
    program.run_replay(run.pk, now=NOW + timedelta(days=1))

    page = browser.get(reverse("program:replay", args=[run.pk])).content.decode()

    assert "exactly what the ledger holds" in page
    assert "Nobody would have fewer points." in page


def test_an_associate_reads_drafts_and_changes_nothing(draft):
    browser = client("associate")
    address = reverse("program:version", args=[draft.pk])

    assert browser.get(address).status_code == 200
    assert browser.post(address, {}).status_code == 403
    assert browser.post(reverse("program:new_draft")).status_code == 403
    assert RuleVersion.objects.count() == 2


def test_benefits_and_gifts_are_written_down_and_handed_out(draft):
    marketer, store = client("marketer"), Store.objects.get(code="N1")
    marketer.post(reverse("program:benefits"), {
        "name": "Cake", "code": "cake", "kind": "birthday", "tiers": "gold", "quota": "1", "period": "year", "cost_amount": "5",
    })  # fmt: skip
    marketer.post(reverse("program:rewards"), {"name": "Mug", "code": "mug", "points_price": "20"})
    gift = Gift.objects.get()
    marketer.post(reverse("program:count"), {"gift": gift.pk, "store": store.pk, "on_hand": "3"})
    ana = club().members.get().customer_id
    order = program.order_gift(ana, gift, store_id=store.pk, source="app", key="1", viewer=SYSTEM, now=NOW + timedelta(days=1))

    client("support").post(reverse("program:decide", args=[order.pk]), {"verb": "hand_out"})

    assert (Benefit.objects.get().cost_amount, Benefit.objects.get().tiers) == (500, ["gold"])
    assert GiftStock.objects.values_list("on_hand", "reserved").get() == (2, 0)
    assert GiftOrder.objects.get().state == "handed_out"
