"""A file as it arrives: a workbook is looked at and kept as it is, text becomes UTF-8 with one row a line."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import caller_of
from shared.names.ids import uuid7
from shared.security.crypto import KeyRing
from shared.sheets import chunks, container, extract, queries
from shared.sheets.problems import FileEmpty, WorkbookTooLarge
from shared.sheets.records import DataFile, Expected, Header
from shared.sheets.text import Text, find_header

_BEGINNING = 1 << 16


async def receive(
    session: AsyncSession, keys: KeyRing, id: UUID, body: AsyncIterator[bytes], expected: Expected
) -> DataFile:
    """Keep a file of the caller's division under an id. Raises what is wrong with it as a problem (413, 422)."""
    division, digest = caller_of(session).division, hashlib.sha256()

    async def hashed() -> AsyncIterator[bytes]:
        async for piece in body:
            digest.update(piece)
            yield piece

    arriving, beginning = hashed(), bytearray()
    async for piece in arriving:
        beginning += piece
        if len(beginning) >= _BEGINNING:
            break
    if not beginning.strip():
        raise FileEmpty(rule="at least a header")
    if container.is_workbook(bytes(beginning[:8])):
        writer = chunks.Writer(session, keys, uuid7(), division)
        await _keep_workbook(beginning, arriving, writer)
        file = DataFile(id, division, "workbook", writer.size, None, writer.id)
    else:
        writer = chunks.Writer(session, keys, id, division)
        header = await _keep_text(bytes(beginning), arriving, writer, expected)
        file = DataFile(id, division, "csv", writer.size, header, None)
    await queries.add(session, file, digest.digest())
    return file


async def _keep_text(
    beginning: bytes, arriving: AsyncIterator[bytes], writer: chunks.Writer, expected: Expected
) -> Header:
    text = Text(beginning)
    first = text.take(beginning)
    header = _header(first, expected)
    await writer.write(first.encode())
    async for piece in arriving:
        await writer.write(text.take(piece).encode())
    await writer.write(text.take(b"", final=True).encode())
    await writer.close()
    return header


async def _keep_workbook(beginning: bytearray, arriving: AsyncIterator[bytes], writer: chunks.Writer) -> None:
    async for piece in arriving:
        beginning += piece
        if len(beginning) > container.BYTES:
            raise WorkbookTooLarge(rule=f"at most {container.BYTES} bytes")
    content = bytes(beginning)
    await asyncio.to_thread(container.check, content)
    await writer.write(content)
    await writer.close()


async def open_workbook(session: AsyncSession, keys: KeyRing, file: DataFile, expected: Expected) -> DataFile:
    """The file with the text of its workbook, read by a process of its own; a file that has its text as it is.

    Raises what is wrong with it as a problem (422).
    """
    if file.header is not None or file.sent is None:
        return file
    content = await chunks.whole(session, keys, file.sent)
    writer, beginning = chunks.Writer(session, keys, file.id, file.division), bytearray()
    async for piece in extract.lines(content):
        if len(beginning) < _BEGINNING:
            beginning += piece
        await writer.write(piece)
    await writer.close()
    header = _header(beginning.decode("utf-8", "ignore"), expected)
    opened = DataFile(file.id, file.division, file.kind, writer.size, header, file.sent)
    await queries.note_text(session, opened)
    return opened


def _header(beginning: str, expected: Expected) -> Header:
    header = find_header(beginning, expected.is_header)
    expected.check(header.columns)
    return header
