"""Files in encrypted pieces in the database: written and read in constant memory, gone with the transaction."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import raw
from shared.security.crypto import KeyRing

CHUNK = 1 << 19  # bytes of a piece
_FIELD = "file.chunk"  # authenticated with each piece
_WRITE = text("""
    INSERT INTO file_chunk (file_id, division, position, content) VALUES (:file_id, :division, :position, :content)
""")
_READ = """
    SELECT position, content FROM file_chunk WHERE file_id = $1 AND position >= $2 ORDER BY position LIMIT $3
"""
_FORGET = "DELETE FROM file_chunk WHERE file_id = ANY($1)"


class Writer:
    """A file being written. ``size`` is its bytes so far; nothing is complete before ``close``."""

    def __init__(self, session: AsyncSession, keys: KeyRing, id: UUID, division: str) -> None:
        self.session, self.keys, self.id, self.division = session, keys, id, division
        self.size, self._position, self._held = 0, 0, bytearray()

    async def write(self, content: bytes) -> None:
        self.size += len(content)
        self._held += content
        while len(self._held) >= CHUNK:
            await self._keep(bytes(self._held[:CHUNK]))
            del self._held[:CHUNK]

    async def close(self) -> None:
        if self._held:
            await self._keep(bytes(self._held))
            self._held.clear()

    async def _keep(self, content: bytes) -> None:
        sealed = self.keys.encrypt_bytes(content, field=_FIELD, record=f"{self.id}:{self._position}")
        row = {"file_id": self.id, "division": self.division, "position": self._position, "content": sealed}
        await self.session.execute(_WRITE, row)
        self._position += 1


async def read(session: AsyncSession, keys: KeyRing, id: UUID, position: int, count: int) -> list[bytes]:
    """Some pieces of a file from a position on; fewer where it ends."""
    rows = await (await raw(session)).fetch(_READ, id, position, count)
    return [keys.decrypt_bytes(row["content"], field=_FIELD, record=f"{id}:{row['position']}") for row in rows]


async def whole(session: AsyncSession, keys: KeyRing, id: UUID) -> bytes:
    """All of a file that fits into memory."""
    content, position = bytearray(), 0
    while pieces := await read(session, keys, id, position, 8):
        content += b"".join(pieces)
        position += len(pieces)
    return bytes(content)


async def forget(session: AsyncSession, *ids: UUID | None) -> None:
    """Delete files."""
    await (await raw(session)).execute(_FORGET, [id for id in ids if id is not None])
