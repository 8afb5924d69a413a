"""Reads of the company: the viewer behind a person or a key, and the stores below a region.

For the middleware, the API's sign-in and the pages. A viewer is made anew for each request, so that a role taken away or a
person switched off has no right left at the next one (T-26, T-31).
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from regulars.organization import access
from regulars.organization.models import ApiKey, Grant, Person

_STORES_BELOW = """
WITH RECURSIVE below (root, id) AS (
    SELECT id, id FROM organization_region WHERE id = ANY(%s)
    UNION
    SELECT below.root, region.id FROM organization_region region JOIN below ON region.parent_id = below.id
)
SELECT below.root, store.id FROM below JOIN organization_store store ON store.region_id = below.id
"""


def viewer_of_person(person: Person) -> access.Viewer:
    """Return what this person may do now; someone who is switched off, or has no grant, may do nothing."""
    grants = list(Grant.objects.filter(person=person).order_by("id")) if person.is_active else []
    below = stores_below({grant.region_id for grant in grants if grant.region_id})
    return access.Viewer(
        label=person.name or person.email,
        rights=access.join_rights(access.rights_of(grant.role, stores=_stores(grant, below)) for grant in grants),
        person_id=person.pk,
        source="manual",
        roles=tuple(dict.fromkeys(grant.role for grant in grants)),
    )


def viewer_of_key(key: ApiKey) -> access.Viewer:
    """Return what a machine with this key may do."""
    below = stores_below({key.region_id} if key.region_id else ())
    return access.Viewer(
        label=key.name,
        rights=access.rights_of(key.role, stores=_stores(key, below)),
        key_id=key.pk,
        source=key.source,
        roles=(key.role,),
    )


def stores_below(regions: Collection[int]) -> dict[int, frozenset[int]]:
    """Return the stores of each region together with those of the regions below it."""
    found: dict[int, set[int]] = {region: set() for region in regions}
    if found:
        with connection.cursor() as cursor:
            cursor.execute(_STORES_BELOW, [list(found)])
            for root, store in cursor.fetchall():
                found[root].add(store)
    return {region: frozenset(stores) for region, stores in found.items()}


def _stores(grant: Grant | ApiKey, below: dict[int, frozenset[int]]) -> frozenset[int] | None:
    if grant.store_id:
        return frozenset({grant.store_id})
    return below[grant.region_id] if grant.region_id else None
