"""The key under which one customer's personal data are sealed, made when there is something to seal (D9)."""

from __future__ import annotations

from regulars.core import pii
from regulars.customers.models import Customer, CustomerKey


def key_of(customer: Customer) -> pii.DataKey:
    """Return the customer's data key, made now if there is none; the customer's row must be locked or new."""
    stored = CustomerKey.objects.filter(pk=customer.pk).first()
    if stored is not None:
        return pii.unwrap(bytes(stored.wrapped))
    key, wrapped = pii.new_data_key()
    CustomerKey.objects.create(customer=customer, wrapped=wrapped)
    return key
