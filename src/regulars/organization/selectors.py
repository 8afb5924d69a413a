"""Reads of the company: the viewer behind a person or a key, and the stores below a region.

For the middleware, the API's sign-in and the pages. A viewer is made anew for each request, so that a role taken away
or a person switched off has no right left at the next one (T-26, T-31).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from regulars.core.errors import NotFoundError
from regulars.organization import access
from regulars.organization.models import ApiKey, Approval, AuditEntry, Grant, Person, Region, Store

SHARED_FOR = timedelta(days=30)
_SHARED_MAX = 500
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


def list_people(viewer: access.Viewer) -> QuerySet[Person]:
    """Return the staff that the viewer may see: everybody, or whoever holds a role in the viewer's stores."""
    scope = viewer.scope("staff.read")
    people = Person.objects.prefetch_related(Prefetch("grants", Grant.objects.select_related("store", "region").order_by("id")))
    if scope.stores is None:
        return people
    here = Q(store__in=scope.stores) | Q(region__stores__in=scope.stores)
    return people.filter(pk__in=Grant.objects.filter(here).values("person_id"))


def get_person(viewer: access.Viewer, person_id: int) -> Person:
    """Return one of the staff, or refuse as if the person were not there."""
    person = list_people(viewer).filter(pk=person_id).first()
    if person is None:
        raise NotFoundError
    return person


def list_audit(viewer: access.Viewer) -> QuerySet[AuditEntry]:
    """Return the part of the trail that the viewer may read."""
    return viewer.restrict(AuditEntry.objects.all(), "audit.read", store="store_id")


@dataclass(frozen=True, slots=True)
class SharedUse:
    """A till that spoke with a key while another one did."""

    till: str
    address: str
    at: datetime


def shared_keys(*, now: datetime) -> dict[int, list[SharedUse]]:
    """Return the keys that two tills have used at once lately, with the tills, newest first (T-25).

    Read from the trail, in which the till's door notes it: the rooms of the tills lie above this one.
    """
    told = AuditEntry.objects.filter(action="key.second_till", object_type="key", at__gt=now - SHARED_FOR)
    shared: dict[int, dict[tuple[str, str], SharedUse]] = {}
    for entry in told.order_by("-at")[:_SHARED_MAX]:
        uses, said = shared.setdefault(int(entry.object_id), {}), entry.after or {}
        uses.setdefault((said["till"], said["address"]), SharedUse(said["till"], said["address"], entry.at))
    living = ApiKey.objects.filter(pk__in=shared, revoked_at=None).values_list("pk", flat=True)
    return {key: list(shared[key].values()) for key in living}


def list_approvals(viewer: access.Viewer) -> QuerySet[Approval]:
    """Return the requests of rights that the viewer holds too, by people whose reach lies inside the viewer's."""
    below = stores_below(Region.objects.values_list("pk", flat=True))
    seen = Q(asked_by_id=viewer.person_id)
    for action, cells in access.matrix().items():
        if viewer.may(action) and any(cell.needs_second for cell in cells.values()):
            seen |= Q(action=action) & _asked_within(viewer.scope(action).stores, cells, below)
    return Approval.objects.filter(seen).select_related("asked_by", "decided_by")


def _asked_within(stores: frozenset[int] | None, roles: Collection[str], below: dict[int, frozenset[int]]) -> Q:
    """Return the condition that whoever asked holds none of the roles outside these stores."""
    if stores is None:
        return Q()
    regions = [region for region, inside in below.items() if inside <= stores]
    outside = Grant.objects.filter(role__in=roles).exclude(Q(store__in=stores) | Q(region__in=regions))
    return Q(asked_by__isnull=False) & ~Q(asked_by__in=outside.values("person"))


def list_stores(viewer: access.Viewer) -> QuerySet[Store]:
    """Return the stores that the viewer may see."""
    return viewer.restrict(Store.objects.select_related("region"), "store.read", store="pk")


def get_store(viewer: access.Viewer, store_id: int) -> Store:
    """Return one store, or refuse as if it were not there."""
    store = list_stores(viewer).filter(pk=store_id).first()
    if store is None:
        raise NotFoundError
    return store
