"""Money is whole minor units, read without rounding and split without loss."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.core import money


@given(st.integers(-(10**15), 10**15), st.lists(st.integers(0, 10**9), min_size=1, max_size=50).filter(any))
def test_shares_add_up_and_none_is_off_by_more_than_one_unit(amount: int, weights: list[int]) -> None:
    shares = money.split_by_largest_remainder(amount, weights)
    assert sum(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - amount * weight) < sum(weights)


@given(st.integers(-(2**62) + 1, 2**62 - 1), st.sampled_from(["CNY", "JPY", "KWD"]))
def test_an_amount_survives_being_written_and_read(amount: int, currency: str) -> None:
    assert money.to_minor(str(money.to_decimal(amount, currency)), currency) == amount


@pytest.mark.parametrize("text", ["", "ten", "1,234.56", "NaN", "Infinity", "1e400", "￥10", "9" * 30])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(money.AmountError):
        money.to_minor(text, "CNY")


def test_nothing_is_rounded_away() -> None:
    with pytest.raises(money.AmountPrecisionError):
        money.to_minor("10.005", "CNY")
    with pytest.raises(money.AmountPrecisionError):
        money.to_minor("10.5", "JPY")
