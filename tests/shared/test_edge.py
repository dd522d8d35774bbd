"""The edge of a request, through the common endpoints of a real service."""

import asyncio

import asyncpg
import httpx
import pytest
from pydantic import ValidationError

from shared.database.session import Database, raw
from shared.names.ids import uuid7
from shared.process.app import create_app
from shared.process.migrate import migrate
from shared.process.profile import DemonstrationDatabase, opened
from shared.security.auth import Caller
from shared.settings import Mode, Profile, Settings
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


async def test_a_commit_that_fails_reaches_the_client_as_an_error(registry: Api):
    owner = await registry.owner()
    try:
        await owner.execute("""
            CREATE FUNCTION fail_late() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'too late' USING ERRCODE = '23514'; END $$;
            CREATE CONSTRAINT TRIGGER fail_at_commit AFTER INSERT ON division DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION fail_late();
        """)
        body = {"items": [{"code": "220622100333", "name": "某村", "valid_from": "2000-01-01"}]}
        async with registry.client("county_office") as client:
            answer = await client.post("/divisions", json=body)
            listed = await client.get("/divisions", params={"prefix": "220622100333"})
        assert answer.status_code == 422
        assert listed.json()["items"] == []
    finally:
        await owner.execute("DROP TRIGGER fail_at_commit ON division; DROP FUNCTION fail_late()")
        await owner.close()


async def test_no_scope_leaks_through_exceptions_cancellations_and_killed_connections(registry: Api, server):
    callers = [Caller(f"c{n}", frozenset({"auditor"}), f"2206221{n:02d}") for n in range(10)]
    database = registry.app.state.runtime.database

    async def use(number: int) -> None:
        caller = callers[number % 10]
        async with database.transaction(caller) as session:
            connection = await raw(session)
            assert await connection.fetchval("SELECT current_setting('app.division')") == caller.division
            match number % 4:
                case 1:
                    raise ValueError("the endpoint fails")
                case 2:
                    await asyncio.sleep(30)
                case 3 if number % 20 == 3:
                    await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    async def once(number: int) -> None:
        try:
            await asyncio.wait_for(use(number), 0.05 if number % 4 == 2 else 20)
        except AssertionError:
            raise
        except Exception:  # noqa: BLE001, S110 (the failures are the point; what they leave behind is looked at below)
            pass

    for start in range(0, 400, 8):
        await asyncio.gather(*(once(number) for number in range(start, start + 8)))
    left = await asyncio.gather(
        *(database.pool.fetchval("SELECT current_setting('app.division', true)") for _ in range(10))
    )
    assert set(left) <= {None, ""}


async def test_without_a_scope_nothing_is_seen_and_nothing_can_be_written(registry: Api):
    pool = registry.app.state.runtime.database.pool
    assert await pool.fetchval("SELECT count(*) FROM household") == 0
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.NotNullViolationError)):
        await pool.execute(
            "INSERT INTO year_close (division, year, closed_at, closed_by) VALUES ('220622', 2015, now(), 'x')"
        )


async def test_production_does_not_start_on_simulated_time(registry: Api):
    production = registry.settings.model_copy(update={"profile": Profile.PRODUCTION})
    app = create_app(registry.service, production)
    with pytest.raises(DemonstrationDatabase):
        await app.router.lifespan_context(app).__aenter__()
    with pytest.raises(DemonstrationDatabase):
        await opened(Database("registry", "worker", production)).__aenter__()
    with pytest.raises(DemonstrationDatabase):
        await migrate(registry.service, production)


def test_a_distributed_process_does_not_start_without_secrets_of_its_own():
    with pytest.raises(ValidationError, match="TUOPIN_KEYRING"):
        Settings(mode=Mode.DISTRIBUTED, profile=Profile.PRODUCTION)


async def test_the_clock_only_moves_forward(registry: Api):
    async with registry.client("ops") as client:
        now = (await client.get("/clock")).json()["now"]
        assert (await client.put("/clock", json={"now": now})).status_code == 200
        assert (await client.put("/clock", json={"now": "2001-01-01T00:00:00+08:00"})).status_code == 409


async def test_a_body_over_the_limit_is_refused(registry: Api):
    async with registry.client("county_office") as client:
        answer = await client.post(
            "/divisions", content=b" " * 1_100_000, headers={"Content-Type": "application/json"}
        )
    assert answer.status_code == 413


def said(answer: httpx.Response) -> list[str]:
    return [error["message"] for error in answer.json()["errors"]]


async def test_bad_input_is_named_and_never_a_server_error(registry: Api):
    async with registry.client("county_office") as client:
        broken = await client.post("/divisions", content=b"{", headers={"Content-Type": "application/json"})
        wrong = await client.post("/divisions", json={"items": [{"code": "22x", "name": "", "valid_from": "soon"}]})
        nowhere = await client.get("/households/not-an-id")
        money = await client.post("/households", json={"income": "一千"})
        foreign = await client.post("/households", json={"income": "一千"}, headers={"Accept-Language": "en"})
        few = await client.get("/households", params={"limit": 0})
        level = await client.get("/tasks", params={"level": "province"})
        verdict = await client.post(f"/exports/{uuid7()}/decision", json={"decision": "yes", "ground": "核对无误"})
        cursor = await client.get("/households", params={"cursor": "////"})
        forged = await client.get("/households", params={"cursor": "WyJhIiwgIm5vIGlkIl0"})
    assert [answer.status_code for answer in (broken, wrong, nowhere, cursor, forged)] == [422, 422, 422, 400, 422]
    assert "金额以元为单位，最多两位小数，如1200.00" in said(money)
    assert 'an amount is a decimal string in yuan with at most two decimals, such as "15.00"' in said(foreign)
    assert said(few) == ["不得小于1"]
    assert said(level) == ["应为：村级、乡镇级、县级"]
    assert said(verdict) == ["不在可选范围内，请从选项中选择"]
    assert said(broken) == ["提交的内容格式有误，请刷新页面后重新提交"]
    assert said(nowhere) == ["编号格式有误"]
    assert "应为日期，如2014-10-01" in said(wrong)
    assert {error["field"] for error in wrong.json()["errors"]} == {
        "items[0].code",
        "items[0].name",
        "items[0].valid_from",
    }


async def test_a_misspelt_filter_is_refused_with_the_names_that_are_near(registry: Api):
    async with registry.client("auditor") as client:
        near = await client.get("/audit", params={"knd": "household"})
        far = await client.get("/audit", params={"kind": "household", "colour": "red"})
        figure = await client.get("/figures/members", params={"yaer": 2016})
        taken = await client.get("/audit", params={"kind": "household", "limit": 1})
    assert (near.status_code, near.json()["field"], near.json()["known"]) == (422, "knd", "kind")
    assert (far.json()["field"], far.json()["known"]) == ("colour", "cursor, id, kind, limit")
    assert figure.status_code in (404, 422)
    assert taken.status_code == 200


async def test_who_may_not_call_learns_nothing_of_its_parameters(registry: Api):
    async with registry.client("village_cadre") as client:
        answer = await client.get("/audit", params={"knd": "household"})
    assert answer.json()["type"] == "urn:tuopin:problem:role-forbidden"


@pytest.mark.parametrize(
    "error",
    [asyncpg.InternalClientError("state"), asyncpg.InterfaceError("closed"), ConnectionResetError()],
    ids=repr,
)
async def test_a_connection_that_was_cut_is_said_to_be_away_however_the_driver_says_it(
    registry: Api, monkeypatch: pytest.MonkeyPatch, error: Exception
):
    async def cut(*_: object) -> None:
        raise error

    monkeypatch.setattr("services.registry.register.households.service.read", cut)
    async with registry.client("auditor") as client:
        answer = await client.get(f"/households/{uuid7()}")
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:tuopin:problem:unavailable")
