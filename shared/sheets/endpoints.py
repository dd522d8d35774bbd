"""A file of rows over HTTP: the answer to one that was sent, and one that is fetched."""

from typing import Literal
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from shared.http import streams
from shared.http.runtime import runtime_of
from shared.sheets import chunks
from shared.sheets.records import Kind

_MEDIA: dict[Kind, tuple[Literal["xlsx", "csv"], str]] = {
    "workbook": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("csv", "text/csv; charset=utf-8"),
}


class Accepted(BaseModel):
    """What was sent, and the job that works on it."""

    id: UUID
    job: str


def accepted(request: Request, response: Response, id: UUID, job: UUID) -> Accepted:
    """That a job works on it; its address is the answer's Location."""
    where = f"{request.scope['root_path']}/jobs/{job}"
    response.headers["Location"] = where
    return Accepted(id=id, job=where)


def download(request: Request, id: UUID, kind: Kind, name: str) -> StreamingResponse:
    """A kept file as an answer that is read while it is sent."""
    keys, (ending, media) = runtime_of(request).keys, _MEDIA[kind]

    async def piece(session: AsyncSession, position: int) -> bytes | None:
        return next(iter(await chunks.read(session, keys, id, position, 1)), None)

    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{ending}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return StreamingResponse(streams.pieces(request, piece), 200, headers, media)
