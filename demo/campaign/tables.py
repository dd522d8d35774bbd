"""Registry: tables of households, a line a household, that complete and correct what is registered."""

import asyncio
import csv
import io
from datetime import date

from demo.campaign.registering import BASE
from demo.client import CallFailed, Platform
from demo.generator import living
from demo.generator.county import County

_SENT, _HALF_YEAR = date(2017, 6, 25), date(2017, 6, 30)


async def collect_pensions(platform: Platform, county: County) -> None:
    """The half year's table: pensions where somebody reaches the age by its end, or a pensioner died."""
    paid = ((home, living.paid_anew(home, _HALF_YEAR)) for home in county.remaining)
    lines = [[home.number, home.members[0].name, *amounts] for home, amounts in paid if amounts]
    await send(platform, [["户编号", "户主姓名", "养老保险金", "转移性收入"], *lines], _SENT.isoformat())


async def send(platform: Platform, lines: list[list[str]], day: str) -> None:
    """Send a table of households, each line of which has to correct one."""
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    address = f"{BASE}/imports?mode=all_or_nothing&effective_on={day}"
    started = await platform.upload("county_office", address, out.getvalue().encode())
    while (state := await platform.get("county_office", f"{BASE}/imports/{started['id']}"))["status"] != "done":
        if state["status"] == "failed":
            raise CallFailed(f"the household table was not taken: {state['problem']}")
        await asyncio.sleep(0.1)
    if state["rejected"] or state["corrected"] != len(lines) - 1:
        raise CallFailed(f"the household table corrected {state['corrected']} households of {len(lines) - 1}")
