"""SQL of household certificates, written for lists of households."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.documents.certificates.records import Sheet

# What a certificate says: public words, masked numbers and the helper's phone, sealed as it is kept; no card.
_CONTENT = """
    SELECT jsonb_build_object(
        'number', h.number, 'status', h.status, 'version', h.version, 'size', h.size,
        'identified_on', h.identified_on, 'attribute', h.attribute, 'main_cause', h.main_cause,
        'other_causes', h.other_causes,
        'facts', jsonb_strip_nulls(jsonb_build_object('income', said.facts -> 'income', 'land_mu', said.facts -> 'land_mu',
            'house_m2', said.facts -> 'house_m2', 'unsafe_house', said.facts -> 'unsafe_house',
            'water_safe', said.facts -> 'water_safe')),
        'village', place(h.division), 'town', place(left(h.division, 9)), 'county', place(left(h.division, 6)),
        'issuer', coalesce(place(left(h.division, 6)), '本县') || CAST(:issuer AS text),
        'members', (SELECT jsonb_agg(jsonb_build_object('name', m.name, 'relation', m.relation, 'sex', m.sex,
                'born', m.born, 'identity_number', m.identity_masked, 'labour', m.facts -> 'labour', 'health', m.facts -> 'health')
                ORDER BY m.relation <> '户主', m.born, m.person_id)
            FROM member_now m WHERE m.household_id = h.id),
        'helpers', coalesce((SELECT jsonb_agg(jsonb_build_object('name', r.name, 'organisation', r.organisation,
                'since', r.started_on, 'staff_id', r.staff_id, 'phone', st.phone) ORDER BY r.started_on, r.id)
            FROM responsibility_now r LEFT JOIN staff st ON st.id = r.staff_id WHERE r.household_id = h.id), '[]'),
        'exit_year', plan.exit_year,
        'measures', coalesce((SELECT jsonb_agg(jsonb_build_object('what', e.what, 'owner', e.owner) ORDER BY e.id)
            FROM measure e WHERE e.plan_id = plan.id), '[]')
    ) AS content FROM shown(h.facts) AS said(facts)
    LEFT JOIN LATERAL (SELECT id, exit_year FROM plan_now p WHERE p.household_id = h.id LIMIT 1) AS plan ON true
"""
# Locked in one order, so that two who issue for the same households come one after the other.
OF_LIST = text("""
    SELECT id, status FROM household WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR NO KEY UPDATE
""")
OF_DIVISION = text("""
    SELECT id, status FROM household WHERE division >= :low AND division < :high AND status <> 'removed'
    ORDER BY id FOR NO KEY UPDATE
""")
SUPERSEDE = text(f"""
    UPDATE certificate c SET superseded_at = business_now()
    FROM household h CROSS JOIN LATERAL ({_CONTENT}) AS fresh
    WHERE h.id = ANY(CAST(:ids AS uuid[])) AND c.household_id = h.id AND c.superseded_at IS NULL
      AND (CAST(:renew AS boolean) OR c.content IS DISTINCT FROM fresh.content)
""")
# A household whose certificate still stands (the content is the same) gets no other.
ISSUE = text(f"""
    WITH wanting AS MATERIALIZED (
        SELECT h.id, h.division, h.number, fresh.content FROM household h CROSS JOIN LATERAL ({_CONTENT}) AS fresh
        WHERE h.id = ANY(CAST(:ids AS uuid[]))
          AND NOT EXISTS (SELECT FROM certificate c WHERE c.household_id = h.id AND c.superseded_at IS NULL OFFSET 0)
    ), counted AS (
        INSERT INTO certificate_serial AS s (division, year, last)
        SELECT division, CAST(:year AS integer), count(*) FROM wanting GROUP BY division ORDER BY division
        ON CONFLICT (division, year) DO UPDATE SET last = s.last + excluded.last
        RETURNING division, last
    ), numbered AS (
        SELECT *, row_number() OVER (PARTITION BY division ORDER BY number) AS place,
            count(*) OVER (PARTITION BY division) AS many FROM wanting
    )
    INSERT INTO certificate (id, division, household_id, serial, issued_on, content, reason, recorded_by)
    SELECT gen_random_uuid(), n.division, n.id,
        n.division || '-' || CAST(:year AS text) || '-' || lpad((c.last - n.many + n.place)::text, 5, '0'),
        business_today(), n.content, :reason, :actor
    FROM numbered n JOIN counted c ON c.division = n.division
    RETURNING household_id, division, serial
""")
_COLUMNS = """
    c.id, c.division, c.household_id, c.serial, c.issued_on, c.reason, c.recorded_at, c.recorded_by,
    (c.content ->> 'version')::integer AS household_version, c.content ->> 'number' AS number,
    c.content ->> 'village' AS village, st.standing, st.since
"""
_STANDING = """certificate c CROSS JOIN LATERAL certificate_standing(
        c.household_id, c.division, c.content, c.issued_on, c.superseded_at) AS st"""
LIST = text(f"""
    SELECT {_COLUMNS} FROM {_STANDING}
    WHERE c.division >= :low AND c.division < :high AND (c.division, c.id) > (:division, CAST(:id AS uuid))
      AND (CAST(:standing AS text) IS NULL OR st.standing = :standing)
    ORDER BY c.division, c.id LIMIT :limit
""")
OF_HOUSEHOLD = text(f"""
    SELECT {_COLUMNS} FROM {_STANDING}
    WHERE c.household_id = :household_id AND (c.division, c.id) > (:division, CAST(:id AS uuid))
      AND (CAST(:standing AS text) IS NULL OR st.standing = :standing)
    ORDER BY c.division, c.id LIMIT :limit
""")
ONE = text(f"""
    SELECT {_COLUMNS} FROM {_STANDING}
    WHERE c.serial = :serial
""")
_SHEET = "division, household_id, serial, code, issued_on, recorded_at, content"
_SHEET_OF = text(f"SELECT {_SHEET} FROM certificate WHERE serial = :serial")
# The certificates that stood at a moment, as a village's sheets print them.
_SHEETS = text(f"""
    SELECT {_SHEET} FROM certificate
    WHERE division = :division AND believed_at(recorded_at, superseded_at, :known_at)
    ORDER BY serial
""")
# Whose names stand on the certificates of some households.
NAMES = text("""
    SELECT h.id, h.number, named.name FROM household h CROSS JOIN LATERAL (
        SELECT m.name FROM member_now m WHERE m.household_id = h.id
        UNION ALL SELECT r.name FROM responsibility_now r WHERE r.household_id = h.id) AS named
    WHERE h.id = ANY(CAST(:ids AS uuid[])) ORDER BY h.id
""")
# The photos of a household that were there when its certificate was issued, the newest first.
PHOTOS = text("""
    SELECT sha256, media_type FROM attachment
    WHERE household_id = :household_id AND media_type IN ('image/jpeg', 'image/png') AND recorded_at <= :recorded_at
      AND size <= :most
    ORDER BY recorded_at DESC, id DESC LIMIT :limit
""")
VERIFY = text("SELECT standing, since, issued_on, division, village FROM verify_certificate(:code)")


async def sheet(session: AsyncSession, serial: str) -> Sheet | None:
    """What is printed of one certificate."""
    row = (await session.execute(_SHEET_OF, {"serial": serial})).one_or_none()
    return Sheet(*row) if row else None


async def sheets(session: AsyncSession, division: str, known_at: datetime) -> list[Sheet]:
    """The certificates of a village that stood at a moment, by serial number."""
    found = await session.execute(_SHEETS, {"division": division, "known_at": known_at})
    return [Sheet(*row) for row in found]
