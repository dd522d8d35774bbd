"""Which policy is in force; whoever asks rests a decision on it, and so its version is final from then on."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

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


class NoPolicy(Invalid):
    slug = "no-policy"
    zh = "该地区在此日期尚未规定{key}，不能办理"
    en = "No policy is in force for this division on this day: {key}"
    key: Word


async def resolve(session: AsyncSession, key: str, division: str, on: date) -> Policy:
    """The policy in force; marked as used. Raises NoPolicy (422)."""
    row = (await session.execute(_RESOLVE, {"key": key, "division": division, "day": on})).one_or_none()
    if row is None:
        raise NoPolicy(key=await _called(session, key))
    await _use(session, [row])
    return _policy(row)


async def resolve_all(session: AsyncSession, keys: Iterable[str], division: str, on: date) -> dict[str, Policy]:
    """Several policies in force, by key, in one statement; marked as used. Raises NoPolicy (422)."""
    asked = sorted(set(keys))
    rows = (await session.execute(_RESOLVE_ALL, {"keys": asked, "division": division, "day": on})).all()
    found = {row.key: _policy(row) for row in rows}
    for key in asked:
        if key not in found:
            raise NoPolicy(key=await _called(session, key))
    await _use(session, rows)
    return found


async def _called(session: AsyncSession, key: str) -> Word:
    """A policy in words: as it is called elsewhere, or at another time."""
    row = (await session.execute(_CALLED, {"key": key})).one_or_none()
    return Word(key, row.zh, row.en) if row else Word(key, "此事所依据的政策参数", "the one that this rests on")


async def _use(session: AsyncSession, rows: Iterable[Row[Any]]) -> None:
    if unused := [row.id for row in rows if row.used_at is None]:
        await session.execute(_USE, {"ids": unused})


def _policy(row: Row[Any]) -> Policy:
    return Policy(row.id, row.key, row.division, row.version, row.value, row.zh, row.en)
