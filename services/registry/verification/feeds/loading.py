"""The steps of reading a department's file: a stretch of lines each, so that it can be watched and resumed."""

import csv
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.feeds import keeping, rules, store
from services.registry.verification.feeds.catalogue import Feed, feed
from services.registry.verification.feeds.rules import Delivered, RecordRefused, Wrong
from shared.database.session import keys_of
from shared.jobs import Job, Progress
from shared.time import clock

LINES, BATCH = 20_000, 2_000
_FILE = text("SELECT id, division, feed, bytes, columns FROM feed_file WHERE id = :id")


@dataclass(slots=True)
class Place:
    """Where the reading is: at which byte and line of the file."""

    offset: int = 0
    line: int = 1


async def step(session: AsyncSession, job: Job) -> Progress:
    """Keep the records of one stretch of the file."""
    place = Place(**job.state) if job.state else Place()
    file = (await session.execute(_FILE, {"id": job.args["file_id"]})).one()
    content, last = await store.window(session, keys_of(session), file.id, place.offset)
    lines = content.split(b"\n")
    if not last:
        lines = lines[:-1]
    ended, lines = last and len(lines) <= LINES, lines[:LINES]
    await _keep(session, file, place, [line.decode() for line in lines])
    place.offset += sum(len(line) + 1 for line in lines)
    place.line += len(lines)
    if not ended:
        return Progress(asdict(place), done=place.offset, total=file.bytes)
    await store.forget(session, file.id)
    return Progress({}, done=file.bytes, total=file.bytes, finished=True, result={"file": str(file.id)})


async def _keep(session: AsyncSession, file: Any, place: Place, lines: list[str]) -> None:
    known, columns = feed(file.feed), feed(file.feed).columns(file.columns)
    villages, today = await keeping.villages(session, file.division), await clock.today(session)
    counts = keeping.Counts()
    wrong: list[tuple[int, list[Wrong]]] = []
    records: list[Delivered] = []
    for line, cells in enumerate(csv.reader(lines), place.line):
        if line == 1 or not any(cells):
            continue
        try:
            records.append(_record(known, columns, cells, villages, today))
        except RecordRefused as refused:
            wrong.append((line, [_by_header(known, one) for one in refused.wrong]))
    for start in range(0, len(records), BATCH):
        some = records[start : start + BATCH]
        counts.add(await keeping.keep(session, keys_of(session), file.division, file.feed, some, f"file:{file.id}"))
    await store.note(session, file.id, file.division, counts, wrong)


def _record(
    known: Feed, columns: dict[int, str], cells: list[str], villages: dict[str, str], today: date
) -> Delivered:
    values: dict[str, str] = {}
    for at, field in columns.items():
        if at < len(cells) and cells[at].strip():
            values.setdefault(field, cells[at])
    return rules.read(known, values, villages, today)


def _by_header(known: Feed, wrong: Wrong) -> Wrong:
    return Wrong(known.header(wrong.field), wrong.rule, wrong.zh, wrong.en)
