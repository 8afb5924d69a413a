"""The best lawful deal for a basket, with what each offer took off each line and why each other one was not used.

The one entry of the rules; for checkout's quotes and commits, the editor's preview and replay. The order in which candidates
are given changes nothing, nothing costs less than nothing, and line discounts add up to the offer's to the cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from regulars.core.money import split_by_largest_remainder
from regulars.loyalty.basket import Basket, Discount, Line
from regulars.loyalty.offers.rules.deals import Candidate, Deal, Refusal, Refused, Used
from regulars.loyalty.offers.rules.effects import Prepared
from regulars.loyalty.offers.rules.eligibility import refusal_of
from regulars.loyalty.offers.rules.missing import what_is_missing
from regulars.loyalty.offers.rules.search import Found, Problem, Search, conflict, effects_of
from regulars.loyalty.offers.rules.state import State
from regulars.loyalty.vocabulary import line_facts, sale_facts

_SEARCHED_MAX = 12  # up to so many offers, how much worse another one would be is searched for; beyond, it is estimated


def solve(basket: Basket, candidates: Sequence[Candidate]) -> Deal:
    """Return the deal with which `basket` costs least; an offer whose budget does not suffice for it is left out."""
    deal = _solve(basket, candidates)
    short = {used.candidate.key for used in deal.used if _exceeds_budget(used)}
    if not short:
        return deal
    refusal = Refusal("budget_spent")
    return solve(basket, [replace(each, refusal=refusal) if each.key in short else each for each in candidates])


def _exceeds_budget(used: Used) -> bool:
    return used.candidate.amount_max is not None and used.amount > used.candidate.amount_max


def _solve(basket: Basket, candidates: Sequence[Candidate]) -> Deal:
    problem, positions, refused = problem_of(basket, candidates)
    found = _without_idle(problem, Search(problem).run())
    offs = effects_of(problem, found.chosen)
    found = replace(found, chosen=tuple(index for index in found.chosen if any(off for _line, off in offs[index])))
    used = tuple(
        _used(problem.offers[index].candidate, {basket.lines[positions[line]].line_no: off for line, off in offs[index] if off})
        for index in found.chosen
    )
    return Deal(
        lines=tuple(_reduced(line, used) for line in basket.lines),
        used=used,
        refused=(*refused, *_unused(problem, found)),
        saved=sum(each.amount for each in used),
        gap_amount=found.gap,
    )


def problem_of(basket: Basket, candidates: Sequence[Candidate]) -> tuple[Problem, list[int], list[Refused]]:
    """Return what is to be decided, the places in the basket of the lines it is about, and who is refused beforehand."""
    positions = [number for number, line in enumerate(basket.lines) if line.quantity_milli > 0 and line.paid_amount > 0]
    lines = [basket.lines[number] for number in positions]
    untouched = State([line.paid_amount for line in lines], [_pieces(line.quantity_milli) for line in lines])
    refused, offers = _prepare(basket, positions, sorted(candidates, key=lambda candidate: candidate.key), untouched)
    return Problem(offers, untouched.rest, untouched.units), positions, refused


def _pieces(quantity_milli: int) -> int:
    """Return the number of pieces of a line; what is weighed is one."""
    return quantity_milli // 1000 if quantity_milli % 1000 == 0 else 1


def _prepare(
    basket: Basket, positions: Sequence[int], candidates: Sequence[Candidate], untouched: State
) -> tuple[list[Refused], list[Prepared]]:
    """Part the candidates into those that cannot be used on this basket and the others with their lines."""
    of_sale = sale_facts(basket)
    of_lines = [line_facts(basket.lines[number]) for number in positions]
    refused, offers = [], []
    for candidate in candidates:
        offer = candidate.offer
        refusal = candidate.refusal or refusal_of(offer, basket, of_sale)
        if refusal is None:
            prepared = _matched(candidate, basket, positions, of_lines)
            refusal = what_is_missing(prepared, untouched)
            if refusal is None:
                offers.append(prepared)
        if refusal is not None:
            refused.append(Refused(candidate, refusal))
    return refused, offers


def _matched(candidate: Candidate, basket: Basket, positions: Sequence[int], of_lines: Sequence[dict[str, object]]) -> Prepared:
    """Return the candidate with the lines that it is about."""
    offer, today = candidate.offer, basket.business_date
    open_to_it = [
        number for number, position in enumerate(positions) if offer.terms.on_reduced or not basket.lines[position].discounts
    ]
    if offer.prices:
        skus = {number: basket.lines[positions[number]].article.sku for number in open_to_it}
        priced = {number: offer.prices[sku] for number, sku in skus.items() if sku in offer.prices}
        return Prepared(candidate, (tuple(priced),), tuple(priced.values()))
    parts = tuple(
        tuple(number for number in open_to_it if question is None or question(of_lines[number], today) is True)
        for question in offer.items
    )
    return Prepared(candidate, parts, ())


def _without_idle(problem: Problem, found: Found) -> Found:
    """Leave out coupons without which the basket costs no more, so that customers keep what brings them nothing."""
    chosen = list(found.chosen)
    for index in reversed(found.chosen):
        others = [other for other in chosen if other != index]
        if problem.offers[index].candidate.offer.is_coupon and problem.total(others) <= found.total:
            chosen = others
    return replace(found, chosen=tuple(chosen))


def _used(candidate: Candidate, lines: dict[int, int]) -> Used:
    shares = candidate.offer.terms.funding
    funded: dict[tuple[str, str], dict[int, int]] = {(share.party, share.name): {} for share in shares}
    for line_no, amount in lines.items():
        parts = split_by_largest_remainder(amount, [share.share_bp for share in shares])
        for share, part in zip(shares, parts, strict=True):
            funded[share.party, share.name][line_no] = part
    return Used(candidate, sum(lines.values()), lines, funded)


def _reduced(line: Line, used: Sequence[Used]) -> Line:
    discounts = [
        Discount(kind=_kind(each.candidate), amount=parts[line.line_no], funded_by=party, reference=each.candidate.offer.code)
        for each in used
        for (party, _name), parts in each.funded.items()
        if parts.get(line.line_no)
    ]
    return replace(line, discounts=(*line.discounts, *discounts)) if discounts else line


def _kind(candidate: Candidate) -> str:
    """Return the kind under which sales records the discount (`sales.LineDiscount.Kind`)."""
    if candidate.offer.is_coupon:
        return "coupon"
    return "loyalty_price" if candidate.offer.terms.body.kind == "member_price" else "promotion"


def _unused(problem: Problem, found: Found) -> list[Refused]:
    """Return why each offer that fits the basket was not used: what it does not go with, and how much worse it would be."""
    others = [index for index in range(len(problem.offers)) if index not in found.chosen]
    return [Refused(problem.offers[index].candidate, _why_not(problem, found, index)) for index in others]


def _why_not(problem: Problem, found: Found, index: int) -> Refusal:
    worse = max(0, _best_with(problem, found, index) - found.total)
    against = [
        problem.offers[other].candidate.offer
        for other in found.chosen
        if conflict(problem.offers[index], problem.offers[other])
    ]
    if against:
        params = {"codes": [offer.code for offer in against], "titles": [offer.title for offer in against]}
        return Refusal("not_with", {**params, "worse_amount": worse})
    return Refusal("no_gain", {"worse_amount": worse})


def _best_with(problem: Problem, found: Found, index: int) -> int:
    """Return what the basket costs at best with an offer that was left out."""
    if len(problem.offers) <= _SEARCHED_MAX:
        return Search(problem, forced=index).run().total
    return problem.total(problem.swapped(found.chosen, index))
