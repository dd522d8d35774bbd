"""Post to the ledger: entries of lines, each line moving fen of one lot from one account to another."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import caller_of, raw
from shared.problems import Conflict

Outcome = Literal["posted", "unchanged", "insufficient"]
_OUTSIDE = {"source", "bank"}
_OPEN = """
    INSERT INTO account (id, code, kind, owner_kind, owner_id, division, unlimited)
    SELECT a.id, a.code, a.kind, a.owner_kind, a.owner_id, a.division, a.unlimited
    FROM jsonb_to_recordset($1::jsonb) AS a(id uuid, code text, kind text, owner_kind text, owner_id text,
        division text, unlimited boolean)
    ORDER BY a.id ON CONFLICT DO NOTHING
"""


class InsufficientFunds(Conflict):
    slug, zh, en = "insufficient-funds", "资金余额不足", "There is not enough money in the account"


@dataclass(frozen=True, slots=True)
class Account:
    """An account, known by its code; its id follows from the code, so nobody has to look it up."""

    kind: str
    owner_kind: str
    owner_id: str
    division: str

    @property
    def code(self) -> str:
        return f"{self.kind}:{self.owner_kind}:{self.owner_id}"

    @property
    def id(self) -> UUID:
        return uuid5(NAMESPACE_URL, self.code)


@dataclass(frozen=True, slots=True)
class Line:
    """``amount`` fen (> 0) of a lot go from one account to another."""

    source: UUID
    target: UUID
    lot: UUID
    amount: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A business document's movement of money. ``approver`` is who decided, the actor who posts."""

    id: UUID
    division: str
    kind: str
    document_kind: str
    document_id: UUID
    effective_on: date
    lines: Sequence[Line]
    approver: str | None = None
    reverses: UUID | None = None


async def open_accounts(session: AsyncSession, accounts: Iterable[Account]) -> None:
    """Make the accounts that do not exist yet."""
    rows = [
        {
            "id": str(account.id),
            "code": account.code,
            "kind": account.kind,
            "owner_kind": account.owner_kind,
            "owner_id": account.owner_id,
            "division": account.division,
            "unlimited": account.kind in _OUTSIDE,
        }
        for account in set(accounts)
    ]
    await (await raw(session)).execute(_OPEN, json.dumps(rows))


async def post(session: AsyncSession, entries: Sequence[Entry]) -> dict[UUID, Outcome]:
    """Post entries; an overdraft refuses its own entry ("insufficient") and no other.

    An id that is posted already is "unchanged". Raises what the database refuses otherwise: an entry that does not
    balance, a document that is paid twice, a day in the future.
    """
    if not entries:
        return {}
    rows = [_row(entry) for entry in entries]
    outcomes = await (await raw(session)).fetch(
        "SELECT id, outcome FROM post_entries($1::jsonb, $2)", json.dumps(rows), caller_of(session).subject
    )
    return {row["id"]: row["outcome"] for row in outcomes}


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "id": str(entry.id),
        "division": entry.division,
        "kind": entry.kind,
        "document_kind": entry.document_kind,
        "document_id": str(entry.document_id),
        "effective_on": entry.effective_on.isoformat(),
        "approver": entry.approver,
        "reverses": str(entry.reverses) if entry.reverses else None,
        "lines": [
            {"from": str(line.source), "to": str(line.target), "lot": str(line.lot), "amount": line.amount}
            for line in entry.lines
        ],
    }
