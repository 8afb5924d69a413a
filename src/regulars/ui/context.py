"""What every page of the frame needs: navigation, language, theme, the person, chart themes. A context processor.

Everything is lazy: a fragment that draws no frame pays nothing for it.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from regulars.ui import navigation, theming

PHONE_PLACES = 4  # plus "More": five things fit a thumb


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return `frame`, the parts of the page around its content."""
    return {"frame": SimpleLazyObject(lambda: _frame(request)), "theme": theming.chosen(request)}


def _frame(request: HttpRequest) -> dict[str, Any]:
    viewer = getattr(request, "viewer", None)
    sections = navigation.sections(viewer=viewer, path=request.path)
    return {
        "sections": sections,
        "phone": [(section, section.places[0]) for section in sections[:PHONE_PLACES]],
        "language": get_language() or settings.LANGUAGE_CODE,
        "languages": settings.LANGUAGES,
        "path": request.get_full_path(),
        "search_url": navigation.search_url(),
        "account_links": navigation.account_places(),
        "sign_out_url": navigation.sign_out_url(),
        "person_name": _person_name(request, viewer=viewer),
        "role": getattr(viewer, "role_label", ""),
    }


def _person_name(request: HttpRequest, *, viewer: Any) -> str:
    user = getattr(request, "user", None)
    return getattr(viewer, "name", "") or getattr(user, "name", "") or str(user or "")
