"""All addresses: each room brings its own."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("regulars.home.urls")),
    path("", include("regulars.organization.account_urls")),
    path("", include("regulars.organization.urls")),
    path("", include("regulars.gateway.urls")),
    path("", include("regulars.customers.urls")),
    path("", include("regulars.loyalty.wallet.urls")),
    path("", include("regulars.loyalty.program.urls")),
    path("", include("regulars.loyalty.cards.urls")),
    path("", include("regulars.loyalty.checkout.urls")),
    path("", include("regulars.loyalty.offers.urls")),
    path("", include("regulars.operations.urls")),
    path("", include("regulars.ui.urls")),
]
handler400 = "regulars.ui.views.bad_request"
handler403 = "regulars.ui.views.forbidden"
handler404 = "regulars.ui.views.not_found"
handler500 = "regulars.ui.views.server_error"
