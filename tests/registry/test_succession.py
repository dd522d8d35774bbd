"""A household with a new head 户主变更: who is what to whom then, what the family has to say, and that it is kept."""

from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.people import member
from tests.support.world import by_two, move_clock, register, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-06-30")


MEN = {"之子", "之孙子", "之父", "之女婿", "之岳父", "之祖父", "之外孙子"}


async def family(api: Api, *relations: str, head_male: bool = True) -> dict[str, Any]:
    """A household by the relations of its members to the head; the spouse is of the other sex."""
    people = [member(male=head_male)]
    for relation in relations:
        male = relation in MEN or (relation == "配偶" and not head_male)
        people.append(member(relation, male=male))
    return await register(api, members=people)


def new_head(home: dict[str, Any], successor: int, *, dies: bool, **said: Any) -> dict[str, Any]:
    change = {
        "id": str(uuid7()),
        "household_id": home["id"],
        "effective_on": "2016-05-01",
        "successor_id": home["members"][successor]["id"],
    }
    death = {"kind": "member_left", "reason": "death", "person_id": home["members"][0]["id"]}
    return change | (death if dies else {"kind": "head_changed", "reason": "head_changed"}) | said


async def relations_of(api: Api, home: dict[str, Any]) -> dict[str, str]:
    async with api.client("auditor") as client:
        now = (await client.get(f"/households/{home['id']}")).json()["members"]
    return {person["id"]: person["relation"] for person in now}


# Who becomes head, and what the others are to them, by what the words mean in any family.
CERTAIN = [
    (("配偶", "之子"), 2, ["之母", "户主"]),  # the widow is not the wife of her son
    (("配偶", "之子"), 1, ["户主", "之子"]),
    (("配偶", "之孙子"), 2, ["之祖母", "户主"]),  # a grandson as head
    (("之女", "之子"), 2, ["其他", "户主"]),  # a sister: the list has no word for her
    (("配偶", "之父", "之母"), 1, ["户主", "之公公", "之婆婆"]),
    (("配偶", "之子", "之女"), 3, ["之母", "其他", "户主"]),
    (("之父", "之母", "之子"), 1, ["户主", "配偶", "之孙子"]),
    (("之父", "之母", "配偶"), 2, ["配偶", "户主", "之儿媳"]),
    (("之岳父", "配偶", "之女"), 1, ["户主", "之女", "之外孙女"]),
]


@pytest.mark.parametrize(("members", "successor", "expected"), CERTAIN)
async def test_when_the_head_dies_everybody_is_what_they_are_to_the_new_head(
    registry: Api, members: tuple[str, ...], successor: int, expected: list[str]
):
    home = await family(registry, *members)
    [answer] = await by_two(registry, new_head(home, successor, dies=True), role="town_cadre")
    assert answer["status"] == "accepted", answer
    now = await relations_of(registry, home)
    assert [now[person["id"]] for person in home["members"][1:]] == expected


async def test_a_head_hands_over_without_dying_and_is_a_member_from_that_day(registry: Api):
    home = await family(registry, "配偶", "之子")
    [answer] = await by_two(registry, new_head(home, 2, dies=False), role="town_cadre")
    assert answer["status"] == "accepted", answer
    now = await relations_of(registry, home)
    assert [now[person["id"]] for person in home["members"]] == ["之父", "之母", "户主"]
    async with registry.client("auditor") as client:
        before = await client.get(f"/households/{home['id']}/as-of", params={"as_of": "2016-04-30"})
        story = (await client.get(f"/households/{home['id']}/history")).json()
    then = {person["id"]: person["relation"] for person in before.json()["members"]}
    assert [then[person["id"]] for person in home["members"]] == ["户主", "配偶", "之子"]
    assert (story[-1]["reason"], story[-1]["zh"]) == ("head_changed", "户主变更")


async def test_a_new_head_is_named_and_lives_in_the_household(registry: Api):
    home = await family(registry, "配偶", "之子")
    unnamed = {**new_head(home, 1, dies=False), "successor_id": None}
    stranger = {**new_head(home, 1, dies=False), "successor_id": str(uuid7())}
    answers = await by_two(registry, unnamed, stranger, role="town_cadre")
    assert [answer["problem"]["title"] for answer in answers] == [
        "户主变更须指定新户主",
        "新户主须为该户现有成员",
    ]
    alone = await family(registry)
    [last] = await by_two(registry, {**new_head(alone, 0, dies=True), "successor_id": None}, role="town_cadre")
    assert last["problem"]["title"] == "此人为户内最后一名成员，请按整户自然减少办理"


async def test_a_mother_as_head_leaves_other_words_than_a_father(registry: Api):
    home = await family(registry, "之女", "之父", head_male=False)
    [answer] = await by_two(registry, new_head(home, 2, dies=False), role="town_cadre")
    assert answer["status"] == "accepted", answer
    now = await relations_of(registry, home)
    assert [now[person["id"]] for person in home["members"]] == ["之女", "之外孙女", "户主"]


async def test_what_only_the_family_knows_is_asked_and_what_was_said_is_kept(registry: Api):
    home = await family(registry, "之子", "之子", "之儿媳", "之孙女")
    ids = [person["id"] for person in home["members"]]
    [refused] = await by_two(registry, new_head(home, 1, dies=True), role="town_cadre")
    problem = refused["problem"]
    assert problem["type"] == "urn:tuopin:problem:relations-needed"
    assert problem["title"] == "有2名成员与新户主的关系无法推定，请逐人确认"
    assert [(one["person_id"], one["options"]) for one in problem["errors"]] == [
        (ids[3], ["配偶", "其他"]),
        (ids[4], ["之女", "其他"]),
    ]
    name = home["members"][3]["name"]
    assert problem["errors"][0]["message"] == f"{name}：原与户主关系为“之儿媳”，请确认与新户主的关系"
    assert (await relations_of(registry, home))[ids[0]] == "户主"
    said = [{"person_id": ids[3], "relation": "其他"}, {"person_id": ids[4], "relation": "其他"}]
    [answer] = await by_two(registry, new_head(home, 1, dies=True, relations=said), role="town_cadre")
    assert answer["status"] == "accepted", answer
    assert list((await relations_of(registry, home)).values()).count("其他") == 3
    async with registry.client("auditor") as client:
        chapter = (await client.get(f"/households/{home['id']}/history")).json()[-1]
    assert chapter["after"]["relations"] == {ids[3]: "其他", ids[4]: "其他"}
    assert chapter["recorded_by"]


async def test_the_proposal_shows_beforehand_what_follows_and_what_has_to_be_asked(registry: Api):
    home = await family(registry, "配偶", "之子", "之儿媳")
    ids = [person["id"] for person in home["members"]]
    async with registry.client("village_cadre") as client:
        gone = (await client.get(f"/households/{home['id']}/succession/{ids[2]}")).json()
        path = f"/households/{home['id']}/succession/{ids[2]}"
        stays = (await client.get(path, params={"head_stays": True})).json()
        head = await client.get(f"/households/{home['id']}/succession/{ids[0]}")
        stranger = await client.get(f"/households/{home['id']}/succession/{uuid7()}")
        unknown = await client.get(f"/households/{uuid7()}/succession/{ids[1]}")
    assert {one["person_id"]: one["options"] for one in gone} == {ids[1]: ["之母"], ids[3]: ["配偶", "其他"]}
    assert {one["person_id"]: one["options"] for one in stays}[ids[0]] == ["之父"]
    slugs = [answer.json()["type"].rsplit(":", 1)[1] for answer in (head, stranger, unknown)]
    assert slugs == ["head-already", "not-a-member", "no-such-household"]


@pytest.mark.parametrize(
    ("said", "slug"),
    [
        ([(3, "之父")], "relations-wrong"),  # she is a woman
        ([(3, "户主")], "relations-wrong"),
        ([(3, "妯娌")], "relations-wrong"),
        ([(3, "配偶"), (3, "其他")], "not-a-member"),
        ([(2, "其他"), (3, "其他")], "not-a-member"),  # the new head
        ([(0, "之父"), (3, "其他")], "not-a-member"),  # the dead
    ],
)
async def test_a_relation_that_cannot_be_is_refused_and_nothing_changes(
    registry: Api, said: list[tuple[int, str]], slug: str
):
    home = await family(registry, "配偶", "之子", "之儿媳")
    given = [{"person_id": home["members"][at]["id"], "relation": relation} for at, relation in said]
    [answer] = await by_two(registry, new_head(home, 2, dies=True, relations=given), role="town_cadre")
    assert answer["problem"]["type"].endswith(slug), answer
    assert len(await relations_of(registry, home)) == 4


async def test_members_who_split_off_with_the_head_leave_a_new_head_with_the_right_relations(registry: Api):
    home = await family(registry, "之子", "之女", "之母")
    ids = [person["id"] for person in home["members"]]
    split = {
        "id": str(uuid7()),
        "kind": "split",
        "reason": "split",
        "household_id": home["id"],
        "effective_on": "2016-05-01",
        "successor_id": ids[1],
        "split": {
            "id": str(uuid7()),
            "number": f"S{str(uuid7())[-11:]}",
            "members": [{"person_id": ids[0], "relation": "户主"}],
        },
    }
    [answer] = await by_two(registry, split, role="town_cadre")
    assert answer["status"] == "accepted", answer
    now = await relations_of(registry, home)
    assert now == {ids[1]: "户主", ids[2]: "其他", ids[3]: "之祖母"}


async def test_a_head_is_changed_once_and_never_to_the_head(registry: Api):
    home = await family(registry, "配偶")
    change = new_head(home, 1, dies=False)
    first = await by_two(registry, change, change, role="town_cadre")
    again = new_head(home, 1, dies=False)
    answers = [*first, *await by_two(registry, change, again, role="town_cadre")]
    assert [answer["status"] for answer in answers] == ["accepted", "accepted", "unchanged", "refused"]
    assert answers[-1]["problem"]["type"] == "urn:tuopin:problem:head-already"
