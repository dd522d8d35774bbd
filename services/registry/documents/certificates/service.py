"""Issue certificates: what they say is kept as it was, and a new one supersedes the one before."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.documents.certificates import queries
from services.registry.documents.certificates.schemas import (
    CertificateRoundIn,
    CertificatesIn,
    HouseholdRef,
    RoundIssued,
)
from shared.database.session import caller_of
from shared.households.queries import NoSuchHousehold
from shared.http.items import Answers, Outcome, answer_each
from shared.problems import Conflict, NotFound
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock


class NoSuchCertificate(NotFound):
    slug, zh, en = "no-such-certificate", "辖区内没有这本登记证", "There is no such certificate in your division"


class HouseholdRemoved(Conflict):
    slug, zh, en = "household-removed", "该户已被剔除，不能发证", "The household was removed from the register"


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
            raise HouseholdRemoved(field="id", rule="registered or exited")
        return "accepted" if item.id in issued else "unchanged"

    return answer_each(body.items, decide)


async def for_division(session: AsyncSession, body: CertificateRoundIn) -> RoundIssued:
    """A certificate for every household of a division, in a few statements."""
    if not caller_of(session).covers(body.division):
        raise DivisionForbidden(field="division")
    bound = {"low": body.division, "high": body.division + ":"}
    ids = [row.id for row in await session.execute(queries.OF_DIVISION, bound)]
    issued = await _issue(session, ids, body.reason, renew=False)
    return RoundIssued(division=body.division, issued=len(issued), unchanged=len(ids) - len(issued))


async def _issue(session: AsyncSession, ids: list[UUID], reason: str, *, renew: bool) -> dict[UUID, Any]:
    await session.execute(queries.SUPERSEDE, {"ids": ids, "renew": renew})
    bound = {
        "ids": ids,
        "year": (await clock.today(session)).year,
        "reason": reason,
        "actor": caller_of(session).subject,
    }
    issued = {row.household_id: row for row in await session.execute(queries.ISSUE, bound)}
    for row in issued.values():
        audit.record(session, "certificate.issued", "certificate", row.serial, row.division, reason=reason)
    return issued
