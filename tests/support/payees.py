"""Organisations that may be paid, and rewards on their way, for tests of money."""

import itertools
from typing import Any

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.people import VILLAGE
from tests.support.world import decide

_LETTERS, _WEIGHTS = (
    "0123456789ABCDEFGHJKLMNPQRTUWXY",
    (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28),
)
_serial = itertools.count(1)


def credit_code(prefix: str = "93") -> str:
    """A unified social credit code that nothing had before in this process, after the table of GB 32100-2015."""
    body = f"{prefix}220622{next(_serial):09d}"
    rest = 31 - sum(_LETTERS.index(one) * weight for one, weight in zip(body, _WEIGHTS, strict=True)) % 31
    return body + _LETTERS[rest % 31]


def payee(**facts: Any) -> dict[str, Any]:
    """The body of a cooperative of the village."""
    return {
        "id": str(uuid7()),
        "division": VILLAGE,
        "kind": "cooperative",
        "name": "兴农种植专业合作社",
        "credit_code": credit_code(),
        "valid_from": "2015-03-02",
        **facts,
    }


async def confirmed_payee(api: Api, **facts: Any) -> dict[str, Any]:
    """A payee that one person has entered and another confirmed."""
    body = payee(**facts)
    for path, item, role in (
        ("/payees", body, "finance_clerk"),
        ("/payees/confirmations", {"id": body["id"]}, "finance_officer"),
    ):
        (answer,) = await decide(api, path, item, role=role, subject=f"payees {role}".replace(" ", "-"))
        assert answer["status"] == "accepted", answer
    return body


def application(of: dict[str, Any], kind: str = "household", **facts: Any) -> dict[str, Any]:
    """An application for two head of cattle by a household, a member or an organisation."""
    return {
        "id": str(uuid7()),
        "division": of.get("division", VILLAGE),
        "payee_kind": kind,
        "payee_id": of["id"],
        "item": "牛",
        "year": 2016,
        "quantity": "2",
        **facts,
    }


STEPS = (("applications", "village_cadre"), ("inspections", "town_cadre"), ("approvals", "county_office"))


async def step(api: Api, path: str, reward: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One step of a reward by somebody of its office; answers the answer."""
    role = {**dict(STEPS), "payments": "finance_officer"}[path]
    item = {
        "applications": reward,
        "inspections": {"id": reward["id"], "accepted": reward["quantity"]},
    }.get(path, {"id": reward["id"]})
    (answer,) = await decide(api, f"/rewards/{path}", item, role=role, **{"subject": role, **more})
    return answer


async def along(api: Api, reward: dict[str, Any], upto: str) -> dict[str, Any]:
    """A reward taken as far as a step (``applications``, ``inspections``, ``approvals``, ``payments``)."""
    for path in (*dict(STEPS), "payments"):
        answer = await step(api, path, reward)
        assert answer["status"] == "accepted", (path, answer)
        if path == upto:
            break
    return reward
