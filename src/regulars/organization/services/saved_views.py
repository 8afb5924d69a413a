"""List pages as people keep them: filters, sort and columns under a name, each for its own person."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext as _

from regulars.core.errors import DomainError, InvalidInputError, NotFoundError
from regulars.organization.access import Viewer
from regulars.organization.models import SavedView

VIEWS_MAX = 50


class TooManyViewsError(DomainError):
    """A person keeps only so many views of a page."""

    code = "saved_view.too_many"
    status_code: ClassVar[int] = 409


def save_view(*, page: str, name: str, query: str, viewer: Viewer) -> SavedView:
    """Keep the list `page` as it looks now; a name used before is overwritten."""
    if viewer.person_id is None:
        raise NotFoundError
    name = name.strip()
    if not name or len(name) > 80 or len(query) > 1000 or len(page) > 80:
        raise InvalidInputError(_("Write a name of up to 80 characters."), field="name")
    mine = SavedView.objects.filter(person_id=viewer.person_id, page=page)
    if not mine.filter(name=name).exists() and mine.count() >= VIEWS_MAX:
        raise TooManyViewsError(_("You keep many views already. Delete one first."))
    view, _made = SavedView.objects.update_or_create(
        person_id=viewer.person_id, page=page, name=name, defaults={"query": query.lstrip("?")}
    )
    return view


def delete_view(view_id: int, *, viewer: Viewer) -> None:
    """Forget one of the viewer's own views."""
    deleted, _by_model = SavedView.objects.filter(pk=view_id, person_id=viewer.person_id or 0).delete()
    if not deleted:
        raise NotFoundError
