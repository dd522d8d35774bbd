"""Snapshots: a consumer that starts late learns the present state of a noun, once and never backwards."""

import json

import asyncpg
import pytest

from shared.events.republish import republish
from tests.support.api import Api
from tests.support.told import record, tell

NOUNS = [("registry", "registry.household", "household"), ("projects", "projects.project", "project")]
NOUNS += [("registry", "registry.case", "case_file"), ("registry", "registry.doubt", "doubt")]
NOUNS += [("registry", "registry.helper", "responsibility WHERE role = 'helper'")]
NOUNS += [("evaluation", "evaluation.exit", "case_file")]


async def snapshots(api: Api, topic: str) -> list[asyncpg.Record]:
    await api.worker.pool.execute("DELETE FROM outbox")
    noun = next(noun for noun in api.service.publishes if noun.topic == topic)
    async for _ in republish(api.worker, noun, api.service.snapshots[topic]):
        continue
    return await api.worker.pool.fetch("SELECT * FROM outbox ORDER BY id")


@pytest.mark.parametrize(("name", "topic", "table"), NOUNS)
async def test_every_record_of_a_noun_is_told_again_as_it_is(
    lived: dict[str, Api], name: str, topic: str, table: str
):
    rows = await snapshots(lived[name], topic)
    assert {row["type"] for row in rows} == {f"{topic}.snapshot.v1"}
    assert len(rows) == await lived[name].worker.pool.fetchval(f"SELECT count(*) FROM {table}") > 0


async def test_a_consumer_that_starts_late_learns_every_household_and_never_goes_back(lived: dict[str, Api]):
    register, late = lived["registry"], lived["projects"]
    told = await snapshots(register, "registry.household")
    states = [(row["type"], row["key"], json.loads(row["headers"])["sequence"], row["payload"]) for row in told]
    there = await register.worker.pool.fetch("SELECT id, status, version AS at FROM household ORDER BY id")
    for _ in range(2):
        await tell(late, *[record(type, key, at, json.loads(data)) for type, key, at, data in states])
        known = "SELECT id, status, sequence AS at FROM household WHERE id = ANY($1) ORDER BY id"
        assert await late.worker.pool.fetch(known, [row["id"] for row in there]) == there
    old = [record(type, key, at - 1, json.loads(data) | {"status": "removed"}) for type, key, at, data in states]
    await tell(late, *old)
    assert await late.worker.pool.fetch(known, [row["id"] for row in there]) == there
