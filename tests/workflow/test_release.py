"""The payment step: released by somebody who had no part in the matter, carried out once, or not at all."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.main import SERVICE
from services.registry.procedures.identification.kinds import PROCEDURES
from shared.database.embedded import EmbeddedServer
from shared.http.items import refused
from shared.problems import Conflict, ProblemBody
from shared.security.crypto import KeyRing
from shared.workflow.case import Case
from tests.conftest import _running
from tests.support.api import Api
from tests.support.cases import slug
from tests.support.procedures import COUNTY, content, decided, detail, done, opened, recorded, ruled, sent, step, town
from tests.support.world import move_clock

DAY = "2016-03-01"
PAYMENT = step("payment", roles=["county_office", "county_leader", "finance_officer"])


class Cashier:
    """What a test's procedure does when a payment is released: it notes the case, or refuses those it is told to."""

    def __init__(self) -> None:
        self.paid: list[str] = []
        self.empty: set[str] = set()

    async def release(
        self, session: AsyncSession, keys: KeyRing, cases: Sequence[Case], today: date
    ) -> Mapping[UUID, ProblemBody]:
        self.paid += [str(case.id) for case in cases if str(case.id) not in self.empty]
        return {case.id: nothing_there(case.id) for case in cases if str(case.id) in self.empty}


class NothingThere(Conflict):
    slug, zh, en = "nothing-there", "账户余额不足", "There is not enough in the account"


def nothing_there(id: UUID) -> ProblemBody:
    problem = refused(id, NothingThere(field="record.amount"), position=0).problem
    assert problem is not None
    return problem


@pytest.fixture(scope="module")
def cashier() -> Cashier:
    return Cashier()


@pytest.fixture(scope="module")
async def paying(server: EmbeddedServer, keys: Path, run_folder: Path, cashier: Cashier) -> AsyncIterator[Api]:
    """The registry with a procedure that pays."""
    kinds = [replace(kind, release=cashier.release) for kind in PROCEDURES.kinds]
    service = replace(SERVICE, procedures=replace(PROCEDURES, kinds=kinds))
    async for api in _running(service, server, keys, run_folder):
        await move_clock(api, DAY)
        yield api


async def approved(api: Api) -> tuple[str, dict[str, Any]]:
    """A case that was approved and waits for its payment; answers its village too."""
    at = await town(api) + "201"
    await ruled(api, at[:9], step("visit"), step("decision"), PAYMENT)
    case = await opened(api, at)
    await done(api, case, "visit", day=DAY, at=at)
    assert await decided(api, "decision", case, at=at) == [None]
    return at, case


def payment(case: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return {"id": case["id"], "step": "payment", "record": content("payment", DAY, **facts)}


async def pays(api: Api, *items: dict[str, Any], at: str, subject: str = "cashier") -> list[dict[str, Any]]:
    return await sent(api, "/cases/steps", *items, at=at, level="county", subject=subject)


async def test_whoever_had_a_part_in_the_matter_does_not_release_its_payment(paying: Api, cashier: Cashier):
    at, case = await approved(paying)
    for part in ("v-cadre", "V-Other ", "county-decider"):
        (answer,) = await pays(paying, payment(case), at=at, subject=part)
        assert (slug(answer), answer["problem"]["title"]) == ("separate-people", "经办人不得支付本人经办事项"), part
    assert case["id"] not in cashier.paid
    (answer,) = await pays(paying, payment(case), at=at)
    assert answer["status"] == "accepted", answer
    assert cashier.paid.count(case["id"]) == 1
    paid = await detail(paying, case)
    assert (paid["status"], paid["step"]) == ("approved", None)
    assert paid["steps"][-1]["records"][0]["amount"] == "1500.00"


async def test_a_payment_that_is_sent_again_is_carried_out_once(paying: Api, cashier: Cashier):
    at, case = await approved(paying)
    for expected in ("accepted", "unchanged", "unchanged"):
        assert (await pays(paying, payment(case), at=at))[0]["status"] == expected
    assert cashier.paid.count(case["id"]) == 1
    (other,) = await pays(paying, payment(case, amount="2000.00"), at=at)
    assert slug(other) == "case-step-done"
    assert cashier.paid.count(case["id"]) == 1


async def test_a_payment_that_cannot_be_made_leaves_its_case_waiting_and_the_others_paid(
    paying: Api, cashier: Cashier
):
    (at, poor), (there, rich) = [await approved(paying) for _ in range(2)]
    assert at[:6] == there[:6] == COUNTY
    cashier.empty.add(poor["id"])
    before = await detail(paying, poor)
    answers = await pays(paying, payment(poor), payment(rich), at=at)
    assert [answer["status"] for answer in answers] == ["refused", "accepted"]
    assert answers[0]["problem"]["title"] == "账户余额不足"
    assert await detail(paying, poor) == before
    assert before["step"] == "payment"
    cashier.empty.clear()
    assert (await pays(paying, payment(poor), at=at))[0]["status"] == "accepted"
    assert [cashier.paid.count(case["id"]) for case in (poor, rich)] == [1, 1]


async def test_nothing_is_paid_before_the_decision(paying: Api, cashier: Cashier):
    at = await town(paying) + "201"
    await ruled(paying, at[:9], step("visit"), step("decision"), PAYMENT)
    case = await opened(paying, at)
    await done(paying, case, "visit", day=DAY, at=at)
    assert slug((await pays(paying, payment(case), at=at))[0]) == "case-wrong-step"
    assert case["id"] not in cashier.paid
    async with paying.client("county_office", division=COUNTY) as client:
        tasks = (await client.get("/tasks", params={"division": at})).json()["items"]
    assert [task["zh"] for task in tasks] == ["漏评纳入：待办理县级审定"]


async def test_the_payment_is_the_task_of_those_who_may_release_it(paying: Api):
    at, case = await approved(paying)
    for subject, expected in (("county-decider", []), ("cashier", [case["id"]])):
        async with paying.client("county_office", division=COUNTY, subject=subject) as client:
            tasks = (await client.get("/tasks", params={"division": at, "mine": True})).json()["items"]
        assert [task["id"] for task in tasks] == expected, subject
    assert (await recorded(paying, case, "payment", DAY, at=at, subject="cashier"))["status"] == "accepted"
