"""A version of the rules made ready to be asked: everything that does not depend on the basket is worked out once.

For `earning` and `columns`; `selectors.book_at` makes one per version and keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from regulars import criteria
from regulars.core.business_time import TradingDay
from regulars.criteria.answers import Question
from regulars.criteria.tree import EVERYTHING, Node
from regulars.loyalty.basket import Article
from regulars.loyalty.program.rules import matching
from regulars.loyalty.program.rules.body import Body, Bonus, Multiply, PerAmount, PerItem, Rule, When
from regulars.loyalty.vocabulary import TENDERS

_UTC = TradingDay("UTC")


@dataclass(frozen=True, slots=True)
class Rates:
    """The rules in the order in which they are worked out, which is also the order in which caps cut from the end."""

    per_amount: tuple[PerAmount, ...]  # most generous first
    per_item: tuple[PerItem, ...]
    multiply: tuple[Multiply, ...]  # largest first; those of tiers among them
    bonus: tuple[Bonus, ...]

    @property
    def all(self) -> tuple[Rule, ...]:
        return (*self.per_amount, *self.per_item, *self.multiply, *self.bonus)


@dataclass(frozen=True, eq=False)
class Book:
    """The rules of one version, with the program they belong to. `zone` is the day in which the program's dates end."""

    body: Body
    program: str = "main"
    program_id: int = 0
    version_id: int = 0
    number: int = 0
    zone: TradingDay = _UTC
    currency: str = ""
    _fits: dict[Article, frozenset[str] | None] = field(default_factory=dict, compare=False, repr=False)

    @property
    def points_unit(self) -> str:
        return f"points.{self.program}"

    @property
    def growth_unit(self) -> str:
        return f"growth.{self.program}"

    @cached_property
    def tender_kinds(self) -> tuple[str, ...]:
        """Return the tenders that the rules look at."""
        if "basket.tenders" in self.asked:
            return TENDERS
        asked = {kind for rule in self.rates.all for kind in rule.when.tenders}
        return tuple(sorted({*self.body.exclusions.tenders, *asked}))

    @cached_property
    def conditions(self) -> Mapping[str, Node]:
        """Return what the rules ask in the rule language, by code; most ask nothing."""
        return {rule.code: rule.when.condition for rule in self.rates.all if rule.when.condition != EVERYTHING}

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """Return the conditions ready to be asked."""
        return {code: criteria.compiled(tree) for code, tree in self.conditions.items()}

    @cached_property
    def asked(self) -> frozenset[str]:
        """Return the terms that the conditions ask for."""
        return frozenset(name for tree in self.conditions.values() for name in criteria.names(tree))

    @cached_property
    def asks_tier(self) -> bool:
        """Return whether what a receipt earns depends on the tier that its member holds that day."""
        return "customer.tier" in self.asked or any(rule.when.tiers for rule in self.rates.all)

    @property
    def base_tier(self) -> str:
        """Return the tier in which everybody starts."""
        return self.body.ladder.tiers[0].code if self.body.ladder.tiers else ""

    @cached_property
    def rates(self) -> Rates:
        rules = self.body.earning
        tiers = [
            Multiply(code=f"tier.{tier.code}", name=tier.name, factor_milli=tier.factor_milli, when=When(tiers=(tier.code,)))
            for tier in self.body.ladder.tiers
            if tier.factor_milli > 1000
        ]
        per_amount = [rule for rule in rules if isinstance(rule, PerAmount)]
        multiply = [rule for rule in rules if isinstance(rule, Multiply)] + tiers
        return Rates(
            per_amount=tuple(sorted(per_amount, key=lambda rule: -Fraction(rule.points, rule.amount))),
            per_item=tuple(rule for rule in rules if isinstance(rule, PerItem)),
            multiply=tuple(sorted(multiply, key=lambda rule: -rule.factor_milli)),
            bonus=tuple(rule for rule in rules if isinstance(rule, Bonus)),
        )

    @cached_property
    def point(self) -> int:
        """Return how many of the small parts that rates count in make one point."""
        return self.body.step * 1000 * self._before_tax.denominator

    @cached_property
    def growth_point(self) -> int:
        """Return how many of the small parts make one of growth value."""
        return (self.body.growth.amount if self.body.growth else 1) * self._before_tax.denominator

    @cached_property
    def growth_rate(self) -> int:
        """Return the small parts of growth value that one minor unit gives."""
        return self.body.growth.growth * self._before_tax.numerator if self.body.growth else 0

    def rate_of(self, rule: PerAmount) -> int:
        """Return the small parts that `rule` gives for one minor unit."""
        return rule.points * (self.body.step // rule.amount) * 1000 * self._before_tax.numerator

    @cached_property
    def rate_of_piece(self) -> int:
        """Return the small parts of one point for a thousandth of a piece."""
        return self.point // 1000

    @cached_property
    def _before_tax(self) -> Fraction:
        return Fraction(1000, 1000 + self.body.tax_per_mille)

    @cached_property
    def has_caps(self) -> bool:
        """Return whether what a receipt earns depends on what the member has earned before."""
        limits = self.body.limits
        return bool(limits.points_per_day or limits.receipts_per_day) or any(
            rule.caps.per_day or rule.caps.per_member for rule in self.rates.all
        )

    def fitting(self, article: Article) -> frozenset[str] | None:
        """Return the codes of the rules that hold for an article; None if it earns nothing at all (P14)."""
        if article not in self._fits:
            excluded = self.body.exclusions.goods
            earns = not (matching.names_goods(excluded) and matching.fits_article(excluded, article))
            self._fits[article] = (
                frozenset(rule.code for rule in self.rates.all if matching.fits_article(rule.when, article)) if earns else None
            )
        return self._fits[article]
