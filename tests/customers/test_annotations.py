"""Tags, notes and what a customer is known by: who said it, why, until when, and who may see it whole."""

from __future__ import annotations

from datetime import timedelta

import pytest

from regulars.core.errors import ForbiddenError, NotFoundError
from regulars.customers import selectors
from regulars.customers import services as customers
from regulars.customers.models import CustomerStore, CustomerTag, CustomField, Identifier, Note, Tag
from regulars.organization.models import AuditEntry
from tests.customers.factories import NOW, PHONE, SYSTEM, ana, store, tag, viewer

pytestmark = pytest.mark.django_db


def put(customer, which, viewer=SYSTEM, now=NOW, **options) -> CustomerTag:
    return customers.add_tag(customer.pk, which, reason="Said so", viewer=viewer, now=now, **options)


def test_a_tag_says_who_put_it_why_and_until_when() -> None:
    known, parent = ana(), tag("parent", lasts_days=365)
    held = put(known, parent)
    assert (held.reason, held.added_by, held.expires_at) == ("Said so", "system", NOW + timedelta(days=365))


def test_the_same_tag_again_stays_as_it_was() -> None:
    known, club = ana(), tag()
    assert put(known, club).pk == put(known, club, now=NOW + timedelta(days=1)).pk


def test_a_tag_that_ran_out_is_off_and_can_be_put_on_again() -> None:
    known, club = ana(), tag()
    put(known, club, expires_at=NOW + timedelta(days=1))
    later = NOW + timedelta(days=2)
    assert not selectors.list_tags([known.pk], now=later).exists()
    put(known, club, now=later)
    assert selectors.list_tags([known.pk], now=later).count() == 1
    assert CustomerTag.objects.exclude(removed_at=None).get().removed_by == "expiry"


def test_a_tag_taken_off_stays_in_the_history() -> None:
    known = ana()
    held = put(known, tag())
    customers.remove_tag(known.pk, held.pk, viewer=SYSTEM, now=NOW + timedelta(days=1))
    held.refresh_from_db()
    assert (held.removed_by, held.removed_at) == ("system", NOW + timedelta(days=1))
    assert not selectors.list_tags([known.pk], now=NOW + timedelta(days=1)).exists()


def test_a_rule_tag_is_neither_put_nor_taken_by_hand() -> None:
    known, loyal = ana(), tag("loyal", kind=Tag.Kind.RULE)
    with pytest.raises(customers.NotByHandError):
        put(known, loyal)
    held = CustomerTag.objects.create(customer=known, tag=loyal, reason="Rule 1", added_by="rule", added_at=NOW)
    with pytest.raises(customers.NotByHandError):
        customers.remove_tag(known.pk, held.pk, viewer=SYSTEM, now=NOW)
    held.refresh_from_db()
    assert held.removed_at is None


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_a_tag_needs_a_reason(reason: str) -> None:
    known = ana()
    with pytest.raises(customers.FieldError):
        customers.add_tag(known.pk, tag(), reason=reason, viewer=SYSTEM, now=NOW)
    assert CustomerTag.objects.count() == 0


def test_a_note_of_a_store_is_read_there_and_at_head_office_and_nowhere_else() -> None:
    here, there = store(), store()
    known = ana(home=here)
    CustomerStore.objects.create(customer=known, store=there, since=NOW)
    customers.add_note(known.pk, "Ours", viewer=viewer("associate", [here]), now=NOW)
    customers.add_note(known.pk, "For all", viewer=viewer("support"), now=NOW)

    def read(someone) -> set[str]:
        return set(selectors.list_notes(someone, [known.pk]).values_list("text", flat=True))

    assert read(viewer("associate", [here])) == {"Ours", "For all"}
    assert read(viewer("associate", [there])) == {"For all"}
    assert read(viewer("support")) == {"Ours", "For all"}


def test_a_foreign_note_cannot_be_taken_away() -> None:
    here, there = store(), store()
    known = ana(home=here)
    CustomerStore.objects.create(customer=known, store=there, since=NOW)
    note = customers.add_note(known.pk, "Ours", viewer=viewer("associate", [here]), now=NOW)
    with pytest.raises(NotFoundError):
        customers.remove_note(known.pk, note.pk, viewer=viewer("associate", [there]), now=NOW)
    assert Note.objects.get().removed_at is None


def test_an_identifier_is_added_once_and_ended_with_its_history() -> None:
    known = ana()
    given = customers.Given("card", "88 0012 34", "north")
    held = customers.add_identifier(known.pk, given, viewer=SYSTEM, now=NOW)
    assert customers.add_identifier(known.pk, given, viewer=SYSTEM, now=NOW + timedelta(days=1)).pk == held.pk
    customers.end_identifier(known.pk, held.pk, viewer=SYSTEM, now=NOW + timedelta(days=2))
    held.refresh_from_db()
    assert held.valid_to == NOW + timedelta(days=2)
    assert AuditEntry.objects.filter(action="customer.identifier_added").count() == 1


def test_a_phone_is_shown_whole_to_whom_the_matrix_shows_it_and_the_trail_tells_of_it() -> None:
    known = ana()
    held = known.identifiers.get(kind="phone")
    assert customers.show_identifier(known.pk, held.pk, viewer=viewer("support"), now=NOW) == PHONE
    entry = AuditEntry.objects.get(action="customer.contact_shown")
    assert PHONE not in str(entry.after)


@pytest.mark.parametrize("role", ["associate", "marketer"])
def test_a_masked_role_never_sees_a_phone_whole(role: str) -> None:
    here = store()
    known = ana(home=here, address="1 Main St")
    someone = viewer(role, [here] if role == "associate" else None)
    held = known.identifiers.get(kind="phone")
    with pytest.raises(ForbiddenError):
        customers.show_identifier(known.pk, held.pk, viewer=someone, now=NOW)
    with pytest.raises(ForbiddenError):
        customers.show_contact(known.pk, viewer=someone, now=NOW)
    assert not AuditEntry.objects.filter(action="customer.contact_shown").exists()


def test_an_identifier_of_somebody_else_looks_missing() -> None:
    known, other = ana(), customers.create_customer({"name": "Ben"}, viewer=SYSTEM, now=NOW)
    held = known.identifiers.get(kind="phone")
    with pytest.raises(NotFoundError):
        customers.end_identifier(other.pk, held.pk, viewer=SYSTEM, now=NOW)
    assert Identifier.objects.get(pk=held.pk).valid_to is None


def test_tags_and_fields_are_for_those_who_design_the_record() -> None:
    with pytest.raises(ForbiddenError):
        customers.save_tag(name="wine club", viewer=viewer("associate", [store()]), now=NOW)
    with pytest.raises(ForbiddenError):
        customers.save_field(label="Shoe size", type="number", viewer=viewer("support"), now=NOW)
    assert not Tag.objects.exists()
    assert not CustomField.objects.exists()


def test_a_tag_that_somebody_carried_and_a_field_with_a_value_stay() -> None:
    known, club = ana(), tag()
    field = customers.save_field(label="Shoe size", type="number", viewer=SYSTEM, now=NOW)
    put(known, club)
    customers.edit_profile(known.pk, {"custom": {"shoe_size": "38"}}, viewer=SYSTEM, now=NOW)
    with pytest.raises(customers.InUseError):
        customers.delete_tag(club.pk, viewer=SYSTEM, now=NOW)
    with pytest.raises(customers.InUseError):
        customers.delete_field(field.pk, viewer=SYSTEM, now=NOW)
    assert (Tag.objects.count(), CustomField.objects.count()) == (1, 1)


def test_the_kind_of_a_field_never_changes() -> None:
    field = customers.save_field(label="Shoe size", type="number", viewer=SYSTEM, now=NOW)
    with pytest.raises(customers.FieldError):
        customers.save_field(label="Shoe size", type="text", field_id=field.pk, viewer=SYSTEM, now=NOW)
    field.refresh_from_db()
    assert field.type == "number"


def test_names_are_given_once() -> None:
    customers.save_tag(name="wine club", viewer=SYSTEM, now=NOW)
    customers.save_field(label="Shoe size", type="number", viewer=SYSTEM, now=NOW)
    with pytest.raises(customers.NameTakenError):
        customers.save_tag(name="wine club", viewer=SYSTEM, now=NOW)
    with pytest.raises(customers.NameTakenError):
        customers.save_field(label="Shoe size", type="text", viewer=SYSTEM, now=NOW)
