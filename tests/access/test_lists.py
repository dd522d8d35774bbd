"""Every list of every service can be paged through, one row at a time, without a gap or a repeat."""

import inspect
from typing import Any

import pytest

from shared.http import paging
from shared.process.app import COMMON_ROUTERS
from tests.access.test_foreign import calls
from tests.access.test_matrix import MATRICES
from tests.conftest import SERVICES
from tests.support.api import Api


def is_list(model: Any) -> bool:
    return inspect.isclass(model) and issubclass(model, paging.Page)


LISTS = [
    (service.name, f"GET {route.path}")
    for service in SERVICES
    for router in (*service.routers, *COMMON_ROUTERS)
    for route in router.routes
    if is_list(getattr(route, "response_model", None))
    # Each look at the record adds to it.
    and route.path != "/audit"
]


async def pages(api: Api, name: str, endpoint: str, url: str, limit: int) -> list[Any]:
    rows: list[Any] = []
    joint, cursor = "&" if "?" in url else "?", ""
    async with api.client(*MATRICES[name][endpoint].roles) as client:
        while cursor is not None:
            answer = await client.get(f"{url}{joint}limit={limit}{cursor and '&cursor=' + cursor}")
            assert answer.status_code == 200, answer.text
            rows += answer.json()["items"]
            cursor = answer.json()["next"]
    return rows


@pytest.mark.parametrize(("name", "endpoint"), LISTS, ids=str)
async def test_a_list_can_be_paged_through_row_by_row(lived: dict[str, Api], name: str, endpoint: str):
    made = [one.url for one in calls(lived[name], endpoint) if "limit=" not in one.url]
    url = made[-1] if made else endpoint.removeprefix("GET ")
    singly = await pages(lived[name], name, endpoint, url, 1)
    assert singly
    assert singly == await pages(lived[name], name, endpoint, url, 1000)
