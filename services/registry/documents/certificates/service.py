"""Issue certificates: what they say is kept as it was, and a new one supersedes the one before."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.documents.certificates import queries, rules
from services.registry.documents.certificates.records import Issued, Photo, Sheet
from services.registry.documents.certificates.schemas import (
    Certificate,
    CertificateRoundIn,
    CertificatesIn,
    HouseholdRef,
    RoundIssued,
    Standing,
    Unprintable,
    Verification,
)
from services.registry.register.households.queries import note_viewers_of_division
from shared import policy
from shared.database.session import caller_of, reach
from shared.documents.glyphs import unprintable
from shared.documents.objects import Objects, ObjectUnavailable
from shared.households.queries import NoSuchHousehold
from shared.http import paging
from shared.http.items import Answers, Outcome, answer_each
from shared.names.divisions import within
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.security.crypto import Undecipherable
from shared.time import clock
from shared.words import Name

_PHOTOS, _LARGEST = 4, 4 << 20  # how many photos stand on the photo page, and of what size at most


async def for_list(session: AsyncSession, body: CertificatesIn) -> Answers:
    """A certificate for each household; ``unchanged`` where the one it has still says what is true."""
    wanted = {"ids": [item.id for item in body.items]}
    status = {row.id: row.status for row in await session.execute(queries.OF_LIST, wanted)}
    ids = [id for id, one in status.items() if one != "removed"]
    unprintable = {one.household_id: one for one in await _unprintable(session, ids)}
    issued = await _issue(session, [id for id in ids if id not in unprintable], body.reason, renew=body.renew)

    def decide(item: HouseholdRef) -> Outcome:
        if item.id not in status:
            raise NoSuchHousehold(field="id")
        if status[item.id] == "removed":
            raise rules.HouseholdRemoved(field="id", rule="registered or exited")
        if wrong := unprintable.get(item.id):
            raise rules.NameUnprintable(field="id", rule="in the font", characters=Name(wrong.characters))
        return "accepted" if item.id in issued else "unchanged"

    return answer_each(body.items, decide)


async def for_division(session: AsyncSession, body: CertificateRoundIn) -> RoundIssued:
    """A certificate for every household of a division, in a few statements."""
    if not caller_of(session).covers(body.division):
        raise DivisionForbidden(field="division")
    ids = [row.id for row in await session.execute(queries.OF_DIVISION, within(body.division))]
    unprintable = await _unprintable(session, ids)
    left_out = {one.household_id for one in unprintable}
    wanted = [id for id in ids if id not in left_out]
    issued = await _issue(session, wanted, body.reason, renew=False)
    return RoundIssued(
        division=body.division,
        issued=len(issued),
        unchanged=len(wanted) - len(issued),
        unprintable=unprintable,
    )


async def _unprintable(session: AsyncSession, ids: list[UUID]) -> list[Unprintable]:
    """The households of a list that bear, or whose helper bears, a name that the font cannot print."""
    found: dict[UUID, Unprintable] = {}
    for row in await session.execute(queries.NAMES, {"ids": ids}):
        if characters := unprintable(row.name):
            known = found.get(row.id)
            both = (known.characters if known else "") + characters
            found[row.id] = Unprintable(household_id=row.id, number=row.number, characters=both)
    return list(found.values())


async def _issue(session: AsyncSession, ids: list[UUID], reason: str, *, renew: bool) -> dict[UUID, Issued]:
    today = await clock.today(session)
    issuer = (await policy.resolve(session, "certificate.issuer", caller_of(session).division, today)).text()
    await session.execute(queries.SUPERSEDE, {"ids": ids, "renew": renew, "issuer": issuer})
    bound = {
        "ids": ids,
        "issuer": issuer,
        "year": today.year,
        "reason": reason,
        "actor": caller_of(session).subject,
    }
    issued = {row.household_id: Issued(*row) for row in await session.execute(queries.ISSUE, bound)}
    for row in issued.values():
        audit.record(session, "certificate.issued", "certificate", row.serial, row.division, reason=reason)
    return issued


async def page(
    session: AsyncSession,
    division: str | None,
    household_id: UUID | None,
    standing: Standing | None,
    limit: int,
    cursor: str | None,
) -> paging.Page[Certificate]:
    """Certificates by division, or those of a household, with how they stand today."""
    after, id = paging.decode(cursor, 2) or paging.FIRST
    place = {"division": after, "id": id, "limit": limit + 1, "standing": standing}
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


async def photos(session: AsyncSession, sheet: Sheet, objects: Objects) -> list[Photo]:
    """The photos of the household for the photo page; one that is gone from the store is left out."""
    bound = {
        "household_id": sheet.household_id,
        "recorded_at": sheet.recorded_at,
        "most": _LARGEST,
        "limit": _PHOTOS,
    }
    found: list[Photo] = []
    for row in await session.execute(queries.PHOTOS, bound):
        try:
            found.append(Photo(row.media_type, await objects.read(row.sha256)))
        except (ObjectUnavailable, Undecipherable):
            continue
    return found


async def open_to_all(session: AsyncSession, found: Verification) -> bool:
    """Whether the county of a certificate lets anybody verify it; of an unknown code nobody says otherwise."""
    if found.division is None:
        return True
    rule = await policy.resolve(session, "certificate.public_page", found.division, await clock.today(session))
    return rule.flag()


async def verify(session: AsyncSession, code: UUID) -> Verification:
    """Whether a certificate stands: nothing of the household is told."""
    row = (await session.execute(queries.VERIFY, {"code": code})).mappings().one_or_none()
    return Verification.model_validate(row) if row else Verification(standing="unknown")


async def told(session: AsyncSession, code: str) -> tuple[str, str, str]:
    """What the public page says of a code: the state, since when, what that means."""
    try:
        found = await verify(session, UUID("".join(code.split())))
    except ValueError:
        found = Verification(standing="unknown")
    if not await open_to_all(session, found):
        return (rules.CLOSED[0], rules.since(None), rules.CLOSED[1])
    return rules.said(found)
