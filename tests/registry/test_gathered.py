"""Which lines of a file are one household, and which are nobody: merged cells, lines apart, sums and signatures."""

import pytest
from openpyxl.workbook import Workbook as Book

from tests.registry import test_imports as imports
from tests.registry.test_containers import GOOD, WHOLE, Lines, lay, saved, sent, workbook
from tests.registry.test_imports import HEADER, home
from tests.support.api import Api
from tests.support.world import villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)


def merged(lines: Lines, *names: str, above: tuple[str, ...] = ()) -> bytes:
    """A household of which some cells are merged over its lines, as such lists are printed."""
    book = Book()
    sheet = book.worksheets[0]
    lay(sheet, lines, home(1), above=above)
    first = len(above) + 2
    for name in names:
        column = HEADER.index(name) + 1
        sheet.merge_cells(start_row=first, end_row=first + len(lines) - 1, start_column=column, end_column=column)
    return saved(book)


async def test_a_merged_cell_says_the_same_of_each_line_that_it_covers(registry: Api):
    names = ("户编号", "行政村代码", "贫困户属性", "主要致贫原因", "识别日期")
    state = await sent(registry, merged(home(4), *names, above=("花名册",)))
    assert (state["created"], state["persons"], state["errors"]) == (2, 5, [])


async def test_lines_without_a_number_take_the_household_above_with_them_and_it_can_be_sent_again(registry: Api):
    lines, other = home(3), home(1)
    without = [lines[0], *({**one, "户编号": ""} for one in lines[1:])]
    state = await sent(registry, imports.file(without, other).encode())
    assert (state["created"], state["persons"], state["rejected"]) == (1, 1, 2)
    assert (2, "户编号", "a number on each line") in {(e["line"], e["field"], e["rule"]) for e in state["errors"]}
    assert any("第3行、第4行" in error["zh"] for error in state["errors"])
    again = await sent(registry, imports.file(lines, other).encode())
    assert (again["created"], again["persons"], again["unchanged"]) == (1, 3, 1)


async def test_a_household_of_which_a_part_stands_elsewhere_is_refused_as_a_whole_with_each_line(registry: Api):
    lines, between = home(3), home(2)
    state = await sent(registry, imports.file(lines[:2], between, lines[2:]).encode())
    assert (state["created"], state["persons"]) == (1, 2)
    found = {error["line"]: error["zh"] for error in state["errors"] if error["rule"] == "lines together"}
    assert found.keys() == {2, 3, 6}
    assert "第6行" in found[2]
    assert "第2行" in found[6]
    again = await sent(registry, imports.file(lines, between).encode())
    assert (again["created"], again["unchanged"]) == (1, 1)


async def test_a_household_on_two_sheets_is_refused_with_both_sheets_named(registry: Api):
    lines = home(2)
    state = await sent(registry, workbook(一村=[lines[:1], home(1)], 二村=[lines[1:]]))
    assert state["created"] == 1
    apart = [(e["sheet"], e["line"], e["zh"]) for e in state["errors"] if e["rule"] == "lines together"]
    assert [one[:2] for one in apart] == [("一村", 2), ("二村", 2)]
    assert "表“二村”第2行" in apart[0][2]


async def test_a_file_in_another_order_is_refused_with_the_cure(registry: Api):
    homes = [home(2) for _ in range(600)]
    shuffled = [lines[at] for at in (0, 1) for lines in homes]
    state = await sent(registry, imports.file(shuffled).encode())
    assert state["problem"]["type"] == "urn:tuopin:problem:not-in-order"


@pytest.mark.parametrize("mode", [GOOD, WHOLE])
async def test_sums_signatures_and_headings_are_no_persons_wherever_they_stand(registry: Api, mode: str):
    book = Book()
    sheet = book.worksheets[0]
    lay(sheet, home(2))
    sheet.append(["小计", None, None, "2人"])
    sheet.append(["第二村民组"])
    sheet.append(HEADER)
    for one in home(1):
        sheet.append([one.get(name) for name in HEADER])
    sheet.append(["总 计", "2", "3"])
    sheet.append(["填表人：", "张某", None, "审核人", "王某"])
    sheet.append([None, None, None, "包村干部：王某", "2017年6月20日"])
    sheet.append([None, None, None, "共3户7人"])
    state = await sent(registry, saved(book), mode)
    assert (state["created"], state["persons"], state["errors"]) == (2, 3, [])
    assert [(one["line"], one["lines"]) for one in state["remarks"] if one["rule"] == "no record"] == [(4, 3), (8, 4)]


async def test_a_person_without_a_number_below_the_table_is_not_passed_over(registry: Api):
    lost = home(1)[0] | {"户编号": ""}
    state = await sent(registry, imports.file(home(1), [lost]).encode(), WHOLE)
    assert (state["created"], state["rejected"]) == (0, 2)
