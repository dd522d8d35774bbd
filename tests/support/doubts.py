"""Doubts in tests: raised for a household, and taken along their way by the people who take them."""

from typing import Any
from uuid import UUID

from services.registry.verification.doubts.records import Found
from services.registry.verification.doubts.service import raise_doubts
from shared.security.auth import Caller
from tests.support.api import Api
from tests.support.world import decide

OFFICE = Caller("county_office", frozenset({"county_office"}), "220622")
PHOTO, PAPER = "ab" * 32, "cd" * 32


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


async def a_doubt(api: Api, household: dict[str, Any], **facts: Any) -> str:
    """The id of a fresh doubt about a household."""
    assert await raised(api, found(household, **facts)) == 1
    sql = "SELECT id FROM doubt WHERE household_id = $1 AND status = 'raised' ORDER BY id DESC LIMIT 1"
    return str(await api.worker.pool.fetchval(sql, UUID(household["id"])))


STEPS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "assign_town": ("county_office", "office-1", "/doubts/town-assignments", {}),
    "assign_village": ("town_cadre", "town-1", "/doubts/village-assignments", {}),
    "check": (
        "village_cadre",
        "village-1",
        "/doubts/checks",
        {"people": ["张三", "李四"], "found": "车在院内", "photos": [PHOTO]},
    ),
    "judge": (
        "village_cadre",
        "village-2",
        "/doubts/verdicts",
        {"verdict": "name_lent", "ground": "借名给表弟", "evidence": [PAPER]},
    ),
    "review": ("town_cadre", "town-2", "/doubts/reviews", {"agreed": True, "note": "材料齐全"}),
    "close": ("county_office", "office-2", "/doubts/closings", {"agreed": True, "note": "同意销号"}),
    "reopen": ("county_office", "office-1", "/doubts/reopenings", {"ground": "群众举报属实"}),
}


async def take(api: Api, step: str, id: str, *, subject: str | None = None, **facts: Any) -> str:
    """Take one step with one doubt; answers the outcome, or the slug of the refusal."""
    role, usual, path, body = STEPS[step]
    (answer,) = await decide(api, path, {"id": id, **body, **facts}, role=role, subject=subject or usual)
    return answer["problem"]["type"].rsplit(":", 1)[1] if answer["problem"] else answer["status"]


async def lead(api: Api, id: str, until: str, day: str, **facts: Any) -> None:
    """Take a doubt along its way up to a step, everything on one day; ``facts`` go into the verdict."""
    for step in STEPS:
        more = {"checked_on": day} if step == "check" else facts if step == "judge" else {}
        assert await take(api, step, id, **more) == "accepted", step
        if step == until:
            return
