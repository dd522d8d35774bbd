"""Finding people and households: by any part of a name, pinyin, initials, numbers, and what a household is."""

import time

import pytest
from hypothesis import given, strategies

from services.registry.desk.search import rules as terms
from shared.names import grams, readings
from shared.names.ids import uuid7
from tests.registry import test_imports as imports
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE, identity_number, member
from tests.support.world import by_two, move_clock, register, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)


async def lives(api: Api, *names: str, **facts: object) -> dict:
    """A household whose members bear these names."""
    people = [member("户主" if n == 0 else "其他", name=name) for n, name in enumerate(names)]
    return await register(api, members=people, **facts)


async def find(api: Api, division: str = "220622", role: str = "county_office", **asked: object) -> list[str]:
    """The names of everybody who is found, over all pages."""
    names, cursor = [], None
    async with api.client(role, division=division) as client:
        while True:
            answer = await client.post("/searches", json=asked | ({"cursor": cursor} if cursor else {}))
            assert answer.status_code == 200, answer.text
            names += [hit["name"] for hit in answer.json()["items"]]
            cursor = answer.json()["next"]
            if cursor is None:
                return names


@pytest.mark.parametrize(
    "typed",
    [
        "王小明",
        "小明",
        "王小",
        "王",
        "明",
        "wangxiaoming",
        "wang xiao ming",
        "xiaoming",
        "wangxiaom",
        "wxm",
        "Wáng Xiǎomíng",
        "王xm",
        "ｗｘｍ",
    ],
)
async def test_a_person_is_found_by_every_part_of_the_name_in_characters_and_pinyin(registry: Api, typed: str):
    await lives(registry, "王小明", "陈大为")
    names = await find(registry, name=typed)
    assert "王小明" in names
    assert "陈大为" not in names


@pytest.mark.parametrize(
    ("name", "as_surname", "otherwise"),
    [("单雄信", "shan", "dan"), ("解珍", "xie", "jie"), ("曾国藩", "zeng", "ceng"), ("仇英", "qiu", "chou"),
     ("区大相", "ou", "qu"), ("朴正", "piao", "pu"), ("尉迟恭", "yuchi", "wei"), ("万俟雅", "moqi", "wan")],
)  # fmt: skip
async def test_a_surname_is_found_under_its_own_reading_and_under_the_usual_one(
    registry: Api, name: str, as_surname: str, otherwise: str
):
    await lives(registry, name)
    assert name in await find(registry, name=as_surname)
    assert name in await find(registry, name=otherwise)
    assert name in await find(registry, name=name[0])


@pytest.mark.parametrize(
    "typed",
    ["maria", "Maria Petrova", "petrova", "petrov", "mariapetr", "ＭＡＲＩＡ", "MARIA·PETROVA"],
)
async def test_a_name_in_latin_letters_is_found_by_its_words_and_their_beginnings(registry: Api, typed: str):
    await lives(registry, "Maria Petrova", "马丽娅", "Marta Weber")
    names = await find(registry, name=typed)
    assert "Maria Petrova" in names
    assert "Marta Weber" not in names


async def test_a_name_in_latin_letters_that_is_longer_than_what_is_kept_of_it_is_found(registry: Api):
    name = "Wolfeschlegelsteinhausen Bergerdorff"
    await lives(registry, name)
    for typed in (name, "wolfeschlegelstein", name.replace(" ", "")):
        assert await find(registry, name=typed) == [name], typed
    assert name not in await find(registry, name="wolfeschlegelsteinbach")


@given(
    name=strategies.text("王单解曾小明国华乐娜尉迟吕侯", min_size=1, max_size=5),
    start=strategies.integers(0, 4),
    length=strategies.integers(1, 5),
)
def test_whatever_part_of_a_name_is_typed_in_characters_or_pinyin_a_gram_leads_to_it(
    name: str, start: int, length: int
):
    part = name[start : start + length] or name
    at = name.index(part)
    said = "".join(readings.readings(name, at + n)[0] for n in range(len(part)))
    for typed in (part, said):
        patterns = terms.patterns(typed)
        assert any(terms.fits(name, pattern) for pattern in patterns)
        leading = [way for pattern in patterns if terms.fits(name, pattern) for way in terms.ways(pattern)]
        assert any({way.gram, *way.needed} <= set(grams.grams(name)) for way in leading)


def test_a_name_costs_few_rows():
    assert len(grams.grams("王小明")) == 6
    assert len(grams.grams("李某")) == 4


async def test_a_cadre_of_the_next_township_finds_nobody(registry: Api):
    body = await lives(registry, "郭子仪")
    number, phone = body["members"][0]["identity_number"], body["phone"]
    for asked in ({"name": "郭子仪"}, {"name": "gzy"}, {"identity_number": number}, {"number": body["number"]}):
        assert await find(registry, role="village_cadre", division=VILLAGE, **asked) == ["郭子仪"]
        assert await find(registry, role="village_cadre", division=OTHER_VILLAGE, **asked) == []
        async with registry.client("county_office") as client:
            narrowed = await client.post("/searches", json=asked | {"division": OTHER_VILLAGE})
        assert narrowed.json() == {"items": [], "next": None}
    assert "郭子仪" in await find(registry, role="town_cadre", division=VILLAGE[:9], phone=phone)
    assert await find(registry, role="town_cadre", division=OTHER_VILLAGE[:9], phone=phone) == []


@pytest.mark.parametrize(
    "typed", ["'; DROP TABLE person;--", "%小%", "小_", "\\", "王*", "{小,明}", "🙂🙂", "\u202e明", "0x41", "a" * 50]
)
async def test_terms_are_terms_and_nothing_else(registry: Api, typed: str):
    await lives(registry, "王小明")
    async with registry.client("county_office") as client:
        answer = await client.post("/searches", json={"name": typed})
        still = await client.post("/searches", json={"name": "王小明"})
    assert answer.status_code in (200, 422)
    assert still.json()["items"]


async def test_a_search_says_at_least_one_thing(registry: Api):
    async with registry.client("county_office") as client:
        for asked, slug in (
            ({}, "nothing-asked"),
            ({"name": "w"}, "name-too-short"),
            ({"name": "···"}, "name-too-short"),
        ):
            answer = await client.post("/searches", json=asked)
            assert (answer.status_code, answer.json()["type"]) == (422, f"urn:tuopin:problem:{slug}")


async def test_terms_stand_in_the_body_and_never_in_the_address(registry: Api):
    async with registry.client("county_office") as client:
        assert (await client.get("/searches?name=王")).status_code == 405
        assert (await client.get("/households?name=王")).status_code == 422


async def test_a_number_is_found_in_every_form_in_which_it_may_be_written(registry: Api):
    body = await lives(registry, "岳飞")
    number = body["members"][0]["identity_number"]
    for typed in (number.lower(), f" {number[:6]} {number[6:]}", number + "43"):
        assert await find(registry, identity_number=typed) == ["岳飞"]
    assert await find(registry, identity_number=identity_number()) == []


async def test_a_phone_is_found_whether_it_is_the_households_or_a_members(registry: Api):
    people = [member(name="关羽"), member("其他", name="关平", phone="139-1234-5678")]
    await register(registry, members=people, phone="13900001111")
    assert await find(registry, phone="13912345678") == ["关平"]
    assert await find(registry, phone="139 0000 1111") == ["关羽"]


async def test_terms_can_be_combined_and_all_of_them_have_to_hold(registry: Api):
    one = await lives(registry, "周瑜", main_cause="因灾", attribute="五保贫困户", unsafe_house=True)
    other = await lives(registry, "周仓", "周泰", main_cause="因学")
    assert await find(registry, name="zhou", cause="因灾") == ["周瑜"]
    assert sorted(await find(registry, name="周", cause="因学")) == ["周仓", "周泰"]
    assert await find(registry, name="周", attribute="五保贫困户", size_max=1, unsafe_house=True) == ["周瑜"]
    assert await find(registry, name="周", number=other["number"], size_min=3) == []
    assert await find(registry, cause="因灾", year=2014, status="registered") == ["周瑜"]
    assert await find(registry, number=one["number"]) == ["周瑜"]


async def test_a_person_who_came_is_found_and_one_who_left_is_not(registry: Api):
    body = await lives(registry, "赵云", "赵统")
    joins = {
        "id": str(uuid7()), "kind": "member_added", "household_id": body["id"], "effective_on": "2014-12-01",
        "reason": "birth", "member": member("其他", name="赵广"),
    }  # fmt: skip
    leaves = joins | {
        "id": str(uuid7()), "kind": "member_left", "reason": "death", "person_id": body["members"][1]["id"],
    }  # fmt: skip
    leaves.pop("member")
    await move_clock(registry, "2014-12-20")
    answers = await by_two(registry, joins, leaves, role="county_office")
    assert [answer["status"] for answer in answers] == ["accepted", "accepted"]
    assert sorted(await find(registry, name="zhao")) == ["赵云", "赵广"]


async def test_a_corrected_name_is_found_and_the_wrong_one_is_not(registry: Api):
    body = await lives(registry, "黄盖")
    person = body["members"][0]["id"]
    await move_clock(registry, "2014-12-20")
    patch = {"effective_on": "2014-12-15", "ground": "身份证核对", "name": "黄忠"}
    async with registry.client("county_office") as client:
        answer = await client.patch(
            f"/households/{body['id']}/members/{person}", json=patch, headers={"If-Match": '"1"'}
        )
    assert answer.status_code == 200, answer.text
    assert await find(registry, name="hz") == ["黄忠"]
    assert await find(registry, name="黄盖") == []


async def test_imported_persons_are_found(registry: Api):
    await imports.load(registry, imports.file(imports.home(1, 姓名="诸葛亮")))
    assert await find(registry, name="诸葛") == ["诸葛亮"]
    assert await find(registry, name="zgl") == ["诸葛亮"]


async def test_pages_follow_one_another_without_gap_or_repeat(registry: Api):
    for number in range(7):
        await lives(registry, f"司马{'懿昭炎师孚睿绍'[number]}", village=(VILLAGE, OTHER_VILLAGE)[number % 2])
    once = await find(registry, name="司马")
    assert (len(once), once) == (7, await find(registry, name="sima", limit=2))
    assert once == await find(registry, name="sm", limit=1)
    everybody = await find(registry, status="registered", limit=200)
    assert everybody == await find(registry, status="registered", limit=3)


async def test_a_name_that_few_grams_fit_is_found_behind_many_that_do_not(registry: Api):
    for number in range(8):
        await lives(registry, *[f"孙{'甲乙丙丁'[n]}{'东西南北春夏秋冬'[number]}" for n in range(4)])
    await lives(registry, "孙行者")
    assert await find(registry, name="孙x者", limit=1) == ["孙行者"]


async def test_every_household_that_a_search_showed_is_noted(registry: Api):
    body = await lives(registry, "典韦")
    async with registry.client("village_cadre", division=VILLAGE, subject="cadre-sun") as client:
        await client.post("/searches", json={"name": "典韦"})
    seen = await registry.worker.pool.fetch(
        "SELECT actor, action, purpose FROM viewing WHERE household_id = $1", body["id"]
    )
    assert [tuple(row) for row in seen] == [("cadre-sun", "searched", "register")]


@pytest.mark.parametrize("typed", ["ao" * 24 + "v", "aoaoao " * 7, "v" * 50, "ao" * 25])
def test_letters_that_can_be_read_in_millions_of_ways_keep_nobody_waiting(typed: str):
    begun = time.process_time()
    assert len(terms.patterns(typed[:50])) <= 24
    assert time.process_time() - begun < 2
