"""Bearer tokens: only those of the issuer, for this platform, in time; the key set by file or by address."""

import asyncio
import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from shared.security.auth import Authenticator, Caller, KeysAway, TokenRejected, generate_keys, issue
from shared.settings import Mode, Settings
from tests.support.serving import served
from tuopin.keys import initialise, revoke

CALLER = Caller("zhang", frozenset({"town_cadre"}), "220622100", frozenset({"register"}))


def authenticator(jwks: str) -> Authenticator:
    return Authenticator(Settings(mode=Mode.EMBEDDED, jwks=jwks))


async def test_a_token_says_who_calls_in_which_roles_where_and_for_what(tmp_path: Path):
    generate_keys(tmp_path)
    checking = authenticator(str(tmp_path / "jwks.json"))
    token = issue(tmp_path / "issuer.json", CALLER)
    assert await checking.caller(f"Bearer {token}") == CALLER
    assert await checking.caller(f"Bearer {token}") == CALLER  # remembered


async def test_the_first_requests_of_a_process_wait_for_its_keys_however_many_come_at_once(tmp_path: Path):
    generate_keys(tmp_path)
    checking = authenticator(str(tmp_path / "jwks.json"))
    token = issue(tmp_path / "issuer.json", CALLER)
    assert await asyncio.gather(*(checking.caller(f"Bearer {token}") for _ in range(20))) == [CALLER] * 20


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "somebody"},
        {"audience": "something"},
        {"seconds": -1},
        {"caller": Caller("x", frozenset({"town_cadre"}), "22a")},
        {"caller": Caller("x", frozenset({"town_cadre"}), "")},
    ],
)
async def test_what_was_not_issued_for_this_platform_and_this_moment_is_rejected(tmp_path: Path, wrong):
    generate_keys(tmp_path)
    token = issue(tmp_path / "issuer.json", **({"caller": CALLER} | wrong))
    with pytest.raises(TokenRejected):
        await authenticator(str(tmp_path / "jwks.json")).caller(f"Bearer {token}")


async def test_a_token_signed_by_another_key_or_changed_on_the_way_is_rejected(tmp_path: Path):
    generate_keys(tmp_path / "ours")
    generate_keys(tmp_path / "theirs")
    good, theirs = (issue(tmp_path / whose / "issuer.json", CALLER) for whose in ("ours", "theirs"))
    head, body, _ = good.split(".")
    changed = ".".join((head, body, theirs.rsplit(".", 1)[1]))
    for token in (theirs, changed, "nonsense", ""):
        with pytest.raises(TokenRejected):
            await authenticator(str(tmp_path / "ours" / "jwks.json")).caller(f"Bearer {token}")


async def test_an_issuers_address_is_asked_once_for_its_keys(tmp_path: Path):
    generate_keys(tmp_path)
    asked = 0

    async def keys(request: Request) -> JSONResponse:
        nonlocal asked
        asked += 1
        return JSONResponse(json.loads(await asyncio.to_thread((tmp_path / "jwks.json").read_text)))

    async with served(Starlette(routes=[Route("/jwks", keys)])) as (address, _):
        checking = authenticator(f"{address}/jwks")
        for subject in ("a", "b", "c"):
            token = issue(tmp_path / "issuer.json", Caller(subject, CALLER.roles, CALLER.division))
            assert (await checking.caller(f"Bearer {token}")).subject == subject
    assert asked == 1


def quick(folder: Path, **more: Any) -> Authenticator:
    """Keys and revocations are read again at every call."""
    where = {"jwks": str(folder / "jwks.json"), "revoked": str(folder / "revoked.json"), "keys_seconds": 1e-6}
    return Authenticator(Settings(mode=Mode.EMBEDDED, **(where | more)))


async def test_a_withdrawn_signing_key_takes_its_tokens_along_also_those_that_were_remembered(tmp_path: Path):
    generate_keys(tmp_path)
    checking, token = quick(tmp_path), issue(tmp_path / "issuer.json", CALLER)
    assert await checking.caller(f"Bearer {token}") == CALLER
    generate_keys(tmp_path / "next")
    (tmp_path / "jwks.json").write_text((tmp_path / "next" / "jwks.json").read_text())
    with pytest.raises(TokenRejected):
        await checking.caller(f"Bearer {token}")
    assert await checking.caller(f"Bearer {issue(tmp_path / 'next' / 'issuer.json', CALLER)}") == CALLER


async def test_a_token_that_would_live_for_a_hundred_years_is_rejected_with_and_without_its_day_of_issue(tmp_path):
    generate_keys(tmp_path)
    checking, day = quick(tmp_path), 24 * 3600
    for seconds in (100 * 365 * day, 2 * day):
        with pytest.raises(TokenRejected):
            await checking.caller(f"Bearer {issue(tmp_path / 'issuer.json', CALLER, seconds=seconds)}")
    assert await checking.caller(f"Bearer {issue(tmp_path / 'issuer.json', CALLER, seconds=day)}") == CALLER
    longer = quick(tmp_path, token_hours=72)
    assert await longer.caller(f"Bearer {issue(tmp_path / 'issuer.json', CALLER, seconds=2 * day)}") == CALLER


async def test_one_token_or_all_of_somebody_are_withdrawn_and_later_ones_count(tmp_path: Path):
    generate_keys(tmp_path)
    checking = quick(tmp_path)
    one, two = (issue(tmp_path / "issuer.json", CALLER) for _ in range(2))
    other = issue(tmp_path / "issuer.json", Caller("li", CALLER.roles, CALLER.division))
    for token in (one, two, other):
        await checking.caller(f"Bearer {token}")
    claims = json.loads(base64.urlsafe_b64decode(one.split(".")[1] + "=="))
    revoke(tmp_path, token=claims["jti"])
    with pytest.raises(TokenRejected):
        await checking.caller(f"Bearer {one}")
    assert (await checking.caller(f"Bearer {two}")).subject == "zhang"
    revoke(tmp_path, subject="Zhang ")
    for token in (one, two):
        with pytest.raises(TokenRejected):
            await checking.caller(f"Bearer {token}")
    assert (await checking.caller(f"Bearer {other}")).subject == "li"
    await asyncio.sleep(1.1)  # days of issue are whole seconds
    assert (await checking.caller(f"Bearer {issue(tmp_path / 'issuer.json', CALLER)}")).subject == "zhang"


async def test_an_issuer_that_does_not_answer_is_believed_for_an_hour_and_then_nobody_is(tmp_path, monkeypatch):
    generate_keys(tmp_path)
    checking, token = quick(tmp_path), issue(tmp_path / "issuer.json", CALLER)
    await checking.caller(f"Bearer {token}")
    (tmp_path / "jwks.json").unlink()
    assert await checking.caller(f"Bearer {token}") == CALLER
    moment = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: moment + 3601)
    with pytest.raises(KeysAway):
        await checking.caller(f"Bearer {token}")


def test_keys_are_for_their_owner_only(tmp_path: Path):
    initialise(tmp_path / "keys")
    for name in ("issuer.json", "keyring.json"):
        assert (tmp_path / "keys" / name).stat().st_mode & 0o077 == 0
