"""What can be done to the company: the only writers of its tables, apart by noun. Import this package as a module.

`from regulars.organization import services as organization`, then `organization.give_role(...)`.
"""

from __future__ import annotations

from regulars.organization.services.people import (
    EmailTakenError,
    LastAdministratorError,
    OwnRightsError,
    RolePlaceError,
    change_own_profile,
    create_person,
    deactivate_person,
    give_role,
    reactivate_person,
    take_role,
)
from regulars.organization.services.sign_in_links import (
    LINK_LASTS,
    SignInLinkError,
    create_sign_in_link,
    find_sign_in_link,
    use_sign_in_link,
)

__all__ = [
    "LINK_LASTS",
    "EmailTakenError",
    "LastAdministratorError",
    "OwnRightsError",
    "RolePlaceError",
    "SignInLinkError",
    "change_own_profile",
    "create_person",
    "create_sign_in_link",
    "deactivate_person",
    "find_sign_in_link",
    "give_role",
    "reactivate_person",
    "take_role",
    "use_sign_in_link",
]
