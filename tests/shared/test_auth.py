"""Bearer tokens: only those of the issuer, for this platform, in time; the key set by file or by address."""

import asyncio
import json
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from shared.security.auth import Authenticator, Caller, TokenRejected, generate_keys, issue
from shared.settings import Mode, Settings
from tests.support.serving import served

CALLER = Caller("zhang", frozenset({"town_cadre"}), "220622100", frozenset({"register"}))


def authenticator(jwks: str) -> Authenticator:
    return Authenticator(Settings(mode=Mode.EMBEDDED, jwks=jwks))


async def test_a_token_says_who_calls_in_which_roles_where_and_for_what(tmp_path: Path):
    generate_keys(tmp_path)
    checking = authenticator(str(tmp_path / "jwks.json"))
    token = issue(tmp_path / "issuer.json", CALLER)
    assert await checking.caller(f"Bearer {token}") == CALLER
    assert await checking.caller(f"Bearer {token}") == CALLER  # remembered


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
