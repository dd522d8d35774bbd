"""Hold households against the checklist: one of them, shares by division, and what is still to be done."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.seven_clear import queries, rules
from services.registry.assistance.seven_clear.records import Checked, Checklist, Wanted
from services.registry.assistance.seven_clear.schemas import HouseholdClear, Share, WorkRow
from services.registry.register.households.names import household_names
from shared import policy
from shared.database.session import caller_of
from shared.households.queries import NoSuchHousehold
from shared.households.schemas import told
from shared.http import paging
from shared.security import audit
from shared.time import clock


async def of_household(session: AsyncSession, household_id: UUID) -> HouseholdClear:
    """Which of the seven are complete for a household. Raises NotOnRegister, NoSuchHousehold."""
    checklist = await _checklist(session, caller_of(session).division)
    home = await queries.one(session, checklist, household_id)
    if home is None:
        if await queries.is_known(session, household_id):
            raise rules.NotOnRegister(field="household_id", rule="registered or exited")
        raise NoSuchHousehold(field="household_id")
    audit.read(session, "household", household_id, home.division)
    clears = rules.clears(checklist, home.gaps)
    return HouseholdClear(
        household_id=home.id,
        division=home.division,
        number=home.number,
        status=home.status,
        complete=sum(one.complete for one in clears),
        policy=checklist.policy.reference(),
        clears=clears,
    )


async def shares(
    session: AsyncSession, division: str | None, width: int, limit: int, cursor: str | None
) -> paging.Page[Share]:
    """How many households have each of the seven complete, by divisions of some width."""
    checklist = await _checklist(session, division or caller_of(session).division)
    return await paging.of_division(
        session,
        queries.SHARES,
        Share,
        division=division,
        limit=limit,
        cursor=cursor,
        by=queries.SHARES_BY,
        width=width,
        **queries.bound(checklist),
    )


async def worklist(
    session: AsyncSession,
    *,
    division: str | None,
    staff_id: UUID | None,
    mine: bool,
    limit: int,
    cursor: str | None,
) -> paging.Page[WorkRow]:
    """Households of which something is missing: of a division, of one helper, or of the households that I help."""
    place = division or caller_of(session).division
    checklist = await _checklist(session, place)
    subject = caller_of(session).subject if mine else None
    after = paging.decode(cursor, 2) or paging.FIRST
    found = await queries.spoilt(session, checklist, place, after, limit + 1, staff_id=staff_id, subject=subject)
    page = paging.by_division(found, limit)
    rows = paging.Page(items=[_work(checklist, home) for home in page.items], next=page.next)
    return await told(session, rows, lambda row: row.household_id, household_names)


def _work(checklist: Checklist, home: Checked) -> WorkRow:
    left = [one for one in rules.clears(checklist, home.gaps) if not one.complete]
    return WorkRow(household_id=home.id, division=home.division, number=home.number, status=home.status, open=left)


async def _checklist(session: AsyncSession, division: str) -> Checklist:
    """The checklist in force in a division."""
    today = await clock.today(session)
    used = await policy.resolve_all(session, ("clear.checklist", "clear.unclear_causes"), division, today)
    stated = used["clear.checklist"]
    wanted = stated.read(dict[str, Wanted])
    return Checklist(wanted=wanted, unclear=used["clear.unclear_causes"].texts(), policy=stated)
