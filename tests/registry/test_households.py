"""Registering, reading and correcting households."""

import asyncio
import json
from contextlib import AsyncExitStack

from shared.database.session import raw
from shared.names.ids import uuid7
from shared.security.auth import system
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE, household, identity_number, member
from tests.support.world import move_clock, register, villages


async def test_a_registered_household_can_be_read_with_its_numbers_masked(registry: Api):
    await villages(registry)
    body = await register(registry, 3)
    async with registry.client("village_cadre", division=VILLAGE) as client:
        answer = await client.get(f"/households/{body['id']}")
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"1"'
    read = answer.json()
    assert (read["size"], read["status"], read["income"]) == (3, "registered", "2100.00")
    number = body["members"][0]["identity_number"]
    assert read["members"][0]["identity_number"] == number[:6] + "*" * 8 + number[-4:]
    assert number not in answer.text
    assert body["phone"] not in answer.text


async def test_the_same_household_again_is_unchanged_and_with_other_facts_a_conflict(registry: Api):
    await villages(registry)
    body = await register(registry)
    async with registry.client("county_office") as client:
        again = await client.post("/households", json=body)
        different = await client.post("/households", json=body | {"main_cause": "因残"})
    assert again.status_code == 200
    assert different.status_code == 409
    assert different.json()["field"] == "id"


async def test_a_retry_with_the_same_key_gets_the_stored_answer_and_another_body_is_refused(registry: Api):
    await villages(registry)
    body, key = household(), {"Idempotency-Key": str(uuid7())}
    async with registry.client("county_office") as client:
        first = await client.post("/households", json=body, headers=key)
        again = await client.post("/households", json=body, headers=key)
        other = await client.post("/households", json=household(), headers=key)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.headers["idempotency-replayed"] == "true"
    assert first.content == again.content
    assert (other.status_code, other.json()["type"]) == (422, "urn:tuopin:problem:idempotency-key-reused")
    assert other.json()["title"] == "该提交编号已用于另一内容，请刷新后重新提交"


async def test_a_write_without_a_key_is_told_so(registry: Api):
    async with registry.client("county_office") as client:
        answer = await client.post("/households", json=household(), headers={"Idempotency-Key": ""})
    assert (answer.status_code, answer.json()["field"]) == (400, "Idempotency-Key")
    assert answer.json()["title"] == "请刷新页面后重新提交"


async def test_a_person_is_registered_once_even_when_two_offices_try_at_the_same_moment(registry: Api):
    await villages(registry)
    number = identity_number()
    bodies = [household(members=[member() | {"identity_number": number}]) for _ in range(2)]
    async with registry.client("county_office") as client:
        asked = [(await client.post("/households", json=body)).json()["request_id"] for body in bodies]
    async with registry.client("county_leader", subject="releasing") as client:
        lists = [{"items": [{"id": id, "approve": True, "reason": "核对无误"}]} for id in asked]
        answers = await asyncio.gather(*(client.post("/changes/releases", json=one) for one in lists))
        again = [
            (await client.post("/changes/releases", json={"items": [one for each in lists for one in each["items"]]}))
            for _ in range(2)
        ]
    assert sum(answer.status_code == 200 for answer in answers) >= 1
    assert not any(number in answer.text for answer in (*answers, *again))
    statuses = [sorted(item["status"] for item in answer.json()["items"]) for answer in again]
    assert statuses == [["refused", "unchanged"]] * 2
    refusal = next(item["problem"] for item in again[1].json()["items"] if item["status"] == "refused")
    assert refusal["field"].endswith("household.members[0].identity_number")


async def test_a_wrong_check_character_is_named_with_its_field_and_rule(registry: Api):
    await villages(registry)
    body = household()
    number = body["members"][0]["identity_number"]
    body["members"][0]["identity_number"] = number[:-1] + ("1" if number[-1] != "1" else "2")
    async with registry.client("county_office") as client:
        answer = await client.post("/households", json=body)
    assert answer.status_code == 422
    assert answer.json()["field"] == "members[0].identity_number"
    assert answer.json()["rule"] == "GB 11643 (invalid)"


async def test_a_household_needs_exactly_one_head(registry: Api):
    await villages(registry)
    async with registry.client("county_office") as client:
        answer = await client.post("/households", json=household(members=[member(), member()]))
    assert (answer.status_code, answer.json()["rule"]) == (422, "one head")


async def test_nobody_registers_a_household_in_a_foreign_village(registry: Api):
    await villages(registry)
    async with registry.client("village_cadre", division=OTHER_VILLAGE) as client:
        answer = await client.post("/households", json=household())
    assert (answer.status_code, answer.json()["field"]) == (403, "division")


async def test_a_household_of_another_village_does_not_exist_for_a_cadre(registry: Api):
    await villages(registry)
    body = await register(registry)
    async with registry.client("village_cadre", division=OTHER_VILLAGE) as client:
        one = await client.get(f"/households/{body['id']}")
        listed = await client.get("/households")
    assert one.status_code == 404
    assert body["id"] not in listed.text


async def test_a_correction_needs_the_version_that_was_read_and_keeps_what_was_before(registry: Api):
    await villages(registry)
    body = await register(registry)
    await move_clock(registry, "2014-12-20")
    change = {"effective_on": "2014-12-15", "ground": "入户核实", "main_cause": "因残"}
    async with registry.client("county_office") as client:
        path = f"/households/{body['id']}"
        blind = await client.patch(path, json=change)
        assert (blind.status_code, blind.json()["field"]) == (428, "If-Match")
        assert blind.json()["title"] == "请先打开该记录再修改"
        assert (await client.patch(path, json=change, headers={"If-Match": '"7"'})).status_code == 412
        done = await client.patch(path, json=change, headers={"If-Match": '"1"'})
        before = await client.get(f"{path}/as-of", params={"as_of": "2014-12-14"})
        after = await client.get(f"{path}/as-of", params={"as_of": "2014-12-15"})
        story = await client.get(f"{path}/history")
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    assert (before.json()["main_cause"], after.json()["main_cause"]) == ("因病", "因残")
    assert [chapter["kind"] for chapter in story.json()] == ["registration", "correction"]
    assert story.json()[1]["before"]["main_cause"] == "因病"


async def test_no_identity_number_phone_or_card_stands_in_plain_anywhere_in_the_database(registry: Api):
    await villages(registry)
    body = await register(registry)
    secrets = (body["members"][0]["identity_number"], body["phone"], body["bank_card"])
    async with registry.worker.transaction(system("registry")) as session:
        connection = await raw(session)
        tables = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        for table in tables:
            text = json.dumps([str(dict(row)) for row in await connection.fetch(f"TABLE {table['relname']}")])
            assert not any(secret in text for secret in secrets), table["relname"]


async def test_a_number_is_revealed_only_to_those_who_may_and_leaves_its_reason_on_record(registry: Api):
    await villages(registry)
    body = await register(registry)
    path = f"/households/{body['id']}/reveals"
    ask = {"field": "identity_number", "person_id": body["members"][0]["id"], "reason": "核对低保名单"}
    async with registry.client("village_cadre") as client:
        assert (await client.post(path, json=ask)).status_code == 403
    async with registry.client("county_office", subject="office-li") as client:
        assert (await client.post(path, json=ask | {"reason": "看"})).status_code == 422
        whose = await client.post(path, json={"field": "identity_number", "reason": "核对低保名单"})
        assert (whose.status_code, whose.json()["field"]) == (422, "person_id")
        shown = await client.post(path, json=ask)
    assert shown.json() == {"value": body["members"][0]["identity_number"]}
    async with registry.client("auditor") as client:
        record = (await client.get("/audit", params={"kind": "household", "id": body["id"]})).json()["items"]
    entry = next(line for line in record if line["action"] == "revealed.identity_number")
    assert (entry["actor"], entry["reason"], entry["purpose"]) == ("office-li", "核对低保名单", "verification")


async def test_persons_are_found_by_their_number_within_the_division_only(registry: Api):
    await villages(registry)
    body = await register(registry)
    numbers = {"numbers": [identity_number(), body["members"][0]["identity_number"].lower()]}
    async with registry.client("village_cadre", division=VILLAGE) as client:
        found = (await client.post("/lookups", json=numbers)).json()
    async with registry.client("village_cadre", division=OTHER_VILLAGE) as client:
        foreign = (await client.post("/lookups", json=numbers)).json()
    assert [(hit["position"], hit["household_id"]) for hit in found] == [(1, body["id"])]
    assert foreign == []


async def test_a_number_asked_for_twice_is_answered_where_it_stands_first_and_each_person_at_their_own_place(
    registry: Api,
):
    await villages(registry)
    first, second = await register(registry), await register(registry)
    one, two = (home["members"][0]["identity_number"] for home in (first, second))
    async with registry.client("village_cadre", division=VILLAGE) as client:
        found = (await client.post("/lookups", json={"numbers": [identity_number(), two, one, two, one]})).json()
    wanted = {1: second, 2: first}
    assert {hit["position"]: (hit["household_id"], hit["person_id"]) for hit in found} == {
        position: (home["id"], home["members"][0]["id"]) for position, home in wanted.items()
    }
    assert {(hit["division"], hit["status"]) for hit in found} == {(VILLAGE, "registered")}
    assert {hit["position"]: hit["number"] for hit in found} == {1: second["number"], 2: first["number"]}


async def test_of_many_who_read_at_the_same_moment_each_sees_what_is_theirs_to_see_and_each_is_on_record(
    registry: Api,
):
    await villages(registry)
    homes = [await register(registry) for _ in range(3)]
    wanted = [home["id"] for home in homes] * 6 + [str(uuid7())]
    people = [f"cadre-{place}" for place in range(len(wanted))]
    async with AsyncExitStack() as stack:
        near = [
            await stack.enter_async_context(registry.client("village_cadre", subject=who, division=VILLAGE))
            for who in people
        ]
        far = await stack.enter_async_context(registry.client("village_cadre", division=OTHER_VILLAGE))
        answers = await asyncio.gather(
            *(client.get(f"/households/{id}") for client, id in zip(near, wanted, strict=True)),
            *(far.get(f"/households/{id}") for id in wanted),
        )
        mine, foreign = answers[: len(wanted)], answers[len(wanted) :]
        assert [answer.json().get("id") for answer in mine[:-1]] == wanted[:-1]
        by_id = {home["id"]: home for home in homes}
        assert all(answer.json()["number"] == by_id[answer.json()["id"]]["number"] for answer in mine[:-1])
        assert {answer.status_code for answer in (mine[-1], *foreign)} == {404}
        auditor = await stack.enter_async_context(registry.client("auditor"))
        for home in homes:
            asked = {"kind": "household", "id": home["id"]}
            record = (await auditor.get("/audit", params=asked)).json()["items"]
            readers = sorted(line["actor"] for line in record if line["action"] == "read")
            assert readers == sorted(who for who, id in zip(people, wanted, strict=True) if id == home["id"])


async def test_who_read_a_household_is_on_record(registry: Api):
    await villages(registry)
    body = await register(registry)
    async with registry.client("village_cadre", subject="cadre-zhao") as client:
        await client.get(f"/households/{body['id']}")
    async with registry.client("auditor") as client:
        record = (await client.get("/audit", params={"kind": "household", "id": body["id"]})).json()["items"]
    assert ("cadre-zhao", "read") in [(line["actor"], line["action"]) for line in record]
