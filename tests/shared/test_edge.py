"""The edge of a request, through the common endpoints of a real service."""

from tests.support.api import Api


async def test_a_request_without_a_token_is_told_to_authenticate(registry: Api):
    async with registry.client("auditor") as client:
        answer = await client.get("/policies", headers={"Authorization": ""})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:tuopin:problem:token-rejected"


async def test_a_role_without_a_row_is_refused_in_the_language_it_asks_for(registry: Api):
    async with registry.client("village_cadre") as client:
        chinese = await client.get("/audit")
        english = await client.get("/audit", headers={"Accept-Language": "en"})
    assert (chinese.status_code, chinese.json()["title"]) == (403, "您的岗位不能办理此事")
    assert english.json()["title"] == "Your role may not do this"


async def test_the_process_is_alive_and_ready(registry: Api):
    async with registry.client("ops") as client:
        assert (await client.get("/healthz")).json() == {"status": "alive"}
        assert (await client.get("/readyz")).json() == {"status": "ready"}
        assert "http_requests_total" in (await client.get("/metrics")).text


async def test_the_api_pages_load_nothing_from_elsewhere(registry: Api):
    async with registry.client("ops") as client:
        page = await client.get("/docs")
    assert page.status_code == 200
    assert "https://" not in page.text
