"""What a file is, and what of it is read: whatever offices send, it is read, or refused as what it is, and what of it
is not read is said.
"""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook as Book
from openpyxl.worksheet.worksheet import Worksheet

from tests.registry import test_imports as imports
from tests.registry.test_imports import HEADER, home
from tests.support.api import Api
from tests.support.imports import load_import, send_import
from tests.support.old_workbook import Sheet, old_workbook
from tests.support.people import identity_number
from tests.support.world import villages

Lines = list[dict[str, Any]]
GOOD = "mode=accept_good"
WHOLE = "mode=all_or_nothing"


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)


def lay(sheet: Worksheet, *homes: Lines, header: list[str] = HEADER, above: tuple[str, ...] = ()) -> None:
    """Titles, a header and lines on a sheet."""
    for row in [
        *([title] for title in above),
        header,
        *([one.get(name) for name in header] for h in homes for one in h),
    ]:
        sheet.append(row)


def saved(book: Book) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(**sheets: list[Lines]) -> bytes:
    book = Book()
    book.remove(book.worksheets[0])
    for name, homes in sheets.items():
        lay(book.create_sheet(name), *homes)
    return saved(book)


async def sent(api: Api, content: bytes, query: str = GOOD) -> dict[str, Any]:
    async with api.client("county_office") as client:
        return await load_import(api, client, content, query)


def rules(state: dict[str, Any]) -> dict[str, list[str]]:
    """What is remarked on a file, by rule."""
    found: dict[str, list[str]] = {}
    for one in state["remarks"]:
        found.setdefault(one["rule"], []).append(one["zh"])
    return found


def page(*homes: Lines) -> str:
    rows = "".join(
        f"<tr>{''.join(f'<td style=x>{one.get(name, str())}</td>' for name in HEADER)}</tr>"
        for h in homes
        for one in h
    )
    head = "".join(f"<th>{name}</th>" for name in HEADER)
    return (
        f"<html><head><style>td{{}}</style></head><body><TABLE border=1><tr>{head}</tr>{rows}</TABLE></body></html>"
    )


@pytest.mark.parametrize(
    "written",
    [
        lambda text: text.replace(",", "\t").encode("utf-16"),
        lambda text: b"\xfe\xff" + text.replace(",", "\t").encode("utf-16-be"),
        lambda text: text.replace(",", "\t").encode("gb18030"),
        lambda text: text.replace(",", "\t").encode("utf-16-le"),
        lambda text: text.replace(",", ";").encode("utf-8-sig"),
        lambda text: text.replace(",", "|").encode(),
        lambda text: text.replace("\n", "\r\n").encode("gb18030"),
        lambda text: text.replace("姓名,证件号码", '"姓\n名",证件号码').encode(),
    ],
)
async def test_text_is_read_whatever_stands_between_its_cells_and_however_it_is_encoded(
    registry: Api, written: Callable[[str], bytes]
):
    state = await sent(registry, written(imports.file(home(2), home(1))))
    assert (state["created"], state["persons"], state["errors"]) == (2, 3, [])


async def test_a_web_page_that_is_named_like_a_workbook_is_read(registry: Api):
    one, two = home(1, 姓名="李&amp;某"), home(1)
    state = await sent(registry, page(one, two).encode("gb18030"))
    assert (state["kind"], state["created"], state["errors"]) == ("workbook", 2, [])
    kept = await registry.worker.pool.fetchval(
        "SELECT name FROM person WHERE id IN (SELECT person_id FROM membership WHERE household_id ="
        " (SELECT id FROM household WHERE number = $1))",
        one[0]["户编号"],
    )
    assert kept == "李&某"


async def test_a_table_within_the_layout_of_a_page_is_found_and_open_tags_do_not_matter(registry: Api):
    inner = page(home(2)).partition("<TABLE")[2].partition("</TABLE>")[0].replace("</td>", "").replace("</tr>", "")
    laid = f"<!DOCTYPE html><html><body><table><tr><td>某县<td><table {inner}</table></table>"
    state = await sent(registry, laid.encode())
    assert (state["created"], state["persons"], state["errors"]) == (1, 2, [])


async def test_a_cell_of_a_page_that_reaches_over_lines_says_the_same_of_each(registry: Api):
    (head, son), number = home(2), home(1)[0]["户编号"]
    rows = page([head, son]).replace(f"<td style=x>{head['户编号']}</td>", f"<td rowspan=2>{number}</td>", 1)
    state = await sent(registry, rows.replace(f"<td style=x>{head['户编号']}</td>", "", 1).encode())
    assert (state["created"], state["persons"]) == (1, 2)


def rows_of(*homes: Lines) -> list[list[Any]]:
    return [HEADER, *([one.get(name) for name in HEADER] for lines in homes for one in lines)]


async def test_a_workbook_of_the_old_format_is_read_with_its_sheets_merged_cells_and_hidden_rows(registry: Api):
    lines, column = home(3), HEADER.index("户编号")
    rows = rows_of(lines)
    rows[2][column] = rows[3][column] = None
    first = Sheet([["花名册"], *rows], merged=[(2, 4, column, column)], hidden_rows=frozenset({3}))
    second, hidden = Sheet(rows_of(home(1))), Sheet([["旧"]], hidden=True)
    state = await sent(registry, old_workbook({"一村": first, "二村": second, "旧": hidden}))
    assert (state["created"], state["persons"], state["errors"]) == (2, 4, [])
    said = {(one["sheet"], one["rule"], one["lines"]) for one in state["remarks"]}
    assert said == {("一村", "above the header", 1), ("一村", "hidden rows", 1), ("旧", "hidden sheet", 1)}


async def test_a_formula_and_a_long_number_are_refused_in_the_old_format_too_and_it_comes_back_marked(registry: Api):
    formula, digits, good = home(1), home(1, 证件号码=220622196005045040.0), home(1)
    rows, at = rows_of(formula, digits, good), HEADER.index("姓名")
    rows[3][at + 1] = good[0]["证件号码"]
    content = old_workbook({"名单": Sheet([[], *rows], formulas={(2, at): 7.0})})
    async with registry.client("county_office") as client:
        state = await load_import(registry, client, content, GOOD)
        answer = await client.get(f"/imports/{state['id']}/workbook")
    assert {(e["line"], e["field"]) for e in state["errors"]} >= {(3, "姓名"), (4, "证件号码")}
    assert (state["created"], state["rejected"]) == (1, 2)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["名单"]
    outcomes = [str(sheet.cell(row, len(HEADER) + 1).value).partition("；")[0] for row in (2, 3, 4, 5)]
    assert outcomes == ["导入结果", "未导入：本户有误", "未导入：本户有误", "已登记"]


async def test_an_old_workbook_that_is_cut_off_is_refused_as_what_it_is(registry: Api):
    content = old_workbook({"名单": Sheet(rows_of(home(1)))})
    state = await sent(registry, content[: len(content) // 2])
    assert "旧格式工作簿" in state["problem"]["title"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7 ...", "PDF 文件"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"{\\rtf1\\ansi", "文字处理文档"),
        (b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook/>', "XML 格式的表格"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "文字处理文档"),
        (b"<html><body><p>hello</p></body></html>", "网页格式的表格"),
        (bytes(range(256)) * 4, "不是可读取的文本"),
    ],
)
async def test_what_is_no_table_is_refused_as_what_it_is(registry: Api, content: bytes, said: str):
    async with registry.client("county_office") as client:
        answer = await client.post("/imports", content=content)
        if answer.status_code == 202:  # a page is looked at by the process that reads it
            sentence = (await load_import(registry, client, content + b" "))["problem"]["title"]
        else:
            assert answer.status_code == 422
            sentence = answer.json()["title"]
    assert said in sentence


async def test_each_sheet_with_a_header_is_read_and_the_others_are_named(registry: Api):
    book = Book()
    book.worksheets[0].append(["填表说明：一人一行"])
    other = [*reversed(HEADER)]
    lay(book.create_sheet("一村"), home(2), above=("一村花名册",))
    lay(book.create_sheet("二村"), home(1), home(1, 与户主关系="邻居"), header=other)
    hidden = book.create_sheet("旧数据")
    lay(hidden, home(3))
    hidden.sheet_state = "hidden"
    state = await sent(registry, saved(book))
    assert (state["created"], state["persons"], state["rejected"]) == (2, 3, 1)
    assert [(one["sheet"], one["line"], one["field"]) for one in state["errors"]][:1] == [("二村", 3, "与户主关系")]
    said = {(one["sheet"], one["rule"], one["lines"]) for one in state["remarks"]}
    assert said == {("Sheet", "no header", 1), ("旧数据", "hidden sheet", 4), ("一村", "above the header", 1)}


async def test_all_sheets_or_nothing_and_a_sheet_with_a_header_alone_is_no_harm(registry: Api):
    book = Book()
    lay(book.worksheets[0])
    lay(book.create_sheet("一村"), home(2), home(1))
    lay(book.create_sheet("空"))
    lay(book.create_sheet("二村"), home(3), header=[*reversed(HEADER)])
    good = saved(book)
    lay(book.create_sheet("三村"), home(1, 与户主关系="邻居"))
    refused = await sent(registry, saved(book), WHOLE)
    assert (refused["created"], refused["rejected"]) == (0, 1)
    assert {(one["sheet"], one["line"]) for one in refused["errors"]} == {("三村", 2)}
    state = await sent(registry, good, WHOLE)
    assert (state["created"], state["persons"], state["errors"]) == (3, 6, [])


@pytest.mark.parametrize("below", ["", "\n\n\n", "合计,,0\n"])
async def test_a_table_without_a_household_brings_nothing_and_is_no_fault(registry: Api, below: str):
    state = await sent(registry, (imports.file() + below).encode())
    assert (state["status"], state["created"], state["errors"]) == ("done", 0, [])


async def test_what_waits_is_read_sheet_by_sheet_however_many_come_on_a_page(registry: Api):
    content = workbook(一村=[home(2), home(1)], 二村=[home(1), home(2), home(1)])
    found, cursor = list[tuple[str, int]](), None
    async with registry.client("county_office") as client:
        state = await send_import(registry, client, content, GOOD)
        while True:
            query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            page_ = (await client.get(f"/imports/{state['id']}/households", params=query)).json()
            found += [(one["sheet"], one["line"]) for one in page_["items"]]
            if not (cursor := page_["next"]):
                break
    assert found == [("一村", 2), ("一村", 4), ("二村", 2), ("二村", 3), ("二村", 5)]


async def test_a_sheet_of_another_kind_or_without_needed_columns_is_said_and_not_read(registry: Api):
    book = Book()
    lay(book.worksheets[0], home(1))
    lay(book.create_sheet("户表"), [{"户编号": "1", "户主姓名": "李某"}], header=["户编号", "户主姓名"])
    lay(book.create_sheet("措施"), [{"户编号": "1", "姓名": "李某"}], header=["户编号", "姓名", "措施"])
    state = await sent(registry, saved(book))
    assert state["created"] == 1
    assert {one["sheet"]: one["lines"] for one in state["remarks"]} == {"户表": 2, "措施": 2}
    assert "证件号码" in rules(state)["columns-missing"][0]


async def test_a_refusal_says_on_which_sheets_it_looked_for_a_header(registry: Api):
    book = Book()
    book.worksheets[0].title = "说明"
    book.worksheets[0].append(["请逐户填写"])
    lay(book.create_sheet("名单"), home(1), header=["姓名", "证件号码"])
    state = await sent(registry, saved(book))
    assert state["problem"]["type"] == "urn:tuopin:problem:header-not-found"
    assert "说明、名单" in state["problem"]["title"]
    assert "户编号" in state["problem"]["title"]


async def test_filtered_rows_are_read_and_said(registry: Api):
    book = Book()
    lay(book.worksheets[0], home(1), home(1), home(1))
    book.worksheets[0].auto_filter.ref = "A1:K4"
    for row in (2, 4):
        book.worksheets[0].row_dimensions[row].hidden = True
    state = await sent(registry, saved(book))
    assert state["created"] == 3
    assert rules(state) == {"hidden rows": ["工作表“Sheet”：有2行被隐藏或筛选，已照常读取"]}


async def test_formulas_and_errors_count_only_where_a_column_is_taken(registry: Api):
    book = Book()
    lay(book.worksheets[0], home(1), home(1), header=["序号", *HEADER, "年龄", "一卡通账号"])
    for row in (2, 3):
        book.worksheets[0].cell(row, 1).value = "=ROW()-1"
        book.worksheets[0].cell(row, len(HEADER) + 2).value = "=2017-1960"
        book.worksheets[0].cell(row, len(HEADER) + 3).value = 6217001234567890123
    taken = home(1)
    lay(book.create_sheet("二"), taken)
    book.worksheets[1].cell(2, HEADER.index("姓名") + 1).value = '="李"&"某"'
    state = await sent(registry, saved(book))
    assert (state["created"], state["unknown"]) == (2, ["序号", "年龄", "一卡通账号"])
    assert {(e["sheet"], e["line"], e["field"]) for e in state["errors"]} == {("二", 2, "姓名")}


async def test_identity_numbers_in_a_column_that_is_not_read_are_a_refusal_that_names_it(registry: Api):
    header = [*HEADER, "监护人证件"]
    content = imports.file(home(1, 监护人证件=identity_number()), header=header).encode()
    state = await sent(registry, content)
    assert (state["status"], state["problem"]["type"]) == ("failed", "urn:tuopin:problem:unread-numbers")
    assert "监护人证件" in state["problem"]["title"]
    harmless = await sent(registry, imports.file(home(1, 监护人证件="无"), header=header).encode())
    assert harmless["created"] == 1


async def test_what_keeps_a_number_whole_comes_off_in_text_and_a_shortened_one_is_refused(registry: Api):
    one, two, short = home(1), home(1), home(1)
    one[0]["证件号码"] = f'="{one[0]["证件号码"]}"'
    two[0]["证件号码"] = f"'{two[0]['证件号码']}"
    short[0]["证件号码"] = "2.20622E+17"
    state = await sent(registry, imports.file(one, two, short).encode())
    assert (state["created"], state["rejected"]) == (2, 1)
    assert (4, "证件号码", "text") in {(e["line"], e["field"], e["rule"]) for e in state["errors"]}
    kinds = await registry.worker.pool.fetch(
        "SELECT document_kind FROM person WHERE id IN (SELECT person_id FROM membership WHERE household_id IN"
        " (SELECT id FROM household WHERE number = ANY($1)))",
        [one[0]["户编号"], two[0]["户编号"]],
    )
    assert [row["document_kind"] for row in kinds] == ["resident", "resident"]


async def test_days_and_shared_texts_of_a_workbook_are_read_as_they_are_shown(registry: Api):
    book = openpyxl.load_workbook(io.BytesIO(workbook(甲=[home(1)])))
    cell = book.worksheets[0].cell(2, HEADER.index("识别日期") + 1)
    cell.value, cell.number_format = 41913, 'yyyy"年"m"月"d"日"'  # 1 October 2014
    number = book.worksheets[0].cell(2, 1).value
    state = await sent(registry, saved(book))
    assert state["created"] == 1
    day = await registry.worker.pool.fetchval("SELECT identified_on FROM household WHERE number = $1", number)
    assert day.isoformat() == "2014-10-01"
