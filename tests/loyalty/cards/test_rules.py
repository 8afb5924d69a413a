"""Numbers, codes, bonus, refunds, order of use, revenue: decided without a database."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from regulars.loyalty.cards import steps, wording
from regulars.loyalty.cards.models import Movement, State
from regulars.loyalty.cards.rules import numbers, spending, top_ups
from regulars.loyalty.cards.rules.law import Reason

ORDERS = st.sampled_from(["bonus_first", "principal_first", "in_proportion"])
AMOUNTS = st.integers(0, 10**9)


@given(st.integers(0, 10**10 - 1), st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_never_makes_a_number(serial: int, place: int, by: int) -> None:
    number = numbers.number_of("8600", serial, serial_digits=10)
    place %= len(number)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert numbers.is_number(number)
    assert not numbers.is_number(wrong)


@given(st.integers(0, 16), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_sign_never_makes_a_code(place: int, sign: str) -> None:
    code = numbers.new_code()
    wrong = code[:place] + sign + code[place + 1 :]
    assert numbers.read_code(f"{code[:4]}-{code[4:].lower()}") == code
    assert numbers.read_code(wrong) == (code if wrong == code else "")


@given(AMOUNTS, AMOUNTS, AMOUNTS, ORDERS)
def test_a_payment_is_split_without_loss_and_never_beyond_what_is_there(
    amount: int, principal: int, bonus: int, order: str
) -> None:
    from_principal, from_bonus = spending.split(amount, principal=principal, bonus=bonus, order=order)
    assert 0 <= from_principal <= principal
    assert 0 <= from_bonus <= bonus
    assert from_principal + from_bonus == min(amount, principal + bonus)


@given(st.integers(1, 50), AMOUNTS, st.data())
def test_all_uses_together_earn_exactly_the_price(total: int, price: int, data: st.DataObject) -> None:
    used, earned = 0, 0
    while used < total:
        uses = data.draw(st.integers(1, total - used))
        part = spending.revenue(spending.Bought(total, price), used_before=used, uses=uses)
        assert part >= 0
        earned, used = earned + part, used + uses
    assert earned == price


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_a_refund_never_pays_bonus_out(principal_left: int, given_bonus: int, left: int) -> None:
    bonus_left = min(left, given_bonus)
    paid = top_ups.refund(principal_left=principal_left, bonus_given=given_bonus, bonus_left=bonus_left)
    assert paid.paid_out + paid.bonus_charged == principal_left
    assert paid.bonus_charged + paid.bonus_waived + paid.bonus_taken == given_bonus
    assert min(paid.paid_out, paid.bonus_waived) == 0


def test_the_best_offer_counts_whole_times_only() -> None:
    each = top_ups.Offer(1, 100_00, 10_00, repeats=True)
    once = top_ups.Offer(2, 500_00, 60_00)
    assert [each.bonus_for(paid) for paid in (99_99, 100_00, 299_99)] == [0, 10_00, 20_00]
    assert top_ups.best([each, once], amount=500_00) == once
    assert top_ups.best([each, once], amount=700_00) == each
    assert top_ups.best([each, once], amount=99_99) is None


def test_every_act_has_its_steps_and_final_states_are_final() -> None:
    assert set(steps.STEPS) == set(Movement.Act)
    for begins, _ends in steps.STEPS.values():
        assert not begins & {State.REPLACED, State.VOID}


def test_every_reason_can_be_said() -> None:
    params = {"limit": 100000, "balance": 5, "currency": "CNY", "from": 500000, "company": True, "months": 36,
              "state": "frozen", "amount": 100}  # fmt: skip
    for code in wording.CODES:
        assert wording.sentence(Reason(code, params)).endswith(".")
