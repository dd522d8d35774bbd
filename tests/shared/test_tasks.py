"""What waits for somebody is one list of every source, the overdue first; and everybody is told what they may do."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.names.ids import uuid7
from shared.tasks.records import Asked, Office, Subject, Task, TaskSource
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.staffing import assign, charge, in_charge, person
from tests.support.world import move_clock, register, villages

SECRETARY = "zhang-secretary"


def task(kind: str, level: Office, due: str, *, at: str = VILLAGE) -> Task:
    subject = Subject("household", uuid7())
    return Task(
        uuid7(),
        kind,
        subject,
        at,
        level,
        date.fromisoformat(due),
        "待办理",
        "is to be done",
        f"/{kind}s/{subject.id}",
    )


def source(kept: Sequence[Task], roles: set[str], post: str | None = None) -> TaskSource:
    """A source that keeps its tasks in a list, and asks for a post where one is named."""

    async def answer(session: AsyncSession, asked: Asked) -> list[Task]:
        wanted = [
            one
            for one in sorted(kept, key=lambda one: (one.due_on, one.id))
            if one.division.startswith(asked.division) and (one.due_on, one.id) > asked.after
            if asked.wants(one.level, roles) and not (asked.mine and post and not asked.holds(post, one.division))
        ]
        return wanted[: asked.limit]

    return answer


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> dict[str, list[Task]]:
    await villages(registry)
    await move_clock(registry, "2016-03-10")
    made = {
        "case": [
            task("case", "village", f"2016-03-{day:02}", at=at) for day in (9, 20) for at in (VILLAGE, OTHER_VILLAGE)
        ],
        "doubt": [task("doubt", "town", "2016-03-01"), task("doubt", "town", "2016-03-20")],
        "signature": [task("signature", "village", "2016-03-15", at=at) for at in (VILLAGE, OTHER_VILLAGE)],
    }
    registry.app.state.tasks = {
        "case": source(made["case"], {"village_cadre", "town_cadre"}),
        "doubt": source(made["doubt"], {"town_cadre"}),
        "signature": source(made["signature"], {"village_cadre"}, post="village_secretary"),
    }
    await in_charge(registry, "village_secretary", "2015-01-01", subject=SECRETARY)
    return made


async def asked(
    api: Api, *roles: str, division: str = "220622", subject: str | None = None, **params: Any
) -> list[Any]:
    async with api.client(*roles, division=division, subject=subject) as client:
        answer = await client.get("/tasks", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_an_office_has_one_list_of_everything_that_waits_in_its_division_the_overdue_first(
    registry: Api, county: dict[str, list[Task]]
):
    items = await asked(registry, "county_office")
    everything = sorted((one for kept in county.values() for one in kept), key=lambda one: (one.due_on, one.id))
    assert [one["id"] for one in items] == [str(one.id) for one in everything]
    assert [one["overdue"] for one in items] == [True] * 3 + [False] * 5
    first = everything[0]
    assert items[0] == {
        "id": str(first.id),
        "kind": "doubt",
        "subject": {"kind": "household", "id": str(first.subject.id) if first.subject else None},
        "division": VILLAGE,
        "level": "town",
        "zh": "待办理",
        "en": "is to be done",
        "due_on": "2016-03-01",
        "overdue": True,
        "link": f"/api/registry/v1{first.path}",
        "about": None,  # of a household that the register does not know
    }


async def test_the_list_is_paged_without_a_gap_or_a_repeat_also_where_tasks_are_due_on_one_day(registry: Api):
    whole = await asked(registry, "county_office")
    for limit in (1, 3):
        found: list[Any] = []
        cursor: str | None = ""
        async with registry.client("county_office") as client:
            while cursor is not None:
                params = {"limit": limit} | ({"cursor": cursor} if cursor else {})
                page = (await client.get("/tasks", params=params)).json()
                found, cursor = found + page["items"], page["next"]
        assert found == whole


async def test_a_list_can_be_that_of_one_village_one_level_or_one_kind(registry: Api):
    async with registry.client("county_office") as client:
        elsewhere = (await client.get("/tasks", params={"division": OTHER_VILLAGE})).json()["items"]
    assert {one["division"] for one in elsewhere} == {OTHER_VILLAGE}
    assert {one["division"] for one in await asked(registry, "village_cadre", division=VILLAGE)} == {VILLAGE}
    assert {one["kind"] for one in await asked(registry, "county_office", level="town")} == {"doubt"}
    assert {one["kind"] for one in await asked(registry, "county_office", kind="case")} == {"case"}


async def test_what_is_mine_is_what_my_role_my_level_and_my_post_let_me_do(registry: Api):
    def kinds(items: list[Any]) -> list[str]:
        return sorted(one["kind"] for one in items)

    assert kinds(await asked(registry, "town_cadre", division=VILLAGE[:9], mine=True)) == [
        "case",
        "case",
        "doubt",
        "doubt",
    ]
    assert kinds(await asked(registry, "village_cadre", division=VILLAGE, mine=True)) == ["case", "case"]
    secretary = await asked(registry, "village_cadre", division=VILLAGE, subject=SECRETARY, mine=True)
    assert kinds(secretary) == ["case", "case", "signature"]
    assert await asked(registry, "auditor", mine=True) == []


@pytest.mark.parametrize(
    ("query", "status", "slug"),
    [
        ("kind=shoes", 422, "no-such-task-kind"),
        ("level=province", 422, "invalid"),
        ("cursor=WyJ4IiwieSJd", 400, "cursor-rejected"),
    ],
)
async def test_a_list_that_is_asked_for_wrongly_is_refused_in_words(
    registry: Api, query: str, status: int, slug: str
):
    async with registry.client("county_office") as client:
        answer = await client.get(f"/tasks?{query}")
    assert (answer.status_code, answer.json()["type"].rsplit(":", 1)[1]) == (status, slug)


async def test_somebody_is_told_who_they_are_which_posts_they_hold_and_what_they_may_call(registry: Api):
    helper = await person(registry, subject="li-helper", name="李帮扶")
    home = await register(registry, village=OTHER_VILLAGE)
    await assign(registry, charge("helper", helper, "2016-01-01", household_id=home["id"]))
    async with registry.client("village_cadre", division=VILLAGE, subject=SECRETARY) as client:
        secretary = (await client.get("/me")).json()
    async with registry.client("county_office", subject="li-helper") as client:
        helping = (await client.get("/me")).json()
    assert (secretary["subject"], secretary["name"], secretary["level"]) == (SECRETARY, "赵帮扶", "village")
    assert secretary["posts"] == [
        {
            "post": "village_secretary",
            "zh": "村党支部书记",
            "en": "village party secretary",
            "division": VILLAGE,
            "since": "2015-01-01",
        }
    ]
    called = {code: secretary["words"][code]["zh"] for code in ("village", "village_cadre", "work")}
    assert called == {"village": "村级", "village_cadre": "村干部", "work": "日常工作"}
    assert helping["words"]["county_office"] == {"zh": "县扶贫办", "en": "county office"}
    assert secretary["division_name"] == "村201"
    assert (secretary["villages"], secretary["today"]) == ([VILLAGE], "2016-03-10")
    assert (helping["name"], helping["posts"], helping["villages"]) == ("李帮扶", [], [OTHER_VILLAGE])
    calls = {one["call"] for one in secretary["operations"]}
    assert {"GET /tasks", "POST /cases"} <= calls
    assert "POST /cases/decisions" not in calls
    assert "POST /cases/decisions" in {one["call"] for one in helping["operations"]}


async def test_a_token_for_one_purpose_may_call_what_serves_it(registry: Api):
    async with registry.client("county_office", purposes=frozenset({"work"})) as client:
        me = (await client.get("/me")).json()
    assert me["purposes"] == ["work"]
    assert {one["purpose"] for one in me["operations"]} == {"work"}
    assert me["words"].keys() == {"county", "county_office", "work"}


async def test_a_service_that_knows_nobody_still_tells_what_a_caller_may_do(funding: Api):
    async with funding.client("finance_officer") as client:
        me = (await client.get("/me")).json()
        waiting = (await client.get("/tasks")).json()
    assert (me["name"], me["division_name"], me["posts"], me["villages"]) == (None, None, [], [])
    assert "GET /lots" in {one["call"] for one in me["operations"]}
    assert waiting == {"items": [], "next": None}
