"""Who calls: bearer tokens (JWT, Ed25519) checked against a key set, and the caller they name."""

import asyncio
import json
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization, OKPKey

from shared.names.divisions import covers
from shared.problems import Unauthenticated
from shared.settings import Settings

ROLES = (
    "village_cadre",
    "town_cadre",
    "county_office",
    "county_leader",
    "finance_clerk",
    "finance_officer",
    "bank",
    "project_office",
    "evaluator",
    "auditor",
    "ops",
)
_ALGORITHMS = ["Ed25519"]
_CACHE = 10_000


class CallerJson(TypedDict):
    """A caller as a job keeps it."""

    subject: str
    roles: list[str]
    division: str
    purposes: list[str] | None


@dataclass(frozen=True, slots=True)
class Caller:
    """A person or system that acts: its roles, the division prefix it may see, the purposes it may act for.

    ``purposes`` None means every purpose that the roles allow.
    """

    subject: str
    roles: frozenset[str]
    division: str
    purposes: frozenset[str] | None = None

    def covers(self, division: str) -> bool:
        """Whether a division lies within this caller's."""
        return covers(self.division, division)

    def to_json(self) -> CallerJson:
        purposes = sorted(self.purposes) if self.purposes is not None else None
        return {
            "subject": self.subject,
            "roles": sorted(self.roles),
            "division": self.division,
            "purposes": purposes,
        }

    @classmethod
    def from_json(cls, data: CallerJson) -> "Caller":
        purposes = data.get("purposes")
        return cls(
            data["subject"],
            frozenset(data["roles"]),
            data["division"],
            frozenset(purposes) if purposes is not None else None,
        )


def system(service: str) -> Caller:
    """The service itself, where it acts on events and timers: no division of its own, no role of a person."""
    return Caller(f"system:{service}", frozenset({"system"}), "")


class TokenRejected(Unauthenticated):
    slug = "token-rejected"
    zh = "登录已失效，请重新登录"
    en = "The bearer token is missing, invalid or expired"


class Authenticator:
    """Checks bearer tokens against a JWKS: a file, or an issuer's address (fetched again when a key is unknown).

    A verified token is remembered until it expires: checking a signature costs more than the rest of a read.
    """

    def __init__(self, settings: Settings) -> None:
        self._where = settings.jwks
        self._claims = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": settings.issuer},
            aud={"essential": True, "value": settings.audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        self._keys: KeySet | None = None
        self._fetched = 0.0
        self._known: OrderedDict[str, tuple[Caller, float]] = OrderedDict()

    async def caller(self, authorization: str | None) -> Caller:
        """The caller of an ``Authorization`` header. Raises TokenRejected (401)."""
        if not authorization or not authorization.startswith("Bearer "):
            raise TokenRejected
        token = authorization[7:]
        known = self._known.get(token)
        if known and known[1] > time.time():
            return known[0]
        caller, expires = await self._verify(token)
        self._known[token] = (caller, expires)
        if len(self._known) > _CACHE:
            self._known.popitem(last=False)
        return caller

    async def _verify(self, token: str) -> tuple[Caller, float]:
        try:
            try:
                decoded = jwt.decode(token, await self._key_set(), algorithms=_ALGORITHMS)
            except (JoseError, ValueError):
                decoded = jwt.decode(token, await self._key_set(refresh=True), algorithms=_ALGORITHMS)
            self._claims.validate(decoded.claims)
            claims = decoded.claims
            roles = frozenset(claims["roles"]) & frozenset(ROLES)
            purposes = claims.get("purposes")
            caller = Caller(
                claims["sub"],
                roles,
                _division(claims["division"]),
                frozenset(purposes) if purposes is not None else None,
            )
            return caller, float(claims["exp"])
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise TokenRejected from error

    async def _key_set(self, *, refresh: bool = False) -> KeySet:
        # A wrong token must not make us fetch at every request: at most once in ten seconds.
        if self._keys is None or (refresh and time.monotonic() - self._fetched > 10):
            self._fetched = time.monotonic()
            self._keys = KeySet.import_key_set(await _load(self._where))
        return self._keys


def _division(code: object) -> str:
    if not isinstance(code, str) or not code.isascii() or not code.isdigit() or not 2 <= len(code) <= 12:
        raise ValueError("the token names no division")
    return code


async def _load(where: str) -> KeySetSerialization:
    if where.startswith(("http://", "https://")):
        async with httpx.AsyncClient(timeout=5) as client:
            text = (await client.get(where)).raise_for_status().text
    else:
        text = await asyncio.to_thread(Path(where).read_text)
    keys: KeySetSerialization = json.loads(text)
    return keys


def generate_keys(folder: Path) -> None:
    """Make an Ed25519 pair: ``issuer.json`` (private, mode 0600) and ``jwks.json`` (public)."""
    folder.mkdir(parents=True, exist_ok=True)
    key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": "Ed25519"}, auto_kid=True)
    private = folder / "issuer.json"
    private.touch(mode=0o600)
    private.write_text(json.dumps(key.as_dict(private=True)))
    (folder / "jwks.json").write_text(json.dumps({"keys": [key.as_dict(private=False)]}))


def issue(
    private: Path,
    caller: Caller,
    *,
    issuer: str = "tuopin",
    audience: str = "tuopin",
    seconds: int = 12 * 3600,
) -> str:
    """A signed token for a caller, for the demonstration, tests and small installations without an issuer."""
    key = OKPKey.import_key(json.loads(private.read_text()))
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": caller.subject,
        "roles": sorted(caller.roles),
        "division": caller.division,
        "iat": int(time.time()),
        "exp": int(time.time()) + seconds,
    }
    if caller.purposes is not None:
        claims["purposes"] = sorted(caller.purposes)
    return jwt.encode({"alg": "Ed25519", "kid": key.kid}, claims, key, algorithms=_ALGORITHMS)
