"""The verbs of the customers room: the only code that writes customers.

`recognition` for receipts, `saving` and `writing` for files and REST, `profile` for people at the screen.
"""

from regulars.customers.services.recognition import recognize
from regulars.customers.services.saving import CUSTOMERS, save_customers

__all__ = ["CUSTOMERS", "recognize", "save_customers"]
