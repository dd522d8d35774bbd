"""Pay into the county's risk funds."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.ledger import records
from services.funding.ledger.records import Entry, Line, Part
from services.funding.ledger.rules import InsufficientFunds, take
from services.funding.ledger.service import available, open_accounts, post
from services.funding.risk_funds import queries, rules
from services.funding.risk_funds.records import Contribution
from services.funding.risk_funds.schemas import ContributionIn, FundRow
from shared.database.rows import typed
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each, overrule
from shared.names.ids import uuid7
from shared.names.money import yuan
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock


async def contribute(session: AsyncSession, items: Sequence[ContributionIn]) -> Answers:
    """Pay into risk funds in order as far as the money reaches, the oldest lots first."""
    found = typed(Contribution, await session.execute(queries.KNOWN, {"ids": [item.id for item in items]}))
    known = {contribution.id: contribution for contribution in found}
    due: dict[str, list[ContributionIn]] = defaultdict(list)

    def decide(item: ContributionIn) -> Outcome:
        if item.id in known:
            rules.contributed_again(known[item.id], item)
            return "unchanged"
        if not caller_of(session).covers(item.division):
            raise DivisionForbidden(field="division")
        due[item.division].append(item)
        return "accepted"

    answers, short = answer_each(items, decide), set[UUID]()
    for county, asked in due.items():
        holdings = await available(session, records.treasury("risk_fund", county))
        taken = {item.id: parts for item, parts in zip(asked, take(holdings, [i.amount for i in asked]), strict=True)}
        short |= {id for id, parts in taken.items() if parts is None}
        paid = {id: parts for id, parts in taken.items() if parts is not None}
        await _pay_in(session, [item for item in asked if item.id in paid], paid)
    return overrule(answers, short, InsufficientFunds(field="amount", rule="no overdraft"))


async def _pay_in(
    session: AsyncSession, items: Sequence[ContributionIn], parts: Mapping[UUID, Sequence[Part]]
) -> None:
    if not items:
        return
    today, actor = await clock.today(session), caller_of(session).subject
    funds = {item.id: records.risk_fund(item.bank, item.division) for item in items}
    await open_accounts(session, funds.values())
    await session.execute(queries.FUND, [{"bank": item.bank, "division": item.division} for item in items])
    await session.execute(queries.KEEP, [item.model_dump() | {"day": today, "actor": actor} for item in items])
    entries = []
    for item in items:
        source = records.treasury("risk_fund", item.division)
        lines = [Line(source.id, funds[item.id].id, part.lot, part.amount) for part in parts[item.id]]
        entries.append(Entry(uuid7(), item.division, "contribution", "contribution", item.id, today, lines))
        after = {"amount": yuan(item.amount)}
        audit.record(session, "risk_fund.paid_in", "risk_fund", item.bank, item.division, after=after)
    await post(session, entries)


async def read(session: AsyncSession) -> list[FundRow]:
    """The funds of the county, one a bank."""
    return [FundRow.model_validate(row) for row in await session.execute(queries.LIST)]
