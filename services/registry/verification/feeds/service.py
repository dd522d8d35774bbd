"""Receive files of departments, and keep records: once for each version, whatever the order of delivery."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.households.records import IDENTITY
from services.registry.verification.feeds import queries
from services.registry.verification.feeds.catalogue import feed
from services.registry.verification.feeds.records import Counts, Delivered, Feed
from services.registry.verification.feeds.rules import columns_of, factors_of, is_header
from services.registry.verification.feeds.schemas import FileState
from shared import jobs, policy
from shared.database.session import caller_of
from shared.names import identity
from shared.names.divisions import level
from shared.names.grams import sound
from shared.names.ids import uuid7
from shared.problems import Invalid, NotFound
from shared.security import audit
from shared.security.crypto import KeyRing
from shared.sheets import queries as files
from shared.sheets.receive import receive
from shared.sheets.records import Expected
from shared.time import clock


class OneCounty(Invalid):
    slug, zh, en = "one-county", "部门数据由县级办公室报送", "A feed is delivered to the office of one county"


class NoSuchFile(NotFound):
    slug, zh, en = "no-such-file", "没有这个文件", "There is no such file"


async def start(session: AsyncSession, keys: KeyRing, body: AsyncIterator[bytes], code: str) -> UUID:
    """Keep a department's file and read it in a job. Raises NoSuchFeed (404), OneCounty (422)."""
    known, id, division = feed(code), uuid7(), caller_of(session).division
    if level(division) != "county":
        raise OneCounty(rule="six digits")
    kept = await policy.resolve(session, "feeds.kept_days", division, await clock.today(session))
    file = await receive(session, keys, id, body, expected(known))
    await queries.add(session, id, division, code)
    await jobs.enqueue(session, "feed", {"file_id": str(id)}, division=division, id=id)
    until = await clock.now(session) + timedelta(days=kept.number())
    await jobs.enqueue(session, "forget_feed", {"file_id": str(id)}, division=division, due_at=until)
    said = {"feed": code, "bytes": file.bytes, "kind": file.kind}
    audit.record(session, "feed.delivered", "feed", id, division, after=said)
    return id


def expected(known: Feed) -> Expected:
    """What a file of a feed has to be."""

    def check(columns: Sequence[str]) -> str:
        columns_of(known, columns)
        factors_of(known, columns)
        return known.code

    return Expected(lambda columns: is_header(known, columns), check)


async def state(session: AsyncSession, id: UUID) -> FileState:
    """How a file is going, and what it brought. Raises NoSuchFile (404)."""
    found = await queries.state(session, id)
    if found is None:
        raise NoSuchFile(field="file_id")
    return found.model_copy(update={"remarks": await files.remarks(session, id)})


def record_no(keys: KeyRing, code: str, values: Mapping[str, str]) -> str:
    """The number of a record of a department that has none: the same for the same content, and nobody's number."""
    person = identity.normalise(values.get("number")) or values.get("name", "")
    said = {field: value.strip() for field, value in values.items() if field not in ("number", "version")}
    content = json.dumps([person, said], ensure_ascii=False, sort_keys=True)
    return f"auto-{keys.blind_index(content, f'feed.{code}.record').hex()[:24]}"


async def keep_records(
    session: AsyncSession, keys: KeyRing, division: str, code: str, records: Sequence[Delivered], source: str
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
    if latest:
        rows = [_row(record, keys, code) for record in latest.values()]
        counts.add(await queries.keep(session, division, code, rows, source))
    return counts


def _row(record: Delivered, keys: KeyRing, code: str) -> dict[str, object]:
    """The record as ``keep_records`` takes it: its person's number masked and indexed, never whole."""
    number = record.number
    resident = number[:18] if identity.is_resident(number[:18]) else None
    said = [record.name, number, record.born, record.village, record.from_on, record.ended_on, record.details]
    content = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
    return {
        "record_no": record.record_no,
        "version": record.version,
        "name": record.name,
        "pinyin": None if resident else sound(record.name),
        "born": record.born.isoformat() if record.born else None,
        "village": record.village,
        "document_kind": identity.classify(number).value,
        "identity_masked": identity.mask_number(number) if number else None,
        "identity_index": keys.blind_index(resident, IDENTITY).hex() if resident else None,
        "details": record.details,
        "from_on": record.from_on.isoformat() if record.from_on else None,
        "ended_on": record.ended_on.isoformat() if record.ended_on else None,
        "digest": keys.blind_index(content, f"feed.{code}").hex(),
    }
