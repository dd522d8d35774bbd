"""Enter, confirm and end payees; look at whoever is to be paid."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.payees import queries, rules
from services.funding.payees.records import Claim, Known, Payee
from services.funding.payees.schemas import ConfirmationIn, EndIn, PayeeIn
from shared import policy
from shared.database.rows import typed
from shared.database.session import caller_of
from shared.households import queries as households
from shared.http.items import Answers, Outcome, answer_each
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock


async def enter(session: AsyncSession, items: Sequence[PayeeIn]) -> Answers:
    """Record payees; nobody is paid before somebody else has confirmed it."""
    today, caller = await clock.today(session), caller_of(session)
    bound = {"ids": [item.id for item in items], "codes": [item.credit_code for item in items]}
    known = typed(Payee, await session.execute(queries.KNOWN, bound))
    by_id = {one.id: one for one in known}
    codes = {(one.division[:6], one.credit_code) for one in known if one.status != "refused"}
    fresh: list[PayeeIn] = []

    def decide(item: PayeeIn) -> Outcome:
        if item.id in by_id:
            rules.entered_again(by_id[item.id], item)
            return "unchanged"
        if not caller.covers(item.division):
            raise DivisionForbidden(field="division")
        rules.may_be_entered(item, today)
        if (code := (item.division[:6], item.credit_code)) in codes:
            raise rules.PayeeKnown(field="credit_code", rule="once in a county")
        codes.add(code)
        fresh.append(item)
        return "accepted"

    answers = answer_each(items, decide)
    for item in fresh:
        await session.execute(queries.ENTER, item.model_dump() | {"actor": caller.subject})
        after = {"kind": item.kind, "name": item.name, "credit_code": item.credit_code}
        audit.record(session, "payee.entered", "payee", item.id, item.division, after=after)
    return answers


async def confirm(session: AsyncSession, items: Sequence[ConfirmationIn]) -> Answers:
    """Confirm that payees exist, or refuse them; somebody else than who entered them."""
    locked, actor = await _lock(session, [item.id for item in items]), caller_of(session).subject
    decided: list[ConfirmationIn] = []

    def decide(item: ConfirmationIn) -> Outcome:
        if not rules.confirmation(locked.get(item.id), item, actor):
            return "unchanged"
        decided.append(item)
        return "accepted"

    answers = answer_each(items, decide)
    for item in decided:
        status = "confirmed" if item.approve else "refused"
        values = {"id": item.id, "status": status, "ground": item.ground, "actor": actor}
        await session.execute(queries.CONFIRM, values)
        audit.record(
            session, f"payee.{status}", "payee", item.id, locked[item.id].division, after={"ground": item.ground}
        )
    return answers


async def end(session: AsyncSession, items: Sequence[EndIn]) -> Answers:
    """Note from which day payees no longer exist: from then on nothing is paid to them."""
    locked, ended = await _lock(session, [item.id for item in items]), list[EndIn]()

    def decide(item: EndIn) -> Outcome:
        if not rules.end(locked.get(item.id), item):
            return "unchanged"
        ended.append(item)
        return "accepted"

    answers = answer_each(items, decide)
    for item in ended:
        await session.execute(queries.END, {"id": item.id, "valid_to": item.valid_to})
        after = {"valid_to": item.valid_to.isoformat(), "ground": item.ground}
        audit.record(session, "payee.ended", "payee", item.id, locked[item.id].division, after=after)
    return answers


async def look_at(session: AsyncSession, claims: Iterable[Claim]) -> Known:
    """What is known today of those who claim, locked: households with their kin first, in the order of the ids."""
    claims, today = list(claims), await clock.today(session)
    by_year: dict[int, set[UUID]] = defaultdict(set)
    for claim in claims:
        if claim.household_id:
            by_year[claim.year].add(claim.household_id)
    kin: dict[tuple[UUID, int], frozenset[UUID]] = {}
    for year, homes in sorted(by_year.items()):
        found = await households.kin(session, homes, date(year, 1, 1))
        kin |= {(home, year): ones for home, ones in found.items()}
    homes = {home for ones in kin.values() for home in ones}
    statuses = await policy.resolve(session, "reward.household_status", caller_of(session).division, today)
    return Known(
        on=today,
        households=await households.lock(session, homes),
        kin=kin,
        payees=await _lock(session, [claim.id for claim in claims if claim.household_id is None]),
        statuses=statuses.texts(),
    )


async def _lock(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Payee]:
    return {one.id: one for one in typed(Payee, await session.execute(queries.LOCK, {"ids": ids}))}
