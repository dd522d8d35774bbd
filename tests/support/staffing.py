"""Organisations, their people, and what they have in charge, recorded as a county office does it."""

from typing import Any

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.people import VILLAGE, identity_number
from tests.support.world import decide


async def organisation(api: Api, **facts: Any) -> dict[str, Any]:
    """An organisation, by default a department of the county; answers what was sent."""
    id = str(uuid7())
    body = {
        "id": id,
        "division": "220622",
        "level": "county",
        "kind": "county_department",
        "name": f"县某局{id[-6:]}",
        "valid_from": "2000-01-01",
        **facts,
    }
    (answer,) = await decide(api, "/organisations", body, role="county_office")
    assert answer["status"] == "accepted", answer
    return body


async def person(api: Api, of: dict[str, Any] | None = None, **facts: Any) -> dict[str, Any]:
    """Somebody of the staff, by default 一般 in a new department; answers what was sent."""
    employer = of or await organisation(api)
    body = {
        "id": str(uuid7()),
        "organisation_id": employer["id"],
        "name": "赵帮扶",
        "post": "staff",
        "rank": "一般",
        "joined_on": "2010-01-01",
        "phone": "13900001111",
        "identity_number": identity_number(),
        **facts,
    }
    (answer,) = await decide(api, "/staff", body, role="county_office")
    assert answer["status"] == "accepted", answer
    return body


def charge(role: str, holder: dict[str, Any], day: str, **target: Any) -> dict[str, Any]:
    """The body of a responsibility of a person (or, as department, an organisation), by default for the village."""
    who = "organisation_id" if role == "department" else "staff_id"
    return {
        "id": str(uuid7()),
        "role": role,
        who: holder["id"],
        "started_on": day,
        **(target or {"village": VILLAGE}),
    }


async def assign(api: Api, *items: dict[str, Any], role: str = "county_office") -> list[dict[str, Any]]:
    """Put people in charge; answers the answers."""
    return await decide(api, "/responsibilities", *items, role=role)


async def in_charge(api: Api, role: str, day: str, *, village: str = VILLAGE, **facts: Any) -> dict[str, Any]:
    """Somebody new who holds a post of a village from a day on; answers the person."""
    holder = await person(api, post=role, **facts)
    (answer,) = await assign(api, charge(role, holder, day, village=village))
    assert answer["status"] == "accepted", answer
    return holder
