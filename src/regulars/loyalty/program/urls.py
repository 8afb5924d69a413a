"""Addresses of the program."""

from __future__ import annotations

from django.urls import URLPattern, path

from regulars.loyalty.program.views import rewards, rules, tiers

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
    path("program/rewards/", rewards.rewards, name="rewards"),
    path("program/rewards/counts/", rewards.count, name="count"),
    path("program/rewards/orders/<int:order_id>/", rewards.decide, name="decide"),
]
