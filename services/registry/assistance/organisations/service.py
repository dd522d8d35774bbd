"""Record organisations, rename them, let them end."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.organisations import queries, rules
from services.registry.assistance.organisations.catalogue import catalogue
from services.registry.assistance.organisations.records import Organisation
from services.registry.assistance.organisations.schemas import OrganisationIn, OrganisationPatch
from shared.database import concurrency
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.security import audit


async def record(session: AsyncSession, items: list[OrganisationIn]) -> Answers:
    """Record organisations; the same again is "unchanged"."""
    caller = caller_of(session)
    known = await queries.same(
        session,
        ids=[item.id for item in items],
        divisions=[item.division for item in items],
        names=[item.name for item in items],
    )
    by_id = {one.id: one for one in known}
    names = {(one.division, one.name) for one in known if one.valid_to is None}
    fresh: list[Organisation] = []

    def decide(item: OrganisationIn) -> Outcome:
        if item.id in by_id:
            rules.check_same(by_id[item.id], item)
            return "unchanged"
        rules.check_organisation(item, caller, catalogue())
        if (item.division, item.name) in names:
            raise rules.OrganisationKnown(field="name", rule="once in a division")
        names.add((item.division, item.name))
        fresh.append(Organisation(**item.model_dump(), valid_to=None, version=1))
        return "accepted"

    answers = answer_each(items, decide)
    await queries.record(session, fresh)
    for one in fresh:
        after = {"name": one.name, "kind": one.kind, "level": one.level}
        audit.record(session, "organisation.recorded", "organisation", one.id, one.division, after=after)
    return answers


async def change(session: AsyncSession, id: UUID, body: OrganisationPatch, if_match: str | None) -> Organisation:
    """Rename it or end it. Raises NoSuchOrganisation, 412, 428, EndBeforeStart."""
    expected = concurrency.expected_version(if_match)
    before = (await queries.lock(session, [id])).get(id)
    if before is None:
        raise rules.NoSuchOrganisation(field="organisation_id")
    concurrency.same_version(expected, before.version)
    if body.valid_to is not None and body.valid_to <= before.valid_from:
        raise rules.EndBeforeStart(field="valid_to", rule="after valid_from")
    after = replace(
        before,
        name=body.name or before.name,
        valid_to=body.valid_to or before.valid_to,
        version=before.version + 1,
    )
    await queries.change(session, after)
    was, now = _said(before), _said(after)
    audit.record(session, "organisation.changed", "organisation", id, before.division, before=was, after=now)
    return after


def _said(organisation: Organisation) -> dict[str, str]:
    return {"name": organisation.name, "valid_to": str(organisation.valid_to)}
