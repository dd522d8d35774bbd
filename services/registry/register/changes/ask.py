"""Ask for households to enter or to leave the register directly: each waits until another person releases it."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import asyncpg
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes import queries, rules, service
from services.registry.register.changes.records import BY_TWO, Home, Request
from services.registry.register.changes.schemas import ChangeIn
from services.registry.register.changes.service import ChangeDiffers, Decision
from services.registry.register.codes import service as codes
from services.registry.register.fields.rules import refusal
from services.registry.register.households import register
from services.registry.register.households.records import IDENTITY
from services.registry.register.households.rules import (
    HouseholdDiffers,
    HouseholdNotAcceptable,
    NoSuchVillage,
    PersonRegistered,
    household_faults,
)
from services.registry.register.households.schemas import HouseholdIn
from shared.database.session import Database
from shared.http.idempotency import Claim, KeyReused
from shared.http.items import Answers, answers_of
from shared.names import identity
from shared.names.ids import uuid7
from shared.problems import Conflict, Problem
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.security.auth import Caller
from shared.security.crypto import KeyRing
from shared.time import clock

CONTENT = "change_request.content"
_REGISTRATION = "SELECT * FROM ask_registration($1, $2, $3::jsonb, $4, $5, $6::jsonb)"


class AlreadyAsked(Conflict):
    slug, zh, en = "already-asked", "该户已有待批准的申请", "A request about this household waits already"


class Stored(NamedTuple):
    """The answer to a call as it is kept under its key: JSON text; the version of a household that is registered."""

    status: int
    body: str
    version: int | None
    replayed: bool


async def ask_registration(
    database: Database, keys: KeyRing, caller: Caller, about: str, claim: Claim, household: HouseholdIn
) -> Stored:
    """Ask for one household to be registered, in one statement. Raises 403, 409 and 422 problems."""
    if not caller.covers(household.division):
        raise DivisionForbidden(field="division")
    moment = database.moment or await database.pool.fetchval("SELECT now FROM simulated_clock")
    faults = household_faults(household, today := clock.day_of(moment))
    if faults := await codes.remaining(database.pool, household.division, today, faults):
        raise refusal(HouseholdNotAcceptable, faults)
    row = to_json(_registration(household, keys)).decode()
    try:
        answer = await database.pool.fetchrow(
            _REGISTRATION, caller.division, database.moment, about, claim.key, claim.digest, row
        )
    except asyncpg.UniqueViolationError as error:  # somebody was faster
        raise AlreadyAsked(field="id", rule="one request a household") from error
    if answer["refusal"]:
        raise _refused(answer["refusal"], answer["detail"])
    return Stored(answer["status"], answer["body"], answer["version"], answer["replayed"])


def _registration(household: HouseholdIn, keys: KeyRing) -> dict[str, object]:
    item = ChangeIn.model_construct(
        id=uuid7(),
        kind="registration",
        household_id=household.id,
        effective_on=household.identified_on,
        reason="identified",
        household=household,
    )
    numbers = [identity.normalise(member.identity_number)[:18] for member in household.members]
    return {
        "id": item.id,
        "household_id": household.id,
        "division": household.division,
        "number": household.number,
        "size": len(household.members),
        "effective_on": household.identified_on,
        "digest": register.digest(household, keys).hex(),
        "content": sealed(item, keys),
        "indexes": [keys.blind_index(number, IDENTITY).hex() for number in numbers],
    }


def _refused(reason: str, detail: str | None) -> Problem:
    match reason:
        case "key":
            return KeyReused(field="Idempotency-Key", rule="one key, one request")
        case "division":
            return NoSuchVillage(field="division", rule="a village on the list of divisions")
        case "id":
            return HouseholdDiffers(field="id", rule="one id, one household")
        case "procedure" | "level" | "year":
            return rules.not_directly(reason, detail)
        case _:
            return PersonRegistered(field=reason, rule="once in the register")


async def record(session: AsyncSession, keys: KeyRing, items: Sequence[ChangeIn], *, named: bool) -> Answers:
    """What an office records, each answered by itself."""
    return answers_of(items, await decided(session, keys, items, named=named))


async def decided(
    session: AsyncSession, keys: KeyRing, items: Sequence[ChangeIn], *, named: bool
) -> dict[UUID, Decision]:
    """What becomes of each change: those within households are made, households that enter or leave are asked for.

    ``named``: a refusal may name people of a household.
    """
    within = [item for item in items if item.kind not in BY_TWO]
    made = await service.decisions(session, keys, within, through="direct") if within else {}
    if len(within) < len(items):
        made |= await ask(session, keys, [item for item in items if item.kind in BY_TWO])
    return await service.with_names(session, made) if named else made


async def ask(session: AsyncSession, keys: KeyRing, items: Sequence[ChangeIn]) -> dict[UUID, Decision]:
    """Ask for households to enter or to leave, where nothing stands against it so far. The same is "unchanged"."""
    digests = {item.id: digest(item, keys) for item in items}
    asked = await queries.lock_requests(session, digests.keys())
    decided: dict[UUID, Decision] = {
        id: "unchanged" if before.digest == digests[id] else ChangeDiffers(field="id", rule="one id, one change")
        for id, before in asked.items()
    }
    fresh = {item.id: item for item in items if item.id not in asked}
    decided |= await service.decisions(session, keys, list(fresh.values()), through="direct", write=False)
    homes = await queries.homes(session, {item.household_id for item in fresh.values()})
    good = [item for id, item in fresh.items() if decided[id] == "accepted"]
    requests = [_request(item, homes.get(item.household_id), keys, digests[item.id]) for item in good]
    waiting = await queries.waiting(session, requests)
    new = []
    for request in requests:
        if request.household_id in waiting:
            decided[request.id] = AlreadyAsked(field="household_id", rule="one request a household")
            continue
        waiting.add(request.household_id)
        new.append(request)
        decided[request.id] = "waiting"
        audit.record(
            session,
            "change.asked",
            "change_request",
            request.id,
            request.division,
            after={"kind": request.kind, "number": request.number, "size": request.size},
            reason=fresh[request.id].ground,
        )
    await queries.ask(session, new)
    return decided


def digest(item: ChangeIn, keys: KeyRing) -> bytes:
    """A keyed digest of what is asked for: of a registration what it says of the household, whoever asks and how."""
    if item.kind == "registration" and item.household:
        return register.digest(item.household, keys)
    return keys.blind_index(item.model_dump_json(exclude={"captured_at"}, exclude_unset=True), CONTENT)


def sealed(item: ChangeIn, keys: KeyRing) -> str:
    """What is asked for, encrypted."""
    return keys.encrypt(item.model_dump_json(exclude_unset=True), field=CONTENT, record=str(item.id))


def opened(content: str | None, id: UUID, keys: KeyRing) -> ChangeIn:
    """What was asked for."""
    assert content is not None
    return ChangeIn.model_validate_json(keys.decrypt(content, field=CONTENT, record=str(id)))


def _request(item: ChangeIn, home: Home | None, keys: KeyRing, digest: bytes) -> Request:
    new = item.household
    if home is None:
        assert new is not None
        home = Home(new.division, new.number, len(new.members))
    return Request(
        id=item.id,
        division=home.division,
        household_id=item.household_id,
        kind=item.kind,
        reason=item.reason,
        effective_on=item.effective_on,
        number=home.number,
        size=home.size,
        content=sealed(item, keys),
        digest=digest.hex(),
    )
