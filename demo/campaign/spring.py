"""Registry: what 2017 brings to families and villages, each told by what the services answer afterwards."""

from datetime import date, timedelta
from uuid import NAMESPACE_OID, uuid5

from demo.campaign import identifying
from demo.campaign.clock import advance, settle
from demo.campaign.registering import BASE, body_of
from demo.client import CallFailed, Platform
from demo.generator.changes import Change
from demo.generator.county import County
from demo.generator.lives import CORRECTED, OPENED, TOLD
from demo.story import Story

_MERGED, _RUN_OUT = date(2017, 3, 9), date(2017, 3, 16)
_LAND = "6.50"
_MERGER = uuid5(NAMESPACE_OID, "tuopin demonstration merger")


async def bear(platform: Platform, county: County) -> list[Story]:
    """Births in households that left poverty: they live on, and the number of those who left stays."""
    stories = []
    for change in county.lives.births:
        home = f"{BASE}/households/{change.household.id}"
        before = await platform.get("county_office", home)
        await _record(platform, county, [change])
        after = await platform.get("county_office", home)
        if (before["status"], after["status"], after["size"]) != ("exited", "exited", before["size"] + 1):
            raise CallFailed("a birth changed more of a household that left poverty than its size")
        sizes = f"{before['size']}人变为{after['size']}人"
        told = f"{_of(county, change)}（2016年脱贫）{_day(change.day)}新生儿：{sizes}，仍为脱贫户"
        stories.append(Story("脱贫户新生儿 birth in a household that left poverty", told, f"{home}/history"))
    return stories


async def hand_over(platform: Platform, county: County) -> list[Story]:
    """Heads hand over to a son; everybody's relation is what the register proposed beforehand."""
    stories = []
    for change in county.lives.handovers:
        home, heir = f"{BASE}/households/{change.household.id}", change.successor
        if heir is None:
            raise CallFailed("a change of the head without a new one")
        proposed = await platform.get("county_office", f"{home}/succession/{heir.id}", head_stays="true")
        said = {one["person_id"]: one["options"] for one in proposed}
        if any(relation not in (said[str(id)] or [relation]) for id, relation in change.relations.items()):
            raise CallFailed("the register proposes other relations to the new head than those of the family")
        names = {one.id: one.name for one in change.household.members}
        old = next(one for one in proposed if one["relation"] == "户主")
        await _record(platform, county, [change])
        relations = "、".join(f"{names[id]}为{relation}" for id, relation in change.relations.items())
        told = (
            f"{_of(county, change, old['name'])}{_day(change.day)}户主由{old['name']}变更为{heir.name}：{relations}"
        )
        stories.append(Story("户主变更 change of the head", told, f"{home}/history"))
    return stories


async def correct(platform: Platform, county: County) -> list[Story]:
    """The land of a household in which, as nobody has told yet, somebody died in February."""
    home = f"{BASE}/households/{county.lives.late[1].household.id}"
    version = (await platform.get("county_office", home))["version"]
    body = {"effective_on": CORRECTED.isoformat(), "ground": "承包合同核对", "land_mu": _LAND}
    await platform.patch("county_office", home, body, version)
    return []


async def tell_late(platform: Platform, county: County) -> list[Story]:
    """Deaths told in May, of before the close of their year and of before a correction of their household."""
    closed, corrected = county.lives.late
    return [
        await _after_the_close(platform, county, closed),
        await _before_a_correction(platform, county, corrected),
    ]


async def _after_the_close(platform: Platform, county: County, change: Change) -> Story:
    """A closed year keeps its figures and shows the death beside them."""
    before = await platform.get("auditor", f"{BASE}/years/2016")
    await _record(platform, county, [change])
    after = await platform.get("auditor", f"{BASE}/years/2016")
    kept = [{key: year[key] for key in ("opening", "closing", "bridge", "frozen")} for year in (before, after)]
    beside = sum(span["persons"] for span in after["corrections"])
    if kept[0] != kept[1] or beside != sum(span["persons"] for span in before["corrections"]) - 1:
        raise CallFailed("a death told after the close changed the closed year, or does not stand beside it")
    told = (
        f"{_of(county, change)}{_gone(change)}{_day(change.day)}死亡，{_day(TOLD)}才报：2016年已封账，年末"
        f"{after['closing']['persons']}人不变，另列封账后知晓{-beside}人，更正后{after['closing_now']['persons']}人"
    )
    return Story("封账后迟报死亡 death told after the year was closed", told, f"{BASE}/years/2016")


async def _before_a_correction(platform: Platform, county: County, change: Change) -> Story:
    """The death holds from its day on, and what was corrected later stands."""
    home, left = f"{BASE}/households/{change.household.id}", change.household.size
    await _record(platform, county, [change])
    eve = change.day - timedelta(1)
    days = (eve, change.day, CORRECTED, TOLD)
    then = [await platform.get("auditor", f"{home}/as-of", as_of=day.isoformat()) for day in days]
    lands = [one["facts"]["land_mu"] for one in then]
    if [one["size"] for one in then] != [left + 1, left, left, left] or lands[2:] != [_LAND, _LAND]:
        raise CallFailed("a death told late does not hold from its day on, or took back what was corrected later")
    told = (
        f"{_of(county, change)}{_gone(change)}{_day(change.day)}死亡，{_day(TOLD)}才报：自当日起"
        f"{left + 1}人变为{left}人，{_day(CORRECTED)}起更正的耕地面积{_LAND}亩仍然有效"
    )
    return Story("迟报死亡 death told after a later correction", told, f"{home}/history")


async def merge(platform: Platform, county: County) -> list[Story]:
    """A village becomes part of another while notices hang in it: the cases go on there and are decided there."""
    merger, both = county.lives.merger, county.lives.merger.cases
    ids = [str(case.id) for case in both]
    places = {place.code: place.name for place in county.places}
    openings = [identifying.opening(case) for case in both]
    (await platform.decide("village_cadre", f"{BASE}/cases", openings)).all_accepted("cases")
    for step in ("visit", "notice"):
        records = [
            identifying.visit(case, OPENED) if step == "visit" else {"kind": "notice", "place": "村务公开栏"}
            for case in both
        ]
        items = [identifying.step(case, step, record) for case, record in zip(both, records, strict=True)]
        (await platform.decide("village_cadre", identifying.STEPS, items)).all_accepted(step)
    await advance(platform, _MERGED)
    body = {
        "id": str(_MERGER),
        "codes": [merger.village],
        "into": {"code": merger.into},
        "day": _MERGED.isoformat(),
        "ground": "县民政局批复，两村合并",
    }
    await platform.post("county_office", f"{BASE}/divisions/mergers", body)
    await settle(platform)
    moved = await platform.get("county_office", f"{BASE}/divisions/redivisions/{_MERGER}")
    standing = [await platform.get("county_office", f"{BASE}/cases/{id}") for id in ids]
    if moved["finished_at"] is None or any(
        (case["division"], case["status"]) != (merger.into, "open") for case in standing
    ):
        raise CallFailed("the cases did not go over into the village that theirs became part of")
    await advance(platform, _RUN_OUT)
    for case in both:
        if refused := await identifying.sign(platform, county, case, merger.into):
            raise CallFailed(f"signatures after the merger: {refused}")
    listing = {"id": str(uuid5(_MERGER, "listing")), "step": "county_decision"}
    await identifying.approve(platform, listing, ids, _RUN_OUT.isoformat())
    decided = [await platform.get("county_office", f"{BASE}/cases/{id}") for id in ids]
    if {case["status"] for case in decided} != {"approved"}:
        raise CallFailed("a case whose village was merged was not decided")
    old, new = places[merger.village], places[merger.into]
    told = (
        f"{old}{_day(OPENED)}张榜公示拟纳入1户、拟剔除1户；{_day(_MERGED)}公示未满时并入{new}，随迁{moved['moved']}户；"
        f"公示在{new}期满，由{new}双签，{_day(_RUN_OUT)}县审定"
    )
    source = f"{BASE}/divisions/{merger.village}/lineage"
    return [Story("公示期间并村 village merged while a notice ran", told, source)]


async def _record(platform: Platform, county: County, some: list[Change]) -> None:
    items = [body_of(county, change) for change in some]
    (await platform.decide("county_office", f"{BASE}/changes", items)).all_accepted("changes")


def _of(county: County, change: Change, head: str | None = None) -> str:
    """Whose household it is, as people say it."""
    village = next(place.name for place in county.places if place.code == change.household.village)
    return f"{village}{head or change.household.members[0].name}户"


def _gone(change: Change) -> str:
    return f"（{change.leaves.relation}{change.leaves.name}）" if change.leaves else ""


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
