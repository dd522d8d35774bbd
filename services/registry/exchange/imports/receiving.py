"""A file as it arrives: a workbook is looked at and kept as it is, text becomes UTF-8 with one line a person."""

import asyncio
import codecs
import io
from collections.abc import AsyncIterator
from typing import Any

from services.registry.exchange.files.chunks import Writer
from services.registry.exchange.imports import layout
from shared.problems import Invalid, TooLarge
from shared.sheets import container

_BEGINNING, LONGEST = 1 << 16, 1 << 16


class FileEmpty(Invalid):
    slug, zh, en = "file-empty", "文件没有内容", "The file is empty"


class NotText(Invalid):
    slug = "not-a-text-file"
    zh = "文件不是 UTF-8 或 GB18030 编码的 CSV 文本，也不是 .xlsx 工作簿"
    en = "The file is neither CSV text in UTF-8 or GB18030 nor an .xlsx workbook"


class LineBreakInField(Invalid):
    slug, zh, en = "line-break-in-field", "第{line}行单元格内有换行", "A field of line {line} contains a line break"


class LineTooLong(Invalid):
    slug, zh, en = "line-too-long", "第{line}行过长，不是数据表", "Line {line} is too long for a table"


class WorkbookTooLarge(TooLarge):
    slug = "workbook-too-large"
    zh = "工作簿过大，请改用 CSV 文件"
    en = "The workbook is too large; send a CSV file"


class Text:
    """CSV text being received: what comes in is decoded, its line ends made one, and refused where it is none."""

    def __init__(self, beginning: bytes) -> None:
        self._newlines = io.IncrementalNewlineDecoder(_decoder(beginning), translate=True)
        self._line, self._rest = 1, ""

    def take(self, content: bytes, *, final: bool = False) -> str:
        """The text of the next bytes. Raises NotText, LineBreakInField (422)."""
        try:
            text = self._newlines.decode(content, final=final)
        except UnicodeDecodeError as error:
            raise NotText(rule="UTF-8 or GB18030") from error
        if "\0" in text:
            raise NotText(rule="text")
        self._count(text, final=final)
        return text

    def _count(self, text: str, *, final: bool) -> None:
        """Every line has an even number of quotes, or a field goes on in the next."""
        lines = (self._rest + text).split("\n")
        self._rest = "" if final else lines.pop()
        for number, line in enumerate((*lines, self._rest), self._line):
            if len(line) > LONGEST:
                raise LineTooLong(field=f"line {number}", rule=f"at most {LONGEST} characters", line=number)
        if '"' in text or '"' in self._rest:
            for number, line in enumerate(lines, self._line):
                if line.count('"') % 2:
                    raise LineBreakInField(field=f"line {number}", rule="one line a person", line=number)
        self._line += len(lines)


def _decoder(beginning: bytes) -> codecs.IncrementalDecoder:
    """By the header, which is Chinese: UTF-8 where it is that, else GB18030."""
    try:
        codecs.getincrementaldecoder("utf-8-sig")().decode(beginning)
    except UnicodeDecodeError:
        return codecs.getincrementaldecoder("gb18030")()
    return codecs.getincrementaldecoder("utf-8-sig")()


async def receive(body: AsyncIterator[bytes], text: Writer, sent: Writer, given: dict[str, Any]) -> dict[str, Any]:
    """Keep a file, as ``text`` or as the workbook ``sent``; answers what is known of it already.

    Raises what is wrong with it as a problem (422), TooLarge (413).
    """
    beginning = bytearray()
    async for piece in body:
        beginning += piece
        if len(beginning) >= _BEGINNING:
            break
    if not beginning.strip():
        raise FileEmpty(rule="at least a header")
    if container.is_workbook(bytes(beginning[:8])):
        await _workbook(beginning, body, sent)
        return {"kind": "workbook", "sent": sent.id, "bytes": sent.size, **nothing_known()}
    arriving = Text(bytes(beginning))
    first = arriving.take(bytes(beginning))
    known = described(first, given)
    await text.write(first.encode())
    async for piece in body:
        await text.write(arriving.take(piece).encode())
    await text.write(arriving.take(b"", final=True).encode())
    await text.close()
    return {"kind": "csv", "sent": None, "bytes": text.size, **known}


def described(beginning: str, given: dict[str, Any]) -> dict[str, Any]:
    """What the header of a file says of it. Raises ColumnsMissing, ColumnsTwice (422)."""
    line, columns = layout.find_header(beginning.split("\n"))
    plan = layout.plan_of(columns, given)
    return {
        "header_line": line,
        "columns": columns,
        "layout": plan.layout.key,
        "unknown": plan.unknown,
        "not_kept": plan.not_kept,
    }


def nothing_known() -> dict[str, Any]:
    return {"header_line": 1, "columns": [], "layout": None, "unknown": [], "not_kept": []}


async def _workbook(beginning: bytearray, body: AsyncIterator[bytes], sent: Writer) -> None:
    async for piece in body:
        beginning += piece
        if len(beginning) > container.BYTES:
            raise WorkbookTooLarge(rule=f"at most {container.BYTES} bytes")
    content = bytes(beginning)
    await asyncio.to_thread(container.check, content)
    await sent.write(content)
    await sent.close()
