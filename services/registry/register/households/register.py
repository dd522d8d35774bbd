"""Register one household: rules here, everything else in one statement."""

import json
from datetime import date

import asyncpg
from fastapi import Request, Response
from pydantic_core import to_json

from services.registry.register.codes import local
from services.registry.register.households import registering, rules
from services.registry.register.households.schemas import HouseholdIn
from shared.http.edge import caller_json
from shared.http.idempotency import KeyReused
from shared.http.runtime import Runtime, runtime_of
from shared.problems import Conflict, Invalid, Problem
from shared.security.access import DivisionForbidden
from shared.security.auth import Caller
from shared.time import clock

_REGISTER = "SELECT * FROM register_one($1, $2, $3::jsonb, $4, $5, $6::jsonb)"


class HouseholdNotAcceptable(Invalid):
    slug = "household-not-acceptable"
    zh = "该户信息有{count}处不符合要求"
    en = "{count} facts of this household do not meet the rules"


class NoSuchVillage(Invalid):
    slug, zh, en = "no-such-village", "没有这个行政村", "There is no such village"


class HouseholdDiffers(Conflict):
    slug = "household-differs"
    zh = "此编号已登记为另一户"
    en = "This id is registered with other facts"


class PersonRegistered(Conflict):
    slug = "person-registered"
    zh = "家庭成员中有人已登记在册"
    en = "A member is registered already"


class NumberTaken(Conflict):
    slug, zh, en = "household-number-taken", "户编号已被使用", "The household number is taken"


_CONFLICTS: dict[str, tuple[type[Conflict], str]] = {
    "person_by_identity": (PersonRegistered, "members"),
    "person_number_key": (PersonRegistered, "members.number"),
    "person_pkey": (PersonRegistered, "members.id"),
    "membership_of_person": (PersonRegistered, "members.id"),
    "household_number_key": (NumberTaken, "number"),
    "household_pkey": (HouseholdDiffers, "id"),
}


async def one(request: Request, household: HouseholdIn) -> Response:
    """Register, or answer what was answered before. Raises 403, 409 and 422 problems."""
    runtime, caller, claim = runtime_of(request), request.state.caller, request.state.claim
    await _check(runtime, caller, household)
    row = registering.row(household, runtime.keys, source=f"typed:{caller.subject}")
    database, about = runtime.database, caller_json(request)
    try:
        answer = await database.pool.fetchrow(
            _REGISTER, caller.division, database.moment, about, claim.key, claim.digest, to_json(row).decode()
        )
    except asyncpg.UniqueViolationError as error:
        # Somebody was faster, or stands where this caller cannot see.
        kind, field = _CONFLICTS.get(error.constraint_name or "", (HouseholdDiffers, "id"))
        raise kind(field=field, rule="once in the register") from error
    if answer["refusal"]:
        raise _refusal(answer["refusal"])
    return _answer(answer)


def _refusal(reason: str) -> Problem:
    match reason:
        case "key":
            return KeyReused(field="Idempotency-Key", rule="one key, one request")
        case "division":
            return NoSuchVillage(field="division", rule="a village on the list of divisions")
        case "id":
            return HouseholdDiffers(field="id", rule="one id, one household")
        case _:
            return PersonRegistered(field=reason, rule="once in the register")


async def _check(runtime: Runtime, caller: Caller, household: HouseholdIn) -> None:
    if not caller.covers(household.division):
        raise DivisionForbidden(field="division")
    today = await _today(runtime)
    faults = rules.household_faults(household, today)
    if faults := await local.remaining(runtime.database.pool, household.division, today, faults):
        errors = [fault.to_json() for fault in faults]
        raise HouseholdNotAcceptable(field=faults[0].field, rule=faults[0].rule, errors=errors, count=len(faults))


async def _today(runtime: Runtime) -> date:
    moment = runtime.database.moment or await runtime.database.pool.fetchval("SELECT now FROM simulated_clock")
    return clock.day_of(moment)


def _answer(answer: asyncpg.Record) -> Response:
    version = json.loads(answer["body"])["version"]
    headers = {"ETag": f'"{version}"'} | ({"Idempotency-Replayed": "true"} if answer["replayed"] else {})
    return Response(answer["body"], answer["status"], headers, "application/json")
