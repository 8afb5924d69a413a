"""Addresses: account, staff, roles, keys and audit. What django-allauth answers stands in `account_urls.py`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from regulars.organization.views import (
    account,
    approvals,
    audit,
    company,
    keys,
    roles,
    saved_views,
    sign_in,
    staff,
)

app_name = "organization"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/<str:token>/", sign_in.sign_in_link, name="sign_in_link"),
    path("account/", account.account, name="account"),
    path("account/sessions/", account.end_sessions, name="end_sessions"),
    path("staff/", staff.people, name="people"),
    path("staff/new/", staff.add, name="add_person"),
    path("staff/<int:person_id>/", staff.person, name="person"),
    path("staff/<int:person_id>/roles/", staff.give_role, name="give_role"),
    path("staff/<int:person_id>/roles/<int:grant_id>/removal/", staff.take_role, name="take_role"),
    path("staff/<int:person_id>/links/", staff.create_link, name="create_link"),
    path("staff/<int:person_id>/state/", staff.switch, name="switch_person"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/<int:approval_id>/decision/", approvals.decide, name="decide"),
    path("roles/", roles.roles, name="roles"),
    path("keys/", keys.keys, name="keys"),
    path("keys/<int:key_id>/revocation/", keys.revoke, name="revoke_key"),
    path("audit/", audit.trail, name="audit"),
    path("audit/<int:entry_id>/", audit.entry, name="audit_entry"),
    path("company/", company.company, name="company"),
    path("company/regions/", company.save_region, name="save_region"),
    path("views/", saved_views.save, name="save_view"),
    path("views/<int:view_id>/removal/", saved_views.delete, name="delete_view"),
]
