"""Correct facts of a household or of one of its members from a day on, also from a day long past."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.contracts import HOUSEHOLD
from services.registry.register.changes import aggregate, rules
from services.registry.register.changes.timeline import Stretch, corrected
from services.registry.register.codes import local
from services.registry.register.fields import catalogue
from services.registry.register.households.reading import NoSuchHousehold
from services.registry.register.households.rules import item_faults, patch_faults
from services.registry.register.households.schemas import Correction, HouseholdPatch, Registered
from shared.database import concurrency
from shared.database.session import caller_of, raw
from shared.names.ids import uuid7
from shared.problems import Invalid
from shared.security import audit
from shared.time import clock

_STATES = text("""
    SELECT division, status, size, attribute, main_cause, other_causes, facts, origins, effective_from, effective_to
    FROM household_state WHERE household_id = :id AND superseded_at IS NULL
""")
_CORRECT = "SELECT correct_household($1, $2::jsonb, $3)"
_COLUMNS = ("attribute", "main_cause", "other_causes")


class NothingToCorrect(Invalid):
    slug, zh, en = "nothing-to-correct", "没有要更正的内容", "Nothing would change"


class NotKnownThen(Invalid):
    slug, zh, en = "not-known-then", "该日期早于登记", "Nothing is recorded of this day"


class FactsNotAcceptable(Invalid):
    slug, zh, en = "facts-not-acceptable", "更正内容有{count}处不符合要求", "{count} facts do not meet the rules"


async def patch(session: AsyncSession, id: UUID, body: HouseholdPatch, if_match: str | None) -> Registered:
    """Change facts of the version that the caller has read. Raises 404, 412, 422 and 428 problems."""
    before = await open_for_correction(session, id, body, if_match)
    today = await clock.today(session)
    faults = list(item_faults("household", body, before.identified_on, today)) + list(
        patch_faults(body, before.main_cause, before.identified_on, today)
    )
    await local.refuse(session, before.division, faults, FactsNotAcceptable)
    given = given_facts(body, "household") | {
        name: getattr(body, name) for name in _COLUMNS if name in body.model_fields_set
    }
    rows = (await session.execute(_STATES, {"id": id})).all()
    stretches = [
        Stretch(
            row.effective_from, row.effective_to, row.facts | {n: getattr(row, n) for n in _COLUMNS}, row.origins, row
        )
        for row in rows
    ]
    version = before.version + 1
    states = []
    for old, new in correct(stretches, body.effective_on, given, version):
        states += [_state(one, old.start) for one in new]
    was = next(one.facts for one in stretches if one.covers(body.effective_on))
    now = aggregate.after(before, **_now(before, states))
    await write(
        session,
        before,
        now,
        body,
        {"states": states, "memberships": [], "before": _wire(was, given), "after": _wire(given, given)},
    )
    return Registered(id=id, version=version)


async def open_for_correction(
    session: AsyncSession, id: UUID, body: Correction, if_match: str | None
) -> aggregate.Household:
    """The household, locked, where it is the version that was read and the day is not to come."""
    expected = concurrency.expected_version(if_match)
    before = (await aggregate.lock(session, [id])).get(id)
    if before is None:
        raise NoSuchHousehold(field="household_id")
    concurrency.same_version(expected, before.version)
    if body.effective_on > await clock.today(session):
        raise rules.NotYet(field="effective_on", rule="not in the future")
    return before


def given_facts(body: Correction, owner: catalogue.Owner) -> dict[str, Any]:
    """What a correction says of the items, as stored; None where it says that a fact is unknown."""
    known = catalogue.items(owner)
    unknown = {item.stored: None for key, item in known.items() if key in body.model_fields_set}
    return unknown | catalogue.facts(body, owner)


def correct(stretches: list[Stretch[Any]], day: date, given: dict[str, Any], version: int) -> list[Any]:
    """The replacements. Raises NothingToCorrect, NotKnownThen."""
    try:
        replacements = corrected(stretches, day, given, version)
    except LookupError as error:
        raise NotKnownThen(field="effective_on", rule="not before it was recorded") from error
    if not replacements:
        raise NothingToCorrect(rule="a different value")
    return replacements


async def write(
    session: AsyncSession,
    before: aggregate.Household,
    now: aggregate.Household,
    body: Correction,
    row: dict[str, Any],
    reason: str = "corrected",
) -> UUID:
    """Write a correction, its line in the story and its event; answers the change's id."""
    id = uuid7()
    written = row | {
        "id": str(now.id),
        "change_id": str(id),
        "event_id": str(uuid7()),
        "division": now.division,
        "version": now.version,
        "kind": "correction",
        "reason": reason,
        "effective_on": body.effective_on.isoformat(),
        "ground": body.ground,
        "source": body.source,
        "evidence": body.evidence,
        "event_type": HOUSEHOLD.type("changed"),
        "event": aggregate.state(now, reason, body.effective_on).model_dump(mode="json"),
    }
    await (await raw(session)).execute(_CORRECT, now.id, json.dumps(written, default=str), caller_of(session).subject)
    audit.record(
        session,
        "household.corrected",
        "household",
        now.id,
        now.division,
        before={"version": before.version, "facts": sorted(row["before"])},
        after={"version": now.version},
        reason=body.ground,
    )
    return id


def _state(one: Stretch[Any], replaces: date) -> dict[str, Any]:
    facts = dict(one.facts)
    return {
        "replaces": replaces,
        "division": one.row.division,
        "status": one.row.status,
        "size": one.row.size,
        **{name: facts.pop(name, None) for name in _COLUMNS},
        "facts": facts,
        "origins": one.origins,
        "effective_from": one.start,
        "effective_to": one.end,
    }


def _now(before: aggregate.Household, states: list[dict[str, Any]]) -> dict[str, Any]:
    """The household's columns where the correction reaches today."""
    open_state = next((state for state in states if state["effective_to"] is None), None)
    if open_state is None:
        return {}
    names = (*_COLUMNS, "facts", "origins")
    return {name: open_state[name] for name in names}


def _wire(stored: Mapping[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Some facts as a story tells them."""
    some = {key: stored.get(key) for key in given}
    columns = {key: some.pop(key) for key in list(some) if key in _COLUMNS}
    return columns | catalogue.shown(some, "household")
