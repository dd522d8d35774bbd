"""Correct what is known of a member, and who he is: what was believed before is kept."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes import aggregate, rules
from services.registry.register.changes.timeline import Stretch
from services.registry.register.codes import local
from services.registry.register.fields import catalogue
from services.registry.register.households import patching, uniques
from services.registry.register.households.register import PersonRegistered
from services.registry.register.households.registering import PERSON_PHONE, number_row, phone_row
from services.registry.register.households.rules import item_faults, not_a_number
from services.registry.register.households.schemas import MemberPatch, Registered
from shared import policy
from shared.database.session import caller_of, raw
from shared.names import identity
from shared.names.grams import grams
from shared.names.identity import DocumentKind
from shared.security.access import LEVELS, LevelForbidden
from shared.security.crypto import KeyRing
from shared.time import clock

_STRETCHES = text("""
    SELECT person_id, division, relation, joined_on, left_on, facts, origins FROM membership
    WHERE household_id = :id AND person_id = :person_id AND superseded_at IS NULL
""")
_PERSON = text("SELECT * FROM person WHERE id = :person_id FOR UPDATE")
_IDENTITY = "SELECT correct_identity($1, $2, $3::jsonb)"


async def patch(
    session: AsyncSession, keys: KeyRing, id: UUID, person_id: UUID, body: MemberPatch, if_match: str | None
) -> Registered:
    """Change facts of a member. Raises 404, 409, 412, 422 and 428 problems."""
    before = await patching.open_for_correction(session, id, body, if_match)
    if body.identity_number:
        await _may_correct_number(session, before.division)
    rows = (await session.execute(_STRETCHES, {"id": id, "person_id": person_id})).all()
    if not rows:
        raise rules.NotAMember(field="person_id", rule="lives or lived in the household")
    faults = list(item_faults("member", body, before.identified_on, await clock.today(session)))
    await local.refuse(session, before.division, faults, patching.FactsNotAcceptable)
    given = patching.given_facts(body, "member")
    version = before.version + 1
    stretches = [Stretch(row.joined_on, row.left_on, row.facts, row.origins, row) for row in rows]
    who = await _identity(session, keys, person_id, body)
    memberships: list[dict[str, Any]] = []
    if given or not who:
        for old, new in patching.correct(stretches, body.effective_on, given, version):
            memberships += [_membership(one, old.start) for one in new]
    was = next((one.facts for one in stretches if one.covers(body.effective_on)), {})
    story = {
        "before": catalogue.shown({key: was.get(key) for key in given}, "member") | (who["before"] if who else {}),
        "after": catalogue.shown(given, "member") | (who["after"] if who else {}),
    }
    now = aggregate.after(before, members=_members(before, person_id, memberships))
    change = await patching.write(
        session,
        before,
        now,
        body,
        {"states": [], "memberships": memberships, "person_id": str(person_id), **story},
        reason="enlisted" if given.get("soldier") is True else "corrected",
    )
    if who:
        await (await raw(session)).execute(_IDENTITY, person_id, change, json.dumps(who["row"], default=str))
    return Registered(id=id, version=version)


async def _may_correct_number(session: AsyncSession, division: str) -> None:
    """With another number somebody else would stand on the register. Raises LevelForbidden (403)."""
    level = (await policy.resolve(session, "corrections.identity", division, await clock.today(session))).value
    if len(caller_of(session).division) > LEVELS[level]:
        raise LevelForbidden(field="identity_number", rule="corrections.identity", level=level)


async def _identity(
    session: AsyncSession, keys: KeyRing, person_id: UUID, body: MemberPatch
) -> dict[str, Any] | None:
    """The row of a corrected identity with what is told of it; None where nothing of it is given."""
    given = {name: getattr(body, name) for name in ("name", "identity_number", "phone") if getattr(body, name)}
    if not given:
        return None
    found = (await session.execute(_PERSON, {"person_id": person_id})).one_or_none()
    if found is None:  # he lives elsewhere now, and who he is is told there
        raise rules.NotAMember(field="person_id", rule="lives in your division")
    person = found._mapping  # noqa: SLF001 (public mapping)
    row = dict(person)
    row["identity_index"] = person["identity_index"].hex() if person["identity_index"] else None
    row["phone_index"] = person["phone_index"].hex() if person["phone_index"] else None
    if "identity_number" in given:
        number = identity.normalise(given["identity_number"])
        kind = identity.classify(number)
        if kind not in (DocumentKind.RESIDENT, DocumentKind.DISABILITY):
            fault = not_a_number(kind)
            raise patching.FactsNotAcceptable(field=fault.field, rule=fault.rule, errors=[fault.to_json()], count=1)
        row |= number_row(number, keys, person_id)
        row |= {"sex": identity.sex(number[:18]), "born": identity.birth_date(number[:18])}
        key = f"identity:{row['identity_index']}"
        if row["identity_index"] != (person["identity_index"] or b"").hex() and await uniques.taken(session, [key]):
            raise PersonRegistered(field="identity_number", rule="once in the register")
    if "phone" in given:
        row |= phone_row(given["phone"], keys, PERSON_PHONE, person_id)
    row["name"] = given.get("name", person["name"])
    row["grams"] = grams(row["name"])
    told = {"name": "name", "identity_number": "identity_masked", "phone": "phone_masked"}
    return {
        "row": {key: value for key, value in row.items() if key not in ("recorded_at", "recorded_by")},
        "before": {name: person[told[name]] for name in given},
        "after": {name: row[told[name]] for name in given},
    }


def _membership(one: Stretch[Any], replaces: Any) -> dict[str, Any]:
    return {
        "replaces": replaces,
        "person_id": str(one.row.person_id),
        "division": one.row.division,
        "relation": one.row.relation,
        "joined_on": one.start,
        "left_on": one.end,
        "facts": one.facts,
        "origins": one.origins,
    }


def _members(before: aggregate.Household, person_id: UUID, memberships: list[dict[str, Any]]) -> tuple[Any, ...]:
    now = next((one for one in memberships if one["left_on"] is None), None)
    if now is None:
        return before.members
    labour = now["facts"].get("labour")
    return tuple(
        member.model_copy(update={"labour": labour}) if member.id == person_id else member
        for member in before.members
    )
