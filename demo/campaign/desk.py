"""One village's desk in mid 2017: groups, labels, consents on paper, requests to correct; and an office's export."""

import asyncio
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from demo.campaign import evidence
from demo.client import CallFailed, Platform
from demo.generator.county import County

BASE = "/api/registry/v1"
TODAY = "2017-06-30"
_ALONE_FROM = "1952"  # born before it and alone: an old person who lives alone


async def serve(platform: Platform, county: County) -> None:
    """What a village keeps beside the register, for the first village of the county."""
    village = min(place.code for place in county.places if len(place.code) == 12)
    asked = {"division": village, "status": "registered", "limit": 200}
    people = (await platform.post("county_office", f"{BASE}/searches", asked))["items"]
    await _group(platform, village, sorted({one["household_id"] for one in people}))
    alone = [one for one in people if one["size"] == 1 and one["born"] < _ALONE_FROM]
    labels = [
        {"id": _id("label", one), "household_id": one["household_id"], "label": "独居老人户", "on": TODAY}
        | {"action": "set", "ground": "入户走访，独自居住"}
        for one in alone
    ]
    (await platform.decide("village_cadre", f"{BASE}/labels", labels)).all_accepted("labels")
    await _agree(platform, [one for one in people if one["relation"] == "户主"][:20])
    await _ask(platform, people[:2])
    await _export(platform, village)


async def _group(platform: Platform, village: str, homes: list[str]) -> None:
    """Three groups of the village, and who lives in which."""
    groups = [
        {
            "id": _id(name, village),
            "division": village,
            "kind": "group",
            "name": name,
            "valid_from": "2014-12-20",
        }
        | {"source": "村委会台账（演示数据）"}
        for name in ("一组", "二组", "三组")
    ]
    (await platform.decide("village_cadre", f"{BASE}/natural-villages", groups)).all_accepted("groups")
    lives = [
        {"id": home, "natural_village_id": groups[at * len(groups) // len(homes)]["id"], "valid_from": TODAY}
        for at, home in enumerate(homes)
    ]
    (await platform.decide("village_cadre", f"{BASE}/natural-villages/households", lives)).all_accepted("households")


async def _agree(platform: Platform, heads: list[dict[str, Any]]) -> None:
    """Heads of households sign that their data may be compared; the paper is kept with each."""
    named = [(one["division"], f"授权书 {one['person_id']}") for one in heads]
    papers = await evidence.kept(platform, "village_cadre", named)
    consents = [
        {"id": _id("consent", one), "person_id": one["person_id"], "given_on": TODAY}
        | {"purposes": ["registration", "data_check"], "evidence": papers[name]}
        for one, name in zip(heads, named, strict=True)
    ]
    (await platform.decide("village_cadre", f"{BASE}/consents", consents)).all_accepted("consents")


async def _ask(platform: Platform, people: list[dict[str, Any]]) -> None:
    """Two ask to have something corrected; one is answered, one waits."""
    requests = [
        {"id": _id("request", one), "person_id": one["person_id"], "asked_on": TODAY, "asked_by": "self"}
        | {"field": "land_mu", "wanted": "耕地面积应以承包合同为准"}
        for one in people
    ]
    (await platform.decide("village_cadre", f"{BASE}/correction-requests", requests)).all_accepted("requests")
    answer = {"id": _id("answer", people[0]), "request_id": requests[0]["id"], "accepted": False}
    answer["answer"] = "已核对承包合同，登记面积无误"
    (await platform.decide("town_cadre", f"{BASE}/correction-requests/answers", [answer])).all_accepted("answers")


async def _export(platform: Platform, village: str) -> None:
    """A workbook of the village leaves the platform, masked, with its reason on record."""
    id = _id("export", village)
    body = {"id": id, "division": village, "layout": "own", "kind": "workbook", "status": "registered"}
    await platform.post("county_office", f"{BASE}/exports", body | {"reason": "半年核对用表"})
    while (state := (await platform.get("county_office", f"{BASE}/exports/{id}"))["state"]) != "ready":
        if state == "failed":
            raise CallFailed("the export was not made")
        await asyncio.sleep(0.1)


def _id(what: str, about: dict[str, Any] | str) -> str:
    """An id that is the same in every run of the same county."""
    return str(
        uuid5(NAMESPACE_URL, f"tuopin demonstration {what} {about if isinstance(about, str) else about['person_id']}")
    )
