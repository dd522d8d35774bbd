"""Who calls: bearer tokens (JWT, Ed25519) checked against a key set, and the caller they name."""

import asyncio
import json
import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization, OKPKey
from pydantic import BaseModel

from shared.names.divisions import covers
from shared.names.ids import uuid7
from shared.problems import Unauthenticated, Unavailable
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
_SOON, _BELIEVED = 10, 3600  # seconds: between readings for an unknown key, and without an answer of the issuer
_SKEW = 300  # seconds by which clocks may differ
_log = structlog.get_logger()


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


class KeysAway(Unavailable):
    slug, zh = "keys-away", "暂时无法核验登录，请稍后重试"
    en = "Tokens cannot be checked now: the issuer does not answer"


class Revoked(BaseModel):
    """Who and what is withdrawn: tokens by their id, and subjects with the moment (seconds since 1970) up to which
    tokens were issued that do not count any more.
    """

    tokens: frozenset[str] = frozenset()
    subjects: dict[str, float] = {}

    def covers(self, one: "_Verified") -> bool:
        """Whether a token is withdrawn."""
        return one.id in self.tokens or one.issued <= self.subjects.get(one.caller.subject.strip().casefold(), -1)


@dataclass(frozen=True, slots=True)
class _Verified:
    """A token that was checked: who calls, until when, its id, when it was issued."""

    caller: Caller
    expires: float
    id: str
    issued: float


class Authenticator:
    """Checks bearer tokens against a JWKS: a file, or an issuer's address.

    A verified token is remembered until it expires: checking a signature costs more than the rest of a read. Keys and
    revocations are read again every ``keys_seconds`` (and where a key is unknown): a key that is withdrawn takes its
    tokens along, whatever they say of their life. An issuer that does not answer is believed for an hour.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._claims = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": settings.issuer},
            aud={"essential": True, "value": settings.audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        self._keys: KeySet | None = None
        self._published = ""
        self._revoked = Revoked()
        self._asked = self._answered = -math.inf
        self._reading = asyncio.Lock()
        self._known: OrderedDict[str, _Verified] = OrderedDict()

    async def caller(self, authorization: str | None) -> Caller:
        """The caller of an ``Authorization`` header. Raises TokenRejected (401), KeysAway (503)."""
        if not authorization or not authorization.startswith("Bearer "):
            raise TokenRejected
        if time.monotonic() - self._asked > self._settings.keys_seconds:
            await self._read_again()
        if self._keys is None and self._reading.locked():
            async with self._reading:  # the first requests of a process wait until its keys are there
                pass
        token = authorization[7:]
        known = self._known.get(token)
        if known and known.expires > time.time():
            return known.caller
        found = await self._verify(token)
        self._known[token] = found
        if len(self._known) > _CACHE:
            self._known.popitem(last=False)
        return found.caller

    async def _verify(self, token: str) -> _Verified:
        try:
            try:
                decoded = jwt.decode(token, self._key_set(), algorithms=_ALGORITHMS)
            except (JoseError, ValueError):
                # A wrong token must not make us fetch at every request: at most once in ten seconds.
                if time.monotonic() - self._asked <= _SOON:
                    raise
                await self._read_again()
                decoded = jwt.decode(token, self._key_set(), algorithms=_ALGORITHMS)
            self._claims.validate(decoded.claims)
            claims = decoded.claims
            purposes = claims.get("purposes")
            caller = Caller(
                claims["sub"],
                frozenset(claims["roles"]) & frozenset(ROLES),
                _division(claims["division"]),
                frozenset(purposes) if purposes is not None else None,
            )
            expires, issued = float(claims["exp"]), float(claims.get("iat", 0))
            found = _Verified(caller, expires, str(claims.get("jti", "")), issued)
        except (JoseError, ValueError, KeyError, TypeError, OverflowError) as error:
            raise TokenRejected from error
        now = time.time()
        too_long = expires - (issued or now) > self._settings.longest_token + _SKEW
        if issued > now + _SKEW or too_long or self._revoked.covers(found):
            raise TokenRejected
        return found

    def _key_set(self) -> KeySet:
        if self._keys is None:
            raise KeysAway
        return self._keys

    async def _read_again(self) -> None:
        """Read keys and revocations; what they do not bear any more is forgotten. Raises KeysAway (503)."""
        self._asked = time.monotonic()
        async with self._reading:
            await self._read()

    async def _read(self) -> None:
        try:
            published, revoked = await _load(self._settings.jwks), await self._withdrawn()
            if published != self._published:
                keys: KeySetSerialization = json.loads(published)
                self._keys, self._published = KeySet.import_key_set(keys), published
                self._known.clear()
            self._revoked, self._answered = revoked, time.monotonic()
        except (OSError, ValueError, JoseError, httpx.HTTPError) as error:
            _log.warning("auth.keys_not_read", error=type(error).__name__)
            if time.monotonic() - self._answered > _BELIEVED:
                self._keys, self._published = None, ""
                self._known.clear()
                raise KeysAway from error
        for token in [token for token, one in self._known.items() if self._revoked.covers(one)]:
            del self._known[token]

    async def _withdrawn(self) -> Revoked:
        where = self._settings.revoked
        try:
            return Revoked.model_validate_json(await _load(where)) if where else Revoked()
        except FileNotFoundError:  # nobody has withdrawn anything yet
            return Revoked()


def _division(code: object) -> str:
    if not isinstance(code, str) or not code.isascii() or not code.isdigit() or not 2 <= len(code) <= 12:
        raise ValueError("the token names no division")
    return code


async def _load(where: str) -> str:
    if where.startswith(("http://", "https://")):
        async with httpx.AsyncClient(timeout=5) as client:
            return (await client.get(where)).raise_for_status().text
    return await asyncio.to_thread(Path(where).read_text)


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
        "jti": str(uuid7()),
        "iat": int(time.time()),
        "exp": int(time.time()) + seconds,
    }
    if caller.purposes is not None:
        claims["purposes"] = sorted(caller.purposes)
    return jwt.encode({"alg": "Ed25519", "kid": key.kid}, claims, key, algorithms=_ALGORITHMS)
