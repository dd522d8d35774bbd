"""The file that goes back: the file as it was sent, and on it what became of each line in a last column, wrong cells
red with the reason in a note. It can be corrected and sent again: what is registered already is unchanged.

A workbook of the old format or a web page goes back as a new workbook of the tables that were read.
"""

import asyncio
import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.imports import queries
from services.registry.exchange.imports.records import CORRECTED, EXITED, NEW, NOTHING, SAME, WRONG, Task
from services.registry.exchange.layouts.catalogue import headers
from services.registry.exchange.layouts.records import Plan
from services.registry.exchange.layouts.rules import plan_of
from shared.names.ids import uuid7
from shared.sheets import chunks, container, read
from shared.sheets import queries as files
from shared.sheets.marked import RowMark
from shared.sheets.notes import MOST, Cell
from shared.sheets.patch import Patch
from shared.sheets.problems import BrokenWorkbook
from shared.sheets.records import Mistake, Position, Rows, Table
from shared.sheets.styles import Unpatchable
from shared.sheets.tables import says
from shared.sheets.write import Sheets, text_file
from shared.words import Language, Word, say

_LINES = 5_000
_BETWEEN: Mapping[Language, str] = {"zh": "；", "en": "; "}
# What became of a line, in the words of whoever sent it.
_SAME = Word(SAME, "已在册，内容相同", "on the register with the same content")
_EXITED = Word(EXITED, "已脱贫，内容相同", "out of poverty, with the same content")
_UNREAD = Word(NOTHING, "未读取：不是数据行", "not read: no line of data")
_LOADED = {
    NEW: Word(NEW, "已登记", "registered"),
    CORRECTED: Word(CORRECTED, "已更正", "corrected"),
    SAME: _SAME,
    EXITED: _EXITED,
    WRONG: Word(WRONG, "未导入：本户有误", "not imported: the household has errors"),
}
_NOT_LOADED = {
    NEW: Word(NEW, "校验通过，待导入", "right, to be imported"),
    CORRECTED: Word(CORRECTED, "与登记不同，未更正", "differs from the register, not corrected"),
    SAME: _SAME,
    EXITED: _EXITED,
    WRONG: Word(WRONG, "有误", "wrong"),
}
_WAITING = _NOT_LOADED | {NEW: Word(NEW, "校验通过，待批准", "right, to be released")}
Words = Mapping[str, Word]


async def mark(session: AsyncSession, task: Task, *, over: bool, waits: bool) -> None:
    """Make and keep an import's marked file, of the kind that came. ``over``: nothing will be loaded any more;
    ``waits``: another person decides about what is new.
    """
    asked, words = task.asked, _LOADED if over else _WAITING if waits else _NOT_LOADED
    await chunks.forget(session, asked.marked)
    if task.file.kind == "workbook":
        kept = await _workbook(session, task, words)
    else:
        kept = await _text(session, task, words)
    await queries.keep_marked(session, asked.id, kept)


def _writer(session: AsyncSession, task: Task) -> chunks.Writer:
    return chunks.Writer(session, task.known.keys, uuid7(), task.asked.division)


async def _text(session: AsyncSession, task: Task, words: Words) -> UUID:
    """Text as it came, with one more column."""
    file, table, plan = task.file, task.file.tables[0], task.known.plan
    assert file.dialect
    into, writer, at, ended = text_file(file.dialect), _writer(session, task), Position(), False
    while not ended:
        window = await read.window(session, task.known.keys, file.id, at, _LINES)
        marks = await _marks(session, task, plan, Rows(table, at, window.lines, ended=True, over=True), words)
        marks[table.header.line - 1] = RowMark(headers().outcome)
        rows = [_with(marks.get(n), row, plan) for n, row in enumerate(_parsed(window.lines), at.line - 1)]
        if window.ended and not rows[-1]:
            del rows[-1]  # the file ends with a line end
        await asyncio.to_thread(into.rows, at.line - 1, rows)
        await writer.write(into.take())
        at, ended = at.after(window.lines), window.ended
    await writer.close()
    return writer.id


async def _workbook(session: AsyncSession, task: Task, words: Words) -> UUID:
    """The workbook that came, or the tables of it in a new one where nothing can be added to it."""
    assert task.file.sent
    content = await chunks.whole(session, task.known.keys, task.file.sent)
    if container.kind_of(content) == "workbook":
        writer = _writer(session, task)
        try:
            await _patched(session, task, words, content, writer)
        except (Unpatchable, BrokenWorkbook):
            await chunks.forget(session, writer.id)
        else:
            return writer.id
    writer = _writer(session, task)
    await _patched(session, task, words, await _anew(session, task), writer)
    return writer.id


async def _patched(session: AsyncSession, task: Task, words: Words, content: bytes, writer: chunks.Writer) -> None:
    """A workbook with what is said of each row of its tables."""
    file = task.file
    patch = await asyncio.to_thread(Patch, content, await _notes(session, task))
    for table in file.tables:
        plan = plan_of(table.header.columns, task.asked.given)
        header = table.row(table.header.line) - 1
        patch.sheet(table.sheet or "", header, _outcome_at(plan, table))
        patch.rows(header, {header: RowMark(headers().outcome)})
        at, ended = table.rows, table.rows.line == table.ends
        while not ended:
            rows = await read.rows(session, task.known.keys, file, at, _LINES)
            marks = await _marks(session, task, plan, rows, words)
            at, ended = rows.start.after(rows.lines), rows.ended
            await asyncio.to_thread(patch.rows, table.row(at.line) - 2, marks)
            await writer.write(patch.take())
        await asyncio.to_thread(patch.end)
    patch.close()
    await writer.write(patch.take())
    await writer.close()


async def _anew(session: AsyncSession, task: Task) -> bytes:
    """A workbook of the tables that were read."""
    sheets = Sheets([table.sheet or "" for table in task.file.tables])
    for table in task.file.tables:
        sheets.sheet()
        at = table.top
        while table.ends is None or at.line < table.ends:
            left = _LINES if table.ends is None else min(_LINES, table.ends - at.line)
            window = await read.window(session, task.known.keys, task.file.id, at, left)
            rows = [_plain(row) for row in _parsed(window.lines)]
            await asyncio.to_thread(sheets.rows, table.row(at.line) - 1, rows)
            at = at.after(window.lines)
            if window.ended:
                break
    return sheets.close()


async def _marks(session: AsyncSession, task: Task, plan: Plan, rows: Rows, words: Words) -> dict[int, RowMark]:
    """What is said of some rows, by their position (from 0) on the sheet."""
    first, count, table = rows.start.line, len(rows.lines), rows.table
    letters, language = await queries.outcomes(session, task.asked.id, first, count), task.asked.options.language
    reasons: dict[int, list[str]] = defaultdict(list)
    wrong: dict[int, set[int]] = defaultdict(set)
    for one in await files.mistakes_within(session, task.asked.id, first, count):
        reasons[one.line].append(_reason(one, language))
        wrong[one.line].add(_column(plan, table, one))
    return {
        table.row(line) - 1: RowMark(
            _BETWEEN[language].join([say(words.get(letter, _UNREAD), language), *reasons[line]]),
            frozenset(wrong[line]),
        )
        for line, (letter, said) in enumerate(zip(letters, rows.lines, strict=True), first)
        if line > table.header.line and says(said)
    }


async def _notes(session: AsyncSession, task: Task) -> dict[str, dict[Cell, str]]:
    """The notes on wrong cells of each sheet."""
    file, notes = task.file, {table.sheet or "": dict[Cell, str]() for table in task.file.tables}
    for one in await files.first_mistakes(session, task.asked.id, MOST):
        table = file.table_at(one.line)
        plan = plan_of(table.header.columns, task.asked.given)
        on, cell = notes[table.sheet or ""], (table.row(one.line) - 1, _column(plan, table, one))
        said = one.zh if task.asked.options.language == "zh" else one.en
        on[cell] = f"{on[cell]}\n{said}" if cell in on else said
    return notes


def _outcome_at(plan: Plan, table: Table) -> int:
    """The column of outcomes: where it stood, or behind all that was sent."""
    return plan.outcome_at if plan.outcome_at < len(plan.columns) else max(plan.outcome_at, table.width)


def _column(plan: Plan, table: Table, one: Mistake) -> int:
    """The column of a mistake; the outcome's where the table has none of that name."""
    return plan.columns.index(one.field) if one.field in plan.columns else _outcome_at(plan, table)


def _parsed(lines: Sequence[bytes]) -> Iterator[list[str]]:
    return csv.reader(line.decode() for line in lines)


def _with(mark: RowMark | None, row: list[str], plan: Plan) -> list[str]:
    """A row of text with its outcome."""
    if mark is None or not any(row):
        return row
    cells = row + [""] * (plan.outcome_at + 1 - len(row))
    cells[plan.outcome_at] = mark.outcome
    return cells


def _reason(one: Mistake, language: Language) -> str:
    return f"{one.field}：{one.zh}" if language == "zh" else f"{one.field}: {one.en}"


def _plain(row: Sequence[str]) -> list[str]:
    return [cell[2:] if cell.startswith("\x01") else cell for cell in row]
