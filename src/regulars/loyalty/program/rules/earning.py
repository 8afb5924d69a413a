"""What a basket earns, line by line, with the reasons (F18, F19): the one meaning of the earning rules.

For the till, which asks for one basket; `columns` gives the same answers for a year of them. Every rule rounds down by
itself and hands what is left of a point to the next line and then to the next rule, so that a receipt never earns a point
more or less than its sum (P3). Caps cut from the end: first rules keep, and within a rule first lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from regulars.loyalty import vocabulary
from regulars.loyalty.basket import Basket, Line, Member
from regulars.loyalty.program.rules import matching
from regulars.loyalty.program.rules.body import Bonus, Rule
from regulars.loyalty.program.rules.book import Book


@dataclass(frozen=True, slots=True)
class State:
    """What a member has earned before this receipt, as far as caps look at it."""

    points_today: int = 0
    receipts_today: int = 0
    by_rule_today: Mapping[str, int] = field(default_factory=dict)
    by_rule_ever: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, for cashier and customer: a stable code and its parameters; `wording` makes a sentence of it."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LineEarned:
    """What a line earns, by rule; what it gives to thresholds stands with the bonus."""

    line_no: int
    amount: int  # what of it counted
    points: int
    growth: int
    by_rule: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BonusEarned:
    """Points for a threshold, with the amount of each line that counted toward it, so that a return can test it again."""

    rule: str
    points: int
    from_amount: int
    each: int  # points every time the threshold is reached; 0: once only
    amounts: Mapping[int, int]  # line number → amount


@dataclass(frozen=True, slots=True)
class Earned:
    """What a receipt earns."""

    lines: tuple[LineEarned, ...] = ()
    bonuses: tuple[BonusEarned, ...] = ()
    by_rule: Mapping[str, int] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    held: tuple[str, ...] = ()  # the rules with a condition that held

    @property
    def points(self) -> int:
        return sum(self.by_rule.values())

    @property
    def growth(self) -> int:
        return sum(line.growth for line in self.lines)


NOTHING_YET = State()


def rate(basket: Basket, book: Book, state: State = NOTHING_YET) -> Earned:
    """Return what `basket` earns under the rules of `book`.

    >>> from datetime import UTC, date, datetime
    >>> from regulars.loyalty.basket import Article, Place
    >>> from regulars.loyalty.program.rules.body import Body, Multiply, PerAmount
    >>> tea, towel = Article(1, "TEA", ("Drinks", "Tea")), Article(2, "TOWEL", ("Home",))
    >>> now = datetime(2026, 11, 16, 9, tzinfo=UTC)
    >>> basket = Basket(Place(1, "SH-1"), now, now, date(2026, 11, 16), "CNY", member=Member(7), lines=(
    ...     Line(1, tea, 2000, 1050), Line(2, towel, 1000, 995)))
    >>> book = Book(Body(earning=(PerAmount(code="base"), Multiply(code="tea", factor_milli=2000,
    ...     when={"categories": ["Drinks"]}))))
    >>> [(line.line_no, dict(line.by_rule)) for line in rate(basket, book).lines]
    [(1, {'base': 10, 'tea': 10}), (2, {'base': 10})]
    >>> rate(basket, book).points  # 10.50 + 9.95 = 20.45, and 10.50 once more: 30.95
    30
    """
    member = basket.member
    if member is None:
        return Earned(reasons=(Reason("earn.no_member"),))
    if book.body.limits.receipts_per_day is not None and state.receipts_today >= book.body.limits.receipts_per_day:
        return Earned(reasons=(Reason("earn.receipts_per_day", {"limit": book.body.limits.receipts_per_day}),))
    member = replace(member, tier=member.tier or book.base_tier)
    work = _Work(book, basket, member, state)
    for rule, parts in work.parts():
        work.give(rule, parts)
    for bonus in book.rates.bonus:
        work.reach(bonus)
    work.limit_day()
    return work.earned()


def spread(parts: Iterable[int], step: int, rests: list[int]) -> list[int]:
    """Return the whole steps that `parts` make, the rest going from one to the next; `rests` takes what is left.

    With one rest for each part nothing goes on to the next part.

    >>> rests = [0]
    >>> spread([34, 34, 34], 100, rests), rests
    ([0, 0, 1], [2])
    """
    whole = []
    for index, part in enumerate(parts):
        at = index if len(rests) > 1 else 0
        made, rests[at] = divmod(rests[at] + part, step)
        whole.append(made)
    return whole


def cut(points: list[int], allowed: int) -> list[int]:
    """Return the first `allowed` of the points.

    >>> cut([3, 0, 4, 5], 6)
    [3, 0, 3, 0]
    """
    kept = []
    for given in points:
        kept.append(min(given, allowed))
        allowed -= kept[-1]
    return kept


class _Work:
    """One basket on its way through the rules."""

    def __init__(self, book: Book, basket: Basket, member: Member, state: State) -> None:
        self.book, self.state = book, state
        self.lines = [line for line in basket.lines if line.paid_amount >= 0 and line.quantity_milli >= 0]
        self.fits = [book.fitting(line.article) for line in self.lines]
        self.active = {rule.code for rule in book.rates.all if matching.fits_basket(rule.when, basket, member)}
        self.reasons: list[Reason] = []
        self.held = self._ask(basket, member) if book.conditions else ()
        self.eligible = self._eligible(basket)
        self.rests = [0] * (max(len(self.lines), 2) if book.body.rounding == "line" else 1)
        self.points: dict[str, list[int]] = {}
        self.bonuses: list[BonusEarned] = []

    def parts(self) -> Iterable[tuple[Rule, list[int]]]:
        """Yield each rule with the parts of a point that it gives to each line."""
        rates = [self._rate(at) for at in range(len(self.lines))]
        for rule in self.book.rates.per_amount:
            yield (
                rule,
                [self.eligible[at] * found[1] if found and found[0] == rule.code else 0 for at, found in enumerate(rates)],
            )
        for item in self.book.rates.per_item:
            piece = item.points * self.book.rate_of_piece
            yield item, [line.quantity_milli * piece if self._holds(item, at) else 0 for at, line in enumerate(self.lines)]
        taken = [False] * len(self.lines)
        for multiply in self.book.rates.multiply:
            found = [self._holds(multiply, at) and not taken[at] for at in range(len(self.lines))]
            if self.book.body.multipliers == "highest":
                taken = [before or now for before, now in zip(taken, found, strict=True)]
            extra = multiply.factor_milli - 1000
            yield (
                multiply,
                [
                    amount * (rate[1] // 1000) * extra if holds and rate else 0
                    for amount, rate, holds in zip(self.eligible, rates, found, strict=True)
                ],
            )

    def give(self, rule: Rule, parts: list[int]) -> None:
        """Turn parts into points and cut them by the rule's caps."""
        if not any(parts):
            return
        points = spread(parts, self.book.point, self.rests)
        self.points[rule.code] = cut(points, self._allowed(rule, sum(points)))

    def reach(self, bonus: Bonus) -> None:
        """Give a bonus if the lines it names reach its threshold."""
        amounts = {
            line.line_no: self.eligible[at]
            for at, line in enumerate(self.lines)
            if self.eligible[at] and self._holds(bonus, at)
        }
        times = sum(amounts.values()) // bonus.from_amount
        points = bonus.points * (times if bonus.each else min(times, 1))
        points = self._allowed(bonus, points)
        if points:
            each = bonus.points if bonus.each else 0
            self.bonuses.append(BonusEarned(bonus.code, points, bonus.from_amount, each, amounts))

    def limit_day(self) -> None:
        """Cut what goes beyond the member's day."""
        limit = self.book.body.limits.points_per_day
        total = sum(map(sum, self.points.values())) + sum(bonus.points for bonus in self.bonuses)
        if limit is None or self.state.points_today + total <= limit:
            return
        left = max(limit - self.state.points_today, 0)
        self.reasons.append(Reason("earn.points_per_day", {"limit": limit, "lost": total - left}))
        for code, points in self.points.items():
            self.points[code] = cut(points, left)
            left -= sum(self.points[code])
        kept = []
        for bonus in self.bonuses:
            given = min(bonus.points, left)
            left -= given
            if given:
                kept.append(replace(bonus, points=given))
        self.bonuses = kept

    def earned(self) -> Earned:
        """Return the result."""
        growth = spread([amount * self.book.growth_rate for amount in self.eligible], self.book.growth_point, [0])
        by_rule = {code: sum(points) for code, points in self.points.items()}
        by_rule.update({bonus.rule: bonus.points for bonus in self.bonuses})
        return Earned(
            lines=tuple(self._line(at, line, growth[at]) for at, line in enumerate(self.lines)),
            bonuses=tuple(self.bonuses),
            by_rule={code: points for code, points in by_rule.items() if points},
            reasons=tuple(self.reasons),
            held=self.held,
        )

    def _line(self, at: int, line: Line, growth: int) -> LineEarned:
        by_rule = {code: points[at] for code, points in self.points.items() if points[at]}
        return LineEarned(line.line_no, self.eligible[at], sum(by_rule.values()), growth, by_rule)

    def _ask(self, basket: Basket, member: Member) -> tuple[str, ...]:
        """Drop the rules whose condition does not hold; say where that is only because something is not known."""
        sold = replace(basket, lines=tuple(self.lines), member=member)
        facts = vocabulary.sale_facts(sold) | {"basket.amount": basket.paid_amount}
        answers = {code: question(facts, basket.business_date) for code, question in self.book.questions.items()}
        self.reasons += [
            Reason("earn.unknown", {"rule": code}) for code, answer in answers.items() if answer is None and code in self.active
        ]
        self.active -= {code for code, answer in answers.items() if answer is not True}
        return tuple(code for code, answer in answers.items() if answer is True)

    def _eligible(self, basket: Basket) -> list[int]:
        """Return what of each line counts: its share of what is paid with money that earns; no excluded goods."""
        excluded = self.book.body.exclusions.tenders
        paid = sum(line.paid_amount for line in self.lines)
        barred = sum(amount for kind, amount in basket.tenders if kind in excluded)
        earns = max(paid - max(barred, 0), 0)
        if earns == paid:
            shares = [line.paid_amount for line in self.lines]
        else:
            shares = spread([line.paid_amount * earns for line in self.lines], paid, [0])
        return [share if fits is not None else 0 for share, fits in zip(shares, self.fits, strict=True)]

    def _holds(self, rule: Rule, at: int) -> bool:
        fits = self.fits[at]
        return (
            rule.code in self.active
            and fits is not None
            and rule.code in fits
            and not (rule.when.full_price_only and self.lines[at].discount_amount)
        )

    def _rate(self, at: int) -> tuple[str, int] | None:
        """Return the most generous rule per amount that holds for a line, and its parts of a point for a minor unit."""
        for rule in self.book.rates.per_amount:
            if self._holds(rule, at):
                return rule.code, self.book.rate_of(rule)
        return None

    def _allowed(self, rule: Rule, points: int) -> int:
        """Return how many of the points the rule's caps let through, and remember why."""
        caps, state = rule.caps, self.state
        left = {
            "per_receipt": caps.per_receipt,
            "per_day": None if caps.per_day is None else caps.per_day - state.by_rule_today.get(rule.code, 0),
            "per_member": None if caps.per_member is None else caps.per_member - state.by_rule_ever.get(rule.code, 0),
        }
        allowed = points
        for name, remaining in left.items():
            if remaining is not None and remaining < allowed:
                allowed = max(remaining, 0)
                self.reasons.append(Reason(f"earn.cap_{name}", {"rule": rule.code, "limit": getattr(caps, name)}))
        return allowed
