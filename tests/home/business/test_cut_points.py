"""The cut points of RFM: whoever designs sets them, everybody else is refused; scores follow by a job."""

from __future__ import annotations

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from regulars.core import outbox
from regulars.core.errors import ForbiddenError
from regulars.insight.customers import cut_points, write_back
from regulars.insight.customers.rfm import CutPoints
from regulars.organization.access import Viewer, rights_of
from regulars.organization.models import AuditEntry, Company
from tests.home.business.conftest import Signed
from tests.organization.factories import NOW

PAGE = "/insight/rfm/cut-points/"
OWN = CutPoints(recency=(7, 14, 30, 90), frequency=(2, 5, 12, 26), monetary=(100_00, 500_00, 1_000_00, 3_000_00))
FORM = {
    "kind": "own",
    **{f"recency_{place}": value for place, value in enumerate(("7", "14", "30", "90"))},
    **{f"frequency_{place}": value for place, value in enumerate(("2", "5", "12", "26"))},
    **{f"monetary_{place}": value for place, value in enumerate(("100", "500", "1,000.00", "3000"))},
}


@pytest.mark.parametrize("role", ["marketer", "analyst"])
def test_a_marketer_or_analyst_sets_the_cut_points_and_asks_for_new_scores(signed: Signed, role: str) -> None:
    answer = signed(role).post(PAGE, FORM)
    assert answer.headers["Location"] == "/insight/rfm/"
    assert cut_points.find_cut_points() == OWN
    outbox.deliver_waiting(now=NOW)
    assert ProcrastinateJob.objects.filter(task_name="insight.refresh_figures", status="todo").count() == 1
    entry = AuditEntry.objects.get(action="rfm.changed")
    assert (entry.before, entry.after["recency"]) == ({}, [7, 14, 30, 90])


def test_the_page_says_that_scores_are_on_their_way_until_they_are_there(signed: Signed) -> None:
    client = signed("analyst")
    client.post(PAGE, FORM)
    assert b"every customer is being scored anew" in client.get("/insight/rfm/").content
    write_back.refresh_figures()
    assert b"every customer is being scored anew" not in client.get("/insight/rfm/").content
    assert not cut_points.awaits_scores()


def test_the_form_shows_what_holds_and_goes_back_to_fifths(signed: Signed) -> None:
    client = signed("analyst")
    client.post(PAGE, FORM)
    assert b'value="1000.00"' in client.get(PAGE).content
    client.post(PAGE, {"kind": "fifths"})
    assert cut_points.find_cut_points() is None
    assert AuditEntry.objects.filter(action="rfm.changed").count() == 2


def test_the_same_again_is_no_change(signed: Signed) -> None:
    client = signed("analyst")
    for _ in range(2):
        client.post(PAGE, FORM)
    assert AuditEntry.objects.filter(action="rfm.changed").count() == 1


def test_other_settings_of_the_company_stay(signed: Signed) -> None:
    Company.objects.update(settings={"demo": {"shift_days": 7}, "insight": {"other": 1}})
    signed("analyst").post(PAGE, FORM)
    assert (settings := Company.objects.get().settings)["demo"] == {"shift_days": 7}
    assert settings["insight"]["other"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"recency_1": "7"},
        {"frequency_0": "-1"},
        {"frequency_3": ""},
        {"monetary_0": "10.001"},
        {"recency_0": "NaN"},
        {"kind": "x"},
    ],
)
def test_figures_that_do_not_rise_are_refused(signed: Signed, wrong: dict[str, str]) -> None:
    assert signed("analyst").post(PAGE, FORM | wrong).status_code == 422
    assert cut_points.find_cut_points() is None
    assert not AuditEntry.objects.filter(action="rfm.changed").exists()


def test_a_store_manager_is_refused_and_sees_no_way_there(signed: Signed) -> None:
    client: Client = signed("store_manager", store=1)
    assert client.post(PAGE, FORM).status_code == 403
    assert PAGE.encode() not in client.get("/insight/rfm/").content
    manager = Viewer(label="Ben", rights=rights_of("store_manager", stores=frozenset({1})))
    with pytest.raises(ForbiddenError):
        cut_points.set_cut_points(OWN, viewer=manager, now=NOW)
    assert cut_points.find_cut_points() is None
