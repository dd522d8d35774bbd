"""Doubts: raised once, looked at on the spot, judged, reviewed and closed by different people, in time."""

import json
from typing import Any
from uuid import UUID

import pytest

from services.registry.contracts import DoubtState
from services.registry.doubts.raising import Found, raise_doubts
from shared.auth import Caller
from shared.ids import uuid7
from tests.support.api import Api
from tests.support.people import VILLAGE
from tests.support.world import move_clock, register, villages

OFFICE = Caller("county_office", frozenset({"county_office"}), "220622")


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-03-01")


def found(household: dict[str, Any], **facts: Any) -> Found:
    """That a car stands in the name of a household's head."""
    return Found(
        **{
            "rule": "vehicles.car",
            "rule_version": 1,
            "division": household["division"],
            "household_id": UUID(household["id"]),
            "person_id": UUID(household["members"][0]["id"]),
            "evidence": {"record_no": "V1", "number": "220622**********11"},
            "severity": "serious",
            **facts,
        }
    )


async def raised(api: Api, *rows: Found) -> int:
    async with api.worker.transaction(OFFICE, confined=True) as session:
        return await raise_doubts(session, rows)


async def test_a_doubt_is_raised_once_however_often_the_rule_runs(registry: Api):
    home, record = await register(registry), uuid7()
    assert await raised(registry, found(home), found(home), found(home, record_id=record)) == 2
    assert await raised(registry, found(home), found(home, record_id=record)) == 0
    rows = await registry.worker.pool.fetch("SELECT * FROM doubt WHERE household_id = $1", UUID(home["id"]))
    assert {(row["status"], row["desk"], row["due_on"].isoformat()) for row in rows} == {
        ("raised", "county", "2016-03-06")
    }


async def test_what_is_told_of_a_doubt_keeps_the_contract_and_says_nothing_of_a_person(registry: Api):
    home = await register(registry)
    await raised(registry, found(home))
    told = await registry.worker.pool.fetch(
        "SELECT * FROM outbox WHERE topic = 'registry.doubt' AND key = $1", home["id"]
    )
    assert [row["type"] for row in told] == ["registry.doubt.raised.v1"]
    state = DoubtState.model_validate_json(told[0]["payload"])
    assert (str(state.household_id), state.division, state.status) == (home["id"], VILLAGE, "raised")
    assert json.loads(told[0]["headers"])["subject"] == str(state.id)
    assert "**********" not in told[0]["payload"].decode()
