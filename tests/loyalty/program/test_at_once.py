"""Many at the same moment: the last gift goes to one, and a cap gives its last points once (P35, P16)."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import transaction

from regulars.loyalty.basket import Member, Place
from regulars.loyalty.program import selectors
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import Earning, Gift, GiftOrder, GiftStock
from regulars.loyalty.wallet import services as wallet
from regulars.organization.models import Store
from tests.loyalty.offers.test_at_once import at_once
from tests.loyalty.program import factories
from tests.loyalty.program.story import BASE, NOW, SYSTEM, balance, club, publish, sell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("offers at once")]


def test_the_last_gift_and_the_last_points_of_a_cap_are_given_once():
    publish(BASE | {"caps": {"per_day": 25}})
    sales = [sell(f"S{number}", 1000) for number in range(6)]
    ana, here = sales[0].customer_id, Store.objects.get(code="N1")
    mug = Gift.objects.create(program=club(), code="mug", name="Mug", points_price=1)
    GiftStock.objects.create(gift=mug, store=here, on_hand=1)

    def earn(sale):
        book = selectors.book_at(sale.business_date)
        with transaction.atomic():
            basket = factories.basket(
                factories.line(1), sold_at=NOW, business_date=sale.business_date, member=Member(ana), place=Place(here.pk, "N1")
            )
            commands, record = program.earning(basket, book, receipt_id=sale.pk, now=NOW)
            posted = wallet.post(commands, now=NOW, viewer=SYSTEM)
            program.keep_earning(record, next(iter(posted), None), basket=basket, book=book)

    assert at_once([partial(earn, sale) for sale in sales], threads=6) == (6, 0)
    assert (balance(ana).posted, sorted(Earning.objects.values_list("points", flat=True))) == (25, [0, 0, 0, 5, 10, 10])

    order = partial(program.order_gift, ana, mug, store_id=here.pk, source="till", viewer=SYSTEM, now=NOW)
    assert at_once([partial(order, key=f"o{number}") for number in range(6)], threads=6) == (1, 5)
    assert (GiftOrder.objects.count(), GiftStock.objects.get().reserved, balance(ana).held) == (1, 1, 1)
