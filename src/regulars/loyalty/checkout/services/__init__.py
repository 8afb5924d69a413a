"""The verbs of checkout: quote, commit, void, return, close the day; each message once (`journal`)."""

from regulars.loyalty.checkout.services.journal import Answer
from regulars.loyalty.checkout.services.selling import commit

__all__ = ["Answer", "commit"]
