"""Lists of the national system for tests: villages of their own, the list of one, what differs, decisions."""

import csv
import itertools
from typing import Any

from tests.registry.test_exports import released
from tests.registry.test_import_compare import written
from tests.support.api import Api
from tests.support.imports import work
from tests.support.people import household, identity_number
from tests.support.world import enter, villages

TODAY, AS_OF = "2022-06-01", "2022-05-25"
TOWN, OTHER_TOWN = "220622105", "220622106"
_village = itertools.count(201)
Rows = list[dict[str, str]]


async def place(api: Api, town: str = TOWN) -> str:
    """A village of its own."""
    code = f"{town}{next(_village)}"
    await villages(api, code)
    return code


async def living(api: Api, village: str, *sizes: int, **facts: Any) -> list[dict[str, Any]]:
    homes = [household(size, village=village, **facts) for size in sizes]
    await enter(api, *homes)
    return homes


async def listed(api: Api, village: str) -> Rows:
    """What a list of the national system says that is up to date."""
    text = (await released(api, kind="csv", division=village)).decode("utf-8-sig").splitlines()
    header = next(number for number, one in enumerate(text) if "户编号" in one)
    return list(csv.DictReader(text[header:]))


def a_line(like: dict[str, str], **cells: str) -> dict[str, str]:
    """A line for somebody else, of the household of another line."""
    empty = {"人编号": "", "性别": "", "出生日期": "", "人联系电话": ""}
    return like | empty | {"证件号码": identity_number(), "姓名": "李某"} | cells


async def send(
    api: Api, rows: Rows | bytes, division: str, role: str = "county_office", caller: str = "220622", **query: str
) -> str:
    content = rows if isinstance(rows, bytes) else written(rows)
    async with api.client(role, division=caller) as client:
        params = {"division": division, "as_of": AS_OF, **query}
        answer = await client.post("/reconciliations", params=params, content=content)
    assert answer.status_code == 202, answer.text
    await work(api)
    id: str = answer.json()["id"]
    return id


async def state_of(api: Api, id: str, role: str = "county_office", division: str = "220622") -> dict[str, Any]:
    async with api.client(role, division=division) as client:
        answer = await client.get(f"/reconciliations/{id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def differing(api: Api, id: str, role: str = "county_office", caller: str = "220622", **query: str) -> Any:
    async with api.client(role, division=caller) as client:
        answer = await client.get(f"/reconciliations/{id}/differences", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def decide(
    api: Api,
    id: str,
    *items: dict[str, Any],
    role: str = "county_office",
    caller: str = "220622",
    subject: str = "clerk",
) -> list[dict[str, Any]]:
    async with api.client(role, division=caller, subject=subject) as client:
        answer = await client.post(f"/reconciliations/{id}/decisions", json={"items": list(items)})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def takes(one: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": one["id"], "decision": "accept", "ground": "已向农户核实", **more}


def keeps(one: dict[str, Any]) -> dict[str, Any]:
    return {"id": one["id"], "decision": "keep", "ground": "以村里核实的为准"}


async def members(api: Api, home: dict[str, Any]) -> list[tuple[str, str]]:
    async with api.client("county_office") as client:
        answer = (await client.get(f"/households/{home['id']}")).json()
    return sorted((one["relation"], one["name"]) for one in answer["members"])


async def facts(api: Api, home: dict[str, Any]) -> dict[str, Any]:
    async with api.client("county_office") as client:
        return (await client.get(f"/households/{home['id']}")).json()
