"""Household certificates: issued once for what is true, printed as kept, verified without telling anything."""

import asyncio
import re
from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.http.public import TooOften, Turns
from shared.names.ids import uuid7
from shared.process.app import side_by_side
from tests.registry import test_plans as plans
from tests.registry.test_changes import change
from tests.support.api import Api
from tests.support.papers import PDF, PNG, png
from tests.support.pdf import pages
from tests.support.people import OTHER_VILLAGE, VILLAGE, member
from tests.support.serving import served
from tests.support.staffing import assign, charge, organisation, person
from tests.support.world import by_two, register, villages

TOWN = VILLAGE[:9]


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)


async def issue(
    api: Api, *households: dict[str, Any], renew: bool = False, division: str = "220622"
) -> list[dict[str, Any]]:
    body = {"items": [{"id": home["id"]} for home in households], "reason": "首次发证", "renew": renew}
    role = "county_office" if len(division) == 6 else "town_cadre"
    async with api.client(role, division=division) as client:
        answer = await client.post("/certificates", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def certificates(api: Api, household: dict[str, Any]) -> list[dict[str, Any]]:
    async with api.client("auditor") as client:
        return (await client.get("/certificates", params={"household_id": household["id"]})).json()["items"]


async def printed(api: Api, serial: str, role: str = "town_cadre", division: str = TOWN) -> httpx.Response:
    async with api.client(role, division=division) as client:
        return await client.get(f"/certificates/{serial}/pdf")


async def verify(api: Api, code: Any, role: str = "bank", division: str = "310101") -> dict[str, Any]:
    async with api.client(role, division=division) as client:
        answer = await client.get(f"/verifications/{code}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def code_of(api: Api, serial: str) -> Any:
    return await api.worker.pool.fetchval("SELECT code FROM certificate WHERE serial = $1", serial)


async def leaves(api: Api, home: dict[str, Any], *, reason: str = "wrongly_included") -> None:
    removal = {
        "id": str(uuid7()),
        "kind": "removal",
        "household_id": home["id"],
        "effective_on": "2014-11-20",
        "reason": reason,
        "ground": "回头看核实",
    }
    (answer,) = await by_two(api, removal, role="county_office")
    assert answer["status"] == "accepted", answer


async def test_a_certificate_says_who_lives_in_the_household_and_why_it_is_poor_with_masked_numbers(registry: Api):
    home = await register(registry, 3, main_cause="因学", income="2345.60", land_mu="4.5")
    assert [one["status"] for one in await issue(registry, home)] == ["accepted"]
    (kept,) = await certificates(registry, home)
    answer = await printed(registry, kept["serial"])
    assert answer.headers["content-type"] == PDF
    (text,) = pages(answer.content)
    for said in (home["number"], kept["serial"], "因学", "2345.60元/年", "4.5亩", "村201", "户主", "2014年11月1日"):
        assert said.replace(" ", "") in text
    for one in home["members"]:
        number = one["identity_number"]
        assert number not in text
        assert number[-4:] in text or number[:6] in text
    assert home["phone"] not in text
    assert home["bank_card"] not in text


@pytest.mark.parametrize("name", ["#eval(1)", "=cmd()", "*bold*", '"]; #panic()'])
async def test_a_name_is_printed_as_it_is_whatever_it_looks_like(registry: Api, name: str):
    home = await register(registry, members=[member(name=name)])
    await issue(registry, home)
    (kept,) = await certificates(registry, home)
    assert "".join(name.split()) in pages((await printed(registry, kept["serial"])).content)[0]


async def test_the_same_certificate_printed_twice_is_the_same_to_the_last_byte(registry: Api):
    home = await register(registry)
    await issue(registry, home)
    (kept,) = await certificates(registry, home)
    first, again = [(await printed(registry, kept["serial"])).content for _ in range(2)]
    assert first == again


async def test_a_certificate_that_still_says_what_is_true_is_not_replaced_unless_it_was_lost(registry: Api):
    home = await register(registry)
    outcomes = [(await issue(registry, home, renew=renew))[0]["status"] for renew in (False, False, True)]
    assert outcomes == ["accepted", "unchanged", "accepted"]
    assert sorted(one["standing"] for one in await certificates(registry, home)) == ["superseded", "valid"]


async def test_a_new_certificate_supersedes_the_old_one_which_still_prints_what_it_said(registry: Api):
    home = await register(registry, main_cause="因病")
    await issue(registry, home)
    (before,) = await certificates(registry, home)
    async with registry.client("county_office") as client:
        patch = {"effective_on": "2014-11-20", "ground": "入户核实", "main_cause": "因残"}
        patched = await client.patch(f"/households/{home['id']}", json=patch, headers={"If-Match": '"1"'})
        assert patched.status_code == 200, patched.text
    await issue(registry, home)
    now = next(one for one in await certificates(registry, home) if one["standing"] == "valid")
    codes = [await code_of(registry, one["serial"]) for one in (before, now)]
    assert [(await verify(registry, code))["standing"] for code in codes] == ["superseded", "valid"]
    old, new = [pages((await printed(registry, one["serial"])).content)[0] for one in (before, now)]
    assert "因病" in old
    assert "因残" not in old
    assert "因残" in new


async def test_verification_tells_anybody_whether_it_stands_and_nothing_of_the_household(registry: Api):
    home = await register(registry, 2)
    await issue(registry, home)
    (kept,) = await certificates(registry, home)
    code = await code_of(registry, kept["serial"])
    answer = await verify(registry, code)
    # As it is printed: in groups of four.
    gaps = " ".join(code.hex[at : at + 4] for at in range(0, 32, 4))
    assert await verify(registry, gaps) == answer
    assert answer == {
        "standing": "valid",
        "since": kept["issued_on"],
        "issued_on": kept["issued_on"],
        "division": VILLAGE,
        "village": "村201",
    }
    assert (await verify(registry, uuid7())) == {
        "standing": "unknown",
        "since": None,
        "issued_on": None,
        "division": None,
        "village": None,
    }


async def test_the_certificate_of_a_household_that_was_removed_no_longer_stands_and_none_is_issued(registry: Api):
    home = await register(registry)
    await issue(registry, home)
    (kept,) = await certificates(registry, home)
    await leaves(registry, home)
    assert (await verify(registry, await code_of(registry, kept["serial"])))["standing"] == "withdrawn"
    (refused,) = await issue(registry, home, renew=True)
    assert refused["problem"]["type"] == "urn:tuopin:problem:household-removed"


async def test_serials_are_a_row_without_gaps_in_a_village_and_year(registry: Api):
    village = "220622100211"
    await villages(registry, village)
    homes = [await register(registry, village=village) for _ in range(3)]
    await issue(registry, homes[0])
    await issue(registry, *homes[1:])
    serials = sorted([(await certificates(registry, home))[0]["serial"] for home in homes])
    assert serials == [f"{village}-2014-{number:05d}" for number in (1, 2, 3)]


async def test_a_certificate_names_the_helper_and_the_measures_and_is_renewed_when_they_change(registry: Api):
    home = await register(registry, main_cause="因病")
    await issue(registry, home)
    await plans.in_force(registry, home, plans.measure("medical", "因病", what="大病医疗救助"), exit_year=2016)
    assert [one["status"] for one in await issue(registry, home)] == ["accepted"]
    await assign(
        registry,
        charge("helper", await person(registry, await organisation(registry)), "2014-11-30", household_id=home["id"]),
    )
    assert [one["status"] for one in await issue(registry, home)] == ["accepted"]
    now = next(one for one in await certificates(registry, home) if one["standing"] == "valid")
    (text,) = pages((await printed(registry, now["serial"])).content)
    for said in ("大病医疗救助", "计划脱贫年度2016年", "电话13900001111", "帮扶责任人"):
        assert said in text


async def test_two_who_issue_at_once_leave_one_valid_certificate_a_household(registry: Api):
    homes = [await register(registry) for _ in range(4)]
    await asyncio.gather(*(issue(registry, *order, renew=True) for order in (homes, homes[::-1], homes)))
    for home in homes:
        standings = [one["standing"] for one in await certificates(registry, home)]
        assert standings.count("valid") == 1


async def test_a_whole_division_is_issued_at_once_and_again_only_where_something_changed(registry: Api):
    village = "220622100212"
    await villages(registry, village)
    homes = [await register(registry, village=village) for _ in range(3)]
    body = {"division": village, "reason": "全村发证"}
    async with registry.client("town_cadre", division=TOWN) as client:
        first = (await client.post("/certificate-rounds", json=body)).json()
        added = await register(registry, village=village)
        again = (await client.post("/certificate-rounds", json=body)).json()
        sheets = await client.get(f"/certificate-sheets/{village}")
    assert first == {"division": village, "issued": 3, "unchanged": 0, "unprintable": []}
    assert again == {"division": village, "issued": 1, "unchanged": 3, "unprintable": []}
    texts = pages(sheets.content)
    assert len(texts) == 4
    for home in [*homes, added]:
        assert sum(home["number"] in text for text in texts) == 1


async def test_nobody_issues_prints_or_lists_for_the_next_town_or_county(registry: Api):
    home = await register(registry, village=OTHER_VILLAGE)
    await issue(registry, home)
    (kept,) = await certificates(registry, home)
    assert (await printed(registry, kept["serial"])).status_code == 404
    (refused,) = await issue(registry, home, division=TOWN)
    assert refused["problem"]["type"] == "urn:tuopin:problem:no-such-household"
    async with registry.client("town_cadre", division=TOWN) as client:
        body = {"division": OTHER_VILLAGE, "reason": "全村发证"}
        assert (await client.post("/certificate-rounds", json=body)).status_code == 403
        assert (await client.get(f"/certificate-sheets/{OTHER_VILLAGE}")).status_code == 403
        assert (await client.get(f"/certificates?household_id={home['id']}")).json()["items"] == []


async def test_who_issued_and_who_printed_stays_on_record(registry: Api):
    home = await register(registry)
    await issue(registry, home)
    (kept,) = await certificates(registry, home)
    await printed(registry, kept["serial"])
    seen = await registry.worker.pool.fetch(
        "SELECT action, object_kind FROM audit_entry WHERE object_id = $1 OR reason = $2 ORDER BY id",
        kept["serial"],
        f"certificate {kept['serial']}",
    )
    assert [tuple(row) for row in seen] == [("certificate.issued", "certificate"), ("read", "household")]


async def scanned(api: Api, code: Any) -> httpx.Response:
    """The public page, as a phone without a token reads it."""
    async with api.client("auditor") as client:
        del client.headers["Authorization"]
        return await client.get(f"/verify/{code}")


def told(page: str) -> list[str]:
    """The lines of text on a page."""
    body = page.split("<body>")[1]
    return [line for line in (re.sub(r"<[^>]*>", "", one).strip() for one in body.splitlines()) if line]


async def test_whoever_scans_a_certificate_reads_how_it_stands_and_since_when_without_a_token(registry: Api):
    lost, gone = await register(registry, 2), await register(registry)
    await issue(registry, lost, gone)
    (first,), (other,) = await certificates(registry, lost), await certificates(registry, gone)
    code, issued = await code_of(registry, first["serial"]), date.fromisoformat(first["issued_on"])
    day = f"{issued.year}年{issued.month}月{issued.day}日"
    answer = await scanned(registry, code)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert told(answer.text) == ["建档立卡贫困户登记证核验", "有效", f"自何时起：{day}", "本证真实有效。"]
    for secret in (lost["number"], first["serial"], "村201", VILLAGE, *(one["name"] for one in lost["members"])):
        assert secret not in answer.text
    await issue(registry, lost, renew=True)
    assert told((await scanned(registry, code)).text)[1:3] == ["已换发", f"自何时起：{day}"]
    await leaves(registry, gone)
    withdrawn = told((await scanned(registry, await code_of(registry, other["serial"]))).text)
    assert withdrawn[1:] == ["已作废", f"自何时起：{max('2014年11月20日', day)}", "本证已作废，不再作为凭证。"]


async def test_a_code_that_nobody_has_and_one_that_is_none_are_answered_alike(registry: Api):
    unknown, no_code = await scanned(registry, uuid4()), await scanned(registry, "不是编码")
    assert (unknown.status_code, no_code.status_code) == (200, 200)
    assert unknown.text == no_code.text
    assert told(unknown.text)[1:3] == ["查无此证", "自何时起：—"]
    home = await register(registry)
    await issue(registry, home)
    known = await scanned(registry, await code_of(registry, (await certificates(registry, home))[0]["serial"]))
    assert re.sub(r"<p.*", "", known.text) == re.sub(r"<p.*", "", unknown.text)
    assert known.headers.keys() == unknown.headers.keys()


async def test_a_county_that_does_not_want_it_closes_the_public_page(registry: Api):
    village = "220622100214"
    await villages(registry, village)
    home = await register(registry, village=village)
    await issue(registry, home)
    code = await code_of(registry, (await certificates(registry, home))[0]["serial"])
    owner = await registry.owner()
    try:
        await owner.execute(
            """INSERT INTO policy (id, key, division, valid_from, version, value, zh, en, source) VALUES
            (gen_random_uuid(), 'certificate.public_page', $1, '2014-01-01', 7, 'false', '关', 'off', 'test')""",
            village,
        )
    finally:
        await owner.close()
    assert told((await scanned(registry, code)).text)[1:] == [
        "未开放核验",
        "自何时起：—",
        "本县未开放网上核验，请向发证的乡镇核实。",
    ]


async def test_a_certificate_that_names_a_dead_head_is_listed_to_be_printed_anew(registry: Api):
    home = await register(registry, members=[member(), member("配偶") | {"name": "李秀某"}])
    await issue(registry, home)
    (before,) = await certificates(registry, home)
    death = change("member_left", home["id"], "2014-11-25", "death", person_id=home["members"][0]["id"])
    died = death | {"successor_id": home["members"][1]["id"]}
    assert (await by_two(registry, died, role="town_cadre"))[0]["status"] == "accepted"
    async with registry.client("county_office") as client:
        listed = (await client.get("/certificates", params={"standing": "outdated"})).json()["items"]
    assert [one["serial"] for one in listed if one["household_id"] == home["id"]] == [before["serial"]]
    assert told((await scanned(registry, await code_of(registry, before["serial"]))).text)[1] == "应换发"
    await issue(registry, home)
    assert sorted(one["standing"] for one in await certificates(registry, home)) == ["superseded", "valid"]


async def test_a_name_that_cannot_be_printed_is_refused_before_anything_is_issued(registry: Api):
    village = "220622100213"
    await villages(registry, village)
    rare = await register(registry, members=[member(name="王\U0002b740")], village=village)
    plain = await register(registry, members=[member(name="王𠮷")], village=village)
    refused, issued = await issue(registry, rare, plain)
    assert (refused["problem"]["type"], refused["problem"]["characters"]) == (
        "urn:tuopin:problem:name-unprintable",
        "\U0002b740",
    )
    assert issued["status"] == "accepted"
    async with registry.client("town_cadre", division=TOWN) as client:
        told_of = (await client.post("/certificate-rounds", json={"division": village, "reason": "发证"})).json()
    assert told_of["unprintable"] == [
        {"household_id": rare["id"], "number": rare["number"], "characters": "\U0002b740"}
    ]
    assert await certificates(registry, rare) == []


async def test_a_certificate_has_its_title_issuer_health_and_a_page_with_the_photos_of_its_household(registry: Api):
    home = await register(registry, 1)
    async with registry.client("village_cadre", division=VILLAGE) as client:
        sent = await client.post(
            "/attachments", params={"household_id": home["id"]}, content=png(64, 48), headers={"Content-Type": PNG}
        )
        assert sent.status_code in (200, 201), sent.text
    await issue(registry, home)
    (kept,) = await certificates(registry, home)
    first, photos = pages((await printed(registry, kept["serial"])).content)
    for said in ("建档立卡贫困户登记证", "扶贫开发领导小组办公室", "健康状况", "其他致贫原因", "是否危房"):
        assert said in first
    assert "照片页" in photos
    assert home["number"] in photos


def test_an_address_that_asks_too_often_waits_a_minute_and_others_do_not():
    now = [0.0]
    turns = Turns(lambda: now[0])
    for _ in range(3):
        turns.take("10.0.0.1", 3)
    with pytest.raises(TooOften):
        turns.take("10.0.0.1", 3)
    turns.take("10.0.0.2", 3)
    now[0] = 61.0
    turns.take("10.0.0.1", 3)


async def test_whoever_scans_too_often_waits_and_is_counted_by_the_address_that_the_gateway_says(registry: Api):
    address = f"10.1.2.{uuid4().int % 250}"
    async with served(side_by_side({registry.service.base: registry.app})) as (base, _):
        path = f"{base}{registry.service.base}/verify/{uuid4()}"
        async with httpx.AsyncClient(trust_env=False) as phone:
            most = registry.settings.public_a_minute
            answers = [await phone.get(path, headers={"X-Forwarded-For": address}) for _ in range(most + 1)]
            other = await phone.get(path, headers={"X-Forwarded-For": "10.9.9.9"})
    assert [answer.status_code for answer in answers] == [200] * most + [429]
    assert answers[-1].json()["title"] == "查询过于频繁，请一分钟后再试"
    assert other.status_code == 200
