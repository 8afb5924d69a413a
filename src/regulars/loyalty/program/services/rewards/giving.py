"""Points that no receipt earns: sign-in, badges, prizes, referral, partners; and points that pay for something."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from regulars.core.errors import NotFoundError
from regulars.loyalty.program import selectors
from regulars.loyalty.program.rules.book import Book
from regulars.loyalty.program.rules.dates import expires_at
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, Give, House, Owner, OwnerKind, Take
from regulars.organization.access import Viewer

SOURCE = "program"


def give_points(
    customer_id: int, points: int, *, book: Book, kind: str, key: str, why: Mapping[str, object], viewer: Viewer, now: datetime
) -> int:
    """Give points with the program's own expiry, once under `key`; return the transfer."""
    today = book.zone.date_of(now)
    gift = Give(
        owner=Owner(OwnerKind.CUSTOMER, customer_id), unit=book.points_unit, amount=points, house=House.ISSUED,
        expires_at=expires_at(today, book),
    )  # fmt: skip
    return _post(gift, book=book, kind=kind, key=key, why=why, viewer=viewer, now=now)


def take_points(
    customer_id: int, points: int, *, book: Book, kind: str, key: str, why: Mapping[str, object], viewer: Viewer, now: datetime,
    hold: str = "",
) -> int:  # fmt: skip
    """Take points for something they buy, once under `key`; return the transfer."""
    take = Take(
        owner=Owner(OwnerKind.CUSTOMER, customer_id), unit=book.points_unit, amount=points, house=House.REDEEMED, hold=hold
    )
    return _post(take, book=book, kind=kind, key=key, why=why, viewer=viewer, now=now)


def take_back_points(
    customer_id: int, points: int, *, of_transfer: int, book: Book, kind: str, key: str, why: Mapping[str, object],
    viewer: Viewer, now: datetime,
) -> int:  # fmt: skip
    """Take back what a transfer gave, once under `key`; points that are spent already are owed."""
    take = Take(
        owner=Owner(OwnerKind.CUSTOMER, customer_id), unit=book.points_unit, amount=points, house=House.CLAWED_BACK,
        of_transfer=of_transfer, may_indebt=True, also_pending=True,
    )  # fmt: skip
    return _post(take, book=book, kind=kind, key=key, why=why, viewer=viewer, now=now)


def book_now(now: datetime, program: str) -> Book:
    """Return the rules in force, or refuse as if the program were not there."""
    book = selectors.book_at(now, program=program)
    if book is None:
        raise NotFoundError
    return book


def _post(
    part: Give | Take, *, book: Book, kind: str, key: str, why: Mapping[str, object], viewer: Viewer, now: datetime
) -> int:
    command = Command(
        source=SOURCE, key=f"{book.program}/{key}", kind=kind, at=now, parts=(part,), business_date=book.zone.date_of(now),
        rule_version=book.version_id, why=why,
    )  # fmt: skip
    return wallet.post([command], now=now, viewer=viewer)[0].transfer_id
