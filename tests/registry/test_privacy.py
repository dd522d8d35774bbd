"""Privacy: consents, who saw whom, all about a person, requests to correct, what is erased in the end."""

import json
from datetime import date

import pytest

from services.registry.desk.privacy.holdings import HOLDINGS
from shared.jobs.runner import run_one_step
from shared.names.ids import uuid7
from tests.registry import test_imports as imports
from tests.registry import test_plans as plans
from tests.registry.test_household_ledger import payment
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE, identity_number, member
from tests.support.told import tell
from tests.support.world import by_two, decide, move_clock, register, villages

PAPER = "a" * 64


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-03-01")


def slug(answer: dict) -> str | None:
    return answer["problem"]["type"].rsplit(":", 1)[1] if answer.get("problem") else None


def consent(person: dict, **facts: object) -> dict:
    return {
        "id": str(uuid7()), "person_id": person["id"], "purposes": ["registration", "data_check"],
        "given_on": "2016-02-01", "evidence": PAPER, **facts,
    }  # fmt: skip


def wish(person: dict, **facts: object) -> dict:
    return {
        "id": str(uuid7()), "person_id": person["id"], "asked_on": "2016-02-01", "field": "born",
        "wanted": "出生日期应为1961年", **facts,
    }  # fmt: skip


async def family(api: Api) -> tuple[dict, dict, dict]:
    child = member("之子", name="小宝", born=date(2008, 6, 1))
    body = await register(api, members=[member(name="父亲", born=date(1980, 1, 1)), child])
    return body, *body["members"]


async def viewers(api: Api, body: dict, division: str = VILLAGE) -> list[tuple]:
    async with api.client("village_cadre", division=division, subject="keeper") as client:
        answer = await client.get(f"/households/{body['id']}/viewers")
    assert answer.status_code == 200, answer.text
    return [(one["actor"], one["action"], one["reason"]) for one in answer.json()["items"]]


async def test_a_consent_is_recorded_with_its_paper_and_can_be_withdrawn_once(registry: Api):
    _, father, _ = await family(registry)
    given = consent(father)
    assert (await decide(registry, "/consents", given, role="village_cadre"))[0]["status"] == "accepted"
    assert (await decide(registry, "/consents", given, role="village_cadre"))[0]["status"] == "unchanged"
    back = {"id": str(uuid7()), "consent_id": given["id"], "on": "2016-02-20", "ground": "本人撤回"}
    path = "/consents/withdrawals"
    early = await decide(registry, path, back | {"id": str(uuid7()), "on": "2016-01-31"}, role="village_cadre")
    first = await decide(registry, path, back, role="village_cadre")
    again = await decide(registry, path, back, role="village_cadre")
    other = await decide(registry, path, back | {"id": str(uuid7())}, role="village_cadre")
    assert [slug(early[0]), first[0]["status"], again[0]["status"], slug(other[0])] == [
        "day-impossible", "accepted", "unchanged", "withdrawn-already",
    ]  # fmt: skip
    async with registry.client("auditor") as client:
        row = (await client.get("/consents", params={"person_id": father["id"]})).json()["items"][0]
    assert (row["evidence"], row["withdrawn_on"]) == (PAPER, "2016-02-20")


async def test_an_id_that_comes_again_with_other_content_is_refused_and_the_same_is_unchanged(registry: Api):
    _, adult, _ = await family(registry)
    given, asked = consent(adult), wish(adult)
    await decide(registry, "/consents", given, role="village_cadre")
    await decide(registry, "/correction-requests", asked, role="village_cadre")
    others = [given | {"evidence": "f" * 64}, given | {"valid_to": "2030-01-01"}]
    answers = await decide(registry, "/consents", given, role="village_cadre")
    for other in others:
        answers += await decide(registry, "/consents", other, role="village_cadre")
    for other in (asked, asked | {"wanted": "另一个说法"}, asked | {"asked_by": "family"}):
        answers += await decide(registry, "/correction-requests", other, role="village_cadre")
    assert [slug(one) or one["status"] for one in answers] == [
        *("unchanged", "id-used", "id-used"),
        *("unchanged", "id-used", "id-used"),
    ]


async def test_for_a_child_under_fourteen_a_guardian_who_is_grown_up_consents(registry: Api):
    _, father, child = await family(registry)
    items = [
        consent(child), consent(child, guardian_id=child["id"]), consent(child, guardian_id=str(uuid7())),
        consent(child, guardian_id=father["id"]), consent(father, purposes=["advertising"]),
        consent(father, given_on="2016-03-02"), consent({"id": str(uuid7())}),
    ]  # fmt: skip
    answers = await decide(registry, "/consents", *items, role="village_cadre")
    assert [slug(answer) for answer in answers] == [
        "guardian-needed", "guardian-needed", "no-such-person", None, "purpose-unknown", "day-impossible",
        "no-such-person",
    ]  # fmt: skip


async def test_the_office_of_a_person_reads_who_saw_him_how_and_why(registry: Api):
    body, father, _ = await family(registry)
    async with registry.client("county_office", subject="office-li") as client:
        await client.get(f"/households/{body['id']}")
        await client.post(f"/households/{body['id']}/reveals", json={"field": "phone", "reason": "电话核实情况"})
        await client.post("/lookups", json={"numbers": [father["identity_number"], identity_number()]})
        await client.post("/searches", json={"number": body["number"]})
        await client.post(f"/persons/{father['id']}/disclosures", json={"reason": "本人申请查阅"})
    assert await viewers(registry, body) == [
        ("office-li", "read", None),
        ("office-li", "revealed.phone", "电话核实情况"),
        ("office-li", "looked_up", None),
        ("office-li", "searched", None),
        ("office-li", "disclosed", "本人申请查阅"),
    ]
    async with registry.client("village_cadre", division=OTHER_VILLAGE) as client:
        assert (await client.get(f"/households/{body['id']}/viewers")).status_code == 404


async def test_a_division_reads_who_saw_whom_in_pages_without_gap_or_repeat(registry: Api):
    bodies = [await register(registry, village=village) for village in (VILLAGE, OTHER_VILLAGE) for _ in range(3)]
    numbers = [one["members"][0]["identity_number"] for one in bodies]
    async with registry.client("county_office", subject="office-wu") as client:
        await client.post("/lookups", json={"numbers": numbers})
        await client.get(f"/households/{bodies[0]['id']}")
    async with registry.client("town_cadre", division=VILLAGE[:9]) as client:
        whole = (await client.get("/viewers?limit=1000")).json()["items"]
        singly, cursor = [], ""
        while cursor is not None:
            page = (await client.get(f"/viewers?limit=1{cursor and '&cursor=' + cursor}")).json()
            singly, cursor = singly + page["items"], page["next"]
    mine = [(one["action"], one["household_id"]) for one in whole if one["actor"] == "office-wu"]
    assert sorted(mine) == sorted([("looked_up", one["id"]) for one in bodies[:3]] + [("read", bodies[0]["id"])])
    assert singly == whole


async def test_what_plans_and_the_other_services_did_is_given_out_too(registry: Api):
    body, father, _ = await family(registry)
    await plans.in_force(registry, body, plans.measure("medical", "因病", "2016-09-01"))
    await tell(registry, payment(body["id"], "reward", "500.00", "2016-02-01"))
    async with registry.client("county_office") as client:
        given = (await client.post(f"/persons/{father['id']}/disclosures", json={"reason": "本人申请查阅"})).json()
    assert {kind: len(rows) for kind, rows in given["records"].items()} == {
        "change_requests": 1,
        "plans": 1,
        "measures": 1,
        "milestones": 1,
        "ledger": 1,
    }
    assert given["titles"]["measures"] == {"zh": "帮扶措施", "en": "measures"}


# What a disclosure reads by itself, and what only repeats it: an index of names, facts that changes brought.
TOLD_ALREADY = {"person", "membership", "identity_past", "change", "consent", "correction_request", "viewing"}
REPEATS = {"person_gram", "household_state", "redivision_household", "lookback_household"}


async def test_every_table_that_names_a_household_or_a_person_is_stated_by_its_noun(registry: Api):
    named = await registry.worker.pool.fetch("""
        SELECT DISTINCT c.table_name FROM information_schema.columns c JOIN pg_class t ON t.relname = c.table_name
        WHERE c.table_schema = 'public' AND c.column_name IN ('household_id', 'person_id') AND t.relkind = 'r'
    """)
    stated = {word for one in HOLDINGS for word in one.statement.text.split()}
    assert {row["table_name"] for row in named} - stated - TOLD_ALREADY - REPEATS == set()


async def test_nothing_is_held_of_a_person_under_two_names():
    assert len({one.name for one in HOLDINGS}) == len(HOLDINGS)


async def test_a_person_is_not_told_who_else_was_taken_for_them(registry: Api):
    (_, father, _), (_, other, _) = await family(registry), await family(registry)
    pair = dict(zip(("person_id", "other_id"), sorted([father["id"], other["id"]]), strict=True))
    decision = {"id": str(uuid7()), **pair, "verdict": "different", "ground": "同名，生于不同村"}
    (answer,) = await decide(registry, "/duplicates/decisions", decision, role="village_cadre")
    assert answer["status"] == "accepted", answer
    for person, stranger in ((father, other), (other, father)):
        async with registry.client("county_office") as client:
            answer = await client.post(f"/persons/{person['id']}/disclosures", json={"reason": "本人申请查阅"})
        assert len(answer.json()["records"]["duplicate_decisions"]) == 1
        assert stranger["id"] not in answer.text


async def test_everything_about_a_person_is_given_out_without_the_other_members(registry: Api):
    body, father, child = await family(registry)
    await decide(registry, "/consents", consent(father), role="village_cadre")
    await decide(registry, "/correction-requests", wish(father), role="village_cadre")
    patch = {"effective_on": "2016-02-15", "ground": "入户核实", "work_months": 6}
    other = {"effective_on": "2016-02-16", "ground": "学籍核对", "school": "小学"}
    async with registry.client("county_office", subject="office-li") as client:
        path = f"/households/{body['id']}/members"
        done = await client.patch(f"{path}/{father['id']}", json=patch, headers={"If-Match": '"1"'})
        assert done.status_code == 200, done.text
        done = await client.patch(f"{path}/{child['id']}", json=other, headers={"If-Match": '"2"'})
        assert done.status_code == 200, done.text
        masked = await client.post(f"/persons/{father['id']}/disclosures", json={"reason": "本人申请查阅"})
        plain = await client.post(
            f"/persons/{father['id']}/disclosures", json={"reason": "本人申请查阅", "numbers": True}
        )
    for answer in (masked, plain):
        for secret in (child["name"], child["id"], child["identity_number"]):
            assert secret not in answer.text
    assert father["identity_number"] not in masked.text
    assert body["phone"] not in masked.text
    given = plain.json()
    assert given["person"]["identity_number"] == father["identity_number"]
    assert (given["household"]["phone"], given["household"]["bank_card"]) == (body["phone"], body["bank_card"])
    assert given["facts"]["work_months"] == 6
    assert given["household"]["facts"]["income"] == body["income"]
    assert [one["kind"] for one in given["changes"]] == ["registration", "correction"]
    assert given["changes"][1]["ground"] == "入户核实"
    assert [one["purposes"] for one in given["consents"]] == [["registration", "data_check"]]
    assert [one["wanted"] for one in given["requests"]] == ["出生日期应为1961年"]
    assert ("office-li", "disclosed") in [(one["actor"], one["action"]) for one in given["viewers"]]
    async with registry.client("village_cadre", "auditor") as client:
        assert (await client.post(f"/persons/{father['id']}/disclosures", json={})).status_code == 403


async def test_a_request_is_answered_by_somebody_else_with_the_change_or_the_ground(registry: Api):
    body, father, _ = await family(registry)
    asked, refused_one = wish(father), wish(father, field="wage_income", asked_on="2016-02-25")
    opened = await decide(
        registry, "/correction-requests", asked, refused_one, wish(father, asked_on="2016-03-05"),
        role="town_cadre", subject="cadre-a",
    )  # fmt: skip
    assert [slug(answer) for answer in opened] == [None, None, "day-impossible"]
    async with registry.client("county_office") as client:
        overdue = (await client.get("/correction-requests?overdue=true")).json()["items"]
        still_open = (await client.get("/correction-requests?open=true")).json()["items"]
        etag = (await client.get(f"/households/{body['id']}")).headers["ETag"]
        patch = {"effective_on": "2016-02-15", "ground": "核实", "work_months": 3}
        await client.patch(f"/households/{body['id']}/members/{father['id']}", json=patch, headers={"If-Match": etag})
    # 15 days from the day on which it was asked.
    assert (asked["id"], "2016-02-16") in [(one["id"], one["due_on"]) for one in overdue]
    assert refused_one["id"] not in [one["id"] for one in overdue]
    assert refused_one["id"] in [one["id"] for one in still_open]
    change = await registry.worker.pool.fetchval(
        "SELECT id FROM change WHERE household_id = $1 AND version = 2", body["id"]
    )
    answer = {"request_id": asked["id"], "accepted": True, "answer": "已更正", "change_id": str(change)}
    path, tries = "/correction-requests/answers", []
    for item, who in (
        (answer, "cadre-a"),
        (answer | {"change_id": str(uuid7())}, "cadre-b"),
        (answer, "cadre-b"),
        (answer, "cadre-c"),
        ({"request_id": refused_one["id"], "accepted": False, "answer": "与工资流水一致"}, "cadre-b"),
        ({"request_id": str(uuid7()), "accepted": False, "answer": "没有"}, "cadre-b"),
    ):
        tries += await decide(registry, path, {"id": str(uuid7())} | item, role="town_cadre", subject=who)
    assert [slug(one) for one in tries] == [
        "separate-people", "change-needed", None, "answered-already", None, "no-such-request",
    ]  # fmt: skip
    async with registry.client("auditor") as client:
        one = (await client.get(f"/correction-requests/{asked['id']}")).json()
    assert (one["status"], one["wanted"], one["answered_by"]) == ("accepted", asked["wanted"], "cadre-b")


async def test_what_is_wanted_stands_nowhere_in_plain(registry: Api):
    _, father, _ = await family(registry)
    asked = wish(father, field="identity_number", wanted=f"应为{identity_number()}")
    await decide(registry, "/correction-requests", asked, role="village_cadre")
    for table in ("correction_request", "audit_entry", "idempotency", "outbox"):
        rows = await registry.worker.pool.fetch(f"TABLE {table}")
        assert asked["wanted"] not in json.dumps([str(dict(row)) for row in rows], ensure_ascii=False)


async def drained(api: Api) -> None:
    while await run_one_step(api.worker, api.service.jobs, api.app.state.runtime.keys):
        continue


async def test_numbers_of_a_household_removed_long_ago_are_erased_and_what_is_counted_stays(registry: Api):
    body, kept = await register(registry, 2), await register(registry)
    removal = {
        "id": str(uuid7()), "kind": "removal", "household_id": body["id"], "effective_on": "2016-02-01",
        "reason": "wrongly_included", "ground": "错评",
    }  # fmt: skip
    await by_two(registry, removal, role="county_office")
    number = body["members"][0]["identity_number"]
    async with registry.client("county_office") as client:
        # A preview is kept until it is loaded or past its time.
        await client.post(
            "/imports?mode=all_or_nothing&preview=true", content=imports.file(imports.home(1)).encode(),
            headers={"Content-Type": "text/csv"},
        )  # fmt: skip
        await drained(registry)
        early = (await client.post("/retentions", json={"id": str(uuid7()), "division": "220622"})).json()
        assert (early["households"], early["dry_run"]) == (0, True)
        await move_clock(registry, "2021-02-20")
        run = {"id": str(uuid7()), "division": "220622", "dry_run": True}
        counted = (await client.post("/retentions", json=run)).json()
        assert (counted["households"], counted["persons"]) == (1, 2)
        before = (await client.get("/register", params={"as_of": "2016-01-15", "limit": 1000})).json()["items"]
        await client.post("/retentions", json=run | {"dry_run": False})
        await drained(registry)
        state = (await client.get(f"/jobs/{run['id']}")).json()
        assert (state["status"], state["result"]["households"]) == ("done", 1), state
        after = (await client.get("/register", params={"as_of": "2016-01-15", "limit": 1000})).json()["items"]
        found = (
            await client.post("/lookups", json={"numbers": [number, kept["members"][0]["identity_number"]]})
        ).json()
        again = (await client.post("/retentions", json=run | {"id": str(uuid7())})).json()
        record = (await client.get("/erasures")).json()["items"]
    assert after == before
    assert [hit["household_id"] for hit in found] == [kept["id"]]
    assert again["households"] == again["imports"] == 0
    erased = {(row["kind"], row["object_id"]) for row in record if row["run_id"] == run["id"]}
    people = {("person", one["id"]) for one in body["members"]}
    assert erased >= {("household", body["id"])} | people
    assert all(row["policies"] for row in record)
    row = await registry.worker.pool.fetchrow("SELECT * FROM household WHERE id = $1", body["id"])
    assert (row["phone"], row["bank_card"], row["phone_masked"], row["size"]) == (None, None, None, 2)


async def test_erasing_is_the_countys_business(registry: Api):
    async with registry.client("county_office", division=VILLAGE[:9]) as client:
        assert (await client.post("/retentions", json={"id": str(uuid7()), "division": "220622"})).status_code == 403
