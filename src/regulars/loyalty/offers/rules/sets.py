"""What offers on sets of pieces take off: n for m, buy and get, bundles. Within a phase a piece is in one set at most.

Of several lawful choices of pieces the one is taken that is better for the customer: dear pieces come first.
"""

from __future__ import annotations

from collections.abc import Sequence

from regulars.core.money import split_by_largest_remainder
from regulars.loyalty.offers.rules.bodies import WHOLE, Bundle, NForM, ProductOff
from regulars.loyalty.offers.rules.state import Offs, State

Lines = Sequence[int]


def share_of(amount: int, bp: int) -> int:
    """Return `bp` ten-thousandths of `amount` (≥ 0), half a cent up.

    >>> share_of(999, 1000), share_of(5, 1000), share_of(4, 1000)
    (100, 1, 0)
    """
    return (amount * bp + WHOLE // 2) // WHOLE


def n_for_m(state: State, body: NForM, lines: Lines) -> Offs:
    """Take sets of `take` pieces from the dearest on; of each set the cheapest are free or cheaper."""
    free = sum(state.free(line) for line in lines)
    wanted = min(free // body.take, body.times_max) * body.take
    offs: Offs = []
    passed = 0
    for line in _dearest_first(state, lines):
        count = min(state.free(line), wanted - passed)
        if count <= 0:
            break
        reduced = _reduced_until(passed + count, body) - _reduced_until(passed, body)
        if reduced:
            offs.append((line, share_of(state.value(line, reduced), body.off_bp)))
        state.used[line] += count
        passed += count
    return offs


def _reduced_until(pieces: int, body: NForM) -> int:
    """Return how many of the first `pieces` are reduced: in each set the last ones."""
    whole, rest = divmod(pieces, body.take)
    return whole * (body.take - body.pay) + max(0, rest - body.pay)


def product(state: State, body: ProductOff, get: Lines, buy: Lines) -> Offs:
    """Reduce pieces of `get`; with a condition, only as many as `buy` pays for."""
    if body.buy is None:
        return _reduce(state, get, body.quantity * body.times_max, body.off_bp)
    times = _times(state, body, get, buy)
    _use(state, buy, times * body.buy_quantity, spare=frozenset(get))
    return _reduce(state, get, times * body.quantity, body.off_bp)


def _times(state: State, body: ProductOff, get: Lines, buy: Lines) -> int:
    """Return how often the condition can be met; pieces that are both bought and got count once."""
    bought, got = sum(map(state.free, buy)), sum(map(state.free, get))
    together = sum(map(state.free, set(buy) | set(get)))
    return min(
        bought // body.buy_quantity,
        got // body.quantity,
        together // (body.buy_quantity + body.quantity),
        body.times_max,
    )


def _use(state: State, lines: Lines, count: int, *, spare: frozenset[int]) -> None:
    """Use up `count` pieces that are paid in full: first those that could not be reduced, then the dearest."""
    for line in sorted(_dearest_first(state, lines), key=lambda line: line in spare):
        taken = min(state.free(line), count)
        state.used[line] += taken
        count -= taken


def _reduce(state: State, lines: Lines, count: int, off_bp: int) -> Offs:
    offs: Offs = []
    for line in _dearest_first(state, lines):
        taken = min(state.free(line), count)
        if taken:
            offs.append((line, share_of(state.value(line, taken), off_bp)))
            state.used[line] += taken
            count -= taken
    return offs


def bundle(state: State, body: Bundle, parts: Sequence[Lines]) -> Offs:
    """Make bundles as long as each saves something; what one saves is split over its pieces by their prices."""
    total: dict[int, int] = {}
    ordered = [list(_dearest_first(state, lines)) for lines in parts]
    for _time in range(body.times_max):
        taken = _one_bundle(state, body, ordered)
        values = {line: state.value(line, count) for line, count in taken.items()}
        saved = sum(values.values()) - body.price_amount
        if not taken or saved <= 0:
            break
        for line, off in zip(values, split_by_largest_remainder(saved, list(values.values())), strict=True):
            total[line] = total.get(line, 0) + off
            state.used[line] += taken[line]
    return list(total.items())


def _one_bundle(state: State, body: Bundle, parts: Sequence[Lines]) -> dict[int, int]:
    """Return the pieces of the next bundle by line; nothing if a part cannot be filled."""
    taken: dict[int, int] = {}
    for part, lines in zip(body.parts, parts, strict=True):
        wanted = part.quantity
        for line in lines:
            count = min(state.free(line) - taken.get(line, 0), wanted)
            if count > 0:
                taken[line] = taken.get(line, 0) + count
                wanted -= count
            if not wanted:
                break
        if wanted:
            return {}
    return taken


def _dearest_first(state: State, lines: Lines) -> list[int]:
    return sorted(lines, key=lambda line: (-state.start[line] / state.units[line], line))
