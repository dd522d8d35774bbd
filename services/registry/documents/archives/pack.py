"""An archive as a ZIP file, made while it is sent: never more of it in memory than a piece."""

import io
import json
import zipfile
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from typing_extensions import Buffer

from services.registry.documents.archives.records import Entry
from shared.documents.objects import Objects
from shared.time import clock


class _Sink(io.RawIOBase):
    """What was written since it was last taken; it cannot be sought, so ZipFile writes sizes behind contents."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer) -> int:
        held = len(self._held)
        self._held += data
        return len(self._held) - held

    def take(self) -> bytes:
        taken = bytes(self._held)
        self._held.clear()
        return taken


async def packed(
    index: Mapping[str, object], entries: Sequence[Entry], objects: Objects, moment: datetime
) -> AsyncIterator[bytes]:
    """The pieces of the ZIP file: first ``index.json``, then every entry as it was kept."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        archive.writestr(_about("index.json", moment), json.dumps(index, ensure_ascii=False, indent=1, default=str))
        for entry in entries:
            with archive.open(_about(entry.path, moment), "w", force_zip64=entry.size >= 1 << 31) as target:
                async for piece in await objects.get(entry.sha256):
                    target.write(piece)
                    yield sink.take()
    yield sink.take()


def _about(path: str, moment: datetime) -> zipfile.ZipInfo:
    local = moment.astimezone(clock.SHANGHAI)
    return zipfile.ZipInfo(path, local.timetuple()[:6])
