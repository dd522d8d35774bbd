"""A file as it arrives: a workbook (or a page) is looked at and kept as it is, text becomes CSV with a row a line."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import caller_of
from shared.names.ids import uuid7
from shared.security.crypto import KeyRing
from shared.sheets import chunks, container, extract, queries
from shared.sheets.problems import FileEmpty, WorkbookTooLarge
from shared.sheets.records import DataFile, Expected
from shared.sheets.tables import Tables
from shared.sheets.text import Text

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
    if container.kind_of(bytes(beginning)) != "text":
        writer = chunks.Writer(session, keys, uuid7(), division)
        await _keep_workbook(beginning, arriving, writer)
        file = DataFile(id, division, "workbook", writer.size, (), writer.id)
        await queries.add(session, file, digest.digest())
        return file
    writer, tables = chunks.Writer(session, keys, id, division), Tables(expected)
    text = Text(bytes(beginning), expected.is_header)
    await _keep_text(bytes(beginning), arriving, text, tables, writer)
    file = DataFile(id, division, "csv", writer.size, tuple(tables.found), None, text.dialect)
    await queries.add(session, file, digest.digest())
    await queries.note_remarks(session, file, tables.remarks)
    return file


async def _keep_text(
    beginning: bytes, arriving: AsyncIterator[bytes], text: Text, tables: Tables, writer: chunks.Writer
) -> None:
    tables.begin(None)
    await writer.write(tables.take(_encoded(text.take(beginning))))
    async for piece in arriving:
        await writer.write(tables.take(_encoded(text.take(piece))))
    await writer.write(tables.take(_encoded(text.take(b"", final=True))))
    await writer.write(tables.end())
    await writer.close()
    tables.close()


def _encoded(rows: list[str]) -> list[bytes]:
    return "\n".join(rows).encode().split(b"\n") if rows else []


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
    if file.tables or file.sent is None:
        return file
    content = await chunks.whole(session, keys, file.sent)
    writer, tables = chunks.Writer(session, keys, file.id, file.division), Tables(expected)
    async for piece in extract.lines(content):
        await writer.write(tables.piece(piece))
    await writer.close()
    tables.close()
    opened = replace(file, bytes=writer.size, tables=tuple(tables.found))
    await queries.note_text(session, opened)
    await queries.note_remarks(session, opened, tables.remarks)
    return opened
