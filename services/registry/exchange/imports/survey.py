"""What has to be known of a whole file before its households are judged: which of them do not stand together, and
what of it is not read. Columns that are not read must not hold identity numbers.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.imports.gather import Nobody, cells_of
from services.registry.exchange.imports.twice import Columns, Twice
from services.registry.exchange.layouts.records import Given, Plan
from services.registry.exchange.layouts.rules import plan_of
from services.registry.register.households.records import Key
from shared.names import identity
from shared.names.identity import DocumentKind
from shared.problems import Invalid
from shared.security.crypto import KeyRing
from shared.sheets import queries as files
from shared.sheets import read
from shared.sheets.cells import MARKS, column_name
from shared.sheets.records import DataFile, Position, Remark, Rows, Table
from shared.sheets.tables import passed_over, remark
from shared.words import Name

_LINES = 20_000
_APART = 500  # households; of more, the file is in another order
_REMARKS = 200
_RESIDENT = 18


class UnreadNumbers(Invalid):
    slug = "unread-numbers"
    zh = "“{column}”列中有证件号码，但该列不认识、不会读取；请改为规定的表头（如“证件号码”），或删除该列后重新上传"
    en = "The column {column} holds identity numbers and is not known: name it as the form does, or delete it"
    column: Name


class NotInOrder(Invalid):
    slug = "not-in-order"
    zh = "文件中同一户的行大多没有排在一起，请先按户编号排序后重新上传"
    en = "The lines of most households do not stand together: sort the file by household number and send it again"


@dataclass(slots=True)
class _Found:
    """What was found so far: what may stand twice, the parts of households by number, lines that are nobody, columns
    without a header.
    """

    twice: Twice
    parts: dict[str, int] = field(default_factory=dict)
    apart: dict[str, list[int]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    nameless: set[int] = field(default_factory=set)


async def survey(
    session: AsyncSession, keys: KeyRing, given: Given, file: DataFile
) -> tuple[Mapping[str, list[int]], set[Key]]:
    """Read the file once and note what is to be known of it; of each household that does not stand together, by its
    number, the lines at which its parts begin; and the keys that may stand twice. Raises UnreadNumbers, NotInOrder
    (422).
    """
    found, position, over = _Found(Twice(keys, file.bytes)), Position(), False
    table, before = None, ""
    while not over:
        rows = await read.rows(session, keys, file, position, _LINES)
        if rows.table is not table:
            found.remarks += _of_columns(table, found.nameless)
            table, before = rows.table, ""
            found.nameless.clear()
            found.remarks += _unknown(table, plan_of(table.header.columns, given))
        before = _look(rows, plan_of(rows.table.header.columns, given), found, before)
        position, over = rows.start.after(rows.lines), rows.over
    found.remarks += _of_columns(table, found.nameless)
    await files.note_remarks(session, file, found.remarks[:_REMARKS])
    return found.apart, found.twice.found


def _look(rows: Rows, plan: Plan, found: _Found, before: str) -> str:
    """Look at some rows; the number of the household that the last of them belongs to."""
    number_at = next(at for at, name in plan.household if name == "number")
    width, nobody, a_person = len(plan.columns), Nobody(plan), plan.layout.a_line == "person"
    read_at = {at for at, _ in (*plan.household, *plan.member)} | {plan.outcome_at}
    identity_at = next((at for at, name in plan.member if name == "identity_number"), None)
    unread = [at for at in range(width) if at not in read_at]
    once = Columns(plan)
    lines = [line.decode() for line in rows.lines]
    passed: list[int] = []
    for line, (said, given) in enumerate(zip(lines, csv.reader(lines), strict=True), rows.start.line):
        if not any(given):
            continue
        cells = cells_of(said, given, width)
        if unread or len(cells) > width:
            _not_read(cells, unread, plan, found)
        cells[number_at] = identity.unwrapped(cells[number_at])
        if nobody.is_on(cells):
            passed.append(line)
            continue
        if identity_at is not None and (wrong := _mistyped(cells[identity_at])):
            zh, en = f"第{rows.table.row(line)}行{wrong[0]}", f"row {rows.table.row(line)}: {wrong[1]}"
            found.remarks.append(remark(rows.table.sheet, "GB 11643", zh, en, line=rows.table.row(line), lines=1))
        number = cells[number_at]
        found.twice.look(cells, once, first=number != before)
        if a_person and number and number != before:
            _count(number, line, found)
        before = number
    found.remarks += passed_over(passed, rows.table)
    return before


def _mistyped(cell: str) -> tuple[str, str] | None:
    """What is wrong with a number that is taken all the same, as somebody mistyped it: it becomes a doubt."""
    number = "" if cell[:2] in MARKS else identity.normalise(cell)
    if identity.classify(number) is not DocumentKind.INVALID or identity.has_lost_digits(number) or "*" in number:
        return None
    zh = "证件号码校验不通过，请核对；如照此登记，将同时列为疑点"
    return zh, "the identity number is not valid: check it; registered like this it becomes a doubt at once"


def _not_read(cells: list[str], unread: list[int], plan: Plan, found: _Found) -> None:
    """Look at the cells of a line that are in no column that is read."""
    width = len(plan.columns)
    for at in (*unread, *range(width, len(cells))):
        cell = cells[at]
        if not cell or at == plan.outcome_at:
            continue
        called = plan.columns[at] if at < width else ""
        if len(cell) == _RESIDENT and identity.is_resident(cell.upper()):
            name = Name(called or f"第{column_name(at)}列")
            raise UnreadNumbers(field="header", rule="identity numbers in a column that is read", column=name)
        if not called:
            found.nameless.add(at)


def _count(number: str, line: int, found: _Found) -> None:
    """A part of a household begins on a line."""
    first = found.parts.setdefault(number, line)
    if first != line:
        found.apart.setdefault(number, [first]).append(line)
        if len(found.apart) > _APART:
            raise NotInOrder(field="number", rule="lines together")


def _unknown(table: Table, plan: Plan) -> Iterator[Remark]:
    if plan.unknown:
        zh, en = f"没有读取这些列：{'、'.join(plan.unknown)}", f"columns that are not read: {', '.join(plan.unknown)}"
        yield remark(table.sheet, "unknown columns", zh, en)


def _of_columns(table: Table | None, nameless: set[int]) -> Iterator[Remark]:
    if table and nameless:
        letters = [column_name(at) for at in sorted(nameless)]
        zh, en = f"没有表头的列未读取：第{'、'.join(letters)}列", f"columns without a header: {', '.join(letters)}"
        yield remark(table.sheet, "columns without a header", zh, en)
