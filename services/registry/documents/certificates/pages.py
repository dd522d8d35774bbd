"""Certificates as pages: what was kept at the issue, with a code, and what whoever scans that reads."""

import asyncio
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template
from uuid import UUID

import typst

from services.registry.documents.certificates.records import Photo, Sheet
from shared import documents
from shared.security.crypto import KeyRing
from shared.time import clock

_PHONE = "staff.phone"  # what a helper's phone is sealed as, with the id of the person
TEMPLATE = Path(__file__).parent / "certificate.typ"
_VERIFICATION = Template("""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>建档立卡贫困户登记证核验</title>
<style>
body { font-family: "Noto Sans CJK SC", sans-serif; margin: 2em 1.2em; font-size: 18px; line-height: 1.7; }
h1 { font-size: 22px; }
.state { font-size: 30px; font-weight: bold; }
</style>
</head>
<body>
<h1>建档立卡贫困户登记证核验</h1>
<p class="state">$state</p>
<p>自何时起：$since</p>
<p>$meaning</p>
</body>
</html>
""")


def verification(state: str, since: str, meaning: str) -> str:
    """The page of one answer, the same for every code but for these words."""
    return _VERIFICATION.substitute(state=escape(state), since=escape(since), meaning=escape(meaning))


def page(sheet: Sheet, address: str, keys: KeyRing) -> dict[str, object]:
    """The data of one certificate's page; ``address`` is where codes are verified."""
    return {
        "measures": [],  # certificates from before plans were kept say nothing of them
        **sheet.content,
        "helpers": [_helper(one, keys) for one in _listed(sheet.content.get("helpers"))],
        "serial": sheet.serial,
        "issued_on": sheet.issued_on.isoformat(),
        "known_at": sheet.recorded_at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        "code": grouped(sheet.code),
        "qr": documents.qr_code(f"{address}/verify/{sheet.code}"),
    }


def _listed(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _helper(one: Mapping[str, object], keys: KeyRing) -> dict[str, object]:
    """A helper with the phone that the household may call."""
    sealed, staff = one.get("phone"), one.get("staff_id")
    phone = keys.decrypt(sealed, field=_PHONE, record=str(staff)) if isinstance(sealed, str) else ""
    return {**one, "phone": phone}


def grouped(code: UUID) -> str:
    """A code as people read it aloud."""
    return " ".join(code.hex[at : at + 4] for at in range(0, 32, 4))


async def pdf(rows: Sequence[Sheet], address: str, keys: KeyRing) -> bytes:
    """A page a certificate, in the order of the rows."""
    data = await asyncio.to_thread(_pages, rows, address, keys, [], 0)
    return await documents.pdf(TEMPLATE, data, tagged=False)


async def one(sheet: Sheet, address: str, keys: KeyRing, photos: Sequence[Photo]) -> bytes:
    """One certificate, which can also be read aloud, with its photo page; a photo that cannot be drawn says so."""
    files = {f"{at}.{one.media_type.split('/')[1]}": one.content for at, one in enumerate(photos)}
    try:
        data = await asyncio.to_thread(_pages, [sheet], address, keys, list(files), 0)
        return await documents.pdf(TEMPLATE, data, files=files)
    except typst.TypstError:
        data = await asyncio.to_thread(_pages, [sheet], address, keys, [], len(files))
        return await documents.pdf(TEMPLATE, data)


def _pages(
    rows: Sequence[Sheet], address: str, keys: KeyRing, photos: Sequence[str], spoilt: int
) -> dict[str, object]:
    return {"certificates": [page(row, address, keys) for row in rows], "photos": photos, "spoilt": spoilt}
