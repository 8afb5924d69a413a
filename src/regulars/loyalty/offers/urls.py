"""Addresses of offers, their coupons and batches."""

from __future__ import annotations

from django.urls import URLPattern, path

from regulars.loyalty.offers.views import claims, coupons, detail, editing, listing

app_name = "offers"
urlpatterns: list[URLPattern] = [
    path("offers/", listing.offers, name="offers"),
    path("offers/new/", editing.choose, name="choose"),
    path("offers/new/<slug:group>/<slug:kind>/", editing.create, name="create"),
    path("offers/preview/<slug:group>/<slug:kind>/", editing.try_on, name="preview"),
    path("offers/claims/", claims.claims, name="claims"),
    path("offers/claims/new/", claims.make_claim, name="make_claim"),
    path("offers/claims/<int:claim_id>/file.<slug:kind>", claims.claim_file, name="claim_file"),
    path("offers/<int:offer_id>/", detail.offer, name="offer"),
    path("offers/<int:offer_id>/terms/", editing.edit, name="edit"),
    path("offers/<int:offer_id>/publication/", detail.publish, name="publish"),
    path("offers/<int:offer_id>/stop/", detail.stop, name="stop"),
    path("offers/<int:offer_id>/start/", detail.start, name="start"),
    path("offers/<int:offer_id>/archive/", detail.archive, name="archive"),
    path("offers/<int:offer_id>/owed-coupons/", detail.give_owed, name="give_owed"),
    path("offers/<int:offer_id>/uses/", listing.uses, name="uses"),
    path("offers/<int:offer_id>/coupons/", coupons.coupons, name="coupons"),
    path("offers/<int:offer_id>/batches/", coupons.make_batch, name="make_batch"),
    path("offers/<int:offer_id>/public-codes/", coupons.make_public_code, name="make_public_code"),
    path("offers/batches/<int:coupon_batch_id>/codes/", coupons.take_codes, name="take_codes"),
    path("offers/coupons/<int:coupon_id>/", coupons.coupon, name="coupon"),
    path("offers/coupons/<int:coupon_id>/void/", coupons.void, name="void_coupon"),
]
