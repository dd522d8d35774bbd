"""Record organisations, rename them, let them end."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.organisations import rules
from services.registry.assistance.organisations.catalogue import codes
from services.registry.assistance.organisations.schemas import OrganisationIn, OrganisationPatch, OrganisationRow
from shared.database import concurrency
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.security import audit

_KNOWN = text("""
    SELECT id, division, level, kind, name, valid_from, valid_to FROM organisation
    WHERE id = ANY(:ids) OR (division = ANY(:divisions) AND name = ANY(:names) AND valid_to IS NULL)
""")
_RECORD = text("""
    INSERT INTO organisation (id, division, level, kind, name, valid_from, invented, recorded_by)
    VALUES (:id, :division, :level, :kind, :name, :valid_from, :invented, :actor)
""")
_LOCK = text("SELECT * FROM organisation WHERE id = :id FOR UPDATE")
_CHANGE = text("""
    UPDATE organisation SET name = :name, valid_to = :valid_to, version = version + 1 WHERE id = :id RETURNING *
""")
_FACTS = ("division", "level", "kind", "name", "valid_from")


async def record(session: AsyncSession, items: list[OrganisationIn]) -> Answers:
    """Record organisations; the same again is "unchanged"."""
    caller = caller_of(session)
    wanted = {
        "ids": [item.id for item in items],
        "divisions": [item.division for item in items],
        "names": [item.name for item in items],
    }
    known = (await session.execute(_KNOWN, wanted)).all()
    by_id = {row.id: row for row in known}
    names = {(row.division, row.name) for row in known if row.valid_to is None}
    fresh: list[dict[str, Any]] = []

    def decide(item: OrganisationIn) -> Outcome:
        if row := by_id.get(item.id):
            if any(getattr(row, fact) != getattr(item, fact) for fact in _FACTS):
                raise rules.OrganisationDiffers(field="id", rule="one id, one organisation")
            return "unchanged"
        rules.check_organisation(item, caller, codes())
        if (item.division, item.name) in names:
            raise rules.OrganisationKnown(field="name", rule="once in a division")
        names.add((item.division, item.name))
        fresh.append(item.model_dump() | {"actor": caller.subject})
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        await session.execute(_RECORD, fresh)
    for row in fresh:
        after = {"name": row["name"], "kind": row["kind"], "level": row["level"]}
        audit.record(session, "organisation.recorded", "organisation", row["id"], row["division"], after=after)
    return answers


async def change(session: AsyncSession, id: UUID, body: OrganisationPatch, if_match: str | None) -> OrganisationRow:
    """Rename it or end it. Raises NoSuchOrganisation, 412, 428, EndBeforeStart."""
    expected = concurrency.expected_version(if_match)
    row = (await session.execute(_LOCK, {"id": id})).one_or_none()
    if row is None:
        raise rules.NoSuchOrganisation(field="organisation_id")
    concurrency.same_version(expected, row.version)
    if body.valid_to is not None and body.valid_to <= row.valid_from:
        raise rules.EndBeforeStart(field="valid_to", rule="after valid_from")
    name, valid_to = body.name or row.name, body.valid_to or row.valid_to
    now = (await session.execute(_CHANGE, {"id": id, "name": name, "valid_to": valid_to})).one()
    audit.record(
        session,
        "organisation.changed",
        "organisation",
        id,
        row.division,
        before={"name": row.name, "valid_to": str(row.valid_to)},
        after={"name": name, "valid_to": str(valid_to)},
    )
    return OrganisationRow.model_validate(now)
