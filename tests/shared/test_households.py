"""What a service keeps of the registry's households, and what follows one to its new division."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.households.handlers import households
from shared.households.queries import NoSuchHousehold, get, known, lock
from shared.households.records import Became, Standing
from shared.security.auth import Caller, system
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.told import known_household, record, tell


def _following(api: Api, moved: list[Became]) -> Api:
    async def follow(session: AsyncSession, some: Sequence[Became]) -> None:
        moved.extend(some)

    service = replace(api.service, handles=[households(follow)])
    return replace(api, service=service)


async def test_members_have_ages_and_the_ability_to_work(evaluation: Api):
    state = await known_household(evaluation, born="1970-05-04")
    id = UUID(state["id"])
    async with evaluation.worker.transaction(system("evaluation")) as session:
        household = (await get(session, [id]))[id]
    first = household.members[UUID(state["members"][0]["id"])]
    assert (household.number, household.size, household.identified_on) == (state["number"], 2, date(2014, 6, 1))
    assert (first.relation, first.labour) == ("户主", "普通劳动力")
    assert (first.age(date(2016, 5, 3)), first.age(date(2016, 5, 4))) == (45, 46)


async def test_a_household_of_another_division_is_unknown(evaluation: Api):
    state = await known_household(evaluation)
    id = UUID(state["id"])
    neighbour = Caller("li", frozenset({"village_cadre"}), OTHER_VILLAGE)
    async with evaluation.worker.transaction(neighbour, confined=True) as session:
        found = await lock(session, [id])
        with pytest.raises(NoSuchHousehold):
            known(found, id)


async def test_what_follows_a_household_is_called_once_where_its_division_or_status_changed(evaluation: Api):
    moved: list[Became] = []
    api = _following(evaluation, moved)
    state = await known_household(api)
    assert moved == []
    elsewhere = state | {"division": OTHER_VILLAGE, "size": 3}
    move = record("registry.household.moved.v1", state["id"], 2, elsewhere)
    await tell(api, move)
    await tell(api, move, record("registry.household.changed.v1", state["id"], 3, elsewhere))
    there = Standing(OTHER_VILLAGE, "registered")
    assert moved == [Became(UUID(state["id"]), Standing(VILLAGE, "registered"), there)]
    gone = elsewhere | {"status": "removed", "size": 0, "members": []}
    await tell(api, record("registry.household.removed.v1", state["id"], 4, gone))
    assert moved[1:] == [Became(UUID(state["id"]), there, Standing(OTHER_VILLAGE, "removed"))]


async def test_an_older_event_that_comes_late_moves_nobody_back(evaluation: Api):
    moved: list[Became] = []
    api = _following(evaluation, moved)
    state = await known_household(api)
    elsewhere = state | {"division": OTHER_VILLAGE}
    await tell(api, record("registry.household.moved.v1", state["id"], 5, elsewhere))
    await tell(api, record("registry.household.changed.v1", state["id"], 4, state))
    assert [one.after.division for one in moved] == [OTHER_VILLAGE]
    async with api.worker.transaction(system("evaluation")) as session:
        kept = (await lock(session, [UUID(state["id"])]))[UUID(state["id"])]
    assert kept.division == OTHER_VILLAGE
