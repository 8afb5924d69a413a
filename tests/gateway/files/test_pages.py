"""The import pages, clicked through from the empty list to the undo, and closed to whom they do not concern."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from regulars.customers.models import Customer
from regulars.gateway import tasks, urls
from regulars.gateway.models import ImportBatch
from regulars.organization.models import Store
from tests.organization.factories import person

GOOD = "手机号,姓名,爱好\n13800138000,张敏,tea\n13800138001,=HYPERLINK(1),x\n1.23457E+11,Ben,x\n"


def signed_in(role: str, **place: object) -> Client:
    client = Client()
    client.force_login(person(role, **place))
    return client


@pytest.fixture
def marketer() -> Client:
    return signed_in("marketer")


def upload(client: Client, content: str = GOOD, name: str = "members.csv", **data: str) -> ImportBatch:
    file = SimpleUploadedFile(name, content.encode())
    answer = client.post(reverse("gateway:new_import"), {"file": file, "kind": "", "source": "file", **data})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return ImportBatch.objects.latest("pk")


def columns(batch: ImportBatch, *keys: str) -> dict[str, str]:
    return {f"column-{index}": key for index, key in enumerate(keys)}


def test_the_empty_list_explains_itself_and_offers_samples(marketer: Client) -> None:
    page = marketer.get("/imports/").content.decode()
    assert "Nothing has been imported yet" in page
    for kind in ("customers", "receipts", "returns", "products", "stores"):
        sample = marketer.get(f"/imports/samples/{kind}.csv")
        assert sample.status_code == 200
        assert b"".join(sample).decode().count("\r\n") == 2


def test_a_file_goes_from_upload_to_undo(marketer: Client) -> None:
    batch = upload(marketer)
    page = marketer.get(f"/imports/{batch.pk}/").content.decode()
    assert "张敏" in page
    assert '<option value="phone" selected>' in page
    assert '<option value="" selected>' in page
    answer = marketer.post(f"/imports/{batch.pk}/columns/", columns(batch, "phone", "name", ""))
    assert answer.status_code == 302
    assert "You can leave this page" in marketer.get(f"/imports/{batch.pk}/").content.decode()
    tasks.check_import(batch_id=batch.pk)
    assert marketer.get(f"/imports/{batch.pk}/progress/")["HX-Refresh"] == "true"
    assert Customer.objects.count() == 0
    page = marketer.get(f"/imports/{batch.pk}/").content.decode()
    assert "Import now" in page
    assert "A spreadsheet has shortened this number" in page
    marketer.post(f"/imports/{batch.pk}/runs/")
    tasks.run_import(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.created, batch.rejected, Customer.objects.count()) == ("done", 2, 1, 2)
    assert "Undo import" in marketer.get(f"/imports/{batch.pk}/").content.decode()
    assert "members.csv" in marketer.get("/imports/").content.decode()
    rejects = b"".join(marketer.get(f"/imports/{batch.pk}/rejects.csv")).decode()
    assert "cell.number_format" in rejects
    assert "手机号" in rejects
    marketer.post(f"/imports/{batch.pk}/undo/")
    batch.refresh_from_db()
    assert (batch.state, Customer.objects.count()) == ("undone", 0)
    assert "was taken back" in marketer.get(f"/imports/{batch.pk}/").content.decode()


def test_names_that_look_like_formulas_are_stored_as_they_are_and_escaped_on_the_way_out(marketer: Client) -> None:
    batch = upload(marketer, "phone,name\n13800138000,=HYPERLINK(1)\n=1+1,x\n")
    marketer.post(f"/imports/{batch.pk}/columns/", columns(batch, "phone", "name"))
    tasks.check_import(batch_id=batch.pk)
    marketer.post(f"/imports/{batch.pk}/runs/")
    tasks.run_import(batch_id=batch.pk)
    assert Customer.objects.get().name == "=HYPERLINK(1)"
    rejects = b"".join(marketer.get(f"/imports/{batch.pk}/rejects.csv")).decode()
    assert all(not cell.startswith(("=", "+", "@")) for line in rejects.splitlines() for cell in line.split(","))


def test_a_refused_file_is_explained_in_place(marketer: Client) -> None:
    file = SimpleUploadedFile("bad.csv", b"phone,phone\n1,2\n")
    answer = marketer.post(reverse("gateway:new_import"), {"file": file, "kind": "customers", "source": "file"})
    assert answer.status_code == 422
    assert "Two columns have the same name" in answer.content.decode()
    assert "csv.header_duplicate" in answer.content.decode()
    assert "Refused" in marketer.get(f"/imports/{ImportBatch.objects.get().pk}/").content.decode()


def test_a_doubt_about_dates_is_asked_and_can_be_settled(marketer: Client) -> None:
    batch = upload(marketer, "phone,birthday\n13800138000,03/04/1985\n")
    given = columns(batch, "phone", "birth_date")
    marketer.post(f"/imports/{batch.pk}/columns/", given)
    tasks.check_import(batch_id=batch.pk)
    assert "can be read in several ways" in marketer.get(f"/imports/{batch.pk}/").content.decode()
    marketer.post(f"/imports/{batch.pk}/columns/", {**given, "date_order": "dmy"})
    tasks.check_import(batch_id=batch.pk)
    assert "Import now" in marketer.get(f"/imports/{batch.pk}/").content.decode()


def test_a_needed_column_that_is_missing_is_named(marketer: Client) -> None:
    batch = upload(marketer, "name,city\nAna,Lima\n")
    assert batch.kind == ""
    marketer.post(f"/imports/{batch.pk}/kind/", {"kind": "customers"})
    answer = marketer.post(f"/imports/{batch.pk}/columns/", columns(batch, "name", "city"))
    assert "Phone or E-mail or Member card" in answer.content.decode()
    assert ImportBatch.objects.get().step == ""


def test_the_columns_of_a_known_header_are_remembered(marketer: Client) -> None:
    batch = upload(marketer, "tel,whatever\n13800138000,Ana\n", kind="customers")
    marketer.post(f"/imports/{batch.pk}/columns/", columns(batch, "phone", "name"))
    again = upload(marketer, "tel,whatever\n13800138001,Ben\n", kind="customers")
    assert again.columns == {"phone": "tel", "name": "whatever"}
    assert "remembered" in marketer.get(f"/imports/{again.pk}/").content.decode()


def test_a_file_of_another_store_looks_missing_on_every_address() -> None:
    mine, other = Store.objects.get(code="SH-1"), Store.objects.get(code="BJ-1")
    batch = upload(signed_in("store_manager", store=mine), store=str(mine.pk))
    stranger = signed_in("store_manager", store=other)
    assert "members.csv" not in stranger.get("/imports/").content.decode()
    for path in ("", "progress/", "rejects.csv"):
        assert stranger.get(f"/imports/{batch.pk}/{path}").status_code == 404
    for path in ("kind/", "columns/", "runs/", "undo/", "removal/"):
        assert stranger.post(f"/imports/{batch.pk}/{path}", {"kind": "customers"}).status_code == 404
    assert ImportBatch.objects.filter(pk=batch.pk, state="uploaded").exists()


def test_a_store_manager_cannot_take_a_file_in_for_another_store() -> None:
    mine, other = Store.objects.get(code="SH-1"), Store.objects.get(code="BJ-1")
    file = SimpleUploadedFile("members.csv", GOOD.encode())
    client = signed_in("store_manager", store=mine)
    answer = client.post(reverse("gateway:new_import"), {"file": file, "source": "file", "store": str(other.pk)})
    assert answer.status_code == 422
    assert not ImportBatch.objects.exists()


def test_whoever_loses_the_right_meanwhile_imports_nothing(marketer: Client) -> None:
    batch = upload(marketer)
    marketer.post(f"/imports/{batch.pk}/columns/", columns(batch, "phone", "name", ""))
    batch.refresh_from_db()
    batch.person.grants.all().delete()
    tasks.check_import(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.error_code, batch.step, Customer.objects.count()) == ("forbidden", "", 0)


def test_every_import_address_names_the_right_it_needs() -> None:
    own = [one for one in urls.urlpatterns if str(one.pattern).startswith("imports")]
    assert own
    assert all(one.callback.required_actions == ("import.run",) for one in own)


def test_pages_need_few_queries(marketer: Client, django_assert_max_num_queries: object) -> None:
    batch = upload(marketer)
    for path in ("/imports/", "/imports/new/", f"/imports/{batch.pk}/"):
        with django_assert_max_num_queries(30):  # type: ignore[operator]
            assert marketer.get(path).status_code == 200
