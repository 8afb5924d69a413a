"""Addresses: what changes customers. The list and the 360 page stand in the home room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from regulars.customers.views import actions, design, record

app_name = "customers"
_ONE = "customers/<int:customer_id>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("customers/new/", record.new, name="new"),
    path(f"{_ONE}edit/", record.edit, name="edit"),
    path(f"{_ONE}claim/", record.claim, name="claim"),
    path(f"{_ONE}contact/", actions.show_contact, name="show_contact"),
    path(f"{_ONE}identifiers/", actions.add_identifier, name="add_identifier"),
    path(f"{_ONE}identifiers/<int:identifier_id>/end/", actions.end_identifier, name="end_identifier"),
    path(f"{_ONE}identifiers/<int:identifier_id>/whole/", actions.show_identifier, name="show_identifier"),
    path(f"{_ONE}tags/", actions.add_tag, name="add_tag"),
    path(f"{_ONE}tags/<int:customer_tag_id>/removal/", actions.remove_tag, name="remove_tag"),
    path(f"{_ONE}notes/", actions.add_note, name="add_note"),
    path(f"{_ONE}notes/<int:note_id>/removal/", actions.remove_note, name="remove_note"),
    path(f"{_ONE}files/", actions.add_file, name="add_file"),
    path(f"{_ONE}files/<int:file_id>/", actions.open_file, name="open_file"),
    path(f"{_ONE}files/<int:file_id>/removal/", actions.remove_file, name="remove_file"),
    path("tags/", design.tags, name="tags"),
    path("tags/<int:tag_id>/", design.tags, name="tag"),
    path("tags/<int:tag_id>/removal/", design.delete_tag, name="delete_tag"),
    path("profile-fields/", design.profile_fields, name="profile_fields"),
    path("profile-fields/<int:field_id>/", design.profile_fields, name="profile_field"),
    path("profile-fields/<int:field_id>/removal/", design.delete_field, name="delete_field"),
]
