"""The ledger beside a model of it in a dictionary, under random inflows, transfers, reversals and retries."""

import asyncio
from collections import Counter, defaultdict
from datetime import date
from random import Random
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.funding.ledger.records import Account, Entry, Line, Part
from services.funding.ledger.rules import take
from services.funding.ledger.service import open_accounts, post
from shared.database.session import raw
from shared.names.ids import uuid7
from shared.security.auth import system
from tests.support.api import Api
from tests.support.world import move_clock

COUNTY, DAY = "220622", date(2016, 1, 1)
SOURCE = Account("source", "county", "machine", COUNTY)
PLACES = [Account("treasury", f"machine-{n}", COUNTY, COUNTY) for n in range(3)]
PLACES += [Account("payee", "village", f"machine-{n}", COUNTY) for n in range(3)]


class Model:
    """What the ledger has to hold: fen by account and lot."""

    def __init__(self) -> None:
        self.holds: defaultdict[tuple[UUID, UUID], int] = defaultdict(int)
        self.posted: dict[UUID, Entry] = {}

    def expect(self, entry: Entry) -> str:
        """Apply an entry as the ledger should, and say how it should answer."""
        if entry.id in self.posted:
            return "unchanged"
        moved: Counter[tuple[UUID, UUID]] = Counter()
        for line in entry.lines:
            moved[line.source, line.lot] -= line.amount
            moved[line.target, line.lot] += line.amount
        if any(self.holds[key] + change < 0 for key, change in moved.items() if key[0] != SOURCE.id):
            return "insufficient"
        for key, change in moved.items():
            self.holds[key] += change
        self.posted[entry.id] = entry
        return "posted"


def entry(lines: list[Line], *, id: UUID | None = None, reverses: UUID | None = None) -> Entry:
    return Entry(id or uuid7(), COUNTY, "machine", "machine", uuid7(), DAY, lines, reverses=reverses)


@pytest.fixture(scope="module")
async def lots(funding: Api) -> list[UUID]:
    """Three lots that money can come in with."""
    await move_clock(funding, "2016-06-01")
    made = [uuid7() for _ in range(3)]
    async with funding.worker.transaction(system("funding")) as session:
        await open_accounts(session, [SOURCE, *PLACES])
        for lot in made:
            await (await raw(session)).execute(
                "INSERT INTO lot (id, division, source_id, level, document_no, year, purpose, amount, received_on)"
                " VALUES ($1, $2, $3, 'county', $4, 2016, 'reward', 1, '2016-01-01')",
                lot,
                COUNTY,
                SOURCE.id,
                str(lot),
            )
    return made


def random_entries(random: Random, model: Model, lots: list[UUID]) -> list[Entry]:
    """A list as a busy office would send it: inflows, transfers (some too large), retries, reversals."""
    made = []
    for _ in range(random.randrange(1, 12)):
        amount = random.choice((1, 5, 100, random.randrange(1, 10_000)))
        match random.randrange(6):
            case 0:
                made.append(entry([Line(SOURCE.id, random.choice(PLACES).id, random.choice(lots), amount)]))
            case 1 if model.posted:
                made.append(random.choice(list(model.posted.values())))
            case 2 if free := [one for one in model.posted.values() if one.reverses is None]:
                done = random.choice(free)
                if any(other.reverses == done.id for other in (*model.posted.values(), *made)):
                    continue
                back = [Line(line.target, line.source, line.lot, line.amount) for line in done.lines]
                made.append(entry(back, reverses=done.id))
            case _:
                source, target = random.sample(PLACES, 2)
                lines = [
                    Line(source.id, target.id, lot, amount) for lot in random.sample(lots, random.randrange(1, 3))
                ]
                made.append(entry(lines))
    return list({one.id: one for one in made}.values())


async def test_the_ledger_agrees_with_its_model_after_every_list(funding: Api, lots: list[UUID]):
    random, model = Random(20161124), Model()
    for _ in range(120):
        sent = random_entries(random, model, lots)
        async with funding.worker.transaction(system("funding")) as session:
            answered = await post(session, sent)
        # Together where every balance allows it, else one by one in order: the model decides which of the two it was.
        together = _together(model, sent)
        expected = together or {one.id: model.expect(one) for one in sent}
        assert answered == expected
        found = await funding.worker.pool.fetch("SELECT account_id, lot_id, amount FROM balance WHERE amount <> 0")
        held = {(row["account_id"], row["lot_id"]): row["amount"] for row in found}
        assert held == {key: amount for key, amount in model.holds.items() if amount}
    summed = await funding.worker.pool.fetch("SELECT lot_id, sum(amount) AS rest FROM balance GROUP BY lot_id")
    assert {row["rest"] for row in summed} == {0}
    wrong = (
        "SELECT account_id FROM balance b WHERE amount <> (SELECT coalesce(sum(p.amount), 0) FROM posting p"
        " WHERE p.account_id = b.account_id AND p.lot_id = b.lot_id)"
    )
    assert await funding.worker.pool.fetch(wrong) == []


def _together(model: Model, sent: list[Entry]) -> dict[UUID, str] | None:
    """The answers where the whole list fits at once (an inflow later in it may pay for an earlier transfer)."""
    fresh = [one for one in sent if one.id not in model.posted]
    moved: Counter[tuple[UUID, UUID]] = Counter()
    for line in (line for one in fresh for line in one.lines):
        moved[line.source, line.lot] -= line.amount
        moved[line.target, line.lot] += line.amount
    if any(model.holds[key] + change < 0 for key, change in moved.items() if key[0] != SOURCE.id):
        return None
    for key, change in moved.items():
        model.holds[key] += change
    model.posted |= {one.id: one for one in fresh}
    return {one.id: "posted" if one in fresh else "unchanged" for one in sent}


async def test_clients_at_the_same_moment_never_overdraw_an_account_between_them(funding: Api, lots: list[UUID]):
    purse, shop = (Account("payee", "village", name, COUNTY) for name in ("purse", "shop"))
    async with funding.worker.transaction(system("funding")) as session:
        await open_accounts(session, [purse, shop])
        await post(session, [entry([Line(SOURCE.id, purse.id, lots[0], 1000)])])

    async def spend(amount: int) -> int:
        spent = 0
        for _ in range(10):
            one = entry([Line(purse.id, shop.id, lots[0], amount)])
            async with funding.worker.transaction(system("funding")) as session:
                spent += amount * ((await post(session, [one]))[one.id] == "posted")
        return spent

    spent = sum(await asyncio.gather(*(spend(amount) for amount in (37, 53, 71, 97))))
    sql = "SELECT amount FROM balance WHERE account_id = $1"
    assert await funding.worker.pool.fetchval(sql, purse.id) == 1000 - spent >= 0
    assert await funding.worker.pool.fetchval(sql, shop.id) == spent > 1000 - 97


async def test_an_entry_is_reversed_at_most_once_and_a_document_paid_once(funding: Api, lots: list[UUID]):
    first = entry([Line(SOURCE.id, PLACES[0].id, lots[0], 10)])
    back = [Line(PLACES[0].id, SOURCE.id, lots[0], 10)]
    enough = entry([Line(SOURCE.id, PLACES[0].id, lots[0], 100)])  # so that it is not for lack of money
    async with funding.worker.transaction(system("funding")) as session:
        await post(session, [enough, first, entry(back, reverses=first.id)])
    again = Entry(uuid7(), COUNTY, "machine", "machine", first.document_id, DAY, first.lines)
    for forbidden in (entry(back, reverses=first.id), again):
        with pytest.raises(asyncpg.UniqueViolationError):
            async with funding.worker.transaction(system("funding")) as session:
                await post(session, [forbidden])


amounts = st.integers(min_value=0, max_value=10_000)


@settings(max_examples=200)
@given(st.lists(amounts, max_size=6), st.lists(st.integers(min_value=1, max_value=10_000), max_size=8))
def test_payments_take_the_oldest_lots_first_and_never_more_than_there_is(holdings: list[int], wanted: list[int]):
    lots = [Part(uuid7(), amount) for amount in holdings]
    chosen = take(lots, wanted)
    used = [part for parts in chosen if parts for part in parts]
    assert [sum(part.amount for part in parts) for parts in chosen if parts] == [
        amount for amount, parts in zip(wanted, chosen, strict=True) if parts
    ]
    left = Counter({part.lot: part.amount for part in lots})
    for part in used:
        left[part.lot] -= part.amount
    assert min(left.values(), default=0) >= 0
    order = [part.lot for part in lots]
    assert [order.index(part.lot) for part in used] == sorted(order.index(part.lot) for part in used)
