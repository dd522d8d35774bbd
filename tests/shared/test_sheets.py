"""Workbooks as they really come: broken, protected, with macros, bombs, formulas, numbers that lost their digits."""

import csv
import io
import json
import struct
import zipfile
from datetime import date
from random import Random
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from shared.problems import Problem
from shared.sheets.cells import DIGITS, ERROR, FORMULA, as_meant, column_at, column_name, harmless
from shared.sheets.container import check
from shared.sheets.convert import convert
from shared.sheets.extract import lines
from shared.sheets.write import Frame, Pieces, Workbook
from tests.support.old_workbook import Sheet, old_workbook


def book(*rows: list[Any], start: int = 0) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        day, sheet = made.add_format({"num_format": "yyyy-mm-dd"}), made.add_worksheet()
        for line, row in enumerate(rows, start):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(line, column, value, day)
                elif isinstance(value, str) and value.startswith("="):
                    sheet.write_formula(line, column, value, None, "7")
                else:
                    sheet.write(line, column, value)
    return out.getvalue()


def with_entry(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def replaced(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, content if entry == name else old.read(entry))
    return out.getvalue()


def lying(data: bytes, name: str, content: bytes) -> bytes:
    """A workbook of which one entry holds more than its headers declare."""
    honest = replaced(data, name, content)
    with zipfile.ZipFile(io.BytesIO(honest)) as archive:
        entry = archive.getinfo(name)
    packed = bytearray(honest)
    sizes = struct.pack("<L", entry.file_size)
    for at in (entry.header_offset + 22, packed.index(name.encode(), packed.index(b"PK\x01\x02")) - 46 + 24):
        assert packed[at : at + 4] == sizes
        packed[at : at + 4] = struct.pack("<L", 1000)
    return bytes(packed)


async def sheets(data: bytes) -> dict[str, list[list[str]]]:
    """The rows of each visible sheet, blank ones as empty lists."""
    found: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in b"".join([piece async for piece in lines(data)]).decode().splitlines():
        if not line.startswith("\x02"):
            rows += list(csv.reader([line])) or [[]]
        elif name := json.loads(line[1:]).get("sheet"):
            rows = found.setdefault(name, [])
    return found


async def rows(data: bytes) -> list[list[str]]:
    return next(iter((await sheets(data)).values()))


async def refusal(data: bytes) -> str:
    with pytest.raises(Problem) as refused:
        await rows(data)
    assert refused.value.status == 422
    assert refused.value.sentence("zh") != refused.value.sentence("en")
    return refused.value.slug


async def test_cells_become_the_text_that_a_person_sees():
    found = await rows(book(["户编号", 12, 3.5, 0.1 + 0.2, date(2014, 10, 1), True, "两\n行", "汉字"]))
    assert found == [["户编号", "12", "3.5", "0.3", "2014-10-01", "是", "两 行", "汉字"]]


async def test_the_nth_row_is_the_nth_line_also_below_blank_rows():
    assert await rows(book(["甲"], ["乙"], start=3)) == [[], [], [], ["甲"], ["乙"]]


async def test_a_number_that_lost_its_digits_is_marked_and_not_taken_for_one():
    (row,) = await rows(book([220622196005045040, 600504001, 123456789012345]))
    assert row[0].startswith(DIGITS)
    assert row[1:] == ["600504001", "123456789012345"]


async def test_a_formula_is_marked_where_it_stands_and_so_is_an_error():
    made = book(["甲", "=1+6", "乙"], ["丙", "丁", "=A1"])
    failing = replaced(made, "xl/worksheets/sheet1.xml", _with_error(made))
    assert await rows(made) == [["甲", f"{FORMULA}7", "乙"], ["丙", "丁", f"{FORMULA}7"]]
    assert (await rows(failing))[2] == [ERROR]


def _with_error(made: bytes) -> bytes:
    sheet = zipfile.ZipFile(io.BytesIO(made)).read("xl/worksheets/sheet1.xml")
    return sheet.replace(b"</sheetData>", b'<row r="3"><c r="A3" t="e"><v>#N/A</v></c></row></sheetData>')


async def test_a_workbook_of_formulas_only_is_sent_back_as_a_whole():
    assert await refusal(book(*[["=1"] * 30 for _ in range(400)])) == "workbook-of-formulas"


async def test_what_is_no_complete_workbook_is_refused():
    good = book(["甲"])
    broken = bytearray(good)
    broken[60:90] = bytes(30)  # inside the first compressed entry
    plain_zip = with_entry(b"PK\x05\x06" + bytes(18), "notes.txt", b"text")
    for data in (good[: len(good) // 2], b"PK\x03\x04 no archive", plain_zip, bytes(broken)):
        assert await refusal(data) == "workbook-broken"


async def test_the_sheet_of_another_kind_of_document_is_refused():
    types = b'<Types><Override ContentType="application/vnd.ms-word.document.main+xml"/></Types>'
    assert await refusal(replaced(book(["甲"]), "[Content_Types].xml", types)) == "workbook-broken"
    assert await refusal(replaced(book(["甲"]), "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row")) == (
        "workbook-broken"
    )


async def test_passwords_old_formats_and_macros_each_have_their_own_answer():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
    assert await refusal(ole + "EncryptedPackage".encode("utf-16-le")) == "workbook-protected"
    assert await refusal(ole + "Workbook".encode("utf-16-le")) == "workbook-old-format"
    assert await refusal(with_entry(book(["甲"]), "xl/vbaProject.bin", b"\x01\x02")) == "workbook-with-macros"
    macro = zipfile.ZipFile(io.BytesIO(book(["甲"]))).read("[Content_Types].xml")
    macro = macro.replace(
        b"openxmlformats-officedocument.spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
    )
    assert await refusal(replaced(book(["甲"]), "[Content_Types].xml", macro)) == "workbook-with-macros"


async def test_a_bomb_is_refused_before_it_is_opened_when_it_says_its_size():
    bomb = with_entry(book(["甲"]), "xl/media/image1.png", bytes(64 << 20))
    with pytest.raises(Problem) as refused:
        check(bomb)
    assert refused.value.slug == "workbook-inflates"


async def test_a_bomb_that_lies_about_its_size_is_found_while_it_inflates():
    bomb = lying(book(["甲"]), "xl/worksheets/sheet1.xml", b"<worksheet>" + bytes(64 << 20))
    check(bomb)
    assert await refusal(bomb) in {"workbook-inflates", "workbook-broken"}


async def test_very_many_entries_are_refused():
    out = io.BytesIO(book(["甲"]))
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(2_100):
            archive.writestr(f"xl/media/{number}", b"")
    assert await refusal(out.getvalue()) == "workbook-inflates"


async def test_more_rows_than_the_limit_are_refused_with_advice_to_send_csv():
    row = b'<row r="%d"><c r="A%d"><v>1</v></c></row>'
    sheet = b"".join(row % (line, line) for line in range(1, 100_031))
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    large = replaced(book(["甲"]), "xl/worksheets/sheet1.xml", head + sheet + b"</sheetData></worksheet>")
    assert await refusal(large) == "workbook-too-many-rows"


async def test_a_cell_in_the_farthest_corner_does_not_fill_the_memory():
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    for corner in (b'<c r="XFD1"><v>1</v></c>', b'<c s="0" r="XFD1"><v>1</v></c>'):
        row = b'<row r="1">' + corner + b'</row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'
        far = replaced(book(["甲"]), "xl/worksheets/sheet1.xml", head + row + b"</sheetData></worksheet>")
        assert await refusal(far) == "workbook-too-many-rows"


def damaged(content: bytes, random: Random) -> bytes:
    """Some bytes of a content changed, left out, or said twice."""
    found = bytearray(content)
    for _ in range(random.randint(1, 4)):
        at, length = random.randrange(len(found)), random.randint(1, 40)
        match random.randrange(3):
            case 0:
                found[at] = random.randrange(32, 127)
            case 1:
                del found[at : at + length]
            case _:
                found[at:at] = found[at : at + length]
    return bytes(found)


@pytest.mark.parametrize(
    "name", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"]
)
def test_whatever_is_damaged_in_a_workbook_it_is_read_or_refused(name: str):
    content, random = book(["户编号", 12, date(2014, 10, 1)], ["甲", "乙", "=1"]), Random(name)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = archive.read(name)
    ends = set[str]()
    for _ in range(300):
        try:
            convert(replaced(content, name, damaged(entry, random)), io.StringIO())
            ends.add("read")
        except Problem as problem:
            ends.add(problem.slug)
    assert {"read", "workbook-broken"} <= ends


async def test_an_old_workbook_that_ends_its_reader_is_refused_as_what_it_is():
    content = bytearray(old_workbook({"名单": Sheet([["户编号"], ["1"]])}))
    content[1024 + 128 + 116 : 1024 + 128 + 120] = b"\x10\x27\x00\x00"  # its stream begins far behind the end
    assert await refusal(bytes(content)) == "workbook-old-format"


def made(*given: list[str], **frame: Any) -> bytes:
    out = Pieces()
    with Workbook(out, Frame("登记册", ["第一行"], **frame)) as workbook:
        workbook.rows(0, given)
    return out.take()


async def test_what_is_written_is_read_back_and_never_is_a_formula():
    given = [["户编号", "备注"], ["=cmd|'/c calc'!A1", "+1"], ["@x", "a<b&c>d"], ["-1", "末"]]
    data = made(*given)
    assert await rows(data) == given
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


async def test_the_watermark_is_printed():
    data = made(["户编号"], ["1"], watermark="甲 导出 & 核查", title="册")
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    sheet = workbook.worksheets[0]
    assert "甲 导出" in sheet.oddHeader.center.text
    assert workbook.properties.description == "甲 导出 & 核查"


def test_csv_cells_are_made_harmless_and_come_back_as_they_were():
    for cell in ("=1+1", "+86 138", "-x", "@SUM", "\tx", "-12.50", "甲", "'", "12"):
        assert as_meant(harmless(cell)) == cell
        assert not harmless(cell).startswith(("=", "@", "\t", "＝", "＠"))
    assert harmless("-12.50") == "-12.50"


def test_columns_are_named_and_found():
    assert [column_name(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert [column_at(column_name(at)) for at in range(800)] == list(range(800))
