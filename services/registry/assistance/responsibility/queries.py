"""What an assignment has to look at, locked in one order: staff, organisations, households, villages."""

from sqlalchemy import text

STAFF = text("SELECT * FROM staff WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
ORGANISATIONS = text("SELECT * FROM organisation WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
HOUSEHOLDS = text("SELECT id, division, status FROM household WHERE id = ANY(:ids) ORDER BY id FOR SHARE")
# A village is locked, because two could otherwise take the same post of it at once.
VILLAGES = text("""
    SELECT code, valid_from, valid_to FROM division WHERE code = ANY(:codes) ORDER BY code, valid_from FOR UPDATE
""")
OF_STAFF = text("""
    SELECT id, role, division, household_id, staff_id, name, started_on, ended_on FROM responsibility
    WHERE staff_id = ANY(:ids)
""")
OF_VILLAGES = text("""
    SELECT id, role, division, household_id, staff_id, name, started_on, ended_on FROM responsibility
    WHERE division = ANY(:codes) AND household_id IS NULL AND role = ANY(:roles)
""")
OF_DEPARTMENTS = text("""
    SELECT id, role, division, household_id, organisation_id, started_on, ended_on FROM responsibility
    WHERE organisation_id = ANY(:ids) AND role = 'department'
""")
LOCK = text("SELECT * FROM responsibility WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
# Which identities live in a registered household now.
POOR = text("""
    SELECT asked.identity_index
    FROM unnest(CAST(:indexes AS bytea[])) AS asked(identity_index)
    CROSS JOIN LATERAL (SELECT id FROM person p WHERE p.identity_index = asked.identity_index LIMIT 1) AS known
    CROSS JOIN LATERAL (SELECT household_id FROM membership_now m
        WHERE m.person_id = known.id LIMIT 1) AS living
    CROSS JOIN LATERAL (SELECT 1 FROM household h
        WHERE h.id = living.household_id AND h.status = 'registered' LIMIT 1) AS registered
""")
ASSIGN = text("""
    INSERT INTO responsibility (id, division, role, household_id, organisation_id, organisation, level, staff_id,
        name, rank, subject, started_on, follows, note, most, policies, recorded_by)
    VALUES (:id, :division, :role, :household_id, :organisation_id, :organisation, :level, :staff_id,
        :name, :rank, :subject, :started_on, :follows, :note, :most, CAST(:policies AS jsonb), :actor)
""")
END = text("""
    UPDATE responsibility SET ended_on = :on, ended_note = :note, version = version + 1 WHERE id = :id
""")
LIST = text("""
    SELECT * FROM responsibility
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
      AND (CAST(:role AS text) IS NULL OR role = :role)
      AND (CAST(:staff_id AS uuid) IS NULL OR staff_id = :staff_id)
      AND (CAST(:on AS date) IS NULL OR (started_on <= :on AND (ended_on IS NULL OR ended_on > :on)))
    ORDER BY division, id LIMIT :limit
""")
HOUSEHOLD = text("SELECT division FROM household WHERE id = :id")
OF_HOUSEHOLD = text("""
    SELECT * FROM responsibility WHERE household_id = :id ORDER BY started_on, id
""")
# OFFSET 0 keeps it one index lookup a household: a page never reads all helpers.
UNHELPED = text("""
    SELECT h.id, h.division, h.number, h.size FROM household h
    WHERE h.division >= :low AND h.division < :high AND (h.division, h.id) > (:division, CAST(:id AS uuid))
      AND h.status = 'registered'
      AND NOT EXISTS (SELECT FROM responsibility r WHERE r.household_id = h.id AND r.ended_on IS NULL OFFSET 0)
    ORDER BY h.division, h.id LIMIT :limit
""")
HOLDERS = text("""
    SELECT role, staff_id, organisation_id, organisation, name, rank, subject, started_on, ended_on
    FROM responsibility
    WHERE division = :village AND role = ANY(:roles) AND started_on <= :on AND (ended_on IS NULL OR ended_on > :on)
""")
# What somebody has in charge, by the subject of their token.
CHARGES_OF = text("""
    SELECT role, division, household_id IS NOT NULL AS helped, name, organisation, started_on FROM responsibility
    WHERE subject = :subject AND started_on <= :on AND (ended_on IS NULL OR ended_on > :on) ORDER BY started_on, id
""")
EMPLOYED = text("""
    SELECT s.name, o.name AS organisation FROM staff s JOIN organisation o ON o.id = s.organisation_id
    WHERE s.subject = :subject
""")
