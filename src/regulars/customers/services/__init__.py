"""The verbs of the customers room: the only code that writes customers.

`recognition` for receipts, `saving` and `writing` for files and REST; for people at the screen `profile`, `holding`
(identifiers), `claiming` (nameless cards), `annotations` (tags, notes), `files` and `designing` (which tags and fields).
"""

from regulars.customers.services.annotations import NotByHandError, add_note, add_tag, remove_note, remove_tag
from regulars.customers.services.claiming import NotNamelessError, attach_card
from regulars.customers.services.designing import (
    InUseError,
    NameTakenError,
    delete_field,
    delete_tag,
    save_field,
    save_tag,
)
from regulars.customers.services.errors import ChangedMeanwhileError, FieldError, IdentifierTakenError
from regulars.customers.services.files import add_file, read_file, remove_file
from regulars.customers.services.holding import Given, add_identifier, end_identifier, show_contact, show_identifier
from regulars.customers.services.profile import create_customer, edit_profile
from regulars.customers.services.recognition import look_up, recognize
from regulars.customers.services.saving import CUSTOMERS, save_customers

__all__ = [
    "CUSTOMERS",
    "ChangedMeanwhileError",
    "FieldError",
    "Given",
    "IdentifierTakenError",
    "InUseError",
    "NameTakenError",
    "NotByHandError",
    "NotNamelessError",
    "add_file",
    "add_identifier",
    "add_note",
    "add_tag",
    "attach_card",
    "create_customer",
    "delete_field",
    "delete_tag",
    "edit_profile",
    "end_identifier",
    "look_up",
    "read_file",
    "recognize",
    "remove_file",
    "remove_note",
    "remove_tag",
    "save_customers",
    "save_field",
    "save_tag",
    "show_contact",
    "show_identifier",
]
