"""Who helps whom: departments, secretaries, team leaders, helpers; limits, handover, history."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.assistance.responsibility.queries import holders
from services.registry.assistance.responsibility.records import Span
from services.registry.assistance.responsibility.rules import busiest
from shared.names.ids import uuid7
from shared.security.auth import Caller
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE, identity_number, member
from tests.support.staffing import assign, charge, in_charge, organisation, person
from tests.support.world import decide, move_clock, register, villages

HANDOVERS, ENDINGS = "/responsibilities/handovers", "/responsibilities/endings"


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-05-01")


def slugs(answers: list[dict[str, Any]]) -> list[str | None]:
    return [answer["problem"]["type"].rsplit(":", 1)[1] if answer["problem"] else None for answer in answers]


async def helpers_of(api: Api, household: dict[str, Any]) -> list[dict[str, Any]]:
    async with api.client("village_cadre", division=VILLAGE) as client:
        answer = await client.get(f"/households/{household['id']}/helpers")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def holding(api: Api, village: str, day: str) -> dict[str, Any]:
    caller = Caller("village", frozenset({"village_cadre"}), village)
    async with api.app.state.runtime.database.transaction(caller) as session:
        return await holders(session, village, date.fromisoformat(day))


COUNTY = {"正处": 8, "副处": 7, "正科": 6, "副科": 5, "一般": 4}
CITY = {"正处": 5, "副处": 4, "正科": 3, "副科": 2, "一般": 1}


@pytest.mark.parametrize(
    ("level", "rank", "most"),
    [(level, *one) for level, ranks in (("county", COUNTY), ("city", CITY)) for one in ranks.items()],
)
async def test_a_helper_has_at_most_as_many_households_as_level_and_rank_allow(registry: Api, level, rank, most):
    of = await organisation(registry, level=level, kind=f"{level}_department")
    helper = await person(registry, of, rank=rank)
    homes = [await register(registry) for _ in range(most + 1)]
    answers = await assign(
        registry, *[charge("helper", helper, "2016-01-01", household_id=home["id"]) for home in homes]
    )
    assert slugs(answers) == [None] * most + ["too-many-households"]
    assert (await helpers_of(registry, homes[0]))[0]["rank"] == rank


async def test_the_limit_holds_when_two_offices_assign_at_once(registry: Api):
    helper = await person(registry)
    homes = [await register(registry) for _ in range(8)]

    async def half(some: list[dict[str, Any]]) -> list[dict[str, Any]]:
        items = [charge("helper", helper, "2016-01-01", household_id=home["id"]) for home in some]
        return await assign(registry, *items)

    one, other = await asyncio.gather(half(homes[:4]), half(homes[4:]))
    assert [answer["status"] for answer in one + other].count("accepted") == 4


async def test_a_helper_may_not_be_a_registered_poor_person_himself(registry: Api):
    number = identity_number()
    await register(registry, members=[member(identity_number=number)])
    poor, unknown = await person(registry, identity_number=number), await person(registry, identity_number=None)
    home = await register(registry)
    answers = await assign(
        registry,
        charge("helper", poor, "2016-01-01", household_id=home["id"]),
        charge("helper", unknown, "2016-01-01", household_id=home["id"]),
    )
    assert slugs(answers) == ["helper-is-poor", "helper-unchecked"]


async def test_a_household_may_have_several_helpers_but_a_pair_is_paired_once_at_a_time(registry: Api):
    home, (one, two) = await register(registry), [await person(registry) for _ in range(2)]
    first = charge("helper", one, "2015-01-01", household_id=home["id"])
    answers = await assign(registry, first, charge("helper", two, "2015-01-01", household_id=home["id"]))
    assert slugs(answers) == [None, None]
    again = charge("helper", one, "2016-01-01", household_id=home["id"])
    assert slugs(await assign(registry, again)) == ["paired-already"]
    ending = {"id": first["id"], "on": "2016-03-01", "note": "调离本县"}
    assert slugs(await decide(registry, ENDINGS, ending, role="county_office")) == [None]
    overlapping = charge("helper", one, "2016-02-29", household_id=home["id"])
    after = charge("helper", one, "2016-03-01", household_id=home["id"])
    assert slugs(await assign(registry, overlapping, after)) == ["paired-already", None]
    assert [(row["name"], row["ended_on"]) for row in await helpers_of(registry, home)] == [
        ("赵帮扶", "2016-03-01"),
        ("赵帮扶", None),
        ("赵帮扶", None),
    ]


async def test_a_handover_ends_one_and_begins_the_next_on_the_same_day_and_history_stays(registry: Api):
    home, old, new = await register(registry), await person(registry), await person(registry, name="钱接任")
    held = charge("helper", old, "2015-02-01", household_id=home["id"])
    await assign(registry, held)
    handover = {
        "id": str(uuid7()),
        "ends": held["id"],
        "staff_id": new["id"],
        "on": "2016-04-01",
        "note": "退休交接",
    }
    first = await decide(registry, HANDOVERS, handover, role="county_office")
    again = await decide(registry, HANDOVERS, handover, role="county_office")
    other = await decide(registry, HANDOVERS, handover | {"id": str(uuid7())}, role="county_office")
    assert [first[0]["status"], again[0]["status"], *slugs(other)] == ["accepted", "unchanged", "ended-already"]
    rows = await helpers_of(registry, home)
    assert [(row["name"], row["started_on"], row["ended_on"]) for row in rows] == [
        ("赵帮扶", "2015-02-01", "2016-04-01"),
        ("钱接任", "2016-04-01", None),
    ]
    assert (rows[1]["follows"], rows[0]["ended_note"], rows[1]["note"]) == (held["id"], "退休交接", "退休交接")
    told = await registry.worker.pool.fetch(
        "SELECT type, payload FROM outbox WHERE topic = 'registry.helper' AND key = $1 ORDER BY id", home["id"]
    )
    assert [row["type"].split(".")[2] for row in told] == ["assigned", "ended", "assigned"]
    secrets = [secret.encode() for who in (old, new) for secret in (who["phone"], who["identity_number"])]
    assert not any(secret in row["payload"] for row in told for secret in secrets)


async def test_a_handover_that_may_not_be_leaves_the_old_one_in_charge(registry: Api):
    home, old, full = await register(registry), await person(registry), await person(registry)
    held = charge("helper", old, "2016-02-01", household_id=home["id"])
    taken = [charge("helper", full, "2016-01-01", household_id=(await register(registry))["id"]) for _ in range(4)]
    await assign(registry, held, *taken)

    def to(holder: dict[str, Any], day: str = "2016-04-01", **more: Any) -> dict[str, Any]:
        note = {"on": day, "note": "工作调整"} | more
        return {"id": str(uuid7()), "ends": held["id"], "staff_id": holder["id"], **note}

    answers = await decide(
        registry,
        HANDOVERS,
        to(full),
        to(old),
        to({"id": str(uuid7())}),
        to(await person(registry), "2016-02-01"),
        to(await person(registry), "2016-05-02"),
        to(await person(registry), ends=str(uuid7())),
        role="county_office",
    )
    assert slugs(answers) == [
        "too-many-households",
        "same-holder",
        "no-such-staff",
        "ends-before-start",
        "ends-in-future",
        "no-such-responsibility",
    ]
    assert [row["ended_on"] for row in await helpers_of(registry, home)] == [None]


async def test_a_village_has_one_secretary_one_first_secretary_and_one_team_leader_at_a_time(registry: Api):
    await in_charge(registry, "village_secretary", "2014-01-01", subject="li.secretary", name="李书记")
    first = await in_charge(registry, "first_secretary", "2015-09-01", subject="wang.first", name="王一书")
    second = await person(registry, post="first_secretary", name="孙二书")
    taken = await assign(registry, charge("first_secretary", second, "2016-01-01"))
    assert slugs(taken) == ["post-taken"]
    assert taken[0]["problem"]["name"] == "王一书"
    now = await holding(registry, VILLAGE, "2016-05-01")
    assert {role: (row.name, row.subject) for role, row in now.items()} == {
        "village_secretary": ("李书记", "li.secretary"),
        "first_secretary": ("王一书", "wang.first"),
    }
    assert set(await holding(registry, VILLAGE, "2015-08-31")) == {"village_secretary"}
    assert await holding(registry, OTHER_VILLAGE, "2016-05-01") == {}
    async with registry.client("county_office") as client:
        patch = {"subject": "wang.new"}
        await client.patch(f"/staff/{first['id']}", json=patch, headers={"If-Match": '"1"'})
    assert (await holding(registry, VILLAGE, "2016-05-01"))["first_secretary"].subject == "wang.new"


async def test_two_who_take_the_same_post_of_a_village_at_once_one_gets_it(registry: Api):
    people = [await person(registry, post="team_leader") for _ in range(2)]
    both = [assign(registry, charge("team_leader", one, "2016-03-01", village=OTHER_VILLAGE)) for one in people]
    assert sorted(map(str, [slugs(answer)[0] for answer in await asyncio.gather(*both)])) == ["None", "post-taken"]


async def test_departments_cover_villages_each_pair_once(registry: Api):
    one, two = await organisation(registry), await organisation(registry, kind="enterprise")
    answers = await assign(
        registry,
        charge("department", one, "2016-01-01"),
        charge("department", two, "2016-01-01"),
        charge("department", one, "2016-01-01", village=OTHER_VILLAGE),
        charge("department", one, "2016-02-01"),
        charge("department", one, "2016-02-01", village="220622109999"),
        charge("department", one, "2016-02-01", village="220623100201"),
        charge("department", {"id": str(uuid7())}, "2016-02-01"),
        charge("department", one, "2016-02-01") | {"staff_id": str(uuid7())},
        charge("first_secretary", one, "2016-05-02"),
    )
    assert slugs(answers) == [
        *(None, None, None, "paired-already", "no-such-village", "division-forbidden"),
        *("no-such-organisation", "responsibility-part-missing", "starts-in-future"),
    ]


async def test_what_an_assignment_lacks_is_said_in_words_and_not_in_names_of_fields(registry: Api):
    helper = charge("helper", await person(registry), "2016-01-01")
    [answer] = await assign(registry, helper)
    assert answer["problem"]["title"] == "登记帮扶责任人应填户、责任人，不填其他对象"
    assert answer["problem"]["rule"] == "household_id, staff_id"
    async with registry.client("county_office") as client:
        headers = {"Accept-Language": "en"}
        english = await client.post("/responsibilities", json={"items": [helper]}, headers=headers)
    [answer] = english.json()["items"]
    assert answer["problem"]["title"] == "A helper is assigned by a household, a member of staff and nothing else"


async def test_a_registered_household_without_a_helper_stands_on_the_work_list_until_it_has_one(registry: Api):
    home, helper = await register(registry), await person(registry)

    async def missing() -> set[str]:
        async with registry.client("town_cadre", division=VILLAGE[:9]) as client:
            page = await client.get("/responsibilities/missing", params={"limit": 1000})
            return {row["id"] for row in page.json()["items"]}

    assert home["id"] in await missing()
    await assign(registry, charge("helper", helper, "2016-01-01", household_id=home["id"]))
    assert home["id"] not in await missing()


async def test_the_same_assignment_again_is_unchanged_and_with_other_content_refused(registry: Api):
    home, helper = await register(registry), await person(registry)
    item = charge("helper", helper, "2016-01-01", household_id=home["id"])
    first, again = await assign(registry, item), await assign(registry, item)
    other = await assign(registry, item | {"started_on": "2016-01-02"})
    assert [first[0]["status"], again[0]["status"], *slugs(other)] == [
        "accepted",
        "unchanged",
        "responsibility-differs",
    ]


async def test_a_town_assigns_its_own_people_and_sees_its_own_villages_only(registry: Api):
    mine = await organisation(registry, level="town", kind="government", division=VILLAGE[:9])
    own, countys = await person(registry, mine), await person(registry)
    here, there = await register(registry), await register(registry, village=OTHER_VILLAGE)
    async with registry.client("town_cadre", division=VILLAGE[:9]) as client:
        items = [
            charge("helper", own, "2016-01-01", household_id=here["id"]),
            charge("helper", own, "2016-01-01", household_id=there["id"]),
            charge("helper", countys, "2016-01-01", household_id=here["id"]),
        ]
        answers = (await client.post("/responsibilities", json={"items": items})).json()["items"]
        listed = (await client.get("/responsibilities", params={"limit": 1000})).json()["items"]
        foreign = await client.get(f"/households/{there['id']}/helpers")
    assert slugs(answers) == [None, "no-such-household", "no-such-staff"]
    assert {row["division"][:9] for row in listed} == {VILLAGE[:9]}
    assert foreign.status_code == 404


async def test_nobody_helps_before_he_came_or_after_he_left(registry: Api):
    helper, home = await person(registry, joined_on="2015-01-01"), await register(registry)
    async with registry.client("county_office") as client:
        patch = {"left_on": "2016-03-01"}
        await client.patch(f"/staff/{helper['id']}", json=patch, headers={"If-Match": '"1"'})
    days = ("2014-12-31", "2016-03-01", "2016-02-29")
    answers = await assign(registry, *[charge("helper", helper, day, household_id=home["id"]) for day in days])
    assert slugs(answers) == ["not-working", "not-working", None]


spans = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20) | st.none()), max_size=8)


@given(spans, st.integers(0, 60))
def test_the_busiest_day_is_the_day_with_most_spans_counted_day_by_day(drawn, since):
    begin = date(2016, 1, 1)
    made = [
        Span(begin + timedelta(start), begin + timedelta(start + length) if length else None)
        for start, length in drawn
    ]
    by_day = [
        sum(start <= day and (length is None or day < start + length) for start, length in drawn)
        for day in range(since, 100)
    ]
    assert busiest(made, begin + timedelta(since)) == max(by_day)
