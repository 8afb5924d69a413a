"""Lines become receipts that add up; what does not add up is named and its receipt left out, all others stay in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.sales.normalize import DISCOUNTS, TENDERS, Normalized, normalize
from tests.sales.factories import line, table


def normal(*rows: dict[str, Any], discounts: list[dict[str, Any]] | None = None, tenders: Any = None) -> Normalized:
    return normalize(
        table(rows),
        discounts=pa.Table.from_pylist(discounts, DISCOUNTS) if discounts else None,
        tenders=pa.Table.from_pylist(tenders, TENDERS) if tenders else None,
    )


def amounts(made: Normalized) -> dict[str, int]:
    (receipt,) = made.receipts.to_pylist()
    return {key: receipt[f"{key}_amount"] for key in ("gross", "discount", "net", "paid")}


def digest(*rows: dict[str, Any], **parts: Any) -> str:
    made = normal(*rows, **parts)
    assert not made.problems
    return str(made.receipts["digest"][0])


def codes(made: Normalized) -> list[tuple[int | None, str]]:
    return [(problem.row, problem.code) for problem in made.problems]


def test_a_discount_that_a_supplier_refunds_stays_in_the_net() -> None:
    made = normal(line(gross_amount=1000, discount_loyalty_price=200, discount_coupon=100))
    assert amounts(made) == {"gross": 1000, "discount": 300, "net": 800, "paid": 700}
    assert [row["funded_by"] for row in made.discounts.to_pylist()] == ["supplier", "retailer"]


@pytest.mark.parametrize("given_as", [{"gross_amount": 1000}, {"net_amount": 800}, {"paid_amount": 700}])
def test_any_one_amount_gives_the_others(given_as: dict[str, int]) -> None:
    discounts = {"discount_loyalty_price": 200, "discount_coupon": 100}
    made = normal(line() | {"gross_amount": None} | given_as | discounts)
    assert amounts(made) == {"gross": 1000, "discount": 300, "net": 800, "paid": 700}


def test_a_coupon_is_refunded_by_the_supplier_however_it_is_written() -> None:
    wide = normal(line(discount_coupon=100))
    long = normal(line(line_no=1), discounts=[{"receipt_id": "1001", "line_no": 1, "kind": "coupon", "amount": 100}])
    assert amounts(wide) == amounts(long) == {"gross": 1000, "discount": 100, "net": 1000, "paid": 900}


def test_the_lines_of_a_return_become_negative_whatever_sign_they_had() -> None:
    for sign in (1, -1):
        made = normal(line(kind="return", gross_amount=sign * 1000, quantity_milli=sign * 2000, discount_loyalty_price=100))
        assert amounts(made) == {"gross": -1000, "discount": -100, "net": -900, "paid": -900}
        assert made.lines["quantity_milli"].to_pylist() == [-2000]
        assert made.tenders["amount"].to_pylist() == [-900]


def test_a_receipt_with_a_fault_leaves_the_others_in() -> None:
    made = normal(line("1", product=""), line("1"), line("2"))
    assert codes(made) == [(1, "required")]
    assert made.receipts["receipt_id"].to_pylist() == ["2"]


def test_a_line_without_a_receipt_number_leaves_the_others_in() -> None:
    for missing in (None, ""):
        made = normal(line(missing), line("2"))
        assert codes(made) == [(1, "required")]
        assert made.receipts["receipt_id"].to_pylist() == ["2"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"store": None}, "required"),
        ({"product": ""}, "required"),
        ({"sold_at": None}, "required"),
        ({"kind": "gift"}, "choice.unknown"),
        ({"channel": "pigeon"}, "choice.unknown"),
        ({"gross_amount": None}, "amount.missing"),
        ({"gross_amount": 1000, "paid_amount": 999}, "amount.mismatch"),
        ({"gross_amount": 2**60}, "amount.range"),
        ({"gross_amount": 2**63 - 1, "discount_coupon": 2**63 - 1}, "amount.range"),
        ({"gross_amount": -(2**63)}, "amount.range"),
        ({"quantity_milli": 2**62}, "amount.range"),
        ({"kind": "return", "quantity_milli": -(2**63)}, "amount.range"),
        ({"discount_coupon": -1}, "amount.sign"),
        ({"line_no": 0}, "line.number"),
        ({"line_no": -3}, "line.number"),
        ({"receipt_id": "9" * 121}, "text.too_long"),
        ({"till": "T" * 41}, "text.too_long"),
        ({"cashier": "C" * 81}, "text.too_long"),
        ({"product": "P" * 65}, "text.too_long"),
        ({"customer": "C" * 201}, "text.too_long"),
        ({"customer_namespace": "C" * 65}, "text.too_long"),
        ({"original_receipt_id": "9" * 121}, "text.too_long"),
        ({"product": "MI\0LK"}, "text.unreadable"),
        ({"receipt_id": "10\0"}, "text.unreadable"),
        ({"tender": "ca\0sh"}, "text.unreadable"),
    ],
)
def test_a_fault_is_named_with_its_row(wrong: dict[str, Any], code: str) -> None:
    made = normal(line("good"), line(**wrong))
    assert (2, code) in codes(made)
    assert made.receipts["receipt_id"].to_pylist() == ["good"]


def test_lines_that_add_up_to_more_than_can_be_kept_are_refused() -> None:
    made = normal(*(line(gross_amount=2**52) for _ in range(3)))
    assert codes(made) == [(1, "amount.range")]


@pytest.mark.parametrize("field", ["store", "sold_at_local", "till", "cashier", "channel", "customer", "currency", "tender"])
def test_lines_that_disagree_about_the_head_are_refused(field: str) -> None:
    others: dict[str, Any] = {"sold_at_local": datetime(2026, 1, 1), "channel": "online", "tender": "cash"}  # noqa: DTZ001
    made = normal(line(), line(**{field: others.get(field, "other")}))
    assert codes(made) == [(2, "receipt.inconsistent")]


def test_a_line_number_twice_is_refused() -> None:
    assert codes(normal(line(line_no=1), line(line_no=1))) == [(2, "line.duplicate")]


def discount(**values: Any) -> dict[str, Any]:
    return {"receipt_id": "1001", "line_no": 1, "kind": "promotion", "amount": 100} | values


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"kind": "luck"}, "choice.unknown"),
        ({"kind": None}, "choice.unknown"),
        ({"funded_by": "nobody"}, "choice.unknown"),
        ({"amount": None}, "amount.missing"),
        ({"amount": -100}, "amount.sign"),
        ({"amount": 2**63 - 1}, "amount.range"),
        ({"line_no": 7}, "line.unknown"),
        ({"line_no": None}, "line.unknown"),
        ({"reference": "R" * 121}, "text.too_long"),
        ({"reference": "R\0"}, "text.unreadable"),
    ],
)
def test_a_faulty_discount_takes_its_receipt_out(wrong: dict[str, Any], code: str) -> None:
    made = normal(line(line_no=1), line("2", line_no=1), discounts=[discount(**wrong)])
    assert (1, code) in codes(made)
    assert made.receipts["receipt_id"].to_pylist() == ["2"]


def test_a_discount_or_tender_of_no_receipt_is_told() -> None:
    made = normal(
        line(line_no=1), discounts=[discount(receipt_id="lost")], tenders=[{"receipt_id": "lost", "kind": "cash", "amount": 1}]
    )
    assert codes(made) == [(None, "receipt.unknown"), (None, "receipt.unknown")]
    assert made.receipts["receipt_id"].to_pylist() == ["1001"]


def tender(**values: Any) -> dict[str, Any]:
    return {"receipt_id": "1001", "kind": "cash", "amount": 1000} | values


@pytest.mark.parametrize(
    ("tenders", "code"),
    [
        ([tender(amount=999)], "tender.mismatch"),
        ([tender(amount=None)], "amount.missing"),
        ([tender(amount=2**63 - 1), tender(amount=1001 - 2**63)], "amount.range"),
        ([tender(kind=None)], "choice.unknown"),
        ([tender(kind="shells")], "choice.unknown"),
        ([tender(reference="R" * 121)], "text.too_long"),
    ],
)
def test_faulty_tenders_take_their_receipt_out(tenders: list[dict[str, Any]], code: str) -> None:
    made = normal(line(), line("2"), tenders=tenders)
    assert (1, code) in codes(made)
    assert made.receipts["receipt_id"].to_pylist() == ["2"]


def test_several_tenders_pay_a_receipt_together() -> None:
    made = normal(line(), tenders=[tender(amount=400, reference="A"), tender(kind="card", amount=600)])
    assert [(row["tender_no"], row["kind"], row["amount"]) for row in made.tenders.to_pylist()] == [
        (1, "card", 600), (2, "cash", 400),
    ]  # fmt: skip


def test_the_digest_does_not_hang_on_the_order_of_discounts_and_tenders() -> None:
    discounts = [discount(reference=name) for name in "ABC"]
    tenders = [tender(amount=350, reference="X"), tender(amount=350, reference="Y")]
    said = digest(line(line_no=1), discounts=discounts, tenders=tenders)
    assert said == digest(line(line_no=1), discounts=discounts[::-1], tenders=tenders[::-1])


def test_the_digest_does_not_hang_on_the_order_of_numbered_lines() -> None:
    lines = [line(line_no=number, product=f"P{number}") for number in (1, 2, 3)]
    assert digest(*lines) == digest(*lines[::-1])


CONTENT: dict[str, Any] = {
    "kind": "return", "store": "S1", "till": "7", "cashier": "Ben", "channel": "online", "customer_kind": "card",
    "customer_namespace": "club", "customer": "88", "currency": "USD", "tender": "card", "product": "BREAD",
    "quantity_milli": 2000, "gross_amount": 999, "original_receipt_id": "7", "original_line_no": 2, "line_no": 4,
}  # fmt: skip


@pytest.mark.parametrize("field", CONTENT)
def test_any_change_of_content_changes_the_digest(field: str) -> None:
    assert digest(line()) != digest(line(**{field: CONTENT[field]}))


def test_a_text_does_not_read_alike_in_another_field() -> None:
    fields = ("till", "cashier", "customer_kind", "customer_namespace", "customer", "currency", "original_receipt_id")
    digests = [digest(line(**{field: "A"})) for field in fields] + [
        digest(line(till="A|B")),
        digest(line(till="A", cashier="B")),
    ]
    assert len(set(digests)) == len(digests)
    assert digest(line(product="A:B")) != digest(line(product="A"))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["1", "2", "3"]), st.integers(0, 10_000), st.integers(0, 500), st.integers(0, 500), st.booleans()
        ),
        min_size=1,
        max_size=12,
    )
)
def test_every_receipt_is_the_sum_of_its_lines_and_is_paid_exactly(rows: list[tuple[str, int, int, int, bool]]) -> None:
    kinds = {"1": "sale", "2": "return", "3": "sale"}
    made = normal(*(
        line(number, kind=kinds[number], **{"gross_amount" if by_gross else "paid_amount": amount},
             **({} if by_gross else {"gross_amount": None}), discount_coupon=coupon, discount_loyalty_price=price)
        for number, amount, coupon, price, by_gross in rows
    ))  # fmt: skip
    assert not made.problems
    lines, tenders, discounts = made.lines.to_pylist(), made.tenders.to_pylist(), made.discounts.to_pylist()
    for receipt in made.receipts.to_pylist():
        mine = [each for each in lines if each["receipt_id"] == receipt["receipt_id"]]
        for amount in ("gross_amount", "discount_amount", "net_amount", "paid_amount"):
            assert receipt[amount] == sum(each[amount] for each in mine)
        assert receipt["paid_amount"] == receipt["gross_amount"] - receipt["discount_amount"]
        assert receipt["paid_amount"] == sum(each["amount"] for each in tenders if each["receipt_id"] == receipt["receipt_id"])
        refunded = sum(
            each["amount"] for each in discounts
            if each["receipt_id"] == receipt["receipt_id"] and each["funded_by"] != "retailer"
        )  # fmt: skip
        assert receipt["net_amount"] == receipt["paid_amount"] + refunded
