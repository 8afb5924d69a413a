"""What checkout does about the rounds of the outbox: it tells what tills have recorded since the last one."""

from __future__ import annotations

from regulars.core import outbox
from regulars.loyalty.checkout.services import telling

outbox.before_delivery(telling.tell)
