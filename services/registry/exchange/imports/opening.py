"""A workbook becomes text: its first sheet, a line a row, read by a process of its own."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.files import chunks
from services.registry.exchange.imports import store
from services.registry.exchange.imports.receiving import described
from shared import sheets
from shared.security.crypto import KeyRing

_BEGINNING = 1 << 16


async def read(session: AsyncSession, keys: KeyRing, file: Any) -> None:
    """Keep the text of an import's workbook. Raises what is wrong with it as a problem (422)."""
    content = await chunks.whole(session, keys, file.sent)
    writer, beginning = chunks.Writer(session, keys, file.id, file.division), bytearray()
    async for piece in sheets.lines(content):
        if len(beginning) < _BEGINNING:
            beginning += piece
        await writer.write(piece)
    await writer.close()
    known = described(beginning.decode("utf-8", "ignore"), file.given)
    await store.note_text(session, file.id, writer.size, known)
