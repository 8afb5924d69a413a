"""What can be done to the company: the only writers of its tables, apart by noun. Import this package as a module.

`from regulars.organization import services as organization`, then `organization.give_role(...)`.
"""

from __future__ import annotations

from regulars.organization.services.approvals import (
    DecidedError,
    OwnApprovalError,
    SecondPersonNeededError,
    ask_approval,
    carries_out,
    decide_approval,
    refuse_alone,
)
from regulars.organization.services.company import (
    AlreadySetUpError,
    change_company,
    give_head_office_roles,
    setup_company,
)
from regulars.organization.services.keys import asked as key_asked
from regulars.organization.services.keys import authenticate_key, create_key, revoke_key
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
    switch_asked,
    take_role,
)
from regulars.organization.services.people import asked as role_asked
from regulars.organization.services.places import REGIONS, STORES, save_regions, save_stores
from regulars.organization.services.saved_views import delete_view, save_view
from regulars.organization.services.sign_in_links import (
    LINK_LASTS,
    SignInLinkError,
    create_sign_in_link,
    find_sign_in_link,
    use_sign_in_link,
)

__all__ = [
    "LINK_LASTS",
    "REGIONS",
    "STORES",
    "AlreadySetUpError",
    "DecidedError",
    "EmailTakenError",
    "LastAdministratorError",
    "OwnApprovalError",
    "OwnRightsError",
    "RolePlaceError",
    "SecondPersonNeededError",
    "SignInLinkError",
    "ask_approval",
    "authenticate_key",
    "carries_out",
    "change_company",
    "change_own_profile",
    "create_key",
    "create_person",
    "create_sign_in_link",
    "deactivate_person",
    "decide_approval",
    "delete_view",
    "find_sign_in_link",
    "give_head_office_roles",
    "give_role",
    "key_asked",
    "reactivate_person",
    "refuse_alone",
    "revoke_key",
    "role_asked",
    "save_regions",
    "save_stores",
    "save_view",
    "setup_company",
    "switch_asked",
    "take_role",
    "use_sign_in_link",
]
