"""Who is refused reads why in the language they ask for, wherever the refusal stands and whenever it is read."""

import re
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.jobs import Job, Progress, enqueue
from shared.jobs.runner import run_one_step
from shared.names.ids import uuid7
from shared.problems import Conflict
from shared.security.auth import Caller
from tests.support.api import Api
from tests.support.people import household
from tests.support.told import known_household
from tests.support.world import move_clock, villages

HEADERS = ["zh-CN,zh;q=0.9", "en-GB,en;q=0.8"]
_HAN = re.compile("[\u4e00-\u9fff]")


def said(document: Any) -> list[str]:
    """Every sentence of a document: titles of problems and messages about fields."""
    if isinstance(document, list):
        return [sentence for one in document for sentence in said(one)]
    if not isinstance(document, dict):
        return []
    own = [
        document[name]
        for name in ("title", "message")
        if "rule" in document or "type" in document
        if name in document
    ]
    return own + [sentence for one in document.values() for sentence in said(one)]


def are_chinese(sentences: list[str]) -> bool:
    return bool(sentences) and all(map(_HAN.search, sentences))


def are_english(sentences: list[str]) -> bool:
    return bool(sentences) and not any(map(_HAN.search, sentences))


async def in_both(api: Api, path: str, role: str, *, key: str | None = None, **request: Any) -> list[httpx.Response]:
    """The same request twice, first in Chinese and then in English, under one key where one is given."""
    answers = []
    async with api.client(role) as client:
        for language in HEADERS:
            headers = {"Accept-Language": language, "Idempotency-Key": key or str(uuid7())}
            answers.append(await client.post(path, headers=headers, **request))
    return answers


def income(household_id: str) -> dict[str, Any]:
    return {"id": str(uuid7()), "household_id": household_id, "year": 2016, "kind": "wage", "amount": "1.00"}


@pytest.mark.parametrize("key", [None, "a-key-of-a-list"])
async def test_an_item_of_a_list_is_refused_in_the_language_that_is_asked_for(evaluation: Api, key: str | None):
    await move_clock(evaluation, "2016-03-01")
    line = income(str(uuid7()))
    body = {"items": [{**line, "id": str(uuid7())}, line]}
    chinese, english = await in_both(evaluation, "/incomes", "village_cadre", key=key, json=body)
    assert [item["problem"]["title"] for item in chinese.json()["items"]] == ["辖区内没有这一户"] * 2
    assert [item["problem"]["title"] for item in english.json()["items"]] == [
        "There is no such household in your division"
    ] * 2
    assert english.headers.get("Idempotency-Replayed") == ("true" if key else None)
    assert [item["problem"]["field"] for item in english.json()["items"]] == [
        "items[0].household_id",
        "items[1].household_id",
    ]


async def test_an_accepted_list_is_answered_again_as_it_was(evaluation: Api):
    await move_clock(evaluation, "2016-03-01")
    home = await known_household(evaluation)
    item = income(home["id"])
    first, again = await in_both(evaluation, "/incomes", "village_cadre", key="accepted-once", json={"items": [item]})
    assert first.json()["items"][0]["status"] == "accepted"
    assert first.json() == again.json()


async def test_a_kept_refusal_is_read_again_in_another_language(registry: Api):
    await villages(registry)
    body = household(2)
    body["members"][1] |= {"identity_number": body["members"][0]["identity_number"]}
    chinese, english = await in_both(registry, "/households", "county_office", key="twice-in-one", json=body)
    assert (chinese.status_code, english.status_code) == (422, 422)
    assert are_chinese(said(chinese.json()))
    assert are_english(said(english.json()))
    assert english.headers["Idempotency-Replayed"] == "true"
    assert (chinese.headers["Content-Language"], english.headers["Content-Language"]) == ("zh", "en")
    assert len(said(chinese.json())) == len(said(english.json())) > 1


async def test_a_refused_upload_is_read_again_in_another_language(registry: Api):
    request = {"content": b"PK\x03\x04 no workbook", "params": {"name": "x.xlsx"}}
    chinese, english = await in_both(registry, "/imports", "county_office", key="an-upload-once", **request)
    assert (chinese.status_code, english.status_code) == (422, 422), chinese.text
    assert are_chinese(said(chinese.json()))
    assert are_english(said(english.json()))


async def test_a_field_that_is_wrong_is_named_in_the_language_that_is_asked_for(registry: Api):
    chinese, english = await in_both(registry, "/households", "county_office", json={"number": "!"})
    assert are_chinese(said(chinese.json()))
    assert are_english(said(english.json()))


class Impossible(Conflict):
    slug, zh, en = "impossible-in-test", "办不到", "It cannot be done"


async def refuse(session: AsyncSession, job: Job) -> Progress:
    raise Impossible(field="x")


async def test_why_a_job_failed_is_told_to_each_reader_in_their_language(registry: Api):
    caller = Caller("li", frozenset({"county_office"}), "220622")
    async with registry.worker.transaction(caller) as session:
        job = await enqueue(session, "refuse", {}, division="220622")
    await run_one_step(registry.worker, {"refuse": refuse}, registry.app.state.runtime.keys)
    async with registry.client("county_office") as client:
        read = [await client.get(f"/jobs/{job}", headers={"Accept-Language": one}) for one in HEADERS]
    assert [one.json()["problem"]["title"] for one in read] == ["办不到", "It cannot be done"]
    assert read[0].json()["status"] == "failed"


async def test_an_unknown_address_is_refused_in_both_languages(registry: Api):
    async with registry.client("county_office") as client:
        for path in ("/nowhere", "/%0A", "http://tuopin.test/nowhere"):
            read = [await client.get(path, headers={"Accept-Language": one}) for one in HEADERS]
            assert [one.json()["title"] for one in read] == ["没有这个地址", "There is no such address"]
