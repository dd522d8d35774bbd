"""Workbooks of the old format (.xls) in tests, as small as they can be: records in a container of sectors."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Cell = str | float | None
_END, _FREE, _TABLE = 0xFFFF_FFFE, 0xFFFF_FFFF, 0xFFFF_FFFD
_SECTOR, _SMALL = 512, 4_096


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its rows, merged cells (first and last row, first and last column), formulas with their last value."""

    rows: Sequence[Sequence[Cell]]
    merged: Sequence[tuple[int, int, int, int]] = ()
    formulas: Mapping[tuple[int, int], float] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden: bool = False


def old_workbook(sheets: Mapping[str, Sheet]) -> bytes:
    """A workbook of some sheets."""
    streams = [_sheet(sheet) for sheet in sheets.values()]
    named = [(name, sheet.hidden) for name, sheet in sheets.items()]
    size = len(_globals(named, [0] * len(named)))
    begins = [size + sum(map(len, streams[:at])) for at in range(len(streams))]
    return _container(_globals(named, begins) + b"".join(streams))


def _globals(named: Sequence[tuple[str, bool]], begins: Sequence[int]) -> bytes:
    listed = b"".join(
        _record(0x85, struct.pack("<IBBBB", begin, hidden, 0, len(name), 1) + name.encode("utf-16-le"))
        for (name, hidden), begin in zip(named, begins, strict=True)
    )
    return _begin(5) + _record(0x42, struct.pack("<H", 1200)) + listed + _record(0x0A, b"")


def _sheet(sheet: Sheet) -> bytes:
    out = [_begin(0x10)]
    out += [_record(0x208, struct.pack("<HHHHHHHH", at, 0, 1, 32, 0, 0, 32, 0)) for at in sorted(sheet.hidden_rows)]
    for at, row in enumerate(sheet.rows):
        for column, value in enumerate(row):
            place = struct.pack("<HHH", at, column, 0)
            if (at, column) in sheet.formulas:
                result = struct.pack("<dHIH", sheet.formulas[at, column], 0, 0, 0)
                out.append(_record(0x06, place + result))
            elif isinstance(value, str):
                said = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                out.append(_record(0x204, place + said))
            elif value is not None:
                out.append(_record(0x203, place + struct.pack("<d", value)))
    merged = b"".join(struct.pack("<HHHH", *one) for one in sheet.merged)
    out += [_record(0xE5, struct.pack("<H", len(sheet.merged)) + merged), _record(0x0A, b"")]
    return b"".join(out)


def _begin(kind: int) -> bytes:
    return _record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 1997, 0, 6))


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _container(stream: bytes) -> bytes:
    stream = stream.ljust(max(_SMALL, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    table = [_TABLE, _END, *range(3, count + 2), _END]
    assert len(table) <= _SECTOR // 4
    table += [_FREE] * (_SECTOR // 4 - len(table))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, _SMALL, _END, 0, _END, 0)
    head += struct.pack("<109I", 0, *[_FREE] * 108)
    entries = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 2, len(stream))
    return head + struct.pack(f"<{len(table)}I", *table) + entries.ljust(_SECTOR, b"\0") + stream


def _entry(name: str, kind: int, child: int, begin: int, size: int) -> bytes:
    said = name.encode("utf-16-le") + b"\0\0"
    head = said.ljust(64, b"\0") + struct.pack("<HBBIII", len(said), kind, 1, _FREE, _FREE, child)
    return head + bytes(16 + 4 + 16) + struct.pack("<IQ", begin, size)
