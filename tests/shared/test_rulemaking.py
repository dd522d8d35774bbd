"""Policies that people set: one proposes, another approves, and from a day on decisions use the new version."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.names.ids import uuid7
from shared.policy import files
from shared.policy.files import Entry, load
from shared.problems import WrongValue
from shared.process.app import create_app
from shared.process.migrate import migrate
from shared.rulemaking.rules import check_of
from shared.rulemaking.shapes import misfit
from tests.funding.test_money import lend
from tests.support.api import Api, running
from tests.support.told import known_household
from tests.support.world import decide, move_clock

COUNTY, TODAY = "220622", "2016-06-01"


@pytest.fixture(scope="module", autouse=True)
async def day(funding: Api) -> None:
    await move_clock(funding, TODAY)


def proposal(value: Any = "60000.00", key: str = "loan.max", since: str = TODAY, **more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "key": key,
        "division": COUNTY,
        "valid_from": since,
        "value": value,
        "ground": "靖政办发〔2016〕12号",
        **more,
    }


async def propose(api: Api, *items: dict[str, Any], subject: str = "zhao", division: str = COUNTY) -> list[Any]:
    async with api.client("county_office", subject=subject, division=division) as client:
        answer = await client.post("/policies", json={"items": list(items)})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def approve(api: Api, item: dict[str, Any], *, subject: str = "qian", **decision: Any) -> dict[str, Any]:
    body = {"id": item["id"], "decision": "approve", **decision}
    return (await decide(api, "/policies/approvals", body, role="county_leader", subject=subject))[0]


async def withdraw(api: Api, item: dict[str, Any]) -> None:
    answer = await approve(api, item, decision="refuse", reason="测试结束")
    assert answer["status"] == "accepted", answer


async def listed(api: Api, key: str, role: str = "auditor", division: str = COUNTY) -> list[dict[str, Any]]:
    async with api.client(role, division=division) as client:
        return (await client.get("/policies", params={"key": key})).json()["items"]


def slug(answer: dict[str, Any]) -> str:
    return answer["problem"]["type"].rsplit(":", 1)[1]


async def loan(api: Api, amount: str) -> dict[str, Any]:
    return (await lend(api, await known_household(api), amount))["answer"]


async def test_a_decision_uses_the_new_version_from_its_day_and_those_before_keep_theirs(funding: Api):
    before = await lend(funding, await known_household(funding), "50000.00")
    assert slug(await loan(funding, "60000.00")) == "loan-above-maximum"
    item = proposal("60000.00", since="2016-07-01")
    assert (await propose(funding, item))[0]["status"] == "accepted"
    assert slug(await loan(funding, "60000.00")) == "loan-above-maximum"
    assert (await approve(funding, item))["status"] == "accepted"
    assert slug(await loan(funding, "60000.00")) == "loan-above-maximum"
    await move_clock(funding, "2016-07-01")
    after = await lend(funding, await known_household(funding), "60000.00")
    assert after["answer"]["status"] == "accepted"
    async with funding.client("auditor") as client:
        loans = {row["id"]: row for row in (await client.get("/loans", params={"limit": 1000})).json()["items"]}
    used = [next(p for p in loans[one["id"]]["policies"] if p["key"] == "loan.max") for one in (before, after)]
    assert [(one["division"], one["version"]) for one in used] == [("", 1), (COUNTY, 1)]
    rows = await listed(funding, "loan.max")
    assert [(row["division"], row["value"], row["proposed_by"], row["decided_by"]) for row in rows] == [
        ("", "50000.00", None, None),
        (COUNTY, "60000.00", "zhao", "qian"),
    ]
    assert rows[1]["source"] == "靖政办发〔2016〕12号"


async def test_another_county_is_not_touched(funding: Api):
    item = proposal({"from": 18, "to": 70}, "loan.age", since="2016-07-02")
    await propose(funding, item)
    await approve(funding, item)
    assert [row["division"] for row in await listed(funding, "loan.age", division="220623")] == ["", COUNTY]
    assert (await listed(funding, "loan.age", division="220623"))[1]["proposed_by"] is None


@pytest.mark.parametrize("subject", ["zhao", "Zhao", " ZHAO "])
async def test_who_proposes_does_not_approve_under_any_spelling(funding: Api, subject: str):
    item = proposal(24, "loan.months", since="2016-08-01")
    await propose(funding, item)
    refused = await approve(funding, item, subject=subject)
    assert (refused["status"], slug(refused)) == ("refused", "separate-people")
    assert [row["id"] for row in await listed(funding, "loan.months") if row["status"] == "proposed"] == [item["id"]]
    await withdraw(funding, item)


async def test_the_database_too_keeps_the_two_apart(funding: Api):
    item = proposal(24, "loan.months", since="2016-08-01")
    await propose(funding, item)
    owner = await funding.owner()
    try:
        with pytest.raises(asyncpg.CheckViolationError):
            await owner.execute(
                "UPDATE policy_proposal SET status = 'approved', decided_by = 'Zhao ', decided_at = now()"
                " WHERE id = $1",
                item["id"],
            )
    finally:
        await owner.close()
    await withdraw(funding, item)


async def test_a_county_proposes_for_itself_and_its_parts_and_never_wider_or_elsewhere(funding: Api):
    wider, elsewhere = proposal(24, "loan.months", division="22"), proposal(24, "loan.months", division="220623")
    inside = proposal(24, "loan.months", division="220622100", since="2016-08-01")
    answers = await propose(funding, wider, elsewhere, inside)
    assert [answer["status"] for answer in answers] == ["refused", "refused", "accepted"]
    assert [slug(answer) for answer in answers[:2]] == ["division-forbidden"] * 2
    await withdraw(funding, inside)


async def test_another_county_neither_sees_nor_decides_a_proposal(funding: Api):
    item = proposal(24, "loan.months", since="2016-08-01")
    await propose(funding, item)
    body = {"items": [{"id": item["id"], "decision": "approve"}, {"id": str(uuid7()), "decision": "approve"}]}
    async with funding.client("county_leader", division="220623", subject="sun") as client:
        answers = (await client.post("/policies/approvals", json=body)).json()["items"]
    assert [slug(answer) for answer in answers] == ["no-such-proposal"] * 2
    assert item["id"] not in {row["id"] for row in await listed(funding, "loan.months", division="220623")}
    assert item["id"] in {row["id"] for row in await listed(funding, "loan.months", "village_cadre", "220622100201")}
    await withdraw(funding, item)


async def test_the_database_too_keeps_a_county_to_itself(funding: Api):
    set_wider = """
        INSERT INTO policy (id, key, division, valid_from, version, value, zh, en, source)
        VALUES (gen_random_uuid(), 'loan.max', $1, '2016-01-01', 9, '"1.00"', '', '', '')
    """
    async with funding.app.state.runtime.database.pool.acquire() as connection:
        for division in ("", "22", "220623"):
            within = connection.transaction()
            await within.start()
            await connection.execute("SELECT app_open('220622', NULL)")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(set_wider, division)
            await within.rollback()


@pytest.mark.parametrize("since", ["2016-06-30", "2015-01-01"])
async def test_a_policy_does_not_reach_back(funding: Api, since: str):
    await move_clock(funding, "2016-07-03")
    answer = (await propose(funding, proposal("70000.00", since=since)))[0]
    assert (slug(answer), answer["problem"]["title"]) == ("policy-too-early", "生效日期不得早于2016-07-03")


async def test_a_proposal_whose_day_has_passed_is_proposed_again(funding: Api):
    item = proposal("75000.00", "loan.max", since="2016-07-03")
    await propose(funding, item)
    await move_clock(funding, "2016-07-04")
    answer = await approve(funding, item)
    assert slug(answer) == "policy-too-early"
    assert [row["status"] for row in await listed(funding, "loan.max")] == ["set", "set", "proposed"]
    await withdraw(funding, item)


async def test_a_version_that_was_used_is_not_replaced_on_its_own_day(funding: Api):
    item = proposal("65000.00", since="2016-07-04")
    await propose(funding, item)
    await approve(funding, item)
    assert (await loan(funding, "65000.00"))["status"] == "accepted"
    again = proposal("66000.00", since="2016-07-04")
    assert slug((await propose(funding, again))[0]) == "policy-version-used"
    assert (await propose(funding, again | {"valid_from": "2016-07-05"}))[0]["status"] == "accepted"
    await withdraw(funding, again)


async def test_what_is_refused_has_no_effect_and_stays_on_record(funding: Api):
    item = proposal(12, "loan.months", since="2016-07-04")
    await propose(funding, item)
    answer = await approve(funding, item, decision="refuse", reason="缺少文件依据")
    assert answer["status"] == "accepted"
    assert slug(await approve(funding, item)) == "policy-decided-already"
    row = next(row for row in await listed(funding, "loan.months") if row["id"] == item["id"])
    assert (row["status"], row["version"], row["reason"]) == ("refused", None, "缺少文件依据")
    assert (row["proposed_by"], row["decided_by"]) == ("zhao", "qian")
    async with funding.client("auditor") as client:
        lines = (await client.get("/audit", params={"kind": "policy", "id": item["id"]})).json()["items"]
    assert [(line["action"], line["actor"], line["reason"]) for line in lines] == [
        ("policy.proposed", "zhao", "靖政办发〔2016〕12号"),
        ("policy.refused", "qian", "缺少文件依据"),
    ]


async def test_a_refusal_says_why(funding: Api):
    body = {"items": [{"id": str(uuid7()), "decision": "refuse"}]}
    async with funding.client("county_leader") as client:
        answer = await client.post("/policies/approvals", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (422, "不予批准须说明理由")


async def test_a_change_is_on_record_with_what_was_before(funding: Api):
    item = proposal(["普通劳动力"], "loan.labour", since="2016-07-04")
    await propose(funding, item)
    await approve(funding, item)
    async with funding.client("auditor") as client:
        lines = (await client.get("/audit", params={"kind": "policy", "id": item["id"]})).json()["items"]
    assert lines[1]["before"] == {"division": "", "version": 1, "value": ["普通劳动力", "技能劳动力"]}
    after = {"key": "loan.labour", "valid_from": "2016-07-04", "value": ["普通劳动力"], "version": 1}
    assert (lines[1]["action"], lines[1]["after"]) == ("policy.approved", after)


async def test_the_same_request_again_changes_nothing(funding: Api):
    item = proposal(["技能劳动力"], "loan.labour", since="2016-08-02")
    async with funding.client("county_office", subject="zhao") as client:
        answers = [
            await client.post("/policies", json={"items": [item]}, headers={"Idempotency-Key": "propose-once"})
            for _ in range(2)
        ]
    assert answers[0].json() == answers[1].json()
    assert (await propose(funding, item))[0]["status"] == "unchanged"
    assert slug((await propose(funding, item | {"value": ["普通劳动力"]}))[0]) == "policy-proposal-differs"
    assert [(await approve(funding, item))["status"] for _ in range(2)] == ["accepted", "unchanged"]
    set_by_people = [row for row in await listed(funding, "loan.labour") if row["proposed_by"]]
    assert [row["version"] for row in set_by_people] == [1, 2]


async def test_one_proposal_a_policy_waits_at_a_time_and_stands_among_the_tasks(funding: Api):
    item = proposal("80000.00", since="2016-08-01")
    await propose(funding, item)
    second = proposal("81000.00", since="2016-08-01")
    assert slug((await propose(funding, second, subject="li"))[0]) == "policy-proposed-already"
    async with funding.client("county_leader") as client:
        tasks = (await client.get("/tasks", params={"kind": "policy", "mine": True})).json()["items"]
    async with funding.client("village_cadre", division="220622100201") as client:
        village = (await client.get("/tasks", params={"kind": "policy", "mine": True})).json()["items"]
    assert [(task["id"], task["due_on"], task["level"]) for task in tasks] == [(item["id"], "2016-08-01", "county")]
    assert village == []
    (proposed,) = [one for one in await listed(funding, item["key"]) if one["id"] == item["id"]]
    async with funding.client("county_leader", subject=f" {proposed['proposed_by'].upper()}") as client:
        assert (await client.get("/tasks", params={"kind": "policy"})).json()["items"] == []
    await withdraw(funding, item)


@pytest.mark.parametrize(
    ("key", "value", "field"),
    [
        ("loan.max", 70000, "value"),
        ("loan.max", "很多", "value"),
        ("loan.months", "36", "value"),
        ("loan.months", -1, "value"),
        ("loan.months", True, "value"),
        ("loan.age", {"from": 18}, "value.to"),
        ("loan.age", {"from": 18, "to": 65, "middle": 40}, "value.middle"),
        ("loan.age", {"from": 18, "to": "65"}, "value.to"),
        ("loan.household_status", ["registered", "unheard_of"], "value[1]"),
        ("loan.household_status", [], "value"),
        ("reward.items", {"牛": {"unit": "头", "price": "800.00"}}, "value.牛.cap"),
        ("reward.items", {"羊": {"unit": "只", "price": "0,5", "cap": "1.00"}}, "value.羊.price"),
        ("loan.max", None, "value"),
    ],
)
async def test_a_value_of_another_form_is_refused_by_its_place(funding: Api, key: str, value: Any, field: str):
    answer = (await propose(funding, proposal(value, key, since="2016-09-01")))[0]
    assert (slug(answer), answer["problem"]["field"]) == ("policy-shape", f"items[0].{field}")


async def test_a_catalogue_may_gain_an_entry(funding: Api):
    present = next(row["value"] for row in await listed(funding, "reward.items"))
    more = present | {"羊": {"unit": "只", "price": "300.00", "cap": "3000.00"}}
    item = proposal(more, "reward.items", since="2016-09-01")
    assert (await propose(funding, item))[0]["status"] == "accepted"
    await withdraw(funding, item)


async def test_an_unknown_policy_and_one_that_changes_nothing_are_refused(funding: Api):
    unknown, same = proposal(1, "loan.colour"), proposal(10, "risk_fund.multiplier", since="2016-09-01")
    assert [slug(answer) for answer in await propose(funding, unknown, same)] == [
        "no-such-policy",
        "policy-unchanged",
    ]


async def test_a_service_may_judge_the_values_of_its_policies_itself(funding: Api, keys: Path):
    def even(value: object) -> None:
        if not isinstance(value, int) or value % 2:
            raise WrongValue("应为偶数", "has to be even")

    service = replace(funding.service, policy_checks={"risk_fund.": even})
    async with running(service, funding.settings, keys) as api:
        odd, fair = (proposal(value, "risk_fund.multiplier", since="2016-09-01") for value in (7, 8))
        answers = await propose(api, odd)
        assert (slug(answers[0]), answers[0]["problem"]["title"]) == ("policy-value", "应为偶数")
        assert (await propose(api, fair))[0]["status"] == "accepted"
        await withdraw(api, fair)
    assert create_app(service, funding.settings).state.policy_checks == {"risk_fund.": even}
    assert check_of({"a.": even, "a.b.": len, "a.b.c": print}, "a.b.d") is len
    assert check_of({"a.": even, "a.b.c": print}, "a.b.c") is print
    assert check_of({"a.": even}, "b.c") is None


async def test_files_say_the_first_version_and_never_overwrite_what_people_set(funding: Api):
    item = proposal(
        {"household": "16000.00"} | dict.fromkeys(("person", "village", "cooperative", "enterprise"), "1.00"),
        "reward.cap",
        since="2016-09-01",
    )
    await propose(funding, item)
    assert (await approve(funding, item))["status"] == "accepted"
    owner = await funding.owner()
    entry = Entry(
        key="reward.cap", division=COUNTY, valid_from=date(2016, 9, 1), value={}, zh="", en="", source="file"
    )
    try:
        await load(owner, [entry, entry.model_copy(update={"version": 2, "valid_from": date(2017, 1, 1)})])
    finally:
        await owner.close()
    await migrate(funding.service, funding.settings)
    rows = [row for row in await listed(funding, "reward.cap") if row["division"] == COUNTY]
    assert [(row["version"], row["value"], row["source"]) for row in rows] == [(1, item["value"], item["ground"])]


def test_a_divisions_file_speaks_for_that_division_only(tmp_path: Path):
    (tmp_path / "divisions").mkdir()
    line = "- {key: a.b, valid_from: 2016-01-01, value: 1, zh: 甲, en: a, source: x%s}\n"
    (tmp_path / "national.yaml").write_text(line % "")
    (tmp_path / "divisions" / "220622.yaml").write_text(line % "")
    assert [(entry.key, entry.division) for entry in files.read(sorted(tmp_path.rglob("*.yaml")))] == [
        ("a.b", "220622"),
        ("a.b", ""),
    ]
    (tmp_path / "divisions" / "220623.yaml").write_text(line % ", division: '220622'")
    with pytest.raises(ValueError, match="220622"):
        files.read(sorted(tmp_path.rglob("*.yaml")))


json_values = st.recursive(
    st.booleans()
    | st.integers(0, 10**6)
    | st.text(min_size=1).filter(str.strip)
    | st.decimals(0, 9, places=2).map(str),
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(json_values)
def test_a_value_has_its_own_form(value: Any):
    assert misfit(value, [value]) is None
    assert misfit(value, [None]) == "value"


async def test_every_policy_of_every_service_has_the_form_of_its_own_versions(
    registry: Api, projects: Api, evaluation: Api, funding: Api
):
    for api in (registry, projects, evaluation, funding):
        entries = files.read(api.service.policy_files)
        for entry in entries:
            same = [one.value for one in entries if one.key == entry.key]
            assert misfit(entry.value, same) is None, entry.key
            assert misfit({"unheard": entry.value}, same), entry.key
