"""Which policy is in force; whoever asks rests a decision on it, and so its version is final from then on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.rows import typed
from shared.policy.records import Policy
from shared.problems import Invalid
from shared.words import Word

_RESOLVE = text("""
    SELECT id, key, division, version, value, zh, en, used_at FROM policy
    WHERE key = :key AND valid_from <= :day AND starts_with(:division, division)
    ORDER BY length(division) DESC, valid_from DESC, version DESC LIMIT 1
""")
_RESOLVE_ALL = text("""
    SELECT found.* FROM unnest(CAST(:keys AS text[])) AS asked(key)
    CROSS JOIN LATERAL (
        SELECT id, key, division, version, value, zh, en, used_at FROM policy
        WHERE policy.key = asked.key AND valid_from <= :day AND starts_with(:division, division)
        ORDER BY length(division) DESC, valid_from DESC, version DESC LIMIT 1) AS found
""")
_CALLED = text("SELECT zh, en FROM policy WHERE key = :key ORDER BY valid_from DESC LIMIT 1")
_USE = text("UPDATE policy SET used_at = business_now() WHERE id = ANY(:ids) AND used_at IS NULL")


@dataclass(frozen=True, slots=True)
class _InForce:
    """A version as it is read, and whether a decision has used it before."""

    id: UUID
    key: str
    division: str
    version: int
    value: JsonValue
    zh: str
    en: str
    used_at: datetime | None

    @property
    def policy(self) -> Policy:
        return Policy(self.id, self.key, self.division, self.version, self.value, self.zh, self.en)


class NoPolicy(Invalid):
    slug = "no-policy"
    zh = "该地区在此日期尚未规定{key}，不能办理"
    en = "No policy is in force for this division on this day: {key}"
    key: Word


async def resolve(session: AsyncSession, key: str, division: str, on: date) -> Policy:
    """The policy in force; marked as used. Raises NoPolicy (422)."""
    found = typed(_InForce, await session.execute(_RESOLVE, {"key": key, "division": division, "day": on}))
    if not found:
        raise NoPolicy(key=await _called(session, key))
    await _use(session, found)
    return found[0].policy


async def resolve_all(session: AsyncSession, keys: Iterable[str], division: str, on: date) -> dict[str, Policy]:
    """Several policies in force, by key, in one statement; marked as used. Raises NoPolicy (422)."""
    asked = sorted(set(keys))
    rows = typed(_InForce, await session.execute(_RESOLVE_ALL, {"keys": asked, "division": division, "day": on}))
    found = {row.key: row.policy for row in rows}
    for key in asked:
        if key not in found:
            raise NoPolicy(key=await _called(session, key))
    await _use(session, rows)
    return found


async def _called(session: AsyncSession, key: str) -> Word:
    """A policy in words: as it is called elsewhere, or at another time."""
    row = (await session.execute(_CALLED, {"key": key})).one_or_none()
    return Word(key, row.zh, row.en) if row else Word(key, "此事所依据的政策参数", "the one that this rests on")


async def _use(session: AsyncSession, rows: Iterable[_InForce]) -> None:
    if unused := [row.id for row in rows if row.used_at is None]:
        await session.execute(_USE, {"ids": unused})
