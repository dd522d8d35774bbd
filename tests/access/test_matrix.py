"""Who may do what: every endpoint of every service with every role, a token of another purpose, and no token.

Generated from the access matrices, so a new endpoint is tested the moment it has a row (and without a row no
service starts).
"""

import re

import pytest

from shared.http.public import PublicRoute
from shared.names.ids import uuid7
from shared.process.app import create_app, endpoints
from shared.security import access
from shared.security.auth import ROLES
from tests.conftest import SERVICES
from tests.support.api import Api
from tests.support.wording import foreign

MATRICES = {
    service.name: {endpoint: row for file in service.access_files for endpoint, row in access.load(file).items()}
    for service in SERVICES
}
ROWS = [(name, endpoint) for name, matrix in MATRICES.items() for endpoint in matrix]
_LEVELS = {"county": "220622", "town": "220622100", "village": "220622100201"}


@pytest.fixture(scope="module")
def apis(registry: Api, funding: Api, projects: Api, evaluation: Api) -> dict[str, Api]:
    return {api.service.name: api for api in (registry, funding, projects, evaluation)}


def address(endpoint: str) -> tuple[str, str]:
    method, path = endpoint.split(" ", 1)
    return method, re.sub(r"\{[^}]*\}", str(uuid7()), path)


@pytest.mark.parametrize(("name", "endpoint"), ROWS, ids=lambda part: part)
async def test_only_the_roles_of_its_row_reach_an_endpoint(apis, name, endpoint):
    row, (method, path) = MATRICES[name][endpoint], address(endpoint)
    for role in ROLES:
        async with apis[name].client(role) as client:
            answer = await client.request(method, path, json={} if method != "GET" else None)
        refused = answer.status_code == 403 and answer.json()["type"].endswith("role-forbidden")
        assert refused == (role not in row.roles), (role, answer.text)
        assert answer.status_code != 500, (role, answer.text)
        assert not refused or foreign(answer.json(), "zh") == []


@pytest.mark.parametrize(("name", "endpoint"), ROWS, ids=lambda part: part)
async def test_no_token_and_a_token_for_another_purpose_are_refused(apis, name, endpoint):
    row, (method, path) = MATRICES[name][endpoint], address(endpoint)
    role = min(row.roles)
    async with apis[name].client(role, purposes=frozenset({"something else"})) as client:
        other = await client.request(method, path, json={} if method != "GET" else None)
        nobody = await client.request(method, path, headers={"Authorization": ""})
    assert (other.status_code, nobody.status_code) == (403, 401)
    assert other.json()["type"] == "urn:tuopin:problem:purpose-forbidden"
    assert foreign([other.json(), nobody.json()], "zh") == []


@pytest.mark.parametrize(("name", "endpoint"), [r for r in ROWS if MATRICES[r[0]][r[1]].level != "village"], ids=str)
async def test_what_is_decided_higher_up_is_refused_lower_down(apis, name, endpoint):
    row, (method, path) = MATRICES[name][endpoint], address(endpoint)
    below = _LEVELS["village"] if row.level == "town" else _LEVELS["town"]
    async with apis[name].client(min(row.roles), division=below) as client:
        answer = await client.request(method, path, json={} if method != "GET" else None)
    assert answer.json()["type"] == "urn:tuopin:problem:level-forbidden"
    assert foreign(answer.json(), "zh") == []


@pytest.mark.parametrize("name", MATRICES)
def test_a_new_endpoint_without_a_row_does_not_start(apis, name):
    app = create_app(apis[name].service, apis[name].settings)
    assert endpoints(app) >= MATRICES[name].keys()
    without = {endpoint: row for endpoint, row in MATRICES[name].items() if endpoint != next(iter(MATRICES[name]))}
    assert without.keys() < endpoints(app)


@pytest.mark.parametrize(("name", "endpoint"), ROWS, ids=lambda part: part)
async def test_a_parameter_that_an_endpoint_does_not_take_is_refused_by_its_name(apis, name, endpoint):
    method, path = address(endpoint)
    async with apis[name].client(*MATRICES[name][endpoint].roles) as client:
        answer = await client.request(f"{method}", f"{path}?limits=5", json={} if method != "GET" else None)
    assert (answer.status_code, answer.json()["field"]) == (422, "limits")
    assert answer.json()["type"] == "urn:tuopin:problem:unknown-parameter"
    known = {
        one["name"]
        for one in apis[name].app.openapi()["paths"][endpoint.split(" ")[1]][method.lower()].get("parameters", [])
        if one["in"] == "query"
    }
    assert set(filter(None, answer.json()["known"].split(", "))) <= known
    assert ("limit" in known) == (answer.json()["known"] == "limit")


PUBLIC = [(one.name, endpoint) for one in SERVICES for file in one.access_files for endpoint in access.public(file)]


@pytest.mark.parametrize(("name", "endpoint"), PUBLIC, ids=lambda part: part)
async def test_what_is_public_is_read_without_a_token_and_kept_by_no_cache(apis, name, endpoint):
    method, path = address(endpoint)
    async with apis[name].client("auditor") as client:
        answer = await client.request(method, path, headers={"Authorization": ""})
        wrong = await client.request(method, f"{path}?limits=5", headers={"Authorization": ""})
    assert (method, answer.status_code, answer.headers["Cache-Control"]) == ("GET", 200, "no-store")
    assert wrong.status_code == 422


def test_only_what_is_listed_is_public(apis):
    found = {(name, one) for name, api in apis.items() for one in endpoints(api.app, PublicRoute)}
    assert found == set(PUBLIC) == {("registry", "GET /verify/{code}")}
