"""Addresses of the program."""

from __future__ import annotations

from django.urls import URLPattern, path

from regulars.loyalty.program.views import (
    badges,
    challenges,
    draws,
    membership,
    partners,
    plans,
    referrals,
    rewards,
    rules,
    tiers,
)

app_name = "program"
urlpatterns: list[URLPattern] = [
    path("program/", rules.overview, name="overview"),
    path("program/versions/", rules.new_draft, name="new_draft"),
    path("program/versions/<int:version_id>/", rules.version, name="version"),
    path("program/versions/<int:version_id>/example/", rules.example, name="example"),
    path("program/versions/<int:version_id>/publication/", rules.publish, name="publish"),
    path("program/versions/<int:version_id>/replays/", rules.ask_replay, name="ask_replay"),
    path("program/replays/<int:run_id>/", rules.replay, name="replay"),
    path("program/tiers/", tiers.tiers, name="tiers"),
    path("program/benefits/", rewards.benefits, name="benefits"),
    path("program/plans/", plans.plans, name="plans"),
    path("program/plans/new/", plans.add_plan, name="add_plan"),
    path("program/plans/<int:plan_id>/", plans.plan, name="plan"),
    path("program/periods/<int:period_id>/refund/", membership.refund, name="refund"),
    path("program/periods/<int:period_id>/renewal/", membership.renewal, name="renewal"),
    path("program/partners/", partners.partners, name="partners"),
    path("program/partners/new/", partners.add_partner, name="add_partner"),
    path("program/partners/<int:partner_id>/", partners.partner, name="partner"),
    path("program/partners/<int:partner_id>/payments/", partners.pay_partner, name="pay_partner"),
    path("program/badges/", badges.badges, name="badges"),
    path("program/badges/new/", badges.add_badge, name="add_badge"),
    path("program/badges/<int:badge_id>/", badges.badge, name="badge"),
    path("program/challenges/", challenges.challenges, name="challenges"),
    path("program/challenges/new/", challenges.add_challenge, name="add_challenge"),
    path("program/challenges/<int:challenge_id>/", challenges.challenge, name="challenge"),
    path("program/draws/", draws.draws, name="draws"),
    path("program/draws/new/", draws.add_draw, name="add_draw"),
    path("program/draws/<int:draw_id>/", draws.draw, name="draw"),
    path("program/draws/<int:draw_id>/turns/", draws.turns, name="turns"),
    path("program/referrals/", referrals.referrals, name="referrals"),
    path("program/referrals/<int:referral_id>/decision/", referrals.decide_referral, name="decide_referral"),
    path("customers/<int:customer_id>/referrer/", referrals.bring, name="bring"),
    path("customers/<int:customer_id>/turns/", membership.take_turn, name="take_turn"),
    path("customers/<int:customer_id>/membership/", membership.membership, name="membership"),
    path("customers/<int:customer_id>/plans/", membership.sell_plan, name="sell_plan"),
    path("program/rewards/", rewards.rewards, name="rewards"),
    path("program/rewards/counts/", rewards.count, name="count"),
    path("program/rewards/orders/<int:order_id>/", rewards.decide, name="decide"),
]
