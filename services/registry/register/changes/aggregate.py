"""A household as it stands before and after a change, and the row that ``apply_changes`` writes for it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.responsibility import leaving
from services.registry.contracts import HOUSEHOLD, HouseholdState, MemberState
from services.registry.register.fields import catalogue
from services.registry.register.natural_villages import leaving as hamlets
from shared.database.session import caller_of, raw
from shared.names.ids import uuid7

_LOCK = text("SELECT * FROM household WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_MEMBERS = text("""
    SELECT m.household_id, m.relation, p.id, p.born, m.facts ->> 'labour' AS labour
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
    other_causes: tuple[str, ...]
    facts: Mapping[str, Any]
    origins: Mapping[str, int]
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
    """One change to one household: what it is called, when it took effect, who recorded it in the field.

    ``departs`` are the members who leave, ``successor`` the new head, ``joins`` the row of a new person, ``arrives``
    known persons with their relation; ``origin`` and ``destination`` the other households that it concerns.
    ``founds`` is the digest of a household that begins with it.
    """

    id: UUID
    kind: str
    reason: str
    effective_on: date
    verb: str
    ground: str | None = None
    source: str | None = None
    evidence: tuple[str, ...] = ()
    captured_at: str | None = None
    person_id: UUID | None = None
    departs: tuple[UUID, ...] = ()
    successor: UUID | None = None
    joins: dict[str, Any] | None = None
    arrives: tuple[tuple[UUID, str], ...] = ()
    origin: tuple[UUID, ...] = ()
    destination: tuple[UUID, ...] = ()
    founds: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


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
            other_causes=tuple(row.other_causes),
            facts=row.facts,
            origins=row.origins,
            members=tuple(members.get(row.id, ())),
            since=since[row.id],
        )
        for row in rows
    }


def after(household: Household, **facts: Any) -> Household:
    """The household with some facts changed, one version on."""
    return replace(household, version=household.version + 1, **facts)


def row(before: Household | None, now: Household, change: Change) -> dict[str, Any]:
    """What ``apply_changes`` writes: the facts afterwards, the difference in numbers, and the event.

    ``before`` is None where the household begins with this change.
    """
    counted = before.counted if before else 0
    on_register = bool(before and before.status == "registered")
    moves = before is not None and before.division != now.division
    return {
        "id": str(now.id),
        "change_id": str(change.id),
        "event_id": str(uuid7()),
        "division": now.division,
        "leaves_division": before.division if before and moves else None,
        "arrival_id": str(uuid5(change.id, "arrival")) if moves else None,
        "number": now.number,
        "identified_on": now.identified_on.isoformat(),
        "version": now.version,
        "status": now.status,
        "size": now.size,
        "attribute": now.attribute,
        "main_cause": now.main_cause,
        "other_causes": list(now.other_causes),
        "facts": dict(now.facts),
        "origins": dict(now.origins),
        "kind": change.kind,
        "reason": change.reason,
        "effective_on": change.effective_on.isoformat(),
        "households": (now.status == "registered") - on_register,
        "persons": now.counted - counted,
        "counted": now.counted,
        "person_id": str(change.person_id) if change.person_id else None,
        "ground": change.ground,
        "source": change.source,
        "evidence": list(change.evidence),
        "captured_at": change.captured_at,
        "departs": [str(id) for id in change.departs],
        "successor": str(change.successor) if change.successor else None,
        "joins": change.joins,
        "arrives": [{"id": str(id), "relation": relation} for id, relation in change.arrives] or None,
        "lineage": _lineage(change),
        "founds": change.founds,
        **_difference(before, now, change),
        "event_type": HOUSEHOLD.type(change.verb),
        "event": state(now, change.reason, change.effective_on, change).model_dump(mode="json"),
    }


def _lineage(change: Change) -> dict[str, list[str]] | None:
    if not (change.origin or change.destination):
        return None
    return {"from": [str(id) for id in change.origin], "to": [str(id) for id in change.destination]}


def told(household: Household) -> dict[str, Any]:
    """What a story tells of a household: what counts, and its items as they stand on the wire."""
    return {
        "division": household.division,
        "status": household.status,
        "size": household.size,
        "attribute": household.attribute,
        "main_cause": household.main_cause,
        "other_causes": list(household.other_causes),
        **catalogue.shown(dict(household.facts), "household"),
    }


def _difference(before: Household | None, now: Household, change: Change) -> dict[str, Any]:
    """What a change changed, before and after; who came and went is told in ``more``."""
    old, new = told(before) if before else {}, told(now)
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    return {
        "before": {key: old[key] for key in keys if key in old} or None,
        "after": {key: new.get(key) for key in keys} | dict(change.more),
    }


def state(household: Household, reason: str, effective_on: date, change: Change | None = None) -> HouseholdState:
    """The public state of a household; with its change, where it came from and went to."""
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
        predecessors=list(change.origin) if change else [],
        successors=list(change.destination) if change else [],
    )


async def apply(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    """Write changes of different households, all in one statement."""
    if rows:
        connection = await raw(session)
        await connection.execute("SELECT apply_changes($1::jsonb, $2)", json.dumps(rows), caller_of(session).subject)
        await leaving.left(session, rows)
        await hamlets.left(session, rows)
