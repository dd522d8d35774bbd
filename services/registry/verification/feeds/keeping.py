"""Keep records of departments: once for each version, a later one supersedes, whatever the order of delivery."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pypinyin import lazy_pinyin
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.households.records import IDENTITY
from services.registry.verification.feeds.rules import Delivered
from shared.database.session import caller_of, raw
from shared.names import identity
from shared.security.crypto import KeyRing

_KEEP = "SELECT * FROM keep_records($1, $2, $3::jsonb, $4, $5)"
_VILLAGES = text("""
    SELECT code, name FROM division
    WHERE code >= :low AND code < :high AND length(code) = 12 AND valid_to IS NULL
""")


@dataclass(slots=True)
class Counts:
    """What became of records; ``contradicting`` have the version of a kept one and other content."""

    fresh: int = 0
    renewed: int = 0
    unchanged: int = 0
    late: int = 0
    contradicting: int = 0

    def add(self, other: "Counts") -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


async def villages(session: AsyncSession, division: str) -> dict[str, str]:
    """The villages of a county: each code to itself, and each name that only one of them has to its code."""
    rows = (await session.execute(_VILLAGES, {"low": division, "high": division + ":"})).all()
    by_name: dict[str, str] = {}
    for row in rows:
        by_name[row.name] = "" if row.name in by_name else row.code
    return {name: code for name, code in by_name.items() if code} | {row.code: row.code for row in rows}


async def keep(
    session: AsyncSession, keys: KeyRing, division: str, feed: str, records: Sequence[Delivered], source: str
) -> Counts:
    """Keep records of one feed of one county. Of several versions in the list the last one counts."""
    latest: dict[str, Delivered] = {}
    counts = Counts()
    for record in records:
        known = latest.get(record.record_no)
        if known is None or record.version > known.version:
            latest[record.record_no] = record
            counts.late += known is not None
        elif record.version < known.version:
            counts.late += 1
        elif record == known:
            counts.unchanged += 1
        else:
            counts.contradicting += 1
    rows = [_row(record, keys, feed) for record in latest.values()]
    if rows:
        connection = await raw(session)
        told = await connection.fetchrow(
            _KEEP, division, feed, json.dumps(rows, ensure_ascii=False), source, caller_of(session).subject
        )
        counts.add(Counts(**dict(told)))
    return counts


@lru_cache(maxsize=100_000)
def pinyin(name: str) -> str:
    """A name in pinyin without tones, letter by letter, whatever word they make: 王伟 and 王玮 are "wang wei"."""
    return " ".join(syllable for letter in name for syllable in lazy_pinyin(letter))


def _row(record: Delivered, keys: KeyRing, feed: str) -> dict[str, Any]:
    number = record.number
    resident = number[:18] if identity.is_resident(number[:18]) else None
    said = [record.name, number, record.born, record.village, record.from_on, record.ended_on, record.details]
    content = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
    return {
        "record_no": record.record_no,
        "version": record.version,
        "name": record.name,
        "pinyin": None if resident else pinyin(record.name),
        "born": record.born.isoformat() if record.born else None,
        "village": record.village,
        "document_kind": identity.classify(number).value,
        "identity_masked": identity.mask_number(number) if number else None,
        "identity_index": keys.blind_index(resident, IDENTITY).hex() if resident else None,
        "details": record.details,
        "from_on": record.from_on.isoformat() if record.from_on else None,
        "ended_on": record.ended_on.isoformat() if record.ended_on else None,
        "digest": keys.blind_index(content, f"feed.{feed}").hex(),
    }
