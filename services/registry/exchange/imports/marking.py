"""The file that goes back: the rows that came, wrong cells coloured with the reason in a comment, and in a last
column what became of each line. It can be corrected and sent again: what is registered already is unchanged.
"""

import asyncio
import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.files import chunks
from services.registry.exchange.imports import outcomes, store
from services.registry.exchange.imports.layout import Plan, outcome_header
from shared.database.session import keys_of, raw
from shared.names.ids import uuid7
from shared.sheets.cells import harmless
from shared.sheets.writing import NOTES, Frame, Pieces, Workbook

_LINES = 5_000
_ERRORS = (
    "SELECT line, field, zh FROM import_error WHERE import_id = $1 AND line >= $2 AND line < $3 ORDER BY line, field"
)
_FIRST = "SELECT line, field, zh, en FROM import_error WHERE import_id = $1 ORDER BY line, field, rule LIMIT $2"
_MARKED = "UPDATE import SET marked = $2 WHERE id = $1"
_EXPLANATION = (
    "首列起为您上传的内容，行列与原表一致；最后一列“导入结果”说明每一行的结果",
    "请在本表改正后重新上传：已登记且内容相同的户不会重复登记，“导入结果”列上传时忽略",
    f"批注最多{NOTES}条；其余错误见最后一列，全部错误可在系统中逐页查询",
    "This sheet repeats what you sent; the last column says what became of each line. Correct it and send it again.",
)


async def mark(session: AsyncSession, file: Any, plan: Plan, *, loaded: bool) -> None:
    """Make and keep an import's marked file: a workbook where one came, else CSV."""
    keys, connection = keys_of(session), await raw(session)
    await chunks.forget(session, file.marked)
    writer = chunks.Writer(session, keys, uuid7(), file.division)
    into = _Sheet(file, plan, await connection.fetch(_FIRST, file.id, NOTES)) if file.kind == "workbook" else _Csv()
    offset, first, ended = 0, 1, False
    while not ended:
        lines, ended = await store.lines_from(session, keys, file.id, offset, _LINES)
        said = await outcomes.of_lines(session, file.id, first, len(lines), loaded=loaded)
        found = await connection.fetch(_ERRORS, file.id, first, first + len(lines))
        await asyncio.to_thread(_write, into, plan, file.header_line, first, lines, said, found)
        await writer.write(into.take())
        offset += sum(len(line) + 1 for line in lines)
        first += len(lines)
    into.close()
    await writer.write(into.take())
    await writer.close()
    await connection.execute(_MARKED, file.id, writer.id)


def _write(
    into: "_Sheet | _Csv", plan: Plan, header: int, first: int, lines: list[bytes], said: list[str], found: Any
) -> None:
    """Some rows with their outcomes, and which of their cells are wrong."""
    reasons: dict[int, list[str]] = defaultdict(list)
    wrong: dict[int, set[int]] = defaultdict(set)
    for error in found:
        reasons[error["line"]].append(f"{error['field']}：{error['zh']}")
        wrong[error["line"] - 1].add(_at(plan, error["field"]))
    rows = []
    parsed = csv.reader([line.decode() for line in lines])
    for line, (row, outcome) in enumerate(zip(parsed, said, strict=False), first):
        if line < header or not any(row):
            rows.append(row)
            continue
        cells = [cell[2:] if cell.startswith("\x01") else cell for cell in row]
        cells += [""] * (plan.outcome_at + 1 - len(cells))
        cells[plan.outcome_at] = outcome_header() if line == header else "；".join([outcome, *reasons[line]])
        rows.append(cells)
    into.rows(first - 1, rows, wrong)


def _at(plan: Plan, header: str) -> int:
    """The column of a header; the outcome's where the file has none of that name."""
    return plan.columns.index(header) if header in plan.columns else plan.outcome_at


class _Sheet:
    """The marked workbook."""

    def __init__(self, file: Any, plan: Plan, errors: Iterable[Any]) -> None:
        notes: dict[tuple[int, int], str] = {}
        for error in errors:
            cell = error["line"] - 1, _at(plan, error["field"])
            notes[cell] = f"{notes[cell]}\n{error['zh']}" if cell in notes else f"{error['zh']} {error['en']}"
        self._out = Pieces()
        self._book = Workbook(self._out, Frame("导入", _EXPLANATION, file.header_line - 1, notes=notes))
        self._book.__enter__()

    def rows(self, first: int, rows: list[list[str]], wrong: dict[int, set[int]]) -> None:
        self._book.rows(first, rows, wrong)

    def take(self) -> bytes:
        return self._out.take()

    def close(self) -> None:
        self._book.__exit__()


class _Csv:
    """The marked text."""

    def __init__(self) -> None:
        self._out = io.StringIO()
        self._out.write("\ufeff")  # spreadsheets take the file for UTF-8 then
        self._writer = csv.writer(self._out, lineterminator="\n")

    def rows(self, first: int, rows: list[list[str]], wrong: dict[int, set[int]]) -> None:
        self._writer.writerows([harmless(cell) for cell in row] for row in rows)

    def take(self) -> bytes:
        taken = self._out.getvalue().encode()
        self._out.seek(0)
        self._out.truncate()
        return taken

    def close(self) -> None:
        return
