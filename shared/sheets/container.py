"""Is a file a plain .xlsx workbook that is safe to open? Looks at the container only and inflates almost nothing."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from shared.sheets.problems import BrokenWorkbook, Inflates, OldWorkbook, Protected, WithMacros

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BYTES = 64 << 20  # of a file
ENTRIES, INFLATED, RATIO = 2_000, 512 << 20, 200
_SMALL = 32 << 20  # below this no ratio is suspicious: blank sheets compress very well
_PIECE = 1 << 20
_CONTENT = b"spreadsheetml.sheet.main+xml"
_MACROS = re.compile(r"vbaproject|/macrosheets/|/activex/|\.xlam$", re.IGNORECASE)


def is_workbook(beginning: bytes) -> bool:
    """Whether a file begins like a workbook of any kind, and so not like text."""
    return beginning.startswith((ZIP, OLE, b"PK\x05\x06"))


def check(data: bytes) -> None:
    """Raises one of shared.sheets.problems (422) where a file should not be opened."""
    if data.startswith(OLE):
        raise Protected if "EncryptedPackage".encode("utf-16-le") in data else OldWorkbook
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
        if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
            raise BrokenWorkbook(rule="an .xlsx workbook")
        types = b"".join(inflate(data, archive.getinfo("[Content_Types].xml")))
        if b"macroEnabled" in types:
            raise WithMacros
        if _CONTENT not in types:
            raise BrokenWorkbook(rule="an .xlsx workbook")


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
    stream, total, left = zlib.decompressobj(-15), 0, bytes(packed)
    while not stream.eof:
        try:
            piece = stream.decompress(left, _PIECE)
        except zlib.error as error:
            raise BrokenWorkbook(rule="deflated entries") from error
        left = stream.unconsumed_tail
        total += len(piece)
        if total > limit:
            raise Inflates
        if not piece and not left:
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
