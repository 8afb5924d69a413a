"""The SQL by which `places` judges and saves regions and stores. Fixed text: values come in as parameters only."""

from __future__ import annotations

_FORMATS = "('supermarket', 'convenience', 'department', 'apparel', 'pharmacy', 'beauty', 'online', 'other')"

REGION_FAULTS = """
SELECT "row", 'code', 'required', 'The code is missing.' FROM incoming_region WHERE coalesce(code, '') = ''
UNION ALL
SELECT "row", 'code', 'text.too_long', 'The code is longer than 64 characters.' FROM incoming_region
WHERE length(code) > 64
UNION ALL
SELECT "row", 'name', 'text.too_long', 'The name is longer than 200 characters.'
FROM incoming_region WHERE length(name) > 200
UNION ALL
SELECT i."row", 'parent_code', 'region.unknown', 'There is no region with this code.' FROM incoming_region i
WHERE i.parent_code <> '' AND NOT EXISTS (SELECT FROM incoming_region o WHERE o.code = i.parent_code)
  AND NOT EXISTS (SELECT FROM organization_region o WHERE o.code = i.parent_code)
UNION ALL
SELECT i."row", 'parent_code', 'region.ring', 'A region cannot lie below itself.' FROM incoming_region i
WHERE i.parent_code <> '' AND EXISTS (
    WITH RECURSIVE links (code, parent) AS (
        SELECT code, parent_code FROM incoming_region
        UNION ALL
        SELECT r.code, p.code FROM organization_region r LEFT JOIN organization_region p ON p.id = r.parent_id
        WHERE NOT EXISTS (SELECT FROM incoming_region n WHERE n.code = r.code AND n.parent_code IS NOT NULL)
    ), up (code) AS (
        SELECT i.parent_code
        UNION
        SELECT links.parent FROM up JOIN links ON links.code = up.code WHERE links.parent <> ''
    )
    SELECT FROM up WHERE up.code = i.code
)
ORDER BY 1, 2
"""

# Zones that PostgreSQL knows are those that a business date can be computed in.
STORE_FAULTS = f"""
SELECT "row", 'code', 'required', 'The code is missing.' FROM incoming_store WHERE coalesce(code, '') = ''
UNION ALL
SELECT "row", 'code', 'text.too_long', 'The code is longer than 64 characters.' FROM incoming_store
WHERE length(code) > 64
UNION ALL
SELECT "row", 'name', 'text.too_long', 'The name is longer than 200 characters.' FROM incoming_store
WHERE length(name) > 200
UNION ALL
SELECT "row", 'address', 'text.too_long', 'The address is longer than 300 characters.'
FROM incoming_store WHERE length(address) > 300
UNION ALL
SELECT "row", 'city', 'text.too_long', 'The city is longer than 120 characters.' FROM incoming_store
WHERE length(city) > 120
UNION ALL
SELECT i."row", 'timezone', 'timezone.unknown', 'This time zone is not in the IANA list; write it like Asia/Shanghai.'
FROM incoming_store i WHERE i.timezone <> '' AND NOT EXISTS (SELECT FROM pg_timezone_names z WHERE z.name = i.timezone)
UNION ALL
SELECT "row", 'day_cutoff_minutes', 'cutoff.range', 'The day begins 0 to 1439 minutes after midnight.'
FROM incoming_store WHERE day_cutoff_minutes NOT BETWEEN 0 AND 1439
UNION ALL
SELECT "row", 'format', 'format.unknown', 'This store format is not known.'
FROM incoming_store WHERE format <> '' AND format NOT IN {_FORMATS}
UNION ALL
SELECT "row", 'currency', 'currency.unknown', 'Write the currency as three capital letters, like USD.'
FROM incoming_store WHERE currency <> '' AND currency !~ '^[A-Z]{{3}}$'
UNION ALL
SELECT "row", 'latitude', 'place.range', 'Latitude is -90 to 90 and longitude -180 to 180.'
FROM incoming_store WHERE latitude NOT BETWEEN -90 AND 90 OR longitude NOT BETWEEN -180 AND 180
UNION ALL
SELECT "row", 'size_sqm', 'number.range', 'The size is zero or more.' FROM incoming_store
WHERE size_sqm NOT BETWEEN 0 AND 2147483647
UNION ALL
SELECT "row", 'open_hours', 'json.malformed', 'Write open hours like {{"mon": [["08:00", "22:00"]]}}.'
FROM incoming_store WHERE open_hours <> '' AND NOT (open_hours IS JSON OBJECT)
UNION ALL
SELECT i."row", 'closed_on', 'date.order', 'A store closes on or after the day it opened.' FROM incoming_store i
LEFT JOIN organization_store old ON old.code = i.code
WHERE coalesce(i.closed_on, old.closed_on) < coalesce(i.opened_on, old.opened_on)
UNION ALL
SELECT i."row", 'code', 'store.unknown', 'There is no store with this code.' FROM incoming_store i
WHERE %(stores)s::bigint[] IS NOT NULL AND NOT EXISTS (
    SELECT FROM organization_store s WHERE s.code = i.code AND s.id = ANY (%(stores)s::bigint[])
)
ORDER BY 1, 2
"""


def last_row_wins(staged: str) -> str:
    """Return the statement that keeps only the last row of each code."""
    return f'DELETE FROM {staged} early USING {staged} late WHERE early.code = late.code AND early."row" < late."row"'


ADD_REGIONS = """
INSERT INTO organization_region (code, name)
SELECT code, coalesce(nullif(name, ''), code) FROM incoming_region i
WHERE NOT EXISTS (SELECT FROM organization_region known WHERE known.code = i.code) ORDER BY code
RETURNING id
"""

ADD_REGIONS_OF_STORES = """
INSERT INTO organization_region (code, name)
SELECT region_code, coalesce(max(nullif(region_name, '')), region_code) FROM incoming_store
WHERE region_code <> '' GROUP BY region_code ORDER BY region_code
ON CONFLICT (code) DO NOTHING
"""

_REGION = "jsonb_build_object('code', {0}.code, 'name', {0}.name, 'parent_id', {0}.parent_id)"

# Regions that were added a statement before (`added`) still lack their parent.
SAVE_REGIONS = f"""
WITH wanted AS (
    SELECT old.id, {_REGION.format("old")} AS before, old.id = ANY (%(added)s::bigint[]) AS is_new,
        coalesce(nullif(i.name, ''), old.name) AS name,
        CASE WHEN i.parent_code IS NULL THEN old.parent_id ELSE parent.id END AS parent_id
    FROM incoming_region i JOIN organization_region old ON old.code = i.code
    LEFT JOIN organization_region parent ON parent.code = i.parent_code
), saved AS (
    UPDATE organization_region known SET name = wanted.name, parent_id = wanted.parent_id FROM wanted
    WHERE known.id = wanted.id
      AND (wanted.is_new OR (known.name, known.parent_id) IS DISTINCT FROM (wanted.name, wanted.parent_id))
    RETURNING known.*
)
SELECT saved.id, CASE WHEN NOT wanted.is_new THEN wanted.before END, {_REGION.format("saved")}
FROM saved JOIN wanted USING (id) ORDER BY saved.id
"""

_STORE = """jsonb_build_object('code', {0}.code, 'name', {0}.name, 'region_id', {0}.region_id, 'format', {0}.format,
    'timezone', {0}.timezone, 'day_cutoff_minutes', {0}.day_cutoff_minutes, 'open_hours', {0}.open_hours,
    'currency', {0}.currency, 'address', {0}.address, 'city', {0}.city, 'latitude', {0}.latitude,
    'longitude', {0}.longitude, 'size_sqm', {0}.size_sqm, 'opened_on', {0}.opened_on, 'closed_on', {0}.closed_on)"""

SAVE_STORES = f"""
WITH wanted AS (
    SELECT i.*, region.id AS region_id, old AS old,
        CASE WHEN old.id IS NOT NULL THEN {_STORE.format("old")} END AS before
    FROM incoming_store i
    LEFT JOIN organization_region region ON region.code = i.region_code
    LEFT JOIN organization_store old ON old.code = i.code
), saved AS (
    INSERT INTO organization_store AS known (code, name, region_id, format, timezone, day_cutoff_minutes, open_hours,
        currency, address, city, latitude, longitude, size_sqm, opened_on, closed_on, source)
    SELECT code, coalesce(nullif(name, ''), (old).name, code),
        CASE WHEN region_code IS NULL THEN (old).region_id ELSE coalesce(region_id, (old).region_id) END,
        coalesce(nullif(format, ''), (old).format, 'other'),
        coalesce(nullif(timezone, ''), (old).timezone, %(timezone)s),
        coalesce(day_cutoff_minutes, (old).day_cutoff_minutes, 0),
        coalesce(nullif(open_hours, '')::jsonb, (old).open_hours, '{{}}'::jsonb),
        coalesce(nullif(currency, ''), (old).currency, %(currency)s),
        coalesce(address, (old).address, ''), coalesce(city, (old).city, ''),
        coalesce(latitude, (old).latitude), coalesce(longitude, (old).longitude), coalesce(size_sqm, (old).size_sqm),
        coalesce(opened_on, (old).opened_on), coalesce(closed_on, (old).closed_on), %(source)s
    FROM wanted ORDER BY code
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, region_id = excluded.region_id, format = excluded.format,
        timezone = excluded.timezone, day_cutoff_minutes = excluded.day_cutoff_minutes,
        open_hours = excluded.open_hours, currency = excluded.currency, address = excluded.address,
        city = excluded.city, latitude = excluded.latitude, longitude = excluded.longitude,
        size_sqm = excluded.size_sqm, opened_on = excluded.opened_on, closed_on = excluded.closed_on
    WHERE {_STORE.format("known")} IS DISTINCT FROM {_STORE.format("excluded")}
    RETURNING known.*
)
SELECT saved.id, wanted.before, {_STORE.format("saved")} FROM saved JOIN wanted USING (code) ORDER BY saved.id
"""
