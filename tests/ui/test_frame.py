"""The frame shows only what the viewer may use, and remembers theme and language."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from regulars.ui import navigation, theming
from regulars.ui.navigation import Item


class Marketer:
    def may(self, action: str) -> bool:
        return action == "thing.view"


@pytest.fixture
def _only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_items", [])
    navigation.register(
        Item(navigation.SETTINGS, "Open to all", "ui:design"),
        Item(navigation.TODAY, "Allowed", "ui:theme", resource="thing", action="view"),
        Item(navigation.TODAY, "Refused", "ui:language", resource="thing", action="delete"),
        Item(navigation.TODAY, "Not installed", "nowhere:at_all"),
    )


@pytest.mark.usefixtures("_only")
def test_the_navigation_shows_only_what_the_viewer_may_use_in_the_order_of_the_flow() -> None:
    found = navigation.sections(viewer=Marketer(), path="/design/forms/")
    assert [(section.key, [str(place.label) for place in section.places]) for section in found] == [
        ("today", ["Allowed"]),
        ("settings", ["Open to all"]),
    ]
    assert [section.current for section in found] == [False, True]


@pytest.mark.usefixtures("_only")
def test_nobody_sees_only_open_places() -> None:
    found = navigation.sections(viewer=None, path="/")
    assert [section.key for section in found] == ["settings"]


def test_an_unknown_group_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="no group"):
        navigation.register(Item("elsewhere", "x", "ui:design"))


@pytest.mark.django_db
def test_the_theme_is_remembered_and_drawn_by_the_server(client: Client) -> None:
    answer = client.post("/ui/theme/", {"theme": "dark", "next": "/design/forms/"})
    assert answer["Location"] == "/design/forms/"
    assert answer.cookies[theming.COOKIE].value == "dark"
    assert 'data-theme="dark"' in client.get("/design/").content.decode()


def test_the_theme_switch_refuses_other_values_and_other_hosts(client: Client) -> None:
    refused = client.post("/ui/theme/", {"theme": "pink"})
    assert refused.status_code == 400
    assert theming.COOKIE not in refused.cookies
    assert client.post("/ui/theme/", {"theme": "dark", "next": "https://evil.example/"})["Location"] == "/"


def test_a_tampered_theme_cookie_counts_as_system(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.COOKIES[theming.COOKIE] = '"><script>'
    assert theming.chosen(request) == "system"
