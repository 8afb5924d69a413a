"""What each role may do: the matrix of `rights.yaml` in words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from regulars.organization import access, wording
from regulars.organization.requests import requires


@require_GET
@requires("role.read")
def roles(request: HttpRequest) -> HttpResponse:
    """Show the matrix as a table, and role by role on a phone."""
    codes, matrix = list(access.roles()), access.matrix()
    context = {
        "roles": [wording.role_label(code) for code in codes],
        "columns": len(codes) + 1,
        "groups": [
            (group, [(words, [matrix[action].get(code) for code in codes]) for action, words in actions.items()])
            for group, actions in wording.GROUPS.items()
        ],
        "by_role": [
            (
                wording.role_label(code),
                [
                    (
                        group,
                        [(words, matrix[action][code]) for action, words in actions.items() if code in matrix[action]],
                    )
                    for group, actions in wording.GROUPS.items()
                ],
            )
            for code in codes
        ],
    }
    return render(request, "organization/roles.html", context)
