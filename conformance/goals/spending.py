"""G1 and G3: what can be spent once is spent once, however many ask at the same moment."""

from __future__ import annotations

from collections import Counter

from django.db.models import Sum

from conformance.goals.asking import Call, Line, at_once, ends_of, is_open
from conformance.goals.results import Result, Run
from conformance.goals.shop import COUPON, FIRST, PRICE, Shop, handle
from conformance.shop import Answer
from regulars.loyalty.wallet.models import Account, Entry
from regulars.sales.models import Tender

_PART = 10  # points that each sale takes
_BURST = 30


def wallet_of_a_hundred(run: Run) -> Result:
    """G1: a wallet of 100 pays ten times 10, when a thousand sales ask for it at once."""
    shop, rounds, attempts = run.shop, run.pick(20, 2), run.pick(1_000, 120)
    result = Result({"rounds": rounds, "attempts a round": attempts, "in flight": 64, "points": 100, "each takes": _PART})
    ends: Counter[str] = Counter()
    exact = paid = taken = 0
    for number, member in enumerate(shop.members(rounds, points=100)):
        calls = [_paid_with_points(shop, f"G1-{number}-{attempt}", member) for attempt in range(attempts)]
        told = ends_of(at_once(shop.port, calls))
        ends.update(told)
        account = Account.objects.get(owner_id=member, unit__code="points.club")
        entries = Entry.objects.filter(account=account, amount__lt=0)
        exact += told.get("done") == 10 and account.balance == 0
        paid += entries.count()
        taken += entries.aggregate(sum=Sum("amount"))["sum"] or 0
    result.expect("rounds with exactly 10 paid and 0 left", exact, rounds)
    result.expect("ends", dict(ends), {"done": 10 * rounds, "insufficient_funds": (attempts - 10) * rounds})
    result.expect("entries that took points", paid, 10 * rounds)
    result.expect("sum of those entries", taken, -100 * rounds)
    receipts = Tender.objects.filter(kind="points", receipt__external_id__startswith=f"{FIRST}/1/G1-").count()
    result.expect("receipts paid with points", receipts, 10 * rounds)
    return result


def bursts(run: Run) -> Result:
    """G3: thirty requests whose last bytes arrive together, on one wallet, then on one coupon."""
    shop, times = run.shop, run.pick(200, 4)
    result = Result({"bursts on a wallet": times, "bursts on a coupon": times, "requests a burst": _BURST})
    lines = [Line(shop.port) for _ in range(_BURST)]
    wallets: Counter[int] = Counter()
    for number, member in enumerate(shop.members(times, points=7 * _PART)):
        calls = [_paid_with_points(shop, f"G3-{number}-{one}", member) for one in range(_BURST)]
        wallets[_done(_released_together(lines, calls))] += 1
    coupons: Counter[int] = Counter()
    _, codes = shop.coupons(times, code="G3")
    for number, code in enumerate(codes):
        calls = [_with_coupon(shop, f"G3C-{number}-{one}", code) for one in range(_BURST)]
        coupons[_done(_released_together(lines, calls))] += 1
    for line in lines:
        line.close()
    result.expect("over-spends", sum(wallets[n] for n in wallets if n > 7) + sum(coupons[n] for n in coupons if n > 1), 0)
    result.expect("sales that 70 points paid at 10 each", dict(wallets), {7: times})
    result.expect("sales that one coupon reduced", dict(coupons), {1: times})
    return result


def _released_together(lines: list[Line], calls: list[Call]) -> list[Answer]:
    """Send all but the last byte of each request, then all last bytes; return the final answers."""
    requests = [line.raw(call) for line, call in zip(lines, calls, strict=True)]
    for line, raw in zip(lines, requests, strict=True):
        line.send(raw[:-1])
    for line, raw in zip(lines, requests, strict=True):
        line.send(raw[-1:])
    first = [line.receive() for line in lines]
    return [line.insist(call) if is_open(answer) else answer for line, call, answer in zip(lines, calls, first, strict=True)]


def _done(answers: list[Answer]) -> int:
    return sum(answer.status == 201 for answer in answers)


def _paid_with_points(shop: Shop, number: str, member: int) -> Call:
    paid = [{"kind": "points", "amount": _PART}, {"kind": "cash", "amount": PRICE - _PART}]
    return Call.of(shop.keys[FIRST], "sales", shop.sale(number, member=handle(member), payments=paid))


def _with_coupon(shop: Shop, number: str, code: str) -> Call:
    return Call.of(shop.keys[FIRST], "sales", shop.sale(number, total=PRICE - COUPON, coupons=[code]))
