"""The steps of reading a department's file: a stretch of lines each, so that it can be watched and resumed."""

import csv

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.feeds import queries, rules, service
from services.registry.verification.feeds.catalogue import feed
from services.registry.verification.feeds.records import Counts, Delivered
from services.registry.verification.feeds.rules import RecordRefused
from shared.database.session import keys_of
from shared.jobs import Job, Progress
from shared.sheets import queries as files
from shared.sheets.cells import MARKS, as_meant, is_damaged, stands_around
from shared.sheets.read import rows
from shared.sheets.receive import open_workbook
from shared.sheets.records import DataFile, Mistake, Position, Rows
from shared.sheets.tables import passed_over
from shared.time import clock

LINES, BATCH = 20_000, 2_000
_POSITION = TypeAdapter(Position)


async def read(session: AsyncSession, job: Job) -> Progress:
    """Keep the records of one stretch of the file; of a workbook, make it text first."""
    file, keys = await files.get(session, job.id_of("file_id")), keys_of(session)
    known = feed(await queries.feed_of(session, file.id))
    if not file.tables:
        opened = await open_workbook(session, keys, file, service.expected(known))
        return Progress({}, done=0, total=opened.bytes)
    found = await rows(session, keys, file, _POSITION.validate_python(job.state), LINES)
    await _keep(session, file, known.code, found)
    position = found.start.after(found.lines)
    if not found.over:
        return Progress(position.to_json(), done=position.offset, total=file.bytes)
    await files.forget(session, file.id)
    return Progress({}, done=file.bytes, total=file.bytes, finished=True, result={"file": str(file.id)})


async def forget(session: AsyncSession, job: Job) -> Progress:
    """Delete what is still there of a file whose days are over."""
    id = job.id_of("file_id")
    await files.forget(session, id)
    return Progress(finished=True, result={"file": str(id)})


async def _keep(session: AsyncSession, file: DataFile, code: str, found: Rows) -> None:
    """Keep the records of some lines, and note what is wrong by line and header."""
    known, columns = feed(code), rules.columns_of(feed(code), found.table.header.columns)
    factors = rules.factors_of(known, found.table.header.columns)
    villages, today = await queries.villages(session, file.division), await clock.today(session)
    counts, refused, around = Counts(), 0, list[int]()
    mistakes: list[Mistake] = []
    records: list[Delivered] = []
    lines = [line.decode() for line in found.lines]
    for line, (said, given) in enumerate(zip(lines, csv.reader(lines), strict=True), found.start.line):
        if not any(given):
            continue
        cells = [as_meant(cell) for cell in given] if is_damaged(said) else given
        if stands_around(cells) and "number" not in rules.cells_of(columns, cells):
            around.append(line)
            continue
        if marked := [(at, cell) for at, cell in enumerate(cells) if at in columns and cell[:2] in MARKS]:
            refused += 1
            mistakes += [Mistake(line, known.header(columns[at]), *MARKS[cell[:2]]) for at, cell in marked]
            continue
        values = rules.converted(rules.cells_of(columns, cells), factors)
        if "record_no" not in columns.values():
            values["record_no"] = service.record_no(keys_of(session), code, values)
        try:
            records.append(rules.read(known, values, villages, today))
        except RecordRefused as problem:
            refused += 1
            mistakes += [Mistake(line, known.header(one.field), one.rule, one.zh, one.en) for one in problem.faults]
    for start in range(0, len(records), BATCH):
        some = records[start : start + BATCH]
        source = f"file:{file.id}"
        counts.add(await service.keep_records(session, keys_of(session), file.division, code, some, source))
    await queries.count(session, file.id, counts, refused)
    await files.note_mistakes(session, file.id, file.division, mistakes)
    await files.note_remarks(session, file, list(passed_over(around, found.table)))
