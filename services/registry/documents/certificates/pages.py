"""Certificates as pages: what was kept at the issue, with a code that verifies it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from services.registry.documents.certificates.records import Sheet
from shared import documents
from shared.time import clock

TEMPLATE = Path(__file__).parent / "certificate.typ"


def page(sheet: Sheet, address: str) -> dict[str, object]:
    """The data of one certificate's page; ``address`` is where codes are verified."""
    return {
        "measures": [],  # certificates from before plans were kept say nothing of them
        **sheet.content,
        "serial": sheet.serial,
        "issued_on": sheet.issued_on.isoformat(),
        "known_at": sheet.recorded_at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        "code": grouped(sheet.code),
        "qr": documents.qr_code(f"{address}/verifications/{sheet.code}"),
    }


def grouped(code: UUID) -> str:
    """A code as people read it aloud."""
    return " ".join(code.hex[at : at + 4] for at in range(0, 32, 4))


async def pdf(rows: Sequence[Sheet], address: str) -> bytes:
    """A page a certificate, in the order of the rows; one alone can also be read aloud."""
    data = await asyncio.to_thread(_pages, rows, address)
    return await documents.pdf(TEMPLATE, data, tagged=len(rows) == 1)


def _pages(rows: Sequence[Sheet], address: str) -> dict[str, object]:
    return {"certificates": [page(row, address) for row in rows]}
