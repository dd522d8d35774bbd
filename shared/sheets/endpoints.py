"""A file of rows over HTTP."""

from typing import Literal
from uuid import UUID

from fastapi import Request
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from shared.http import streams
from shared.http.runtime import runtime_of
from shared.sheets import chunks
from shared.sheets.records import Kind

_MEDIA: dict[Kind, tuple[Literal["xlsx", "csv"], str]] = {
    "workbook": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("csv", "text/csv; charset={charset}"),
}


def download(request: Request, id: UUID, kind: Kind, name: str, encoding: str | None = None) -> StreamingResponse:
    """A kept file as an answer that is read while it is sent; text is in UTF-8 or another encoding."""
    keys, (ending, media) = runtime_of(request).keys, _MEDIA[kind]
    media = media.format(charset=(encoding or "utf-8").removesuffix("-sig"))

    async def piece(session: AsyncSession, position: int) -> bytes | None:
        return next(iter(await chunks.read(session, keys, id, position, 1)), None)

    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{ending}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return StreamingResponse(streams.pieces(request, piece), 200, headers, media)
