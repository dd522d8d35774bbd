"""ledger_transfer: one transfer a call, and 100 a call, against bare asyncpg doing the same statements."""

import asyncio
import json
import time
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

from bench.measure import Result, against
from bench.stage import CLERK, Stage
from services.funding.ledger.records import Account, Entry, Line
from services.funding.ledger.service import open_accounts, post
from shared.names.ids import uuid7
from shared.security.auth import system

ACCOUNTS = 2_000
_ENTRY = (
    "INSERT INTO entry (id, division, kind, document_kind, document_id, effective_on, recorded_at, actor)"
    " VALUES ($1, '220622', 'payment', 'bench', $2, '2016-01-01', now(), 'b')"
)
_POSTING = (
    "INSERT INTO posting SELECT entry, position, account, lot, '220622', amount"
    " FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::uuid[], $5::bigint[])"
    " AS p(entry, position, account, lot, amount)"
)
_BALANCE = "UPDATE balance SET amount = amount + $3 WHERE account_id = $1 AND lot_id = $2"


async def run(stage: Stage) -> list[Result]:
    """Random transfers of one fen between 2,000 accounts, 8 at a time."""
    accounts, lot = await _fill(stage)
    rnd = Random(1)

    def pairs(count: int) -> list[tuple[UUID, UUID]]:
        return [tuple(rnd.sample(accounts, 2)) for _ in range(count)]  # type: ignore[misc]

    async def ours(size: int) -> float:
        return await _repeat(lambda: _subject(stage, pairs(size), lot), size)

    async def theirs(size: int) -> float:
        return await _repeat(lambda: _bare(stage, pairs(size), lot), size)

    return [
        await against("ledger_transfer_1", "transfers/s", lambda: ours(1), lambda: theirs(1), 0.6),
        await against("ledger_transfer_100", "transfers/s", lambda: ours(100), lambda: theirs(100), 0.6),
    ]


async def _fill(stage: Stage) -> tuple[list[UUID], UUID]:
    lot, source = uuid7(), Account("source", "bench", "bench", "220622")
    accounts = [Account("payee", "village", str(n), "220622") for n in range(ACCOUNTS)]
    async with stage.funding.transaction(system("funding"), purpose="bench") as session:
        await open_accounts(session, [source, *accounts])
        from shared.database.session import raw

        await (await raw(session)).execute(
            "INSERT INTO lot (id, division, source_id, level, document_no, year, purpose, amount, received_on)"
            " VALUES ($1, '220622', $2, 'county', 'b', 2016, 'reward', 1, '2016-01-01')",
            lot,
            source.id,
        )
        lines = [Line(source.id, account.id, lot, 10**9) for account in accounts]
        await post(session, [Entry(uuid7(), "220622", "inflow", "bench", uuid7(), date(2016, 1, 1), lines)])
    return [account.id for account in accounts], lot


async def _subject(stage: Stage, pairs: list[tuple[UUID, UUID]], lot: UUID) -> None:
    """``post_entries``, the one way into the ledger, as its own transaction."""
    rows = [
        {
            "id": str(uuid7()),
            "division": "220622",
            "kind": "payment",
            "document_kind": "bench",
            "document_id": str(uuid7()),
            "effective_on": "2016-01-01",
            "lines": [{"from": str(source), "to": str(target), "lot": str(lot), "amount": 1}],
        }
        for source, target in pairs
    ]
    async with stage.funding.pool.acquire() as connection:
        await connection.fetch(
            "SELECT outcome FROM (SELECT app_open('', $3)) AS opened, LATERAL post_entries($1::jsonb, $2)",
            json.dumps(rows),
            CLERK.subject,
            stage.funding.moment,
        )


async def _bare(stage: Stage, pairs: list[tuple[UUID, UUID]], lot: UUID) -> None:
    """The same rows and balances, statement by statement, balances in one order, one commit."""
    entries = [(uuid7(), uuid7()) for _ in pairs]
    postings: list[Any] = []
    moves: dict[UUID, int] = {}
    for (entry, _), (source, target) in zip(entries, pairs, strict=True):
        postings += [(entry, 1, source, lot, -1), (entry, 2, target, lot, 1)]
        moves[source], moves[target] = moves.get(source, 0) - 1, moves.get(target, 0) + 1
    async with stage.funding.pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT app_open('', $1)", stage.funding.moment)
        await connection.executemany(_ENTRY, entries)
        await connection.execute(_POSTING, *[list(column) for column in zip(*postings, strict=True)])
        await connection.executemany(_BALANCE, [(account, lot, moves[account]) for account in sorted(moves)])


async def _repeat(once: Any, size: int, seconds: float = 3.0) -> float:
    done, end = 0, time.perf_counter() + seconds

    async def work() -> None:
        nonlocal done
        while time.perf_counter() < end:
            await once()
            done += size

    await asyncio.gather(*(work() for _ in range(8)))
    return done / seconds
