"""Read the one company of this installation: its currency, zone and country are the defaults of everything else."""

from __future__ import annotations

from regulars.core.errors import DomainError
from regulars.organization.models import Company


class CompanyMissingError(DomainError):
    """Nobody has said yet who the retailer is."""

    code = "company.missing"


def get_company() -> Company:
    """Return the company, or say that it must be set up first."""
    company = Company.objects.first()
    if company is None:
        raise CompanyMissingError("Set up the company first: its name, currency, time zone and country (Settings).")
    return company
