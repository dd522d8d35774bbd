"""Read a division's register as it was on a day, in as many statements for a village as for a town."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.documents.registers import queries
from shared.problems import Invalid


class NoRegisterAtThisLevel(Invalid):
    slug = "no-register-at-this-level"
    zh = "村有册、乡有簿按村或乡镇出具；全县请生成县档案"
    en = "Registers are of a village or a town; for a county build an archive"


@dataclass(frozen=True, slots=True)
class Home:
    """A household of the register: its row, its members with the head first, its helpers."""

    row: Any
    members: Sequence[Any]
    helpers: str

    @property
    def head(self) -> str:
        return next((member.name for member in self.members if member.relation == "户主"), "")


@dataclass(frozen=True, slots=True)
class Register:
    """A division's households by village and number; ``names`` are those of divisions by code."""

    division: str
    as_of: date
    known_at: datetime
    names: Mapping[str, str]
    homes: Sequence[Home]

    def name(self, code: str) -> str:
        return self.names.get(code, code)


async def read(session: AsyncSession, division: str, as_of: date, known_at: datetime) -> Register:
    """The register of a division and all that lies in it."""
    bound = {"low": division, "high": division + ":", "as_of": as_of, "known_at": known_at}
    members, helpers = defaultdict(list), defaultdict(list)
    for row in await session.execute(queries.MEMBERS, bound):
        members[row.household_id].append(row)
    for row in await session.execute(queries.HELPERS, bound):
        helpers[row.household_id].append(f"{row.name}（{row.organisation}）")
    households = await session.execute(queries.HOUSEHOLDS, bound)
    of_names = {name: bound[name] for name in ("low", "high", "as_of")}
    named = await session.execute(queries.NAMES, of_names | {"county": division[:6], "town": division[:9]})
    return Register(
        division,
        as_of,
        known_at,
        {row.code: row.name for row in named},
        [Home(row, members[row.id], "、".join(helpers[row.id])) for row in households],
    )
