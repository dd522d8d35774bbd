"""Post a notice: choose its columns, freeze its rows, say until when it hangs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.notices.columns import cells, permitted, shown_name
from shared import policy
from shared.database.session import caller_of
from shared.policy import Policy
from shared.security import audit
from shared.time import clock

_NAMES = text("SELECT code, name FROM division WHERE code = ANY(:codes) ORDER BY valid_from")
_GROUPS = text("""
    SELECT p.household_id, v.name FROM household_place p JOIN natural_village v ON v.id = p.natural_village_id
    WHERE p.household_id = ANY(:ids) AND p.valid_to IS NULL
""")
_POST = text("""
    INSERT INTO notice (id, division, kind, title, columns, rows, case_ids, starts_on, ends_on, place, photos, line,
        policies, posted_by)
    VALUES (:id, :division, :kind, :title, :columns, CAST(:rows AS jsonb), :case_ids, :starts_on, :ends_on, :place,
        :photos, :line, CAST(:policies AS jsonb), :actor)
""")


@dataclass(frozen=True, slots=True)
class Entry:
    """One household on a notice, before its name is masked and its columns are chosen."""

    head_name: str
    head_born: date
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Posting:
    """What is posted where and until when; ``columns`` where others than the kind's are wanted."""

    id: UUID
    kind: str
    division: str
    title: str
    place: str
    ends_on: date
    entries: Sequence[Entry]
    columns: Sequence[str] | None = None
    photos: Sequence[str] = ()
    case_ids: Sequence[UUID] = ()
    policies: list[dict[str, Any]] = field(default_factory=list)


async def kind_of(session: AsyncSession, kind: str, division: str, on: date) -> Policy:
    """What a kind of notice shows and for how long. Raises NoPolicy."""
    return await policy.resolve(session, f"notice.{kind}", division, on)


async def names(session: AsyncSession, codes: Sequence[str]) -> dict[str, str]:
    """The names of divisions; a division without a name is called by its code."""
    found = {row.code: row.name for row in await session.execute(_NAMES, {"codes": sorted(set(codes))})}
    return {code: found.get(code, code) for code in codes}


async def groups(session: AsyncSession, households: Sequence[UUID]) -> dict[UUID, str]:
    """The natural village or group in which households live, as far as it is recorded."""
    found = {row.household_id: row.name for row in await session.execute(_GROUPS, {"ids": list(households)})}
    return {id: found.get(id, "") for id in households}


async def post(session: AsyncSession, posting: Posting) -> None:
    """Write the notice. Raises a column problem: nothing that may not be shown is ever stored as a notice's row."""
    today, division = await clock.today(session), posting.division
    kind = await kind_of(session, posting.kind, division, today)
    columns = permitted(posting.columns if posting.columns is not None else kind.value["columns"])
    minor = await policy.resolve(session, "notice.minor_age", division, today)
    line = await policy.resolve(session, "notice.supervision_line", division, today)
    village = (await names(session, [division]))[division]
    rows = []
    for entry in posting.entries:
        name = shown_name(entry.head_name, entry.head_born, today, minor.value)
        rows.append(cells(columns, entry.facts | {"head_name": name, "village": village}))
    await session.execute(
        _POST,
        {
            "id": posting.id,
            "division": division,
            "kind": posting.kind,
            "title": f"{village}{posting.title}",
            "columns": columns,
            "rows": json.dumps(rows, ensure_ascii=False),
            "case_ids": list(posting.case_ids),
            "starts_on": today,
            "ends_on": posting.ends_on,
            "place": posting.place,
            "photos": list(posting.photos),
            "line": line.value,
            "policies": json.dumps([*posting.policies, kind.reference(), minor.reference(), line.reference()]),
            "actor": caller_of(session).subject,
        },
    )
    about = {"kind": posting.kind, "columns": columns, "rows": len(rows), "ends_on": posting.ends_on.isoformat()}
    audit.record(session, "notice.posted", "notice", posting.id, division, after=about)
