"""Reasons and offers in words, in both languages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from regulars.loyalty.offers import wording
from regulars.loyalty.offers.rules import Refusal
from tests.loyalty.offers.shop import EVERYTHING, live, of_category

NOT_WITH = Refusal("not_with", {"codes": ["A"], "titles": ["Autumn"], "worse_amount": 3_00})


@pytest.mark.parametrize(
    ("refusal", "english", "chinese"),
    [
        (NOT_WITH, "It does not go together with “Autumn”; the basket would cost $3.00 more.",
         "不能与“Autumn”同享；若使用，本单将多付US$3.00。"),
        (Refusal("below_amount", {"from_amount": 50_00, "missing_amount": 8_50}), "$8.50 are missing to reach $50.00.",
         "再买US$8.50即满US$50.00。"),
        (Refusal("below_quantity", {"missing_quantity": 1}), "1 more piece is needed.", "还差1件。"),
        (Refusal("no_gain", {"worse_amount": 2_00}), "Other offers save more: with it the basket would cost $2.00 more.",
         "其他优惠更划算：若使用，本单将多付US$2.00。"),
        (Refusal("ended", {"until": date(2026, 5, 31)}), "It ended on May 31, 2026.", "已于2026年5月31日结束。"),
        (Refusal("not_now", {"windows": [{"weekdays": ["fri", "sat"], "from_time": "17:00", "to_time": "19:00"}]}),
         "It holds only Friday, Saturday 17:00 to 19:00.", "仅限星期五、星期六17:00至19:00。"),
    ],
)  # fmt: skip
def test_a_cashier_reads_why(refusal: Refusal, english: str, chinese: str) -> None:
    with translation.override("en"):
        assert wording.refusal(refusal, currency="USD") == english
    with translation.override("zh-hans"):
        assert wording.refusal(refusal, currency="USD") == chinese


PLAIN = [
    "no_article", "incomplete", "currency", "not_here", "not_this_channel", "not_this_tier", "members_only", "condition",
    "unknown", "used_up", "used_up_person", "budget_spent", wording.UNUSABLE,
]  # fmt: skip


def test_every_reason_has_words_of_its_own_in_both_languages() -> None:
    said = set()
    for code in PLAIN:
        for language in ("en", "zh-hans"):
            with translation.override(language):
                said.add(wording.refusal(Refusal(code), currency="USD"))
    assert len(said) == 2 * len(PLAIN)


@pytest.mark.parametrize(
    ("kind", "body", "terms", "english", "chinese"),
    [
        ("percent", {"off_bp": 1_250}, {}, "12.50% off", "减12.50%"),
        ("amount", {"off_amount": 5_00, "items": of_category("Bakery")}, {}, "$5.00 off (Category has one of Bakery)",
         "减US$5.00（品类包含以下之一：Bakery）"),
        ("n_for_m", {"items": EVERYTHING, "take": 3, "pay": 2}, {}, "Take 3, pay for 2", "买3件付2件"),
        ("threshold", {"from_amount": 100_00, "off_amount": 10_00, "every": True}, {}, "$10.00 off for every $100.00",
         "每满US$100.00减US$10.00"),
        ("product", {"items": EVERYTHING, "buy": EVERYTHING, "buy_quantity": 2}, {}, "Buy 2 pieces, get 1 piece free",
         "买2件，得1件免费"),
        ("shipping", {}, {}, "Free delivery", "免运费"),
    ],
)  # fmt: skip
def test_an_offer_says_what_it_takes_off(kind: str, body: dict[str, Any], terms: Any, english: str, chinese: str) -> None:
    made = live(kind, terms=terms, **body).terms
    with translation.override("en"):
        assert wording.body(made) == english
    with translation.override("zh-hans"):
        assert wording.body(made) == chinese
