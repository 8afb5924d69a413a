"""Draws and referrals: written down, played and noted at the desk, looked at afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from regulars.core import outbox
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import Draw, DrawTurn, Prize, Referral, RuleVersion
from regulars.organization.models import Store
from tests.loyalty.program.story import NOW, SYSTEM, balance, club, publish, sell
from tests.loyalty.program.test_pages import form_of
from tests.organization import factories as people

pytestmark = pytest.mark.django_db


def client(role, **place):
    browser = Client()
    browser.force_login(people.person(role, **place))
    return browser


def test_a_draw_is_written_down_played_and_burns_its_budget(company):
    publish()
    ana = sell("S1", 5000).customer_id
    outbox.deliver_waiting(now=NOW)
    marketer, desk = client("marketer"), client("support")
    prizes = {
        "prizes-TOTAL_FORMS": "2", "prizes-INITIAL_FORMS": "0", "prizes-0-name": "Mug", "prizes-0-weight": "1",
        "prizes-0-cost_amount": "4", "prizes-1-name": "Nothing", "prizes-1-weight": "0",
    }  # fmt: skip
    said = {"name": "Wheel", "code": "wheel", "points_price": "10", "per_day": "5", "budget_amount": "6", "is_active": "on"}
    new = reverse("program:add_draw")
    assert marketer.post(new, said | prizes | {"add": "prize"}).content.count(b'-cost_amount"') >= 3
    assert marketer.post(new, said | prizes | {"prizes-0-weight": "0"}).status_code == 422
    marketer.post(new, said | prizes)
    draw = Draw.objects.get()
    for key in ("a", "a", "b"):
        desk.post(reverse("program:take_turn", args=[ana]), {"draw": draw.pk, "key": key})

    page = marketer.get(reverse("program:draw", args=[draw.pk])).content.decode()
    assert "$2.00 of the budget are left" in page  # the second turn found no prize it could pay for
    assert "66%" in page or "66 %" in page or 'value="66"' in page
    assert balance(ana).posted == 30
    turns = reverse("program:turns", args=[draw.pk])
    assert "Mug" in marketer.get(turns).content.decode()
    there, elsewhere = client("associate", store=Store.objects.get(code="N1")), client("associate", store=people.store())
    assert [len(one.get(turns).context["list"].rows) for one in (there, elsewhere)] == [2, 0]

    ids = list(Prize.objects.order_by("pk").values_list("pk", flat=True))
    kept = prizes | {"prizes-0-id": ids[0], "prizes-1-id": ids[1], "prizes-0-DELETE": "on", "prizes-1-weight": "3"}
    assert marketer.post(reverse("program:draw", args=[draw.pk]), said | kept | {"budget_amount": "1"}).status_code == 422
    marketer.post(reverse("program:draw", args=[draw.pk]), said | kept)
    assert list(Prize.objects.order_by("pk").values_list("name", "weight")) == [("Mug", 0), ("Nothing", 3)]
    assert DrawTurn.objects.count() == 2
    assert b"Wheel" in marketer.get(reverse("program:draws")).content


def test_bringing_friends_is_set_in_the_designer_noted_at_the_desk_and_decided_when_it_looks_like_a_ring(company):
    publish(enrolls="first_purchase")
    marketer = client("marketer")
    assert b"Nobody has brought anybody yet" in marketer.get(reverse("program:referrals")).content
    draft = program.save_draft(club(), RuleVersion.objects.get().body, viewer=SYSTEM, now=NOW)
    address = reverse("program:version", args=[draft.pk])
    said = form_of(marketer.get(address)) | {"refers": "on", "referrer_points": "40", "keep_days": "0", "sign_in_points": "2"}
    marketer.post(address, said)
    draft.refresh_from_db()
    assert draft.body["referral"] == {
        "referrer_points": 40, "referred_points": 50, "from_amount": 0, "keep_days": 0, "per_month": 5,
    }  # fmt: skip
    assert draft.body["sign_in"]["points"] == 2
    program.publish_version(draft, effective_from=NOW.date(), viewer=SYSTEM, now=NOW - timedelta(days=2))

    ana = sell("S1", 5000, till="T1").customer_id
    friend = sell("F0", 100, customer="8002").customer_id  # known, and rated only later
    desk = client("store_manager")
    assert desk.post(reverse("program:bring", args=[friend]), {"friend": "nobody"}).status_code == 422
    desk.post(reverse("program:bring", args=[friend]), {"friend": "8001"})
    outbox.deliver_waiting(now=NOW)
    sell("F1", 5000, customer="8002", till="T1", sold_at=NOW + timedelta(minutes=5))
    Referral.objects.update(state="held_back", signs=["same_till"], decided_at=NOW)

    page = marketer.get(reverse("program:referrals")).content.decode()
    assert "both bought at the same till" in page
    for _ in range(2):
        marketer.post(reverse("program:decide_referral", args=[Referral.objects.get().pk]), {"verdict": "reward"})

    row = marketer.get(reverse("program:referrals")).context["list"].rows[0]
    assert (row.state, row.given, row.referrer_id) == ("rewarded", 90, ana)
    assert client("associate").post(reverse("program:decide_referral", args=[row.pk])).status_code == 403
