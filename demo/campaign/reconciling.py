"""Registry: a list of the national system beside the register, as an office does each month."""

import asyncio
import csv
import io
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from demo.campaign.clock import settle
from demo.campaign.registering import BASE
from demo.client import CallFailed, Platform
from demo.generator.county import County
from demo.generator.lives import LISTED
from demo.story import Story

_SCHOOL, _WAS, _IS = "文化程度", "小学", "初中"
_ADULTS = ("1960", "1985")  # years of birth


async def reconcile(platform: Platform, county: County) -> list[Story]:
    """The list lacks a child that was born since, which the register keeps and reports; it says another schooling of
    somebody, which the register takes over.
    """
    birth = county.lives.births[0]
    village = birth.household.village
    assert birth.member is not None
    rows = [row for status in ("registered", "exited") for row in await _exported(platform, village, status)]
    listed = [row for row in rows if row["证件号码"] != birth.member.document]
    adult = next(row for row in listed if row[_SCHOOL] == _WAS and _ADULTS[0] <= row["出生日期"][:4] <= _ADULTS[1])
    adult[_SCHOOL] = _IS
    path = f"{BASE}/reconciliations?division={village}&as_of={LISTED}"
    at = f"{BASE}/reconciliations/{(await platform.upload('county_office', path, _written(listed)))['id']}"
    await _while(platform, at, "comparing")
    grounds = {"accept": ("已向本人核实", "accept"), "keep": ("登记属实，国家系统未更新", "tell")}
    for decision, (ground, proposal) in grounds.items():
        body = {"decision": decision, "ground": ground, "proposal": proposal}
        await platform.post("county_office", f"{at}/bulk-decisions", body)
    state = await _while(platform, at, "open")
    told = (await platform.get("county_office", f"{at}/report", limit=1000))["items"]
    done = {(one["kind"], one["state"]): one["differences"] for one in state["counts"]}
    if done.get(("member", "accepted")) != 1 or birth.member.name not in {one["name"] for one in told}:
        raise CallFailed(f"the national system's list was not worked through as it should be: {done}")
    place = next(one.name for one in county.places if one.code == village)
    said = (
        f"{place}核对国家系统{LISTED.year}年{LISTED.month}月{LISTED.day}日名单：{state['households']}户中{state['same']}户一致；"
        f"{adult['姓名']}的文化程度按名单改为{_IS}；名单缺新生儿{birth.member.name}，以登记为准；须告知国家系统的共{len(told)}项"
    )
    return [Story("月度核对 a list of the national system compared", said, f"{at}/report")]


async def _while(platform: Platform, at: str, at_work: str) -> Any:
    """What something is once it is not at work any more."""
    for _ in range(600):
        await settle(platform)
        state = await platform.get("county_office", at)
        if state["state"] != at_work:
            return state
        await asyncio.sleep(0.2)
    raise CallFailed(f"{at} stays {at_work}")


async def _exported(platform: Platform, village: str, status: str) -> list[dict[str, str]]:
    """The village as the register has it: asked for, released by another person, fetched."""
    id = uuid5(NAMESPACE_OID, f"tuopin demonstration export {village} {status}")
    body = {"id": str(id), "division": village, "layout": "own", "kind": "csv", "status": status, "plain": True}
    await platform.post("county_office", f"{BASE}/exports", body | {"reason": "与国家系统月度核对"})
    await platform.post("county_leader", f"{BASE}/exports/{id}/decision", {"decision": "released", "ground": "同意"})
    await _while(platform, f"{BASE}/exports/{id}", "making")
    lines = (await platform.download("county_office", f"{BASE}/exports/{id}/file")).decode("utf-8-sig").splitlines()
    header = next(number for number, line in enumerate(lines) if "户编号" in line)
    return list(csv.DictReader(lines[header:]))


def _written(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
