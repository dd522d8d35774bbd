"""Rows of a table as households: which lines are one household, and which are no persons at all. Pure.

Lines of one household stand together. A household of which a part stands elsewhere, or that is followed by a line
without a number, is refused as a whole: it is sent again when its lines stand where they belong.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence

from services.registry.exchange.imports.records import HouseholdLines, MarkedCell
from services.registry.exchange.layouts.catalogue import headers
from services.registry.exchange.layouts.records import Plan
from services.registry.exchange.layouts.rules import nothing
from shared.names import identity
from shared.sheets.cells import as_meant, is_damaged, stands_around, visible
from shared.sheets.records import DataFile, Mistake, Rows

_NUMBER = re.compile(r"[0-9A-Za-z-]{1,32}")
_IDENTITY = 15  # characters of the shortest identity number
_NO_DIGIT, _DIGITS = re.compile(r"\D"), 10  # of a number that may be somebody's, however damaged
_NO_NAME = re.compile(r"[:：]|\d\s*[户人口名]|\d年")
_OF_A_PERSON = re.compile(r"[0-9A-Za-z-]{1,36}|[^\d:：]{1,12}")  # a number of the person, a relation
_PLACES = 3


def cells_of(line: str, given: Sequence[str], width: int) -> list[str]:
    """The cells of a line, as they were meant."""
    cells = [cell.strip() for cell in given] + [""] * (width - len(given))
    if not line.isprintable():
        cells = [visible(cell) for cell in cells]
    return [as_meant(cell) for cell in cells] if is_damaged(line) else cells


class Nobody:
    """Which lines of a table are no persons (and no households): sums, signatures, headings, a header again."""

    def __init__(self, plan: Plan) -> None:
        self._columns = plan.columns
        household = {field: at for at, field in plan.household}
        member = {field: at for at, field in plan.member}
        self._number = household.get("number", -1)
        self._identity = member.get("identity_number", -1)
        self._name = member.get("name", household.get("head", -1))
        self._others = [at for field in ("id", "number", "relation") if (at := member.get(field, -1)) >= 0]

    def is_on(self, cells: Sequence[str]) -> bool:
        """Whether a line is nobody."""
        if self._identity >= 0 and len(cells[self._identity]) >= _IDENTITY:
            return False
        number, name = (cells[at] if at >= 0 else "" for at in (self._number, self._name))
        numbered = _NUMBER.fullmatch(number) is not None
        if stands_around(cells):
            return not (numbered and name and not stands_around([name]))
        identified = self._identity >= 0 and len(_NO_DIGIT.sub("", cells[self._identity])) >= _DIGITS
        if numbered or identified or (name and not _NO_NAME.search(name)):
            return self.is_header(cells)
        return not any(_OF_A_PERSON.fullmatch(cells[at]) for at in self._others)

    def is_header(self, cells: Sequence[str]) -> bool:
        """Whether a line is the header once more, as on each printed page."""
        return tuple("".join(cell.split()).strip("*") for cell in cells[: len(self._columns)]) == self._columns


def households(rows: Rows, plan: Plan, file: DataFile, apart: Mapping[str, list[int]]) -> list[HouseholdLines]:
    """The households of some rows of a table; ``apart`` are the numbers of those that do not stand together.

    Where the table goes on behind the rows, the last household may too: it is left for the rows that come next, where
    ``behind`` says they begin.
    """
    found, column = list(_grouped(rows, plan)), plan.headers["number"]
    for one, following in zip(found, [*found, None][1:], strict=True):
        if following and following.cells["number"] is None:
            _followed(one, following, column, file)
        if parts := apart.get(one.cells["number"] or ""):
            _apart(one, parts, column, file)
    if rows.ended:
        return found
    # Lines without a number count for the household before them, so both are left.
    left = 2 if found and found[-1].cells["number"] is None else 1
    return found[: max(len(found) - left, 1)]


def behind(rows: Rows, found: Sequence[HouseholdLines]) -> int:
    """How many of some rows are dealt with when the households that were found are."""
    if rows.ended or not found:
        return len(rows.lines)
    return found[-1].lines[-1] + 1 - rows.start.line


def _grouped(rows: Rows, plan: Plan) -> Iterator[HouseholdLines]:
    number_at = next(at for at, field in plan.household if field == "number")
    of_home = [(at, field, nothing("household", field)) for at, field in plan.household]
    of_member = [(at, field, nothing("member", field)) for at, field in plan.member]
    width, before, nobody = len(plan.columns), list[str | None](), Nobody(plan)
    taken = {at for at, field in (*plan.household, *plan.member) if field not in headers().not_kept}
    current: HouseholdLines | None = None
    lines = [line.decode() for line in rows.lines]
    for line, (said, given) in enumerate(zip(lines, csv.reader(lines), strict=True), rows.start.line):
        if not any(given):
            continue
        cells = cells_of(said, given, width)
        marked = list(_marked(line, cells, plan, taken)) if "\x01" in said or is_damaged(said) else []
        cells[number_at] = identity.unwrapped(cells[number_at])
        if nobody.is_on(cells):
            continue
        about = [None if cells[at] in none else cells[at] for at, _, none in of_home]
        if current is None or current.cells["number"] != (cells[number_at] or None):
            if current is not None:
                yield current
            current = HouseholdLines(line, {field: said for (_, field, _), said in zip(of_home, about, strict=True)})
            before = about
        elif about != before:
            different = next(at for at, (one, other) in enumerate(zip(about, before, strict=True)) if one != other)
            current.disagree.append((line, plan.columns[plan.household[different][0]]))
        current.members.append({field: None if cells[at] in none else cells[at] for at, field, none in of_member})
        current.lines.append(line)
        current.marked += marked
    if current is not None:
        yield current


def _marked(line: int, cells: list[str], plan: Plan, taken: set[int]) -> Iterator[MarkedCell]:
    """Cells that came with a mark: nothing is read from them. In a column that is not taken they decide nothing."""
    for at, cell in enumerate(cells):
        if cell.startswith("\x01"):
            cells[at] = ""
            if at in taken:
                yield MarkedCell(line, plan.columns[at], cell[:2])


def _followed(one: HouseholdLines, following: HouseholdLines, column: str, file: DataFile) -> None:
    """Lines without a number stand below a household: it may be theirs."""
    where = _said(following.lines, file)
    zh = f"下面{where}没有户编号，不能确定是否属于本户，本户整户不导入，请补填户编号"
    en = "lines without a household number follow; fill it in, and the household is taken as a whole"
    one.misplaced.append(Mistake(one.first, column, "a number on each line", zh, en))


def _apart(one: HouseholdLines, parts: Sequence[int], column: str, file: DataFile) -> None:
    """Parts of a household stand elsewhere in the file."""
    where = _said([line for line in parts if line != one.first], file)
    zh = f"本户各行没有排在一起（另见{where}），本户整户不导入，请移到一起后重新上传"
    en = "the lines of this household do not stand together; put them together and send the file again"
    one.misplaced += [Mistake(line, column, "lines together", zh, en) for line in one.lines]


def _said(lines: Sequence[int], file: DataFile) -> str:
    """Where lines stand, of many the first."""
    places = list[str]()
    for line in lines[:_PLACES]:
        table = file.table_at(line)
        sheet = f"表“{table.sheet}”" if table.sheet and len(file.tables) > 1 else ""
        places.append(f"{sheet}第{table.row(line)}行")
    return "、".join(places) + ("等" if len(lines) > _PLACES else "")
