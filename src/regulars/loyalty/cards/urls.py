"""Addresses of cards, their stock and the settlement between stores."""

from __future__ import annotations

from django.urls import URLPattern, path

from regulars.loyalty.cards.views import (
    batches,
    counts,
    desk,
    detail,
    kinds,
    listing,
    partners,
    settlement,
    shipments,
    stock,
    wanting,
)

app_name = "cards"
urlpatterns: list[URLPattern] = [
    path("cards/", listing.cards, name="cards"),
    path("cards/<int:medium_id>/", detail.card, name="card"),
    path("cards/<int:medium_id>/activation/", desk.activate, name="activate"),
    path("cards/<int:medium_id>/steps/", desk.step, name="step"),
    path("cards/<int:medium_id>/replacement/", desk.replace, name="replace"),
    path("cards/<int:medium_id>/holder/", desk.hold, name="hold"),
    path("cards/<int:medium_id>/top-ups/", desk.top_up, name="top_up"),
    path("cards/<int:medium_id>/top-ups/<int:top_up_id>/refund/", desk.refund, name="refund"),
    path("cards/<int:medium_id>/void/", desk.void, name="void"),
    path("cards/stock/", stock.stock, name="stock"),
    path("cards/movements/", listing.movements, name="movements"),
    path("cards/shipments/", shipments.send, name="send"),
    path("cards/shipments/<int:shipment_id>/", shipments.shipment, name="shipment"),
    path("cards/shipments/<int:shipment_id>/arrival/", shipments.receive, name="receive"),
    path("cards/shipments/<int:shipment_id>/loss/", shipments.give_up, name="give_up"),
    path("cards/wanted/", wanting.ask, name="ask_for_cards"),
    path("cards/wanted/<int:wanted_id>/shipment/", wanting.send, name="send_wanted"),
    path("cards/wanted/<int:wanted_id>/withdrawal/", wanting.withdraw, name="want_no_more"),
    path("cards/batches/", batches.batches, name="batches"),
    path("cards/batches/<int:card_batch_id>/codes/", batches.make, name="make"),
    path("cards/batches/<int:card_batch_id>/arrival/", batches.receive, name="receive_batch"),
    path("cards/types/", kinds.types, name="types"),
    path("cards/types/new/", kinds.add_type, name="add_type"),
    path("cards/types/<int:card_type_id>/", kinds.edit_type, name="type"),
    path("cards/types/<int:card_type_id>/numbers/", kinds.add_range, name="add_range"),
    path("cards/partners/", kinds.save_partner, name="save_partner"),
    path("cards/partners/<int:card_partner_id>/", partners.partner, name="partner"),
    path("cards/partners/<int:card_partner_id>/bank-cards/", partners.add_bank_ranges, name="add_bank_ranges"),
    path("cards/partners/<int:card_partner_id>/bank-cards/removal/", partners.remove_bank_range, name="remove_bank_range"),
    path("cards/top-up-rules/", kinds.top_up_rules, name="top_up_rules"),
    path("cards/top-up-rules/<int:rule_id>/end/", kinds.end_top_up_rule, name="end_top_up_rule"),
    path("cards/counts/", counts.counts, name="counts"),
    path("cards/counts/<int:count_id>/", counts.count, name="count"),
    path("cards/counts/<int:count_id>/numbers/", counts.see, name="see"),
    path("cards/counts/<int:count_id>/close/", counts.close, name="close_count"),
    path("cards/settlement/", settlement.settlement, name="settlement"),
    path("cards/settlement/runs/", settlement.settle, name="settle"),
]
