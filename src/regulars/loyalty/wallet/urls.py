"""Addresses of the ledger."""

from __future__ import annotations

from django.urls import URLPattern, path

from regulars.loyalty.wallet.views import ledger, liability, member

app_name = "wallet"
urlpatterns: list[URLPattern] = [
    path("wallet/ledger/", ledger.ledger, name="ledger"),
    path("wallet/ledger/<int:transfer_id>/", ledger.transfer, name="transfer"),
    path("wallet/liability/", liability.page, name="liability"),
    path("wallet/liability/journal.csv", liability.journal_file, name="journal"),
    path("customers/<int:customer_id>/wallet/", member.wallet, name="wallet"),
    path("customers/<int:customer_id>/wallet/adjustments/", member.adjust, name="adjust"),
]
