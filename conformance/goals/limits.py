"""G2: a limit holds across stores and the web, and a void gives the use back exactly once."""

from __future__ import annotations

import random
from typing import Any

from django.db.models import Sum

from conformance.goals.asking import Call, at_once, ends_of
from conformance.goals.results import Result, Run
from conformance.goals.shop import COUPON, FIRST, ONLINE, PRICE, SECOND, Shop, handle
from conformance.shop import Answer
from regulars.loyalty.offers.models import Allowance, Redemption

_VOIDS = 30
_AFTERWARDS = 60


def limited_offers(run: Run) -> Result:
    """Try a coupon with one use for each customer, then an offer with a hundred uses, each a thousand times."""
    attempts = run.pick(1_000, 120)
    result = Result({"attempts each": attempts, "from stores": attempts // 2, "from the web": attempts // 2, "in flight": 64})
    (member,) = run.shop.members(1, points=1)
    _try(run, result, "one per customer", uses=1, attempts=attempts, member=member, uses_per_person=1)
    uses = run.pick(100, 20)
    _try(run, result, f"{uses} for all", uses=uses, attempts=attempts, member=None, uses_max=uses)
    return result


def _try(run: Run, result: Result, name: str, *, uses: int, attempts: int, member: int | None, **terms: Any) -> None:
    shop, run_name = run.shop, f"G2-{uses}"
    offer, codes = shop.coupons(attempts + _AFTERWARDS, code=run_name, **terms)
    calls = [_sale(shop, f"{run_name}-{number}", number, code, member) for number, code in enumerate(codes)]
    first, rest = calls[:attempts], calls[attempts:]
    random.Random(2).shuffle(first)  # noqa: S311 - an order, no secrets
    answers = at_once(shop.port, first)
    result.expect(f"{name}: sales with the coupon", ends_of(answers).get("done", 0), uses)
    result.counted[f"{name}: ends"] = ends_of(answers)
    sold = next(call for call, answer in zip(first, answers, strict=True) if answer.status == 201)
    result.expect(f"{name}: voids that were done, of {_VOIDS} at once", _void_many_times(shop, sold), 1)
    again = ends_of(at_once(shop.port, rest)).get("done", 0)
    result.expect(f"{name}: sales after the void, of {_AFTERWARDS} at once", again, 1)
    result.expect(f"{name}: uses kept", Redemption.objects.filter(offer=offer, kind="use").count(), uses + 1)
    left = Redemption.objects.filter(offer=offer, kind="give_back").count()
    result.expect(f"{name}: uses given back", left, 1)
    if not member:  # one person's uses are counted elsewhere
        counted = Allowance.objects.filter(offer=offer, purpose="use").aggregate(sum=Sum("uses"))["sum"]
        result.expect(f"{name}: uses counted", counted, uses)


def _void_many_times(shop: Shop, sold: Call) -> int:
    """Void one sale under thirty numbers, each sent twice; return how many different ones were done."""
    sale = Answer(200, sold.body).json
    place = {"store": sale["store"], "till": sale["till"]}
    names = [f"{sale['number']}-V{number}" for number in range(_VOIDS)]
    calls = [Call.of(sold.key, "voids", shop.back(name, sale["number"], **place)) for name in names]
    answers = at_once(shop.port, calls * 2)
    return len({answer.body for answer in answers if answer.status == 201})


def _sale(shop: Shop, number: str, at: int, code: str, member: int | None) -> Call:
    """Return the attempt: every second one comes from the web, the others from two stores."""
    store = ONLINE if at % 2 else (FIRST, SECOND)[at // 2 % 2]
    source = "web" if store == ONLINE else "pos"
    said = shop.sale(number, store=store, total=PRICE - COUPON, coupons=[code])
    said |= {"channel": "online" if store == ONLINE else "store"}
    said |= {"member": handle(member, source=source)} if member else {}
    return Call.of(shop.keys[store], "sales", said)
