"""What the people who run the platform rely on: logs, spans, metrics, limits, readiness, a quiet stop."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from shared.http.limits import Limited
from tests.support.api import Api
from tests.support.people import household
from tests.support.serving import served
from tests.support.world import register, villages


async def test_logs_metrics_and_spans_name_routes_and_never_persons_or_addresses(
    registry: Api, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    spans, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    monkeypatch.setattr("shared.telemetry._tracer", provider.get_tracer("tests"))
    await villages(registry)
    body = await register(registry, 2)
    wrong = household(members=[body["members"][0] | {"born": "1950-01-01"}])
    async with registry.client("county_office") as client:
        read = await client.get(f"/households/{body['id']}", headers={"X-Request-Id": "from-the-gateway-1"})
        await client.post("/households", json=wrong)
        metrics = (await client.get("/metrics")).text
    assert read.headers["X-Request-Id"] == "from-the-gateway-1"
    logged = capsys.readouterr().out
    told = "".join(str(span.attributes) + span.name for span in spans.get_finished_spans())
    assert '"route": "/households/{household_id}"' in logged
    assert "GET /households/{household_id}" in told
    assert 'route="/households/{household_id}"' in metrics
    secrets = [body["id"], body["phone"], *(person["identity_number"] for person in body["members"])]
    for secret in secrets:
        assert secret not in logged + told + metrics
    assert trace.get_tracer_provider() is not provider


async def test_a_traceparent_of_the_caller_is_carried_into_the_event(registry: Api, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shared.telemetry._tracer", TracerProvider().get_tracer("tests"))
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    item = {"code": "220622103201", "name": "村", "valid_from": "2000-01-01"}
    async with registry.client("county_office") as client:
        await client.post("/divisions", json={"items": [item]}, headers={"traceparent": parent})
    found = await registry.worker.pool.fetchval("SELECT headers FROM outbox WHERE key = $1", item["code"])
    assert json.loads(found)["traceparent"].startswith("00-4bf92f3577b34da6a3ce929d0e0e4736-")


async def test_a_request_that_takes_too_long_is_ended_with_a_problem():
    async def slow(request: Request) -> PlainTextResponse:
        await asyncio.sleep(5)
        return PlainTextResponse("late")

    app = Limited(Starlette(routes=[Route("/", slow)]), seconds=0.05, max_bytes=lambda scope: 100)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tuopin.test") as client:
        answer = await client.get("/")
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:tuopin:problem:too-slow")


async def test_an_answer_that_streams_may_take_as_long_as_it_moves():
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(6):
            await asyncio.sleep(0.1)
            yield b"part "

    async def slow(request: Request) -> StreamingResponse:
        return StreamingResponse(parts())

    app = Limited(Starlette(routes=[Route("/", slow)]), seconds=0.3, max_bytes=lambda scope: 100)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tuopin.test") as client:
        answer = await client.get("/")
    assert (answer.status_code, answer.text) == (200, "part " * 6)


async def test_a_process_is_not_ready_while_migrations_are_missing(registry: Api):
    there = await registry.worker.pool.fetchval("SELECT version_num FROM alembic_version")
    owner = await registry.owner()
    try:
        await owner.execute("UPDATE alembic_version SET version_num = 'earlier'")
        async with registry.client("ops") as client:
            waiting = await client.get("/readyz")
            await owner.execute("UPDATE alembic_version SET version_num = $1", there)
            ready = await client.get("/readyz")
    finally:
        await owner.close()
    assert (waiting.status_code, waiting.json()["type"]) == (503, "urn:tuopin:problem:not-ready")
    assert ready.status_code == 200


async def test_a_process_that_is_told_to_stop_finishes_the_request_in_hand():
    begun = asyncio.Event()

    async def slow(request: Request) -> PlainTextResponse:
        begun.set()
        await asyncio.sleep(0.5)
        return PlainTextResponse("done")

    async with served(Starlette(routes=[Route("/", slow)])) as (address, server), httpx.AsyncClient() as client:
        asked = asyncio.create_task(client.get(address))
        await begun.wait()
        server.should_exit = True
        assert (await asked).text == "done"
        await asyncio.sleep(0.2)
        with pytest.raises(httpx.TransportError):
            await client.get(address)
