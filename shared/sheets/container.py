"""What a file is by its content, and whether it is safe to open. Looks at the container only and inflates almost
nothing.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Literal

from shared.sheets.problems import (
    KINDS,
    AnotherKind,
    BrokenWorkbook,
    Inflates,
    OldWorkbook,
    Protected,
    WithMacros,
)

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BYTES = 64 << 20  # of a file
ENTRIES, INFLATED, RATIO = 2_000, 512 << 20, 200
_SMALL = 32 << 20  # below this no ratio is suspicious: blank sheets compress very well
_PIECE, _PACKED = 1 << 18, 1 << 16
_CONTENT = b"spreadsheetml.sheet.main+xml"
_MACROS = re.compile(r"vbaproject|/macrosheets/|/activex/|\.xlam$", re.IGNORECASE)


# How files begin that are neither text nor workbooks.
_OTHERS = {
    b"%PDF": "pdf",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF8": "picture",
    b"BM": "picture",
    b"{\\rtf": "document",
    b"Rar!": "archive",
    b"7z\xbc\xaf": "archive",
    b"\x1f\x8b": "archive",
    b"MIME-Version:": "mail",
}
# What the archives of other programs hold.
_HELD = {
    "word/document.xml": "document",
    "ppt/presentation.xml": "slides",
    "xl/workbook.bin": "binary",
    "mimetype": "opendocument",
}
_PAGE = re.compile(rb"<(?:!doctype html|html|head|meta|body|table|style)\b", re.IGNORECASE)
_XML = re.compile(rb"<(?:ss:)?Workbook[\s>]|<\?mso-application", re.IGNORECASE)
_HEAD = 4_096
Form = Literal["workbook", "old", "page", "text"]


def kind_of(beginning: bytes) -> Form:
    """What a file is, by how it begins: an .xlsx workbook, one of the old format, a web page, or text.

    Raises AnotherKind (422).
    """
    if beginning.startswith((ZIP, b"PK\x05\x06")):
        return "workbook"
    if beginning.startswith(OLE):
        return "old"
    for start, kind in _OTHERS.items():
        if beginning.startswith(start):
            raise AnotherKind(rule="a table", kind=KINDS[kind])
    head = beginning[:_HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(b"<") and _XML.search(head):
        raise AnotherKind(rule="a table", kind=KINDS["xml"])
    return "page" if head.startswith(b"<") and _PAGE.search(head) else "text"


def check(data: bytes) -> None:
    """Raises one of shared.sheets.problems (422) where a file should not be opened."""
    kind = kind_of(data)
    if kind == "old":
        _check_old(data)
    elif kind == "workbook":
        _check_archive(data)


def _check_old(data: bytes) -> None:
    def names(*entries: str) -> bool:
        return any(entry.encode("utf-16-le") in data for entry in entries)

    if names("EncryptedPackage"):
        raise Protected
    if names("_VBA_PROJECT"):
        raise WithMacros
    if names("WordDocument"):
        raise AnotherKind(rule="a table", kind=KINDS["document"])
    if names("PowerPoint Document"):
        raise AnotherKind(rule="a table", kind=KINDS["slides"])
    if not names("Workbook", "Book"):
        raise OldWorkbook(rule="a workbook")


def _check_archive(data: bytes) -> None:
    with _opened(data) as archive:
        entries = archive.infolist()
        names = {entry.filename for entry in entries}
        if any(entry.flag_bits & 1 for entry in entries):
            raise Protected
        if any(_MACROS.search(name) for name in names):
            raise WithMacros
        declared = sum(entry.file_size for entry in entries)
        if len(entries) > ENTRIES or _suspicious(declared, len(data)):
            raise Inflates
        if other := _another(names):
            raise AnotherKind(rule="a table", kind=KINDS[other])
        if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
            raise BrokenWorkbook(rule="an .xlsx workbook")
        types = b"".join(inflate(data, archive.getinfo("[Content_Types].xml")))
        if b"macroEnabled" in types:
            raise WithMacros
        if _CONTENT not in types:
            raise BrokenWorkbook(rule="an .xlsx workbook")


def _another(names: set[str]) -> str | None:
    """What an archive is that is no workbook."""
    held = next((kind for name, kind in _HELD.items() if name in names), None)
    if held or not names or any(name.startswith("xl/") for name in names):
        return held
    return "archive"


def entries(data: bytes) -> list[zipfile.ZipInfo]:
    """The entries of a container. Raises BrokenWorkbook."""
    with _opened(data) as archive:
        return archive.infolist()


def inflate(data: bytes, entry: zipfile.ZipInfo, limit: int = INFLATED) -> Iterator[bytes]:
    """What an entry really holds, whatever its header declares. Raises Inflates, BrokenWorkbook."""
    start = _content_at(data, entry)
    packed = memoryview(data)[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        yield from (bytes(packed[at : at + _PIECE]) for at in range(0, len(packed), _PIECE))
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED or len(packed) < entry.compress_size:
        raise BrokenWorkbook(rule="deflated entries")
    stream, total, taken, left = zlib.decompressobj(-15), 0, 0, b""
    while not stream.eof:
        left = left or bytes(packed[taken : taken + _PACKED])
        try:
            piece = stream.decompress(left, _PIECE)
        except zlib.error as error:
            raise BrokenWorkbook(rule="deflated entries") from error
        taken += len(left) - len(stream.unconsumed_tail)
        ended, left = not left, stream.unconsumed_tail
        total += len(piece)
        if total > limit:
            raise Inflates
        if ended and not piece:
            break
        yield piece
    if not stream.eof or total != entry.file_size:
        raise BrokenWorkbook(rule="entries as long as declared")


def measure(data: bytes) -> None:
    """Inflate everything once and keep nothing: what was declared may be a lie. Raises Inflates, BrokenWorkbook."""
    total = 0
    for entry in entries(data):
        for piece in inflate(data, entry, INFLATED - total):
            total += len(piece)
    if _suspicious(total, len(data)):
        raise Inflates


def _suspicious(inflated: int, packed: int) -> bool:
    return inflated > INFLATED or (inflated > _SMALL and inflated > packed * RATIO)


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, RuntimeError) as error:
        raise BrokenWorkbook(rule="an .xlsx workbook") from error


def _content_at(data: bytes, entry: zipfile.ZipInfo) -> int:
    head = data[entry.header_offset : entry.header_offset + 30]
    if len(head) < 30 or not head.startswith(ZIP):
        raise BrokenWorkbook(rule="entries where the directory says")
    return entry.header_offset + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
