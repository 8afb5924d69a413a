"""One object of every kind that an address of the HTML side names: those of one store, for `test_page_rights.py`."""

from __future__ import annotations

from django.db import connection

from regulars.catalog.models import Category, Product
from regulars.core.models import OutboxDelivery, OutboxEvent
from regulars.customers import services as customers
from regulars.customers.models import Customer, CustomerStore, CustomField, Tag
from regulars.gateway.files import services as files
from regulars.loyalty.cards import services as cards
from regulars.loyalty.cards.models import Partner
from regulars.loyalty.offers import services as offers
from regulars.loyalty.offers.models import Claim, Coupon
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import Draw, GiftOrder, GiftStock, PaidPeriod, PaidPlan, Program, Referral
from regulars.loyalty.wallet import services as wallet
from regulars.loyalty.wallet.commands import Command, Give, House, Owner, OwnerKind
from regulars.organization import audit
from regulars.organization.models import ApiKey, Approval, Store
from regulars.sales.models import Receipt
from tests.architecture.page_routes import members
from tests.loyalty.cards import factories as make_cards
from tests.organization import factories
from tests.organization.factories import NOW
from tests.sales.factories import SYSTEM, line, sell

# What belongs to the company and not to a store: whoever has the right sees all of it.
COMPANY_WIDE = {"product_id", "category_id", "tag_id", "spare_tag_id", "field_id", "key_id", "job_id", "delivery_id"} | {
    "card_batch_id",
    "card_type_id",
    "card_partner_id",
    "rule_id",
    "range_id",
    "offer_id",
    "stopped_offer_id",
    "claim_id",
    "coupon_id",
    "coupon_batch_id",
    "version_id",
    "run_id",
    "gift_id",
    "plan_id",
    "partner_id",
    "badge_id",
    "challenge_id",
    "draw_id",
    "referral_id",
}
MISSING = 999_999_999


def objects(store: Store) -> dict[str, int]:
    """Make what belongs to the store, and return the ids by the names that addresses give them."""
    customer = _customer(store)
    return (
        customer
        | _wallet(store, customer["customer_id"])
        | _staff(store)
        | _cards(store)
        | _gift_order(store, customer["customer_id"])
        | _paid_period(store, customer["customer_id"])
        | {"store_id": store.pk, "batch_id": _batch(store), "spare_batch_id": _batch(store)}
    )


def company_objects() -> dict[str, int]:
    """Make what belongs to the whole company."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)"
            " VALUES ('default', 'gateway.forget_answers', '{\"timestamp\": 0}', 'failed') RETURNING id"
        )
        (job,) = cursor.fetchone()
    gift = make_cards.card_type(code="gift")
    numbers = make_cards.number_range(gift)
    bank = cards.save_partner(Partner(code="east", name="East Bank", share_bp=4_000), viewer=SYSTEM, now=NOW)
    cards.add_bank_ranges(bank, "first\n62148301", viewer=SYSTEM, now=NOW)
    event = OutboxEvent.objects.create(name="receipts.recorded", payload={}, occurred_at=NOW)
    return (
        _offers()
        | _program()
        | {
            "card_type_id": gift.pk,
            "card_partner_id": bank.pk,
            "bank_range_id": bank.bank_ranges.get().pk,
            "range_id": numbers.pk,
            "card_batch_id": cards.order_batch(numbers, quantity=1, viewer=SYSTEM, now=NOW).pk,
            "rule_id": make_cards.bonus(100_00, 10_00, currency="USD").pk,
            "job_id": job,
            "delivery_id": OutboxDelivery.objects.create(event=event, subscriber="insight", attempts=9).pk,
            "product_id": Product.objects.get(sku="MILK").pk,
            "category_id": Category.objects.create(path="FOOD", name="FOOD", level=1).pk,
            "tag_id": Tag.objects.get(name="wine club").pk,
            "spare_tag_id": Tag.objects.create(name="never used").pk,
            "field_id": CustomField.objects.create(key="shoes", label="Shoe size", type="number").pk,
            "key_id": ApiKey.objects.create(
                name="Till", prefix="11112222", secret_hash=b"1" * 32, role="pos", source="till", created_at=NOW
            ).pk,
        }
    )


def _offers() -> dict[str, int]:
    raw = {"currency": "USD", "ends_on": "2030-12-31", "uses_max": 9, "phase": "coupon"}
    made = []
    for code in ("AUTUMN", "WINTER"):
        terms = raw | {"body": {"kind": "amount", "off_amount": 500}}
        offer = offers.create_offer(code=code, title=code, is_coupon=True, raw_terms=terms, viewer=SYSTEM, now=NOW)
        offers.publish(offer.pk, viewer=SYSTEM, now=NOW)
        offers.save_draft(offer.pk, title=code, raw_terms=terms | {"uses_max": 10}, viewer=SYSTEM, now=NOW)
        made.append(offer.pk)
    batch = offers.make_batch(made[0], size=1, viewer=SYSTEM, now=NOW)
    offers.stop(made[1], viewer=SYSTEM, now=NOW)
    return {
        "offer_id": made[0],
        "stopped_offer_id": made[1],
        "coupon_batch_id": batch.pk,
        "coupon_id": Coupon.objects.get(batch=batch).pk,
        "claim_id": Claim.objects.create(
            party="supplier", name="World", currency="USD", since=NOW.date(), until=NOW.date(), uses=0, amount=0, made_at=NOW
        ).pk,
    }


def _program() -> dict[str, int]:
    club = program.create_program("club", name="Club", currency="USD", viewer=SYSTEM, now=NOW)
    body = {"earning": [{"kind": "per_amount", "code": "base", "name": "Every purchase"}]}
    draft = program.save_draft(club, body, viewer=SYSTEM, now=NOW)
    gift = program.save_gift(club, {"code": "mug", "name": "Mug", "points_price": 500}, viewer=SYSTEM, now=NOW)
    days = {"starts_on": "2026-01-01", "ends_on": "2030-12-31"}
    challenge = days | {"code": "world", "name": "World", "target": 5, "points": 9}
    badge = {"code": "world", "name": "World", "measure": "visits", "from_value": 9}
    return {
        "version_id": draft.pk,
        "run_id": program.ask_replay(draft, months=1, viewer=SYSTEM, now=NOW).pk,
        "gift_id": gift.pk,
        "plan_id": _plan(club).pk,
        "partner_id": program.save_partner(club, {"code": "world", "name": "World"}, viewer=SYSTEM, now=NOW).pk,
        "challenge_id": program.save_challenge(club, challenge, viewer=SYSTEM, now=NOW).pk,
        "badge_id": program.save_badge(club, badge, viewer=SYSTEM, now=NOW).pk,
        "draw_id": _draw(club).pk,
        "referral_id": _referral(club).pk,
    }


def _plan(club: Program) -> PaidPlan:
    fields = {"code": "world", "name": "World", "price_amount": 900, "months": 1, "renews": True, "notice_days": 5}
    return program.save_plan(club, fields, viewer=SYSTEM, now=NOW)


def _draw(club: Program) -> Draw:
    fields = {"code": "world", "name": "World", "budget_amount": 900, "per_day": 9}
    return program.save_draw(club, fields, [{"name": "Mug", "weight": 1}], viewer=SYSTEM, now=NOW)


def _referral(club: Program) -> Referral:
    """Two friends of no store, held back."""
    keys = [("card", "till", "world-friend"), ("card", "till", "world-other")]
    first, second = customers.recognize(keys, source="till", now=NOW).values()
    return Referral.objects.create(program=club, referrer_id=first, referred_id=second, referred_at=NOW, state="held_back")


def _paid_period(store: Store, customer_id: int) -> dict[str, int]:
    """A paid membership of the customer that still runs."""
    plan = _plan(program.create_program(f"paid-{store.code.lower()}", name="Paid", currency="USD", viewer=SYSTEM, now=NOW))
    period = PaidPeriod.objects.create(
        plan=plan, customer_id=customer_id, starts_on=NOW.date(), ends_on=NOW.date().replace(year=2099), price_amount=900,
        source="world", key=store.code, paid_at=NOW, renews=True,
    )  # fmt: skip
    return {"period_id": period.pk}


def _gift_order(store: Store, customer_id: int) -> dict[str, int]:
    """A gift that waits in the store for the customer."""
    club = program.create_program(f"gifts-{store.code.lower()}", name="Gifts", currency="USD", viewer=SYSTEM, now=NOW)
    gift = program.save_gift(club, {"code": "mug", "name": "Mug", "points_price": 500}, viewer=SYSTEM, now=NOW)
    program.count_stock(gift, store_id=store.pk, on_hand=1, viewer=SYSTEM, now=NOW)
    GiftStock.objects.filter(gift=gift).update(reserved=1)
    order = GiftOrder.objects.create(
        gift=gift, customer_id=customer_id, store=store, points=500, source="world", key=store.code, ordered_at=NOW, until=NOW
    )
    return {"order_id": order.pk}


def _customer(store: Store) -> dict[str, int]:
    given = [customers.Given("phone", f"+1202555{store.pk % 10000:04d}"), customers.Given("card", f"77{store.pk:08d}", "till")]
    said = {"name": f"Ana {store.code}", "home_store": store}
    ana = customers.create_customer(said, identifiers=given, viewer=SYSTEM, now=NOW)
    CustomerStore.objects.get_or_create(customer=ana, store=store, defaults={"since": NOW})
    (card,) = customers.recognize([("card", "", f"99{store.pk:08d}")], source="till", now=NOW).values()
    CustomerStore.objects.create(customer_id=card, store=store, since=NOW)
    assert not sell(line(f"R-{store.code}", store=store.code, customer=f"77{store.pk:08d}", customer_kind="card")).problems
    tag, _ = Tag.objects.get_or_create(name="wine club")
    return {
        "customer_id": ana.pk,
        "card_id": Customer.objects.get(pk=card).pk,
        "identifier_id": ana.identifiers.get(kind="phone").pk,
        "customer_tag_id": ana.tags.create(tag=tag, reason="asked", added_by="Ana", added_at=NOW).pk,
        "note_id": ana.notes.create(store=store, author="Ana", text="Likes tea.", created_at=NOW).pk,
        "file_id": customers.add_file(ana.pk, name="letter.txt", content=b"Dear Ana", viewer=SYSTEM, now=NOW).pk,
        "receipt_id": Receipt.objects.get(external_id=f"R-{store.code}").pk,
    }


def _cards(store: Store) -> dict[str, int]:
    """An active card with money, unsold ones, a shipment on its way here, and a count that has begun."""
    kind = make_cards.card_type(code=f"gift-{store.code.lower()}", currency="USD")
    first, second, _third = make_cards.stocked(store, kind, 3)
    medium = make_cards.activate(first, store)
    make_cards.made(kind, 1)
    pick = cards.Pick(type_id=kind.pk, quantity=1)
    return {
        "medium_id": medium.pk,
        "fresh_medium_id": make_cards.card(second).pk,
        "own_type_id": kind.pk,
        "top_up_id": make_cards.top_up(medium, 50_00, store, currency="USD").pk,
        "wanted_id": cards.ask_for_cards(store.pk, kind, 1, viewer=SYSTEM, now=NOW).pk,
        "shipment_id": cards.send(pick, from_store=None, to_store=store.pk, viewer=SYSTEM, now=NOW).pk,
        "count_id": cards.begin_count(store_id=store.pk, card_type=kind, viewer=SYSTEM, now=NOW).pk,
    }


def _wallet(store: Store, customer_id: int) -> dict[str, int]:
    wallet.define_unit("points.world", kind="points")
    gift = Give(owner=Owner(OwnerKind.CUSTOMER, customer_id), unit="points.world", amount=5, house=House.ISSUED)
    command = Command(source="world", key=store.code, kind="earn", at=NOW, parts=(gift,), store_id=store.pk)
    return {"transfer_id": wallet.post([command], now=NOW, viewer=SYSTEM)[0].transfer_id}


def _staff(store: Store) -> dict[str, int]:
    colleague = factories.person("associate", store=store, name=f"Colleague {store.code}")
    asking = factories.person("region_manager", region=store.region)
    return {
        "person_id": colleague.pk,
        "grant_id": colleague.grants.get().pk,
        "entry_id": audit.record(SYSTEM, "role.given", "person", colleague.pk, now=NOW, store_id=store.pk).pk,
        "approval_id": Approval.objects.create(
            kind="receipt.export", action="receipt.export", payload={"list": store.code}, asked_by=asking,
            asked_label="Ana", asked_at=NOW,
        ).pk,
    }  # fmt: skip


def _batch(store: Store) -> int:
    """A file that is in, and checked as far as its columns."""
    batch = files.upload(
        members().chunks(), name="members.csv", kind="customers", source="file", store_id=store.pk, viewer=SYSTEM, now=NOW
    )
    return batch.pk
