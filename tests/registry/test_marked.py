"""The marked file is the file that was sent: whatever stood on it stands on it still, and the marks beside it."""

import csv
import io
import re
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest
import python_calamine
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook import Workbook as Book

from tests.registry import test_imports as imports
from tests.registry.test_containers import GOOD, lay, page, saved
from tests.registry.test_imports import HEADER, home
from tests.support.api import Api, Client
from tests.support.imports import load_import, state_of, work
from tests.support.world import villages

RED = "FFC7CE"


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)


def as_offices_make_them(good: list[dict[str, Any]], bad: list[dict[str, Any]]) -> bytes:
    """A title over merged cells, widths, colours, notes, numbers and days as such, a second sheet with a formula."""
    book = Book()
    sheet = book.worksheets[0]
    header = [*HEADER, "人均纯收入"]
    lay(sheet, [one | {"人均纯收入": 2300.5} for one in good], bad, header=header, above=("大北山村花名册",))
    sheet.merge_cells("A1:K1")
    sheet["A1"].font = Font(bold=True, size=20)
    sheet.column_dimensions["C"].width = 31
    sheet.row_dimensions[2].height = 40
    sheet.freeze_panes = "B3"
    sheet["D3"].fill = PatternFill("solid", fgColor="FFFFFF00")
    sheet["D3"].comment = Comment("户主常年在外", "村会计")
    sheet["I3"].value = datetime(2014, 10, 1)  # noqa: DTZ001 (a day of a sheet is in no zone)
    sheet["I3"].number_format = "yyyy年m月d日"
    sheet["P4"].value = "另行说明"
    other = book.create_sheet("走访记录")
    other.append(["6月3日走访", "=1+1"])
    return saved(book)


async def marked(client: Client, state: dict[str, Any]) -> bytes:
    answer = await client.get(f"/imports/{state['id']}/workbook")
    assert answer.status_code == 200, answer.text
    return answer.content


def opened(content: bytes) -> Any:
    python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_index(
        0
    ).to_python()  # another reader opens it too
    return openpyxl.load_workbook(io.BytesIO(content))


def looks(sheet: Any) -> dict[str, tuple[Any, ...]]:
    """Each cell: its value, how it is shown, its ground, its note."""
    return {
        cell.coordinate: (
            cell.value,
            cell.number_format,
            cell.font.b,
            cell.font.sz,
            cell.fill.fill_type and cell.fill.fgColor.rgb,
            cell.comment and (cell.comment.text, cell.comment.author),
        )
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None or cell.comment
    }


async def test_everything_that_was_sent_comes_back_as_it_was_with_marks_on_it(registry: Api):
    content = as_offices_make_them(home(1), home(2, 主要致贫原因="懒"))
    async with registry.client("county_office") as client:
        state = await load_import(registry, client, content, GOOD)
        back = await marked(client, state)
    assert (state["created"], state["rejected"]) == (1, 1)
    before, after = opened(content), opened(back)
    assert after.sheetnames == before.sheetnames
    cause = f"{'ABCDEFGHIJKLMN'[HEADER.index('主要致贫原因')]}4"
    was, now = looks(before.worksheets[0]), looks(after.worksheets[0])
    added = {at: said for at, said in now.items() if at not in was}
    assert {at: said[0].split("；")[0] for at, said in added.items()} == {
        "Q2": "导入结果",
        "Q3": "已登记",
        "Q4": "未导入：本户有误",
        "Q5": "未导入：本户有误",
    }
    assert {at for at in was if was[at] != now[at]} == {cause}
    assert now[cause][0] == was[cause][0]
    assert now[cause][4].endswith(RED)
    assert "“懒”" in now[cause][5][0]
    assert now[cause][5][1] == "Tuopin"
    assert looks(after.worksheets[1]) == looks(before.worksheets[1])
    for of in ("merged_cells", "freeze_panes"):
        assert str(getattr(after.worksheets[0], of)) == str(getattr(before.worksheets[0], of))
    assert after.worksheets[0].column_dimensions["C"].width == 31
    assert b'<dimension ref="A1:Q5"' in _entries(back)["xl/worksheets/sheet1.xml"]
    assert after.worksheets[0].row_dimensions[2].height == 40
    kept = _entries(content).items() - _entries(back).items()
    assert {name for name, _ in kept} == {
        "xl/worksheets/sheet1.xml",
        "xl/styles.xml",
        "xl/comments/comment1.xml",
        "xl/drawings/commentsDrawing1.vml",
    }


def _entries(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("saved_between", [True, False])
async def test_corrected_and_sent_again_the_marks_of_the_first_time_are_gone(registry: Api, saved_between: bool):
    content = as_offices_make_them(home(1), home(1, 主要致贫原因="懒"))
    cause = f"{'ABCDEFGHIJKLMN'[HEADER.index('主要致贫原因')]}4"
    async with registry.client("county_office") as client:
        back = await marked(client, await load_import(registry, client, content, GOOD))
        if saved_between:
            book = opened(back)
            book.worksheets[0][cause].value = "因病"
            corrected = saved(book)
        else:
            corrected = _replaced(back, "懒", "因病")
        state = await load_import(registry, client, corrected, GOOD)
        again = opened(await marked(client, state)).worksheets[0]
    assert (state["created"], state["unchanged"], state["rejected"]) == (1, 1, 0)
    assert again[cause].fill.fill_type is None
    assert again[cause].comment is None
    assert again["D3"].comment.text == "户主常年在外"
    assert [again[f"Q{row}"].value for row in (2, 3, 4)] == ["导入结果", "已在册，内容相同", "已登记"]
    assert again.max_column == 17


def _replaced(content: bytes, old: str, new: str) -> bytes:
    """The workbook with a text for another, as a program without a spreadsheet would correct it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, entry in _entries(content).items():
            archive.writestr(name, entry.replace(f"<t>{old}</t>".encode(), f"<t>{new}</t>".encode()))
    return out.getvalue()


async def test_a_wrong_cell_with_a_ground_of_its_own_gets_it_back_when_it_is_right(registry: Api):
    one = home(1, 主要致贫原因="懒")
    book = Book()
    lay(book.worksheets[0], one)
    at = f"{'ABCDEFGHIJKLMN'[HEADER.index('主要致贫原因')]}2"
    book.worksheets[0][at].fill = PatternFill("solid", fgColor="FF00B0F0")
    async with registry.client("county_office") as client:
        back = opened(await marked(client, await load_import(registry, client, saved(book), GOOD)))
        assert back.worksheets[0][at].fill.fgColor.rgb.endswith(RED)
        back.worksheets[0][at].value = "因病"
        state = await load_import(registry, client, saved(back), GOOD)
        again = opened(await marked(client, state)).worksheets[0]
    assert state["created"] == 1
    assert again[at].fill.fgColor.rgb == "FF00B0F0"


async def test_what_is_wrong_with_a_merged_cell_is_marked_where_it_is_seen(registry: Api):
    lines = home(3, 主要致贫原因="懒")
    book = Book()
    lay(book.worksheets[0], home(1), lines, above=("花名册",))
    column = HEADER.index("人编号") + 1
    for row, one in enumerate(lines, 4):
        book.worksheets[0].cell(row, column).value = one["户编号"] + "*"
    book.worksheets[0].merge_cells(start_row=4, end_row=6, start_column=column, end_column=column)
    async with registry.client("county_office") as client:
        state = await load_import(registry, client, saved(book), GOOD)
        sheet = opened(await marked(client, state)).worksheets[0]
    assert {error["line"] for error in state["errors"] if error["field"] == "人编号"} == {4, 5, 6}
    assert sheet.cell(4, column).fill.fgColor.rgb.endswith(RED)
    assert sheet.cell(4, column).comment.text.count("\n") == 0


async def test_each_sheet_that_was_read_has_its_own_marks_and_the_others_none(registry: Api):
    book = Book()
    lay(book.worksheets[0], home(1, 与户主关系="邻居"))
    book.create_sheet("封面").append(["花名册"])
    lay(book.create_sheet("二村"), home(1), home(1, 证件号码=""), header=[*reversed(HEADER)], above=("二村",))
    async with registry.client("county_office") as client:
        state = await load_import(registry, client, saved(book), GOOD)
        first, cover, second = opened(await marked(client, state)).worksheets
    assert [first["L1"].value, first["L2"].value.split("；")[0]] == ["导入结果", "未导入：本户有误"]
    assert first.cell(2, HEADER.index("与户主关系") + 1).fill.fgColor.rgb.endswith(RED)
    assert cover.max_column == 1
    assert [second[f"L{row}"].value.split("；")[0] for row in (2, 3, 4)] == ["导入结果", "已登记", "未导入：本户有误"]
    missing = second.cell(4, [*reversed(HEADER)].index("证件号码") + 1)
    assert missing.fill.fgColor.rgb.endswith(RED)
    assert missing.comment


async def test_the_marked_file_speaks_the_language_of_who_sent_it(registry: Api):
    content = imports.file(home(1), home(1, 与户主关系="邻居")).encode()
    async with registry.client("county_office") as client:
        headers = {"Accept-Language": "en"}
        started = (await client.post(f"/imports?{GOOD}&preview=true", content=content, headers=headers)).json()
        await work(registry)
        lines = list(csv.reader((await marked(client, started)).decode("utf-8-sig").splitlines()))
        state = await state_of(client, started["id"])
    assert [line[-1].split("; ")[0] for line in lines] == ["导入结果", "right, to be imported", "wrong"]
    (wrong,) = [error for error in state["errors"] if error["field"] == "与户主关系" and error["line"] == 3][:1]
    assert f"与户主关系: {wrong['en']}" in lines[2][-1].split("; ")


async def test_lines_that_were_not_read_say_so(registry: Api):
    book = Book()
    lay(book.worksheets[0], home(1))
    book.worksheets[0].append(["合计", None, None, "1人"])
    async with registry.client("county_office") as client:
        sheet = opened(await marked(client, await load_import(registry, client, saved(book), GOOD))).worksheets[0]
    assert [sheet[f"L{row}"].value for row in (1, 2, 3)] == ["导入结果", "已登记", "未读取：不是数据行"]


def _prefixed(content: bytes) -> bytes:
    """The same workbook with a prefix before each name of its sheet, and cells that do not say where they are."""
    sheet = _entries(content)["xl/worksheets/sheet1.xml"].decode()
    sheet = re.sub(r"<(/?)(\w)", r"<\1x:\2", sheet.partition("?>")[2] or sheet).replace("xmlns=", "xmlns:x=", 1)
    sheet = re.sub(r'<x:c r="[A-Z]+\d+"', "<x:c", sheet)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, entry in _entries(content).items():
            archive.writestr(name, sheet.encode() if name == "xl/worksheets/sheet1.xml" else entry)
    return out.getvalue()


async def test_a_workbook_of_another_program_is_marked_too(registry: Api):
    def made(*homes: list[dict[str, Any]]) -> bytes:
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
            sheet = book.add_worksheet("名单")
            for row, line in enumerate([HEADER, *([one.get(n, "") for n in HEADER] for h in homes for one in h)]):
                for column, value in enumerate(line):
                    sheet.write_string(row, column, value or "无")
        return out.getvalue()

    one, two = home(1, 人编号="P1"), home(2, 人编号="P-", 与户主关系="邻居")
    async with registry.client("county_office") as client:
        state = await load_import(registry, client, _prefixed(made(one, two)), GOOD)
        content = await marked(client, state)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert [sheet.cell(row, len(HEADER) + 1).value.split("；")[0] for row in (1, 2, 3)] == [
        "导入结果",
        "已登记",
        "未导入：本户有误",
    ]


async def test_text_comes_back_in_its_own_encoding_between_its_own_separators(registry: Api):
    one, bad = home(1), home(1, 与户主关系="邻居")
    one[0]["证件号码"] = f'="{one[0]["证件号码"]}"'
    sent = [HEADER, *([line.get(name, "") for name in HEADER] for line in (*one, *bad))]
    text = "\r\n".join("\t".join(cells) for cells in sent)
    async with registry.client("county_office") as client:
        state = await load_import(registry, client, text.encode("utf-16"), GOOD)
        back = (await marked(client, state)).decode("utf-16")
        again = await load_import(registry, client, back.replace("邻居", "户主").encode("utf-16"), GOOD)
    lines = list(csv.reader(back.splitlines(), delimiter="\t"))
    assert [line[:-1] for line in lines] == sent
    assert [line[-1].split("；")[0] for line in lines] == ["导入结果", "已登记", "未导入：本户有误"]
    assert (again["created"], again["unchanged"]) == (1, 1)


async def test_a_page_comes_back_as_a_workbook_of_what_was_read(registry: Api):
    async with registry.client("county_office") as client:
        state = await load_import(registry, client, page(home(1), home(1, 与户主关系="邻居")).encode(), GOOD)
        sheet = opened(await marked(client, state)).worksheets[0]
        sheet.cell(3, HEADER.index("与户主关系") + 1).value = "户主"
        again = await load_import(registry, client, saved(sheet.parent), GOOD)
    assert [sheet.cell(row, len(HEADER) + 1).value.split("；")[0] for row in (1, 2, 3)] == [
        "导入结果",
        "已登记",
        "未导入：本户有误",
    ]
    assert (again["created"], again["unchanged"]) == (1, 1)
