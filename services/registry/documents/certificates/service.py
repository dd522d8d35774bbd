"""Issue certificates: what they say is kept as it was, and a new one supersedes the one before."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.documents.certificates import queries, rules
from services.registry.documents.certificates.records import Issued, Sheet
from services.registry.documents.certificates.schemas import (
    Certificate,
    CertificateRoundIn,
    CertificatesIn,
    HouseholdRef,
    RoundIssued,
    Verification,
)
from services.registry.register.households.queries import note_viewers_of_division
from shared.database.session import caller_of, reach
from shared.households.queries import NoSuchHousehold
from shared.http import paging
from shared.http.items import Answers, Outcome, answer_each
from shared.names.divisions import within
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock


async def for_list(session: AsyncSession, body: CertificatesIn) -> Answers:
    """A certificate for each household; ``unchanged`` where the one it has still says what is true."""
    wanted = {"ids": [item.id for item in body.items]}
    status = {row.id: row.status for row in await session.execute(queries.OF_LIST, wanted)}
    ids = [id for id, one in status.items() if one != "removed"]
    issued = await _issue(session, ids, body.reason, renew=body.renew)

    def decide(item: HouseholdRef) -> Outcome:
        if item.id not in status:
            raise NoSuchHousehold(field="id")
        if status[item.id] == "removed":
            raise rules.HouseholdRemoved(field="id", rule="registered or exited")
        return "accepted" if item.id in issued else "unchanged"

    return answer_each(body.items, decide)


async def for_division(session: AsyncSession, body: CertificateRoundIn) -> RoundIssued:
    """A certificate for every household of a division, in a few statements."""
    if not caller_of(session).covers(body.division):
        raise DivisionForbidden(field="division")
    ids = [row.id for row in await session.execute(queries.OF_DIVISION, within(body.division))]
    issued = await _issue(session, ids, body.reason, renew=False)
    return RoundIssued(division=body.division, issued=len(issued), unchanged=len(ids) - len(issued))


async def _issue(session: AsyncSession, ids: list[UUID], reason: str, *, renew: bool) -> dict[UUID, Issued]:
    await session.execute(queries.SUPERSEDE, {"ids": ids, "renew": renew})
    bound = {
        "ids": ids,
        "year": (await clock.today(session)).year,
        "reason": reason,
        "actor": caller_of(session).subject,
    }
    issued = {row.household_id: Issued(*row) for row in await session.execute(queries.ISSUE, bound)}
    for row in issued.values():
        audit.record(session, "certificate.issued", "certificate", row.serial, row.division, reason=reason)
    return issued


async def page(
    session: AsyncSession, division: str | None, household_id: UUID | None, limit: int, cursor: str | None
) -> paging.Page[Certificate]:
    """Certificates by division, or those of a household, with how they stand today."""
    after, id = paging.decode(cursor, 2) or paging.FIRST
    place = {"division": after, "id": id, "limit": limit + 1}
    if household_id is not None:
        found = await session.execute(queries.OF_HOUSEHOLD, place | {"household_id": household_id})
    else:
        found = await session.execute(queries.LIST, place | reach(session, division))
    return paging.by_division([Certificate.model_validate(row) for row in found], limit)


async def one(session: AsyncSession, serial: str) -> Certificate:
    """One certificate, without what it says of persons. Raises NoSuchCertificate."""
    row = (await session.execute(queries.ONE, {"serial": serial})).one_or_none()
    if row is None:
        raise rules.NoSuchCertificate(field="serial")
    return Certificate.model_validate(row)


async def printed(session: AsyncSession, serial: str) -> Sheet:
    """One certificate to be printed; that its household was looked at goes on record. Raises NoSuchCertificate."""
    sheet = await queries.sheet(session, serial)
    if sheet is None:
        raise rules.NoSuchCertificate(field="serial")
    audit.read(session, "household", sheet.household_id, sheet.division, reason=f"certificate {serial}")
    return sheet


async def printed_of_village(session: AsyncSession, division: str) -> list[Sheet]:
    """The certificates of a village that stand now, to be printed. Raises DivisionForbidden, NoSuchCertificate."""
    if not caller_of(session).covers(division):
        raise DivisionForbidden(field="division")
    sheets = await queries.sheets(session, division, await clock.now(session))
    if not sheets:
        raise rules.NoSuchCertificate(field="division")
    await note_viewers_of_division(session, "printed", division)
    return sheets


async def verify(session: AsyncSession, code: UUID) -> Verification:
    """Whether a certificate stands: nothing of the household is told."""
    row = (await session.execute(queries.VERIFY, {"code": code})).mappings().one_or_none()
    return Verification.model_validate(row) if row else Verification(standing="unknown")
