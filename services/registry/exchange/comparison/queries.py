"""What the register says today of households and persons of a file, some hundred at a time."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.comparison.records import Elsewhere, Home, Person, Telling
from services.registry.register.codes import KINDS, named
from services.registry.register.households.records import CARD
from shared.database.session import raw
from shared.security.crypto import KeyRing

_HOMES = """
    SELECT id, division, number, version, status, identified_on, attribute, main_cause, other_causes,
        encode(phone_index, 'hex') AS phone, bank_card, facts, origins
    FROM household WHERE number = ANY($1)
"""
_MEMBERS = """
    SELECT m.household_id, p.id, p.number, p.name, p.sex, p.born, p.document_kind,
        encode(p.identity_index, 'hex') AS index, encode(p.phone_index, 'hex') AS phone, m.relation, m.version,
        m.joined_on, m.facts, m.origins
    FROM membership_now m JOIN person p ON p.id = m.person_id
    WHERE m.household_id = ANY($1) ORDER BY m.household_id, p.born, p.id
"""
_TOLD = """
    SELECT household_id, version, kind, reason, effective_on, recorded_by FROM change
    WHERE household_id = ANY($1) AND restates IS NULL ORDER BY household_id, version
"""
_NAMES = "SELECT subject, name FROM recorder_names($1)"
_ENDS = frozenset({"removal", "merge"})  # the changes after which a household is not registered
_ELSEWHERE = """
    SELECT encode(p.identity_index, 'hex') AS index, p.id, h.id AS household_id, h.number, last.left_on, gone.reason
    FROM person p
    LEFT JOIN LATERAL (SELECT m.household_id, m.left_on FROM membership_believed m WHERE m.person_id = p.id
        ORDER BY m.left_on IS NULL DESC, m.joined_on DESC, m.left_on DESC LIMIT 1) AS last ON true
    LEFT JOIN household h ON h.id = last.household_id
    LEFT JOIN LATERAL (SELECT c.reason FROM change c WHERE c.household_id = last.household_id
        AND c.person_id = p.id AND c.kind = 'member_left' ORDER BY c.effective_on DESC LIMIT 1) AS gone ON true
    WHERE p.identity_index = ANY($1)
"""

# A plan made while the register was small would read all of it for ever after, and what was loaded a moment ago has
# no statistics yet: hence a new plan each time and no sequential scans.
_PLAN_AFRESH = "SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL enable_seqscan = off"
_PLAN_AS_BEFORE = "SET LOCAL plan_cache_mode = DEFAULT; SET LOCAL enable_seqscan = DEFAULT"


@asynccontextmanager
async def _planned_afresh(connection: asyncpg.Connection) -> AsyncIterator[None]:
    await connection.execute(_PLAN_AFRESH)
    yield
    await connection.execute(_PLAN_AS_BEFORE)


async def homes(session: AsyncSession, keys: KeyRing, numbers: Collection[str]) -> dict[str, Home]:
    """The households with some numbers within sight as they are today, by number."""
    connection = await raw(session)
    async with _planned_afresh(connection):
        rows = await connection.fetch(_HOMES, list(numbers)) if numbers else []
        ids = [row["id"] for row in rows]
        members_of = await connection.fetch(_MEMBERS, ids) if ids else []
        lines_of = await connection.fetch(_TOLD, ids) if ids else []
        accounts = {row["recorded_by"] for row in lines_of}
        names = dict(await connection.fetch(_NAMES, accounts)) if accounts else {}
    members: dict[UUID, list[Person]] = defaultdict(list)
    for row in members_of:
        said = dict(row)
        members[said.pop("household_id")].append(Person(**said))
    told: dict[UUID, dict[int, Telling]] = defaultdict(dict)
    last: dict[UUID, tuple[str, str, date]] = {}
    for row in lines_of:
        told[row["household_id"]][row["version"]] = Telling(
            row["effective_on"], names.get(row["recorded_by"]), row["kind"]
        )
        if row["kind"] in _ENDS:
            last[row["household_id"]] = row["kind"], row["reason"], row["effective_on"]
    return {
        row["number"]: Home(
            id=row["id"],
            division=row["division"],
            number=row["number"],
            version=row["version"],
            status=row["status"],
            identified_on=row["identified_on"],
            attribute=row["attribute"],
            main_cause=row["main_cause"],
            other_causes=tuple(row["other_causes"]),
            phone=row["phone"],
            bank_card=keys.decrypt(row["bank_card"], field=CARD, record=str(row["id"])) if row["bank_card"] else None,
            facts=row["facts"],
            origins=row["origins"],
            members=tuple(members[row["id"]]),
            told=told[row["id"]],
            ended=_ended(*last[row["id"]]) if row["status"] == "removed" and row["id"] in last else None,
        )
        for row in rows
    }


def _ended(kind: str, reason: str, day: date) -> tuple[str, str]:
    (zh, en), what = named(reason), KINDS[kind]
    return f"已于{_day(day)}{what.zh}（{zh}）", f"{what.en} on {day} ({en})"


async def elsewhere(session: AsyncSession, indexes: Collection[str]) -> Mapping[str, Elsewhere]:
    """Where persons within sight are who do not live where a file says, by the index of their number."""
    if not indexes:
        return {}
    connection = await raw(session)
    async with _planned_afresh(connection):
        rows = await connection.fetch(_ELSEWHERE, [bytes.fromhex(one) for one in indexes])
    found = {}
    for row in rows:
        found[row["index"]] = _whereabouts(
            row["id"], row["household_id"], row["number"], row["left_on"], row["reason"]
        )
    return found


def _whereabouts(
    id: UUID, home: UUID | None, number: str | None, left_on: date | None, reason: str | None
) -> Elsewhere:
    if left_on is None and number is not None:
        return Elsewhere(
            id, home, number, None, f"此人现登记在另一户（{number}）", f"lives in household {number} on the register"
        )
    zh, en = named(reason) if reason else ("已不在该户", "left")
    since = f"{_day(left_on)}起" if left_on else ""
    return Elsewhere(
        id, None, None, left_on, f"此人{since}已不在册（{zh}）", f"is not on the register any more ({en}, {left_on})"
    )


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
