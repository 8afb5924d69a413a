"""The verbs of checkout: quote, commit, void, return, close the day; each message once (`journal`)."""

from regulars.loyalty.checkout.services.closing import close_day
from regulars.loyalty.checkout.services.identifying import Who, identify
from regulars.loyalty.checkout.services.journal import Answer
from regulars.loyalty.checkout.services.quoting import quote, release
from regulars.loyalty.checkout.services.selling import commit
from regulars.loyalty.checkout.services.taking_back import take_back, void

__all__ = ["Answer", "Who", "close_day", "commit", "identify", "quote", "release", "take_back", "void"]
