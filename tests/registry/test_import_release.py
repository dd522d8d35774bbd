"""What is new in an imported file is on the register when another person has released it, and counted then."""

import asyncio
import json
from typing import Any

import pytest
from httpx import Response

from shared.http.paging import encode
from shared.names.ids import uuid7
from tests.registry.test_completing import HEADER as COMPLETING
from tests.registry.test_completing import line
from tests.registry.test_imports import file, home
from tests.registry.test_workbooks import book
from tests.support.api import Api
from tests.support.imports import load_import, release_import, send_import, state_of, work
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.world import move_clock, register, villages

# Counties of their own for what is closed or ruled otherwise in them.
COUNTY, TOWN = VILLAGE[:6], VILLAGE[:9]
DAY = "2014-10-01"


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-05-02")


async def elsewhere(api: Api, county: str) -> str:
    """A village of another county."""
    village = f"{county}100201"
    async with api.client("county_office", division=county) as client:
        item = {"code": village, "name": "外村", "valid_from": "2000-01-01"}
        assert (await client.post("/divisions", json={"items": [item]})).status_code == 200
    return village


async def ruled(api: Api, division: str, level: str | None) -> None:
    """A county's own rule of who registers a household directly."""
    owner = await api.owner()
    try:
        await owner.execute(
            """INSERT INTO policy (id, key, division, valid_from, version, value, zh, en, source)
            VALUES ($1, 'changes.direct', $2, '2014-01-01', 1, $3::jsonb, '本县规定', 'of this county', 'test')""",
            uuid7(),
            division,
            json.dumps({"identified": level}),
        )
    finally:
        await owner.close()


async def sent(api: Api, content: str, query: str = "", *, by: str = "sender", at: str = COUNTY) -> dict[str, Any]:
    """Send a file and have it checked."""
    role = "county_office" if len(at) == len(COUNTY) else "town_cadre"
    async with api.client(role, subject=by, division=at) as client:
        return await send_import(api, client, content.encode(), query)


async def decide(
    api: Api,
    id: str,
    decision: str = "released",
    *,
    by: str = "releaser",
    at: str = COUNTY,
    role: str = "county_leader",
) -> Response:
    async with api.client(role, subject=by, division=at) as client:
        return await client.post(f"/imports/{id}/decision", json={"decision": decision, "ground": "已核对"})


async def read(api: Api, id: str, at: str = COUNTY) -> dict[str, Any]:
    async with api.client("county_office", "auditor", division=at) as client:
        return await state_of(client, id)


async def close(api: Api, county: str, year: int = 2014) -> None:
    async with api.client("county_leader", division=county) as client:
        answer = await client.post("/year-closings", json={"division": county, "year": year})
    assert answer.status_code == 201, answer.text


async def there(api: Api, *homes: list[dict[str, str]]) -> int:
    """How many of these households are on the register."""
    numbers = [lines[0]["户编号"] for lines in homes]
    return await api.worker.pool.fetchval("SELECT count(*) FROM household WHERE number = ANY($1)", numbers)


async def direct(api: Api, year: int = 2014) -> int:
    async with api.client("auditor") as client:
        return int((await client.get("/figures/decided-directly", params={"year": year})).json()["value"])


async def tasks(api: Api, role: str, by: str, at: str = COUNTY, **query: Any) -> list[dict[str, Any]]:
    async with api.client(role, subject=by, division=at) as client:
        return (await client.get("/tasks", params={"kind": "import", **query})).json()["items"]


def slug(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("urn:tuopin:problem:")


async def test_nothing_is_on_the_register_before_another_person_releases_it(registry: Api):
    good, other = home(2), home(1)
    state = await sent(registry, file(good, other))
    assert (state["state"], state["status"], state["created"], state["persons"]) == ("waiting", "done", 2, 3)
    assert (state["asked_by"], state["level"], state["due_on"]) == ("sender", "county", "2016-05-12")
    assert await there(registry, good, other) == 0
    answer = await decide(registry, state["id"])
    assert (answer.status_code, answer.json()["state"]) == (202, "loading")
    await work(registry)
    loaded = await read(registry, state["id"])
    assert (loaded["state"], loaded["created"], loaded["persons"]) == ("done", 2, 3)
    assert (loaded["recorded_by"], loaded["asked_by"], loaded["decided_by"]) == ("sender", "sender", "releaser")
    assert (loaded["decision"], loaded["ground"]) == ("released", "已核对")
    assert await there(registry, good, other) == 2


async def test_who_releases_reads_what_is_new_with_masked_numbers_and_that_is_on_record(registry: Api):
    known = home(1)
    async with registry.client("county_office", subject="sender") as client:
        await load_import(registry, client, file(known).encode())
    homes = [home(2), home(1, 与户主关系="邻居"), home(1), home(3), home(1)]
    state = await sent(registry, file(*homes[:2], known, *homes[2:]), "mode=accept_good")
    read_page, found, cursor = f"/imports/{state['id']}/households", [], ""
    async with registry.client("county_leader", subject="releaser") as client:
        whole = (await client.get(read_page)).json()
        while cursor is not None:
            page = (await client.get(f"{read_page}?limit=1{cursor and '&cursor=' + cursor}")).json()
            found, cursor = found + page["items"], page["next"]
        forged = await client.get(read_page, params={"cursor": encode([7, 1])})
    assert (whole["items"], whole["next"]) == (found, None)
    new = [homes[0], *homes[2:]]
    assert [one["number"] for one in found] == [lines[0]["户编号"] for lines in new]
    assert [(one["line"], one["division"]) for one in found] == [(line, VILLAGE) for line in (2, 6, 7, 10)]
    assert [len(one["members"]) for one in found] == [2, 1, 3, 1]
    number = new[0][0]["证件号码"]
    assert number not in json.dumps(whole)
    assert found[0]["members"][0]["identity_number"].startswith(number[:6])
    assert forged.status_code in (200, 400)
    async with registry.client("auditor") as client:
        record = (await client.get("/audit", params={"kind": "import", "id": state["id"]})).json()["items"]
    assert "releaser" in {one["actor"] for one in record if one["reason"] == "households of the file"}
    await decide(registry, state["id"], "refused")
    async with registry.client("county_leader", subject="releaser") as client:
        assert slug(await client.get(read_page)) == (409, "nothing-to-read")


async def test_what_was_imported_is_counted_as_decided_directly_and_names_who_released_it(registry: Api):
    before = await direct(registry)
    good = home(1)
    state = await sent(registry, file(good, home(2)))
    assert await direct(registry) == before
    await decide(registry, state["id"])
    await work(registry)
    assert await direct(registry) == before + 2
    row = await registry.worker.pool.fetchrow(
        "SELECT c.through, c.recorded_by FROM change c JOIN household h ON h.id = c.household_id WHERE h.number = $1",
        good[0]["户编号"],
    )
    assert tuple(row) == ("direct", "releaser")
    async with registry.client("auditor") as client:
        record = (await client.get("/audit", params={"kind": "import", "id": state["id"]})).json()["items"]
    acts = {one["action"]: one for one in record}
    assert {"import.started", "import.asked", "import.released"} <= acts.keys()
    assert acts["import.asked"]["actor"] == "sender"
    assert (acts["import.released"]["actor"], acts["import.released"]["after"]["asked_by"]) == ("releaser", "sender")


@pytest.mark.parametrize("spelling", ["sender", "SENDER", " Sender "])
async def test_who_sent_or_asked_does_not_release_it_in_whatever_spelling(registry: Api, spelling: str):
    good = home(1)
    state = await sent(registry, file(good))
    answer = await decide(registry, state["id"], by=spelling, role="county_office")
    assert slug(answer) == (403, "separate-people")
    preview = await sent(registry, file(home(1)), "preview=true")
    async with registry.client("county_office", subject="colleague") as client:
        asked = await client.post(f"/imports/{preview['id']}/loading")
        again = await client.post(f"/imports/{preview['id']}/loading")
    assert (asked.status_code, asked.json()["state"], asked.json()["asked_by"]) == (202, "waiting", "colleague")
    assert (again.status_code, again.json()["state"]) == (202, "waiting")
    for who in (spelling, "colleague"):
        assert slug(await decide(registry, preview["id"], by=who, role="county_office")) == (403, "separate-people")
    assert await there(registry, good) == 0


async def test_a_refused_import_leaves_nothing_and_its_file_is_dropped(registry: Api):
    good = home(1)
    state = await sent(registry, file(good, home(1, 与户主关系="邻居")), "mode=accept_good")
    async with registry.client("county_leader", subject="releaser") as client:
        unsaid = await client.post(f"/imports/{state['id']}/decision", json={"decision": "refused"})
    assert unsaid.status_code == 422
    answer = await decide(registry, state["id"], "refused")
    assert (answer.status_code, answer.json()["state"], answer.json()["marked"]) == (202, "refused", False)
    assert slug(await decide(registry, state["id"])) == (409, "import-decided")
    await work(registry)
    assert await there(registry, good) == 0
    pieces = "SELECT count(*) FROM file_chunk c JOIN data_file f ON c.file_id IN (f.id, f.sent) WHERE f.id = $1"
    assert await registry.worker.pool.fetchval(pieces, state["id"]) == 0


async def test_the_same_release_again_changes_nothing_and_nobody_else_decides_again(registry: Api):
    good = home(1)
    state = await sent(registry, file(good))
    first, again = await decide(registry, state["id"]), await decide(registry, state["id"])
    assert (first.status_code, again.status_code) == (202, 202)
    assert slug(await decide(registry, state["id"], by="third")) == (409, "import-decided")
    assert slug(await decide(registry, state["id"], "refused")) == (409, "import-decided")
    await work(registry)
    assert slug(await decide(registry, state["id"], by="third")) == (409, "import-decided")
    jobs = "SELECT count(*) FROM job WHERE kind = 'import' AND args ->> 'import_id' = $1"
    assert await registry.worker.pool.fetchval(jobs, state["id"]) == 2
    assert await there(registry, good) == 1


async def test_of_two_who_release_at_the_same_moment_one_does(registry: Api):
    state = await sent(registry, file(home(1)))
    answers = await asyncio.gather(*(decide(registry, state["id"], by=who) for who in ("one", "other")))
    assert sorted(answer.status_code for answer in answers) == [202, 409]
    await work(registry)
    loaded = await read(registry, state["id"])
    assert (loaded["state"], loaded["created"]) == ("done", 1)


async def test_what_is_not_checked_or_not_asked_for_is_not_released(registry: Api):
    async with registry.client("county_office", subject="sender") as client:
        id = (await client.post("/imports", content=file(home(1)).encode())).json()["id"]
    assert (await read(registry, id))["state"] == "checking"
    assert slug(await decide(registry, id)) == (409, "import-not-waiting")
    await work(registry)
    preview = await sent(registry, file(home(1)), "preview=true")
    assert preview["state"] == "checked"
    assert slug(await decide(registry, preview["id"])) == (409, "import-not-waiting")


async def test_where_nothing_is_new_nobody_is_asked(registry: Api):
    good = home(1)
    async with registry.client("county_office", subject="sender") as client:
        await load_import(registry, client, file(good).encode())
    again = await sent(registry, file(good))
    wrong = await sent(registry, file(home(1), home(1, 与户主关系="邻居")))
    assert (again["state"], again["asked_by"], again["unchanged"]) == ("done", None, 1)
    assert (wrong["state"], wrong["asked_by"], wrong["created"], wrong["rejected"]) == ("done", None, 0, 1)
    preview = await sent(registry, file(good), "preview=true")
    async with registry.client("county_office", subject="sender") as client:
        assert slug(await client.post(f"/imports/{preview['id']}/loading")) == (409, "nothing-new")


async def test_an_office_below_the_level_of_the_policy_does_not_release(registry: Api):
    good = home(1)
    state = await sent(registry, file(good), at=TOWN)
    assert (state["state"], state["level"]) == ("waiting", "county")
    low = await decide(registry, state["id"], at=TOWN, role="town_cadre")
    assert slug(low) == (403, "level-forbidden")
    assert "县级" in low.text
    assert slug(await decide(registry, state["id"], at=OTHER_VILLAGE[:9], role="town_cadre")) == (
        404,
        "no-such-import",
    )
    await decide(registry, state["id"])
    await work(registry)
    assert await there(registry, good) == 1


async def test_a_township_releases_where_its_county_lets_it(registry: Api):
    village = await elsewhere(registry, "220631")
    await ruled(registry, "220631", "town")
    good = home(1, 行政村代码=village)
    state = await sent(registry, file(good), at=village[:9])
    assert state["level"] == "town"
    waiting = await tasks(registry, "town_cadre", "town releaser", village[:9], mine=True)
    assert [one["id"] for one in waiting] == [state["id"]]
    assert (await decide(registry, state["id"], at=village[:9], role="town_cadre")).status_code == 202
    await work(registry)
    assert await there(registry, good) == 1


async def test_a_year_that_is_closed_is_refused_in_the_check_at_its_line(registry: Api):
    village = await elsewhere(registry, "220632")
    await close(registry, "220632")
    late, good = home(1, 行政村代码=village), home(1, 行政村代码=village, 识别日期="2015-03-01")
    state = await sent(registry, file(late, good), "mode=accept_good", at="220632")
    assert (state["state"], state["created"], state["rejected"]) == ("waiting", 1, 1)
    [error] = state["errors"]
    assert (error["line"], error["field"], error["rule"]) == (2, "识别日期", "an open year")
    assert error["zh"] == "2014年已封账，任何户不得再在该年及以前进入或退出登记库"
    whole = await sent(registry, file(late), at="220632")
    assert (whole["state"], whole["created"], whole["rejected"]) == ("done", 0, 1)


@pytest.mark.parametrize(("county", "mode"), [("220633", "all_or_nothing"), ("220634", "accept_good")])
async def test_a_year_that_is_closed_between_asking_and_releasing_is_refused_in_the_load(
    registry: Api, county: str, mode: str
):
    village = await elsewhere(registry, county)
    late, good = home(1, 行政村代码=village), home(1, 行政村代码=village, 识别日期="2015-03-01")
    state = await sent(registry, file(good, late), f"mode={mode}", at=county)
    assert (state["state"], state["created"]) == ("waiting", 2)
    await close(registry, county)
    assert (await decide(registry, state["id"], at=county)).status_code == 202
    await work(registry)
    done = await read(registry, state["id"], county)
    assert await there(registry, late) == 0
    if mode == "all_or_nothing":
        assert (done["state"], done["problem"]["type"]) == ("failed", "urn:tuopin:problem:in-closed-year")
        assert await there(registry, good) == 0
    else:
        assert (done["state"], done["created"], done["rejected"]) == ("done", 1, 1)
        assert [error["rule"] for error in done["errors"]] == ["an open year"]
        assert await there(registry, good) == 1


async def test_a_household_table_is_loaded_by_whoever_sends_it(registry: Api):
    body = await register(registry)
    async with registry.client("county_office", subject="sender") as client:
        content = book([line(body["number"])], header=COMPLETING)
        state = await send_import(registry, client, content, "mode=accept_good")
    assert (state["state"], state["corrected"], state["asked_by"]) == ("done", 1, None)
    assert slug(await decide(registry, state["id"])) == (409, "import-not-waiting")


async def test_what_waits_is_a_task_of_the_offices_that_may_release_it_and_not_of_who_asked(registry: Api):
    state = await sent(registry, file(home(2)), at=TOWN, by="town sender")
    [task] = [one for one in await tasks(registry, "county_leader", "chief", mine=True) if one["id"] == state["id"]]
    assert (task["level"], task["due_on"], task["division"]) == ("county", "2016-05-12", TOWN)
    assert (task["zh"], task["link"]) == ("待批准：批量导入1户2人", f"/api/registry/v1/imports/{state['id']}")
    assert state["id"] not in [one["id"] for one in await tasks(registry, "county_office", "TOWN sender ")]
    assert await tasks(registry, "town_cadre", "a colleague", TOWN, mine=True) == []
    await release_import(registry, state["id"])
    assert state["id"] not in [one["id"] for one in await tasks(registry, "county_leader", "chief")]


async def test_the_file_is_kept_until_the_day_by_which_it_is_released_and_then_expires(registry: Api):
    good, other = home(1), home(1)
    in_time, late = await sent(registry, file(good)), await sent(registry, file(other))
    preview = await sent(registry, file(home(1)), "preview=true")
    await move_clock(registry, in_time["due_on"])
    await work(registry)
    assert (await read(registry, preview["id"]))["state"] == "expired"
    assert (await decide(registry, in_time["id"])).status_code == 202
    await work(registry)
    assert await there(registry, good) == 1
    await move_clock(registry, "2016-05-13")
    assert (await read(registry, late["id"]))["state"] == "expired"
    refused = await decide(registry, late["id"])
    assert slug(refused) == (409, "import-expired")
    assert refused.json()["title"] == "该导入已过期，文件已删除，请重新上传"
    assert late["id"] not in [one["id"] for one in await tasks(registry, "county_leader", "chief")]
    await work(registry)
    left = "SELECT count(*) FROM file_chunk WHERE file_id = $1"
    assert await registry.worker.pool.fetchval(left, late["id"]) == 0
    assert (await read(registry, late["id"]))["state"] == "expired"
    async with registry.client("county_office", subject="sender") as client:
        assert slug(await client.post(f"/imports/{late['id']}/loading")) == (409, "import-expired")
