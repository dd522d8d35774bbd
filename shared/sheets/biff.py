"""What calamine does not tell of a workbook of the old format: formulas, errors, hidden rows.

The container is a small file system of sectors (MS-CFB); the workbook in it a stream of records (MS-XLS).
"""

import struct
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from shared.sheets.cells import ERROR, FORMULA
from shared.sheets.problems import OldWorkbook

_HEADER, _FIRST_FAT, _LAST = 512, 109, 0xFFFF_FFFA  # from here on a number of a sector is none
_ENTRY, _STREAM, _SMALL = 128, 2, 4_096
_NAMES = ("Workbook", "Book")
_FORMULA, _EOF, _SHEET, _ERROR, _ROW, _BEGIN = 0x0006, 0x000A, 0x0085, 0x0205, 0x0208, 0x0809
_HIDDEN = 0x20


@dataclass(frozen=True, slots=True)
class Marks:
    """Of a sheet: what is wrong with cells by row and column (from 0), and its hidden rows."""

    cells: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    hidden: set[int] = field(default_factory=set)


def marks(data: bytes) -> list[Marks]:
    """The marks of each sheet, in their order. Raises OldWorkbook where the file is not built as expected."""
    try:
        stream = _workbook(data)
        begins = [struct.unpack_from("<I", body)[0] for kind, body in _records(stream, 0) if kind == _SHEET]
        return [_of_sheet(stream, begin) for begin in begins]
    except (struct.error, IndexError) as error:
        raise OldWorkbook(rule="a readable workbook") from error


def _of_sheet(stream: bytes, begin: int) -> Marks:
    found = Marks()
    for kind, body in _records(stream, begin):
        if kind == _FORMULA:
            row, column = struct.unpack_from("<HH", body)
            found.cells[row][column] = FORMULA
        elif kind == _ERROR and body[7:8] == b"\1":  # else it says yes or no
            row, column = struct.unpack_from("<HH", body)
            found.cells[row][column] = ERROR
        elif kind == _ROW and struct.unpack_from("<H", body, 12)[0] & _HIDDEN:
            found.hidden.add(struct.unpack_from("<H", body)[0])
    return found


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from one place to the end that belongs to it; what is embedded has a beginning and an end too."""
    deep = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        deep += (kind == _BEGIN) - (kind == _EOF)
        if deep <= 0:
            return
        if deep == 1:
            yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _workbook(data: bytes) -> bytes:
    """The stream of the workbook."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    first, cutoff = struct.unpack_from("<I", data, 48)[0], struct.unpack_from("<I", data, 56)[0]
    if size not in (512, 4_096) or cutoff != _SMALL:
        raise OldWorkbook(rule="a readable workbook")
    table = _table(data, size)
    entries = b"".join(_chain(data, size, table, first))
    for at in range(0, len(entries), _ENTRY):
        length = struct.unpack_from("<H", entries, at + 64)[0]
        name = entries[at : at + max(length - 2, 0)].decode("utf-16-le", "replace")
        if name in _NAMES and entries[at + 66] == _STREAM:
            begin, bytes_ = struct.unpack_from("<II", entries, at + 116)
            if bytes_ < cutoff:
                return b""  # too small to hold a sheet
            return b"".join(_chain(data, size, table, begin))[:bytes_]
    raise OldWorkbook(rule="a readable workbook")


def _table(data: bytes, size: int) -> list[int]:
    """The sector that follows each sector."""
    sectors = [one for one in struct.unpack_from(f"<{_FIRST_FAT}I", data, 76) if one < _LAST]
    more, left = struct.unpack_from("<II", data, 68)
    while more < _LAST and left:
        listed = struct.unpack(f"<{size // 4}I", _sector(data, size, more))
        sectors += [one for one in listed[:-1] if one < _LAST]
        more, left = listed[-1], left - 1
    return [one for at in sectors for one in struct.unpack(f"<{size // 4}I", _sector(data, size, at))]


def _chain(data: bytes, size: int, table: list[int], at: int) -> Iterator[bytes]:
    for _ in range(len(table)):
        if at >= _LAST:
            return
        yield _sector(data, size, at)
        at = table[at]


def _sector(data: bytes, size: int, at: int) -> bytes:
    begin = (at + 1) * size if size > _HEADER else _HEADER + at * size
    return data[begin : begin + size].ljust(size, b"\0")
