"""The four documents 户有证、村有册、乡有簿、县有档案 at the end of 2016."""

import asyncio
from typing import Any

from demo.client import CallFailed, Platform
from demo.generator.county import County

BASE = "/api/registry/v1"
COUNTY, AS_OF = "220622", "2016-12-31"
# Whose certificates go into the archive as well: one town's, so that the demonstration stays quick.
PRINTED = "220622200"


async def issue(platform: Platform, county: County) -> None:
    """A certificate for every household, town by town; a second round finds nothing to do."""
    for town in sorted(place.code for place in county.places if len(place.code) == len(PRINTED)):
        body = {"division": town, "reason": "2016年末统一换发"}
        await platform.post("county_office", f"{BASE}/certificate-rounds", body)
    again = {"division": PRINTED, "reason": "核对是否漏发"}
    if (await platform.post("county_office", f"{BASE}/certificate-rounds", again))["issued"]:
        raise CallFailed("a household got a second certificate that says the same")


async def archive(platform: Platform, county: County) -> None:
    """Registers of all villages, ledgers of all towns, certificates of one; then every hash is computed again."""
    body = {"division": COUNTY, "as_of": AS_OF, "certificates_of": [PRINTED]}
    asked = await platform.post("county_office", f"{BASE}/archives", body)
    where = f"{BASE}/archives/{asked['id']}"
    while (state := await _state(platform, where))["status"] != "done":
        if state["status"] == "failed":
            raise CallFailed("the archive was not built")
        await asyncio.sleep(0.2)
    if not (await platform.get("auditor", f"{where}/verification"))["matches"]:
        raise CallFailed("the archive does not verify")


async def _state(platform: Platform, where: str) -> dict[str, Any]:
    state: dict[str, Any] = await platform.get("county_office", where)
    return state
