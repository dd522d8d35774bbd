"""Whoever is paid is somebody, is eligible on the day of the payment, and gets the same once, in whichever role."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.funding.test_money import COUNTY, get, lend, money
from tests.funding.test_payees import slug
from tests.support.api import Api
from tests.support.payees import along, application, step
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.told import known_household, record, tell
from tests.support.world import decide, move_clock


@pytest.fixture(scope="module", autouse=True)
async def day(funding: Api) -> None:
    await move_clock(funding, "2016-06-01")
    await money(funding, "reward", "900000.00")


async def becomes(api: Api, home: dict[str, Any], sequence: int, **facts: Any) -> dict[str, Any]:
    """The registry tells of a household's next state."""
    state = home | {"effective_on": "2016-05-20"} | facts
    await tell(api, record("registry.household.changed.v1", home["id"], sequence, state))
    return state


async def split(api: Api, home: dict[str, Any], day: str = "2016-05-20", **facts: Any) -> dict[str, Any]:
    """A household's spouse becomes a household of its own; answers the new one."""
    head, spouse = home["members"]
    new = await known_household(api, members=[spouse | {"relation": "户主"}], size=1, **facts)
    await becomes(api, home, 2, members=[head], size=1, successors=[new["id"]], effective_on=day)
    await becomes(api, new, 2, predecessors=[home["id"]], effective_on=day)
    return new


async def row(api: Api, path: str, id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in (await get(api, path))["items"] if one["id"] == id)
    return found


async def hold_of(api: Api, document: str) -> dict[str, Any]:
    """The last hold of a document."""
    async with api.client("county_leader") as client:
        listed = (await client.get("/holds", params={"waiting": False, "limit": 1000})).json()["items"]
    return [one for one in listed if one["document_id"] == document][-1]


async def decided(api: Api, hold: dict[str, Any], decision: str, who: str = "leader") -> dict[str, Any]:
    item = {"id": hold["id"], "decision": decision, "ground": "经县扶贫开发领导小组研究"}
    (answer,) = await decide(api, "/holds/decisions", item, role="county_leader", subject=who)
    return answer


@pytest.mark.parametrize(
    ("done", "next_step"), [("applications", "inspections"), ("inspections", "approvals"), ("approvals", "payments")]
)
async def test_a_household_that_is_removed_on_the_way_gets_no_further_and_is_held(
    funding: Api, done: str, next_step: str
):
    home = await known_household(funding)
    reward = await along(funding, application(home), done)
    await becomes(funding, home, 2, status="removed")
    for _ in range(2):
        answer = await step(funding, next_step, reward)
        assert (answer["status"], slug(answer)) == ("refused", "household-not-eligible")
        assert answer["problem"]["title"] == "该户已剔除，不在可享受范围；登记有误的请先更正登记"
        assert answer["problem"]["field"] == "items[0].id"
    held = (await row(funding, "/rewards", reward["id"]))["held"]
    assert [(one["code"], "已剔除" in one["zh"], "removed" in one["en"]) for one in held] == [
        ("household-not-eligible", True, True)
    ]


async def test_a_removal_that_funding_hears_of_holds_what_is_on_its_way_before_anybody_tries(
    funding: Api, lending: None
):
    home, other = [await known_household(funding) for _ in range(2)]
    person = application(home, "person", payee_id=home["members"][1]["id"])
    ways = {
        "inspections": person,
        "approvals": application(home, item="鹅"),
        "payments": application(home, item="猪"),
    }
    for upto, reward in ways.items():
        await along(funding, reward, upto)
    untouched = await along(funding, application(other), "approvals")
    loan = await lend(funding, home, "10000.00")
    for status in ("exited", "removed", "removed"):  # told twice
        home = await becomes(funding, home, 4 if status == "removed" else 2, status=status)
        held = {
            upto: [one["code"] for one in (await row(funding, "/rewards", reward["id"]))["held"]]
            for upto, reward in {**ways, "other": untouched}.items()
        }
        held["loan"] = [one["code"] for one in (await row(funding, "/loans", loan["id"]))["held"]]
        expected = ["household-not-eligible"] if status == "removed" else []
        assert held == {"inspections": expected, "approvals": expected, "payments": [], "other": [], "loan": expected}


async def test_who_left_poverty_is_paid_and_who_was_removed_does_not_apply_again(funding: Api):
    exited, removed = [await known_household(funding) for _ in range(2)]
    reward = await along(funding, application(exited), "approvals")
    await becomes(funding, exited, 2, status="exited")
    assert (await step(funding, "payments", reward))["status"] == "accepted"
    await becomes(funding, removed, 2, status="removed", members=[])
    assert slug(await step(funding, "applications", application(removed))) == "household-not-eligible"


async def test_what_is_held_waits_for_a_leader_who_had_no_part_in_it_and_is_then_paid(funding: Api):
    home = await known_household(funding)
    reward = await along(funding, application(home), "approvals")
    await becomes(funding, home, 2, status="removed")
    await step(funding, "payments", reward)
    hold = await hold_of(funding, reward["id"])
    async with funding.client("county_leader", subject="leader") as client:
        kinds = {one["kind"]: one for one in (await client.get("/tasks?kind=reward_hold&mine=true")).json()["items"]}
    assert kinds["reward_hold"]["zh"] == "奖补暂缓办理，待决定"
    async with funding.client("finance_officer", subject="payer") as client:
        due = (await client.get("/tasks?kind=reward_payment&limit=1000")).json()["items"]
    assert reward["id"] not in {one["subject"]["id"] for one in due}
    for part in ("village_cadre", "Town_Cadre", "county_office "):
        assert slug(await decided(funding, hold, "release", part)) == "separate-people"
    assert (await decided(funding, hold, "release"))["status"] == "accepted"
    assert (await decided(funding, hold, "release"))["status"] == "unchanged"
    assert slug(await decided(funding, hold, "refuse")) == "hold-decided"
    assert slug(await step(funding, "payments", reward, subject="leader")) == "separate-people"
    assert (await step(funding, "payments", reward))["status"] == "accepted"
    paid = await row(funding, "/rewards", reward["id"])
    assert (paid["status"], paid["held"]) == ("paid", [])
    lines = (await get(funding, "/audit", kind="hold", id=hold["id"]))["items"]
    assert {one["action"] for one in lines} >= {"reward.held", "hold.release"}


async def test_what_was_released_for_one_reason_is_held_again_for_another(funding: Api):
    home = await known_household(funding)
    reward = application(home, "person", payee_id=home["members"][1]["id"])
    await along(funding, reward, "approvals")
    removed = await becomes(funding, home, 2, status="removed")
    await step(funding, "payments", reward)
    await decided(funding, await hold_of(funding, reward["id"]), "release")
    await becomes(funding, removed, 3, members=removed["members"][:1])
    assert slug(await step(funding, "payments", reward)) == "payee-not-a-member"
    hold = await hold_of(funding, reward["id"])
    assert (hold["decision"], [one["code"] for one in hold["reasons"]]) == (None, ["payee-not-a-member"])


async def test_what_is_refused_after_it_was_held_is_over_and_the_item_free_again(funding: Api):
    home = await known_household(funding)
    reward = await along(funding, application(home), "approvals")
    removed = await becomes(funding, home, 2, status="removed")
    await step(funding, "payments", reward)
    await decided(funding, await hold_of(funding, reward["id"]), "refuse")
    answer = await step(funding, "payments", reward)
    assert answer["problem"]["title"] == "该笔奖补经决定不予办理，不能办理此步"
    assert (await row(funding, "/rewards", reward["id"]))["reasons"][0]["zh"] == "经县扶贫开发领导小组研究"
    await becomes(funding, removed, 3, status="registered")
    assert (await step(funding, "applications", application(home)))["status"] == "accepted"


async def test_a_removal_that_is_taken_back_lets_the_payment_go_and_says_so(funding: Api):
    home = await known_household(funding)
    reward = await along(funding, application(home), "approvals")
    removed = await becomes(funding, home, 2, status="removed")
    await step(funding, "payments", reward)
    await becomes(funding, removed, 3, status="registered")
    assert (await step(funding, "payments", reward))["status"] == "accepted"
    hold = await hold_of(funding, reward["id"])
    assert (hold["decision"], hold["decided_by"]) == ("lapse", "finance_officer")


async def test_a_person_whom_no_household_of_the_village_has_is_paid_nothing(funding: Api):
    home, other = await known_household(funding), await known_household(funding, division=OTHER_VILLAGE)
    for payee in (str(uuid7()), home["id"], other["members"][0]["id"]):
        reward = application({"id": payee, "division": VILLAGE}, "person", quantity="100000", item="食用菌")
        assert slug(await step(funding, "applications", reward)) == "payee-not-a-member"


async def test_a_household_of_another_village_than_the_application_names_is_refused(funding: Api):
    home = await known_household(funding)
    elsewhere = application(home, division=OTHER_VILLAGE)
    assert slug(await step(funding, "applications", elsewhere)) == "payee-elsewhere"
    (hidden,) = await decide(
        funding, "/rewards/applications", elsewhere, role="village_cadre", division=OTHER_VILLAGE
    )
    assert slug(hidden) == "no-such-household"  # who sees that village only learns nothing of this one


async def test_a_household_and_its_members_get_an_item_once_a_year_in_whichever_role(funding: Api):
    home = await known_household(funding)
    head, spouse = (one["id"] for one in home["members"])
    first = application(home, "person", payee_id=head)
    others = [
        application(home),
        application(home, "person", payee_id=spouse),
        application(home, "person", payee_id=head),
    ]
    answers = await decide(funding, "/rewards/applications", first, *others, role="village_cadre", subject="v")
    assert [slug(one) for one in answers] == [None, *["reward-applied-already"] * 3]
    assert (await step(funding, "applications", application(home, item="鹅")))["status"] == "accepted"


async def test_a_half_that_lives_in_another_village_is_found_by_the_county(funding: Api):
    home = await known_household(funding)
    await along(funding, application(home), "payments")
    new = await split(funding, home, division=OTHER_VILLAGE)
    reward = application(new)
    here = {"division": OTHER_VILLAGE}
    assert (await step(funding, "applications", reward, **here))["status"] == "accepted"  # the village sees its own
    assert slug(await step(funding, "inspections", reward, division=OTHER_VILLAGE[:9])) is None
    assert slug(await step(funding, "approvals", reward)) == "reward-applied-already"


async def test_what_a_household_got_where_it_lived_before_is_not_got_again_and_spoils_no_other_line(funding: Api):
    home, neighbour = await known_household(funding), await known_household(funding, division=OTHER_VILLAGE)
    await along(funding, application(home), "payments")  # what is paid stays in the old village
    moved = await becomes(funding, home, 2, division=OTHER_VILLAGE)
    answers = await decide(
        funding,
        "/rewards/applications",
        application(moved),
        application(neighbour),
        role="village_cadre",
        division=OTHER_VILLAGE,
    )
    assert [(one["status"], slug(one)) for one in answers] == [
        ("refused", "reward-applied-already"),
        ("accepted", None),
    ]


async def test_households_that_merged_are_one_also_when_the_events_come_at_once(funding: Api):
    one, into = [await known_household(funding) for _ in range(2)]
    await along(funding, application(one), "payments")
    about = {"effective_on": "2016-05-20", "size": 4}
    joined = into | about | {"members": [*into["members"], *one["members"]], "predecessors": [one["id"]]}
    later = joined | {"effective_on": "2016-05-25", "predecessors": []}
    await tell(
        funding,
        record("registry.household.changed.v1", into["id"], 2, joined),
        record("registry.household.changed.v1", into["id"], 3, later),
    )
    assert slug(await step(funding, "applications", application(into))) == "reward-applied-already"


async def test_the_cap_of_a_year_holds_for_a_household_and_its_members_together(funding: Api):
    home = await known_household(funding)
    head, spouse = (one["id"] for one in home["members"])
    for reward in (
        application(home, quantity="15"),  # 12,000 by the cap of the item
        application(home, "person", payee_id=head, item="猪", quantity="4"),  # 2,000
        application(home, "person", payee_id=spouse, item="蜂", quantity="10"),  # 3,000, of which 1,000 are left
    ):
        await along(funding, reward, "approvals")
    assert (await row(funding, "/rewards", reward["id"]))["amount"] == "1000.00"


async def test_six_approvals_at_the_same_moment_do_not_pass_a_cap_between_them(funding: Api):
    home = await known_household(funding)
    new = await split(funding, home)
    head, spouse = home["members"][0]["id"], new["members"][0]["id"]
    rewards = [
        application(home, item="牛", quantity="9"),  # 7,200
        application(home, "person", payee_id=head, item="猪", quantity="12"),  # 6,000
        application(home, item="贝母", quantity="3"),  # 6,000
        application(new, item="鹅", quantity="300"),  # 6,000
        application(new, "person", payee_id=spouse, item="蜂", quantity="20"),  # 6,000
        application(new, item="蓝莓", quantity="4"),  # 6,000
    ]
    for reward in rewards:
        await along(funding, reward, "inspections")
    answers = await asyncio.gather(
        *(step(funding, "approvals", one, subject=f"c{n}") for n, one in enumerate(rewards))
    )
    assert {one["status"] for one in answers} == {"accepted"}
    amounts = [Decimal((await row(funding, "/rewards", one["id"]))["amount"]) for one in rewards]
    assert sum(amounts) == Decimal(15000)


async def test_of_halves_in_several_villages_one_gets_the_item_also_at_the_same_moment(funding: Api):
    homes = [await known_household(funding)]
    members = [{**homes[0]["members"][1], "id": str(uuid7())} for _ in range(5)]
    for number, member in enumerate(members):
        facts = {"members": [member], "size": 1, "division": f"2206221012{number + 10}"}
        homes.append(
            await known_household(funding, predecessors=[homes[0]["id"]], effective_on="2016-05-20", **facts)
        )
    rewards = [application(home) for home in homes]
    for home, reward in zip(homes, rewards, strict=True):
        here = {"applications": home["division"], "inspections": home["division"][:9]}
        for path, division in here.items():
            assert (await step(funding, path, reward, division=division))["status"] == "accepted"
    answers = await asyncio.gather(
        *(step(funding, "approvals", one, subject=f"c{n}") for n, one in enumerate(rewards))
    )
    assert sorted(str(slug(one)) for one in answers) == ["None", *["reward-applied-already"] * 5]


async def test_a_household_and_its_head_are_one_object_of_the_figure(funding: Api):
    before = (await get(funding, "/figures/reward-objects"))["value"]
    home = await known_household(funding)
    await along(funding, application(home), "payments")
    await along(funding, application(home, "person", payee_id=home["members"][0]["id"], item="鹅"), "payments")
    assert (await get(funding, "/figures/reward-objects"))["value"] == before + 1
    held = await get(funding, f"/households/{home['id']}/sources")
    assert sum(Decimal(one["amount"]) for one in held) == 2 * 800 + 2 * 20


async def test_a_reward_goes_along_when_its_member_moves_with_the_household(funding: Api):
    home = await known_household(funding)
    reward = application(home, "person", payee_id=home["members"][0]["id"])
    await along(funding, reward, "approvals")
    await becomes(funding, home, 2, division=OTHER_VILLAGE)
    assert (await row(funding, "/rewards", reward["id"]))["division"] == OTHER_VILLAGE
    assert (await step(funding, "payments", reward))["status"] == "accepted"


@pytest.fixture(scope="module")
async def lending(funding: Api) -> None:
    await money(funding, "risk_fund", "5000.00")
    await money(funding, "credit", "500000.00", level="bank", payer="农商行")
    fund = {"id": str(uuid7()), "division": COUNTY, "bank": "农商行", "amount": "5000.00"}
    await decide(funding, "/risk-funds/contributions", fund, role="finance_officer")


GONE = {
    "the household is removed": ({"status": "removed"}, "household-not-eligible"),
    "the borrower has died": ({"members": "without"}, "borrower-not-eligible"),
    "the borrower can work no longer": ({"members": "unable"}, "borrower-not-eligible"),
}


async def change(api: Api, home: dict[str, Any], sequence: int, facts: dict[str, Any]) -> None:
    borrower, other = home["members"]
    members = {"without": [other], "unable": [borrower | {"labour": "丧失劳动力"}, other]}
    named = facts.get("members")
    await becomes(api, home, sequence, **(facts if named is None else {"members": members[named]}))


@pytest.mark.parametrize("case", GONE)
@pytest.mark.parametrize(("path", "role"), [("approvals", "county_office"), ("disbursements", "bank")])
async def test_a_loan_is_judged_again_on_the_day_of_each_step_and_held(
    funding: Api, lending: None, case: str, path: str, role: str
):
    facts, expected = GONE[case]
    home = await known_household(funding)
    loan = await lend(funding, home, "10000.00")
    item = {"id": loan["id"]}
    if path == "disbursements":
        await decide(funding, "/loans/approvals", item, role="county_office", subject="c")
    await change(funding, home, 2, facts)
    (answer,) = await decide(funding, f"/loans/{path}", item, role=role, subject=role)
    assert (answer["status"], slug(answer)) == ("refused", expected)
    assert [one["code"] for one in (await row(funding, "/loans", loan["id"]))["held"]] == [expected]
    hold = await hold_of(funding, loan["id"])
    assert slug(await decided(funding, hold, "refuse", "v")) == "separate-people"
    assert (await decided(funding, hold, "refuse"))["status"] == "accepted"
    assert (await row(funding, "/loans", loan["id"]))["status"] == "refused"


async def test_who_owes_a_loan_brings_none_into_another_household(funding: Api, lending: None):
    home, other = [await known_household(funding) for _ in range(2)]
    assert (await lend(funding, home, "10000.00"))["answer"]["status"] == "accepted"
    borrower, rest = home["members"]
    await becomes(funding, home, 2, members=[rest | {"relation": "户主"}], size=1)
    await becomes(funding, other, 2, members=[*other["members"], borrower | {"relation": "之儿媳"}], size=3)
    assert slug((await lend(funding, other, "10000.00"))["answer"]) == "household-has-loan"


# The clock goes on from here: it only moves forward.
async def test_a_borrower_who_grows_too_old_before_the_money_comes_is_held(funding: Api, lending: None):
    home = await known_household(funding, born="1950-06-15")  # 65 until the day before the 15th of June 2016
    loan = await lend(funding, home, "10000.00")
    assert loan["answer"]["status"] == "accepted"
    await decide(funding, "/loans/approvals", {"id": loan["id"]}, role="county_office", subject="c")
    await move_clock(funding, "2016-06-15")
    (answer,) = await decide(funding, "/loans/disbursements", {"id": loan["id"]}, role="bank", subject="b")
    assert slug(answer) == "borrower-not-eligible"


async def test_a_split_makes_no_second_reward_of_the_year_and_is_two_in_the_next(funding: Api):
    home = await known_household(funding)
    await along(funding, application(home), "payments")
    new = await split(funding, home)
    assert slug(await step(funding, "applications", application(new))) == "reward-applied-already"
    await move_clock(funding, "2017-02-01")
    answers = [await step(funding, "applications", application(one, year=2017)) for one in (home, new)]
    assert [one["status"] for one in answers] == ["accepted", "accepted"]
