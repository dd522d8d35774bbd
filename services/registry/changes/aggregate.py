"""A household as it stands before and after a change, and the row that ``apply_changes`` writes for it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.contracts import HOUSEHOLD, HouseholdState, MemberState
from shared.db import caller_of, raw
from shared.ids import uuid7

_LOCK = text("SELECT * FROM household WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_MEMBERS = text("""
    SELECT m.household_id, m.relation, p.id, p.born, p.labour
    FROM membership m JOIN person p ON p.id = m.person_id
    WHERE m.household_id = ANY(:ids) AND m.superseded_at IS NULL AND m.left_on IS NULL
    ORDER BY m.relation <> '户主', p.born, p.id
""")
_SINCE = text("""
    SELECT household_id, effective_from FROM household_state
    WHERE household_id = ANY(:ids) AND superseded_at IS NULL AND effective_to IS NULL
""")


Status = Literal["registered", "removed", "exited"]


@dataclass(frozen=True, slots=True)
class Household:
    """A locked household: its facts, its members, and the day of its last change (``since``)."""

    id: UUID
    division: str
    number: str
    version: int
    status: Status
    identified_on: date
    attribute: str
    main_cause: str
    land_mu: Decimal | None
    income_fen: int | None
    unsafe_house: bool
    members: tuple[MemberState, ...]
    since: date

    @property
    def size(self) -> int:
        return len(self.members)

    @property
    def counted(self) -> int:
        """How many persons it adds to the register: those of a registered household."""
        return self.size if self.status == "registered" else 0


@dataclass(frozen=True, slots=True)
class Change:
    """One change to one household: what it is called, when it took effect, who recorded it in the field."""

    id: UUID
    kind: str
    reason: str
    effective_on: date
    verb: str
    ground: str | None = None
    captured_at: str | None = None
    person_id: UUID | None = None
    leaves: UUID | None = None
    successor: UUID | None = None
    joins: dict[str, Any] | None = None


async def lock(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Household]:
    """The households that exist within sight, locked in the order of their ids until the transaction ends."""
    wanted = {"ids": sorted(set(ids))}
    rows = (await session.execute(_LOCK, wanted)).all()
    members: dict[UUID, list[MemberState]] = {}
    for row in await session.execute(_MEMBERS, wanted):
        member = MemberState(id=row.id, relation=row.relation, born=row.born, labour=row.labour)
        members.setdefault(row.household_id, []).append(member)
    since = {row.household_id: row.effective_from for row in await session.execute(_SINCE, wanted)}
    return {
        row.id: Household(
            id=row.id,
            division=row.division,
            number=row.number,
            version=row.version,
            status=row.status,
            identified_on=row.identified_on,
            attribute=row.attribute,
            main_cause=row.main_cause,
            land_mu=row.land_mu,
            income_fen=row.income_fen,
            unsafe_house=row.unsafe_house,
            members=tuple(members.get(row.id, ())),
            since=since[row.id],
        )
        for row in rows
    }


def after(household: Household, **facts: Any) -> Household:
    """The household with some facts changed, one version on."""
    return replace(household, version=household.version + 1, **facts)


def row(before: Household, now: Household, change: Change) -> dict[str, Any]:
    """What ``apply_changes`` writes: the facts afterwards, the difference in numbers, and the event."""
    return {
        "id": str(now.id),
        "change_id": str(change.id),
        "event_id": str(uuid7()),
        "version": now.version,
        "status": now.status,
        "size": now.size,
        "attribute": now.attribute,
        "main_cause": now.main_cause,
        "land_mu": str(now.land_mu) if now.land_mu is not None else None,
        "income_fen": now.income_fen,
        "unsafe_house": now.unsafe_house,
        "kind": change.kind,
        "reason": change.reason,
        "effective_on": change.effective_on.isoformat(),
        "households": (now.status == "registered") - (before.status == "registered"),
        "persons": now.counted - before.counted,
        "person_id": str(change.person_id) if change.person_id else None,
        "ground": change.ground,
        "captured_at": change.captured_at,
        "leaves": str(change.leaves) if change.leaves else None,
        "successor": str(change.successor) if change.successor else None,
        "joins": change.joins,
        "event_type": HOUSEHOLD.type(change.verb),
        "event": state(now, change.reason, change.effective_on).model_dump(mode="json"),
    }


def state(household: Household, reason: str, effective_on: date) -> HouseholdState:
    """The public state of a household."""
    return HouseholdState(
        id=household.id,
        number=household.number,
        division=household.division,
        status=household.status,
        identified_on=household.identified_on,
        size=household.size,
        attribute=household.attribute,
        main_cause=household.main_cause,
        members=list(household.members),
        reason=reason,
        effective_on=effective_on,
    )


async def apply(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    """Write changes of different households, all in one statement."""
    if rows:
        connection = await raw(session)
        await connection.execute("SELECT apply_changes($1::jsonb, $2)", json.dumps(rows), caller_of(session).subject)
