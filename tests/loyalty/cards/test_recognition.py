"""Who stands before the till: by code, number with PIN, or rotating code; guessing leads nowhere (P40, F54, T-3)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import transaction

from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import Card, Guesses, PassUse
from regulars.loyalty.cards.rules import links, numbers, rotating
from regulars.loyalty.checkout import database
from regulars.loyalty.wallet.commands import Owner, OwnerKind
from regulars.organization.access import Viewer
from regulars.organization.models import Store
from tests.loyalty.cards import factories as make
from tests.loyalty.cards.factories import NOW, SYSTEM
from tests.organization.factories import viewer

pytestmark = pytest.mark.django_db
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)


def till(number: int = 1) -> Viewer:
    return viewer("pos", key_id=number)


def ask(text: str, *, by: Viewer | None = None, now: datetime = NOW, **values: str) -> cards.Recognized:
    return cards.recognize(text, viewer=by or till(), now=now, **values)


def test_a_code_lets_its_bearer_pay_and_a_number_only_names(here: Store) -> None:
    secret = make.stocked(here, make.card_type(has_pin=True))[0]
    card = make.activate(secret, here)
    by_code = ask(f"{secret.code[:8].lower()} {secret.code[8:]}")
    assert (by_code.owner, by_code.may_pay) == (Owner(OwnerKind.CARD, card.pk), True)
    assert not ask(secret.number).may_pay
    assert ask(secret.number, pin=secret.pin).may_pay


def test_unsold_unknown_and_mistyped_codes_get_the_same_answer(here: Store) -> None:
    secret = make.stocked(here, make.card_type())[0]
    answers = set()
    for text in (secret.code, secret.number, numbers.new_code(), "8601", "hello", rotating.PREFIX + "A" * 122):
        with pytest.raises(cards.CodeUnknownError) as refused:
            ask(text)
        answers.add((refused.value.code, refused.value.message, tuple(refused.value.place)))
    assert len(answers) == 1


def test_after_twenty_failures_nothing_is_answered_for_an_hour(here: Store) -> None:
    secret = make.stocked(here, make.card_type())[0]
    make.activate(secret, here)
    for _ in range(20):
        with pytest.raises(cards.CodeUnknownError):
            ask(numbers.new_code())
    with pytest.raises(cards.TooManyGuessesError):
        ask(secret.code)
    assert ask(secret.code, by=till(2)).may_pay
    assert ask(secret.code, now=NOW + timedelta(hours=1, seconds=1)).may_pay
    assert cards.forget_guesses(now=NOW + timedelta(hours=2)) == 1
    assert not Guesses.objects.exists()


def test_a_failure_outlives_the_transaction_that_it_ended(here: Store) -> None:
    refusals = []
    for _ in range(20):
        with pytest.raises(cards.CodeUnknownError) as refused, transaction.atomic():
            ask(numbers.new_code())
        refusals.append(refused.value)
    assert not Guesses.objects.exists()
    with pytest.raises(cards.CodeUnknownError):
        database.in_transaction(lambda: ask(numbers.new_code()))  # as tills' messages come in
    assert Guesses.objects.get().failures == 1
    for refusal in refusals[1:]:
        cards.remember_failure(refusal)
    with pytest.raises(cards.TooManyGuessesError):
        ask(numbers.new_code())


def test_many_tills_together_cannot_try_one_cards_pins(here: Store) -> None:
    secret = make.stocked(here, make.card_type(has_pin=True))[0]
    make.activate(secret, here)
    for number in range(20):
        with pytest.raises(cards.CodeUnknownError):
            ask(secret.number, pin="wrong", by=till(number))
    with pytest.raises(cards.TooManyGuessesError):
        ask(secret.number, pin=secret.pin, by=till(99))


def test_a_frozen_card_is_known_and_pays_nothing(here: Store) -> None:
    secret = make.stocked(here, make.card_type())[0]
    card = make.activate(secret, here)
    cards.freeze(card.pk, reason="x", viewer=SYSTEM, now=NOW)
    found = ask(secret.code)
    assert (found.may_pay, [reason.code for reason in found.reasons]) == (False, ["not_active"])
    assert Card.objects.get(pk=card.pk).state == "frozen"


def test_a_rotating_code_names_the_member_for_a_moment() -> None:
    ana = make.member()
    (code,) = cards.codes_of(cards.pass_of(ana.pk, now=NOW), now=NOW)
    assert ask(code) == cards.Recognized(Owner(OwnerKind.CUSTOMER, ana.pk), ana.pk, None, may_pay=True)
    assert ask(code.lower(), now=NOW + timedelta(seconds=59)).customer_id == ana.pk
    assert ask(code, now=NOW - timedelta(seconds=30)).customer_id == ana.pk
    for moment in (NOW + timedelta(seconds=60), NOW - timedelta(seconds=31)):
        with pytest.raises(cards.CodeUnknownError):
            ask(code, now=moment)


def test_a_screenshot_is_refused_once_the_code_was_used() -> None:
    (code,) = cards.codes_of(cards.pass_of(make.member().pk, now=NOW), now=NOW)
    ask(code, used_for="till 7 / sale 1")
    ask(code, used_for="till 7 / sale 1")  # the till asks again
    with pytest.raises(cards.CodeUnknownError):
        ask(code, used_for="till 8 / sale 1")
    assert cards.forget_uses(now=NOW + timedelta(minutes=59)) == 0
    assert cards.forget_uses(now=NOW + timedelta(minutes=61)) == 1
    assert not PassUse.objects.exists()


def test_a_till_checks_codes_with_the_public_key_alone() -> None:
    codes = cards.codes_of(cards.pass_of(make.member().pk, now=NOW), now=NOW, steps=3)
    key = Ed25519PublicKey.from_public_bytes(cards.public_key())
    shown = [rotating.read(key, code) for code in codes]
    assert [each.step - rotating.step_at(NOW) for each in shown if each] == [0, 1, 2]
    forged = rotating.make(KEY, pass_id=shown[0].pass_id if shown[0] else 0, step=rotating.step_at(NOW))
    assert rotating.read(key, forged) is None


def test_ending_the_pass_ends_its_codes_and_links() -> None:
    ana = make.member()
    member = cards.pass_of(ana.pk, now=NOW)
    (code,) = cards.codes_of(member, now=NOW)
    token = cards.link_token(member, today=NOW.date())
    assert cards.find_by_link(token, today=NOW.date()) == member
    assert cards.end_pass(ana.pk, viewer=SYSTEM, now=NOW) == 1
    with pytest.raises(cards.CodeUnknownError):
        ask(code)
    assert cards.find_by_link(token, today=NOW.date()) is None
    assert cards.pass_of(ana.pk, now=NOW) != member


def test_a_link_cannot_be_forged_or_outlive_its_day() -> None:
    today = date(2026, 11, 20)
    token = links.make(b"k" * 32, pass_id=5, until=today)
    assert links.read(b"k" * 32, token, today=today) == 5
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), token[1:], token + "A", "é" * 35, ""):
        assert links.read(b"k" * 32, wrong, today=today) is None
    assert links.read(b"x" * 32, token, today=today) is None
