"""The file that goes back: the rows that came, wrong cells coloured with the reason in a comment, and in a last
column what became of each line. It can be corrected and sent again: what is registered already is unchanged.
"""

import asyncio
import csv
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.imports import queries
from services.registry.exchange.imports.records import CORRECTED, NEW, SAME, WRONG, Task
from services.registry.exchange.layouts.catalogue import headers
from services.registry.exchange.layouts.records import Plan
from shared.names.ids import uuid7
from shared.sheets import chunks, read
from shared.sheets import queries as files
from shared.sheets.records import Mistake, Position
from shared.sheets.write import NOTES, Frame, TableFile, table_file

_LINES = 5_000
_LOADED = {NEW: "已登记", CORRECTED: "已更正", SAME: "已在册，内容相同", WRONG: "未导入：本户有误"}
_NOT_LOADED = {NEW: "校验通过，待导入", CORRECTED: "与登记不同，未更正", SAME: "已在册，内容相同", WRONG: "有误"}
_WAITING = _NOT_LOADED | {NEW: "校验通过，待批准"}
_EXPLANATION = (
    "首列起为您上传的内容，行列与原表一致；最后一列“导入结果”说明每一行的结果",
    "请在本表改正后重新上传：已登记且内容相同的户不会重复登记，“导入结果”列上传时忽略",
    f"批注最多{NOTES}条；其余错误见最后一列，全部错误可在系统中逐页查询",
    "This sheet repeats what you sent; the last column says what became of each line. Correct it and send it again.",
)


async def mark(session: AsyncSession, task: Task, *, over: bool, waits: bool) -> None:
    """Make and keep an import's marked file: a workbook where one came, else CSV. ``over``: nothing will be loaded
    any more; ``waits``: another person decides about what is new.
    """
    header = task.file.tables[0].header
    asked, plan, words = task.asked, task.known.plan, _LOADED if over else _WAITING if waits else _NOT_LOADED
    await chunks.forget(session, asked.marked)
    writer = chunks.Writer(session, task.known.keys, uuid7(), asked.division)
    notes = _notes(plan, await files.first_mistakes(session, asked.id, NOTES)) if task.file.kind == "workbook" else {}
    into = table_file(task.file.kind, Frame("导入", _EXPLANATION, header.line - 1, notes=notes))
    at, ended = Position(), False
    while not ended:
        window = await read.window(session, task.known.keys, asked.id, at, _LINES)
        letters = await queries.outcomes(session, asked.id, at.line, len(window.lines))
        outcomes = [words.get(letter, "") for letter in letters]
        wrong = await files.mistakes_within(session, asked.id, at.line, len(window.lines))
        await asyncio.to_thread(_write, into, plan, header.line, at, window.lines, outcomes, wrong)
        await writer.write(into.take())
        at, ended = at.after(window.lines), window.ended
    into.close()
    await writer.write(into.take())
    await writer.close()
    await queries.keep_marked(session, asked.id, writer.id)


def _write(
    into: TableFile,
    plan: Plan,
    header: int,
    at: Position,
    lines: list[bytes],
    outcomes: list[str],
    mistakes: Sequence[Mistake],
) -> None:
    """Some rows with their outcomes, and which of their cells are wrong."""
    reasons: dict[int, list[str]] = defaultdict(list)
    wrong: dict[int, set[int]] = defaultdict(set)
    for one in mistakes:
        reasons[one.line].append(f"{one.field}：{one.zh}")
        wrong[one.line - 1].add(_column(plan, one.field))
    rows = []
    parsed = csv.reader([line.decode() for line in lines])
    for line, (row, outcome) in enumerate(zip(parsed, outcomes, strict=False), at.line):
        if line < header or not any(row):
            rows.append(row)
            continue
        cells = [cell[2:] if cell.startswith("\x01") else cell for cell in row]
        cells += [""] * (plan.outcome_at + 1 - len(cells))
        cells[plan.outcome_at] = headers().outcome if line == header else "；".join([outcome, *reasons[line]])
        rows.append(cells)
    into.rows(at.line - 1, rows, wrong)


def _column(plan: Plan, header: str) -> int:
    """The column of a header; the outcome's where the file has none of that name."""
    return plan.columns.index(header) if header in plan.columns else plan.outcome_at


def _notes(plan: Plan, mistakes: Sequence[Mistake]) -> dict[tuple[int, int], str]:
    """The comments of wrong cells."""
    notes: dict[tuple[int, int], str] = {}
    for one in mistakes:
        cell = one.line - 1, _column(plan, one.field)
        notes[cell] = f"{notes[cell]}\n{one.zh}" if cell in notes else one.zh
    return notes
