"""Certificates as pages: what was kept at the issue, with a code that verifies it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from shared import documents
from shared.time import clock

TEMPLATE = Path(__file__).parent / "certificate.typ"


def page(row: Any, address: str) -> dict[str, Any]:
    """The data of one certificate's page; ``address`` is where codes are verified."""
    return {
        "measures": [],  # certificates from before plans were kept say nothing of them
        **row.content,
        "serial": row.serial,
        "issued_on": row.issued_on.isoformat(),
        "known_at": row.recorded_at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        "code": grouped(row.code),
        "qr": documents.qr_code(f"{address}/verifications/{row.code}"),
    }


def grouped(code: UUID) -> str:
    """A code as people read it aloud."""
    return " ".join(code.hex[at : at + 4] for at in range(0, 32, 4))


async def pdf(rows: Sequence[Any], address: str) -> bytes:
    """A page a certificate, in the order of the rows; one alone can also be read aloud."""
    data = await asyncio.to_thread(_pages, rows, address)
    return await documents.pdf(TEMPLATE, data, tagged=len(rows) == 1)


def _pages(rows: Sequence[Any], address: str) -> dict[str, Any]:
    return {"certificates": [page(row, address) for row in rows]}
