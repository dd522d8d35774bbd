"""Correct facts of a household from a day on, also from a day long past: what was believed before is kept."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple
from uuid import UUID

from pydantic import TypeAdapter
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import TypedDict

from services.registry.contracts import HOUSEHOLD
from services.registry.register.codes import service as codes
from services.registry.register.fields import catalogue
from services.registry.register.fields.records import Fault
from services.registry.register.fields.rules import refusal
from services.registry.register.households import queries, rules
from services.registry.register.households.agree import COLUMNS, disagreements
from services.registry.register.households.identify import known_by
from services.registry.register.households.records import (
    Changed,
    Facts,
    Household,
    Json,
    KnownByRow,
    MembershipRow,
    StateRow,
    after,
    state_of,
)
from services.registry.register.households.rules import Replacement, Row, Stretch, corrected, origin
from services.registry.register.households.schemas import Correction, HouseholdPatch, Registered
from shared.database import concurrency
from shared.database.session import caller_of, raw
from shared.households.queries import NoSuchHousehold
from shared.names.ids import uuid7
from shared.problems import Invalid
from shared.security import audit
from shared.security.crypto import KeyRing
from shared.time import clock

_CORRECT = "SELECT correct_household($1, $2::jsonb, $3)"


class NothingToCorrect(Invalid):
    slug, zh, en = "nothing-to-correct", "没有要更正的内容", "Nothing would change"


class NotKnownThen(Invalid):
    slug, zh, en = "not-known-then", "该日期早于登记", "Nothing is recorded of this day"


class _Held(TypedDict):
    """What a household's row keeps in columns of their own."""

    attribute: str
    main_cause: str
    other_causes: list[str]


_HELD = TypeAdapter(_Held)


class _Stood(NamedTuple):
    """What no correction changes of a stretch: where the household lived, whether and with how many it counted."""

    division: str
    status: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """What a correction rewrites, and how it is shown in the household's history."""

    before: Facts
    after: Facts
    states: Sequence[StateRow] = ()
    memberships: Sequence[MembershipRow] = ()
    known_by: KnownByRow | None = None
    relates: Mapping[UUID, str] = field(default_factory=dict)
    person_id: UUID | None = None
    reason: str = "corrected"

    def to_json(self) -> Json:
        """As ``correct_household`` takes it."""
        return {
            "states": self.states,
            "memberships": self.memberships,
            "known_by": self.known_by.to_json() if self.known_by else None,
            "effect": {"relates": dict(self.relates)} if self.relates else None,
            "person_id": self.person_id,
            "reason": self.reason,
            "before": self.before,
            "after": self.after,
        }


async def correct_household(
    session: AsyncSession, keys: KeyRing, id: UUID, body: HouseholdPatch, if_match: str | None
) -> Registered:
    """Change facts of the version that the caller has read. Raises 403, 404, 409, 412, 422 and 428 problems."""
    before = await open_for_correction(session, id, body, if_match)
    today = await clock.today(session)
    faults = list(rules.item_faults("household", body, before.identified_on, today))
    faults += rules.patch_faults(body, before.identified_on, today)
    await codes.refuse(session, before.division, faults, rules.FactsNotAcceptable)
    given = given_facts(body, "household") | {
        name: getattr(body, name) for name in COLUMNS if name in body.model_fields_set
    }
    named = await known_by(session, keys, before, body)
    stretches = await _believed(session, id)
    states: list[StateRow] = []
    rewrites = rewrite(stretches, body, given, before.version + 1) if given or not named else []
    agree([one for _, new in rewrites for one in new], body.effective_on, given.keys(), before.version + 1)
    for old, new in rewrites:
        states += [_state(one, old.start) for one in new]
    was = next((one.facts for one in stretches if one.covers(body.effective_on)), {})
    now = after(before, **_now(states))
    if named:
        now = replace(now, number=named.row.number, identified_on=named.row.identified_on)
    rewritten = Rewritten(
        states=states,
        known_by=named.row if named else None,
        before=_shown(was, given) | dict(named.before if named else {}),
        after=_shown(given, given) | dict(named.after if named else {}),
    )
    await write(session, before, now, body, rewritten)
    return Registered(id=id, version=now.version)


async def open_for_correction(session: AsyncSession, id: UUID, body: Correction, if_match: str | None) -> Household:
    """The household, locked, where it is the version that was read and the day is not to come."""
    expected = concurrency.expected_version(if_match)
    before = (await queries.lock(session, [id])).get(id)
    if before is None:
        raise NoSuchHousehold(field="household_id")
    concurrency.same_version(expected, before.version)
    if body.effective_on > await clock.today(session):
        raise rules.NotYet(field="effective_on", rule="not in the future")
    return before


def given_facts(body: Correction, owner: catalogue.Owner) -> dict[str, object]:
    """What a correction says of the items, as stored; None where it says that a fact is unknown."""
    known = catalogue.items(owner)
    unknown = {item.stored: None for key, item in known.items() if key in body.model_fields_set}
    return unknown | catalogue.facts(body, owner)


def rewrite(stretches: list[Stretch[Row]], body: Correction, given: Facts, version: int) -> list[Replacement[Row]]:
    """What is believed instead from the day on. Raises NothingToCorrect, NotKnownThen."""
    try:
        replacements = corrected(stretches, body.effective_on, given, version)
    except LookupError as error:
        raise NotKnownThen(field="effective_on", rule="not before it was recorded") from error
    if not replacements:
        raise NothingToCorrect(rule="a different value")
    return replacements


def agree(stretches: Iterable[Stretch[Row]], day: date, given: AbstractSet[str], version: int) -> None:
    """Of each stretch what is corrected agrees with the rest of it. Raises FactsNotAcceptable, with the day."""
    for one in stretches:
        touched = {key for key in given if origin(one, key) == version}
        if faults := [dated(fault, one.start, day) for fault in disagreements(one.facts, touched)]:
            raise refusal(rules.FactsNotAcceptable, faults)


def dated(fault: Fault, start: date, day: date) -> Fault:
    """A fault that shows in facts of a later day says of which."""
    if start <= day:
        return fault
    zh = f"{fault.zh}（更正后自{start.year}年{start.month}月{start.day}日起不符）"
    return replace(fault, zh=zh, en=f"{fault.en} (from {start} on)")


async def write(
    session: AsyncSession, before: Household, now: Household, body: Correction, rewritten: Rewritten
) -> UUID:
    """Write a correction, its line in the history and its event; answers the change's id."""
    id, reason = uuid7(), rewritten.reason
    row = rewritten.to_json() | {
        "id": now.id,
        "change_id": id,
        "event_id": uuid7(),
        "division": now.division,
        "version": now.version,
        "kind": "correction",
        "effective_on": body.effective_on,
        "ground": body.ground,
        "source": body.source,
        "evidence": body.evidence,
        "event_type": HOUSEHOLD.type("changed"),
        "event": state_of(now, reason, body.effective_on),
    }
    await (await raw(session)).execute(_CORRECT, now.id, to_json(row).decode(), caller_of(session).subject)
    audit.record(
        session,
        "household.corrected",
        "household",
        now.id,
        now.division,
        before={"version": before.version, "facts": sorted(rewritten.before)},
        after={"version": now.version},
        reason=body.ground,
    )
    return id


async def _believed(session: AsyncSession, id: UUID) -> list[Stretch[_Stood]]:
    return [
        Stretch(
            row.effective_from,
            row.effective_to,
            row.facts | {name: getattr(row, name) for name in COLUMNS},
            row.origins,
            _Stood(row.division, row.status, row.size),
        )
        for row in await session.execute(queries.STATES, {"id": id})
    ]


def _state(one: Stretch[_Stood], replaces: date) -> StateRow:
    columns = _HELD.validate_python({name: one.facts.get(name) for name in COLUMNS})
    return StateRow(
        replaces=replaces,
        **one.row._asdict(),
        **columns,
        facts={key: fact for key, fact in one.facts.items() if key not in COLUMNS},
        origins=one.origins,
        effective_from=one.start,
        effective_to=one.end,
    )


def _now(states: Sequence[StateRow]) -> Changed:
    """What the correction changes of the household of today, where it reaches so far."""
    now = next((state for state in states if state.effective_to is None), None)
    if now is None:
        return {}
    return {
        "attribute": now.attribute,
        "main_cause": now.main_cause,
        "other_causes": tuple(now.other_causes),
        "facts": now.facts,
        "origins": now.origins,
    }


def _shown(stored: Facts, given: Facts) -> Json:
    """Some facts as the history shows them."""
    some = {key: stored.get(key) for key in given}
    columns = {key: some.pop(key) for key in list(some) if key in COLUMNS}
    return columns | catalogue.shown(some, "household")
