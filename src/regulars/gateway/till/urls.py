"""Addresses of the till protocol, below `/api/v1/till/`."""

from __future__ import annotations

from django.urls import path

from regulars.gateway.till import cards, door, lists

urlpatterns = [
    path("identifications", door.identifications, name="till_identifications"),
    path("quotes", door.quotes, name="till_quotes"),
    path("releases", door.releases, name="till_releases"),
    path("sales", door.sales, name="till_sales"),
    path("voids", door.voids, name="till_voids"),
    path("returns", door.returns, name="till_returns"),
    path("closings", door.closings, name="till_closings"),
    path("cards/lookups", cards.lookups, name="till_card_lookups"),
    path("cards/activations", cards.activations, name="till_card_activations"),
    path("cards/top-ups", cards.top_ups, name="till_card_top_ups"),
    path("cards/refunds", cards.refunds, name="till_card_refunds"),
    path("cards/uses", cards.uses, name="till_card_uses"),
    path("cards/offline/<int:since>", cards.offline, name="till_card_offline"),
    path("messages/<str:store>/<str:till>/<str:number>", lists.message, name="till_message"),
    path("parked", lists.parked, name="till_parked"),
    path("day-totals", lists.day_totals, name="till_day_totals"),
]
