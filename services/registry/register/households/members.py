"""Correct what is known of a member, and who they are: what was believed before is kept."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.contracts import MemberState
from services.registry.register.codes import service as codes
from services.registry.register.fields import catalogue
from services.registry.register.fields.rules import identity_fault, refusal
from services.registry.register.households import correct, queries, rules
from services.registry.register.households.records import (
    PERSON_PHONE,
    Facts,
    Household,
    IdentityRow,
    MembershipRow,
    SealedNumber,
    SealedPhone,
    after,
)
from services.registry.register.households.register import sealed_number, sealed_phone
from services.registry.register.households.rules import Stretch
from services.registry.register.households.schemas import MemberPatch, Registered
from shared import policy
from shared.database.session import caller_of, raw
from shared.names import identity
from shared.names.grams import grams
from shared.names.words import LEVELS as LEVEL_WORDS
from shared.security.access import LEVELS, LevelForbidden
from shared.security.crypto import KeyRing
from shared.time import clock

_IDENTITY = "SELECT correct_identity($1, $2, $3::jsonb)"
_GIVEN = ("name", "identity_number", "phone")


class _Stood(NamedTuple):
    """What no correction changes of a membership."""

    person_id: UUID
    division: str
    relation: str


@dataclass(frozen=True, slots=True)
class _Identity:
    """Who a member is from now on, and what of it the history shows before and after."""

    row: IdentityRow
    before: Facts
    after: Facts


async def correct_member(
    session: AsyncSession, keys: KeyRing, id: UUID, person_id: UUID, body: MemberPatch, if_match: str | None
) -> Registered:
    """Change facts of a member. Raises 404, 409, 412, 422 and 428 problems."""
    before = await correct.open_for_correction(session, id, body, if_match)
    if body.identity_number:
        await _may_correct_number(session, before.division)
    stretches = await _believed(session, id, person_id)
    if not stretches:
        raise rules.NotAMember(field="person_id", rule="lives or lived in the household")
    faults = list(rules.item_faults("member", body, before.identified_on, await clock.today(session)))
    await codes.refuse(session, before.division, faults, rules.FactsNotAcceptable)
    given = correct.given_facts(body, "member")
    who = await _identity(session, keys, person_id, body)
    memberships: list[MembershipRow] = []
    if given or not who:
        for old, new in correct.rewrite(stretches, body, given, before.version + 1):
            memberships += [_membership(one, old) for one in new]
    was = next((one.facts for one in stretches if one.covers(body.effective_on)), {})
    now = after(before, members=_members(before, person_id, memberships))
    rewritten = correct.Rewritten(
        memberships=memberships,
        person_id=person_id,
        before=catalogue.shown({key: was.get(key) for key in given}, "member") | dict(who.before if who else {}),
        after=catalogue.shown(given, "member") | dict(who.after if who else {}),
        reason="enlisted" if given.get("soldier") is True else "corrected",
    )
    change_id = await correct.write(session, before, now, body, rewritten)
    if who:
        row = to_json(who.row.to_json()).decode()
        await (await raw(session)).execute(_IDENTITY, person_id, change_id, row)
    return Registered(id=id, version=now.version)


async def _may_correct_number(session: AsyncSession, division: str) -> None:
    """With another number somebody else would stand on the register. Raises LevelForbidden (403)."""
    level = (await policy.resolve(session, "corrections.identity", division, await clock.today(session))).text()
    if len(caller_of(session).division) > LEVELS[level]:
        raise LevelForbidden(field="identity_number", rule="corrections.identity", level=LEVEL_WORDS[level])


async def _identity(session: AsyncSession, keys: KeyRing, person_id: UUID, body: MemberPatch) -> _Identity | None:
    """Who a member is once they are corrected; None where nothing of it is given."""
    given = [name for name in _GIVEN if getattr(body, name)]
    if not given:
        return None
    person = (await session.execute(queries.PERSON, {"person_id": person_id})).one_or_none()
    if person is None:  # they live elsewhere now, and who they are is corrected there
        raise rules.NotAMember(field="person_id", rule="lives in your division")
    sex, born, name = person.sex, person.born, body.name or person.name
    document = SealedNumber(person.document_kind, person.identity_number, person.identity_masked, person.indexed)
    phone = SealedPhone(person.phone, person.phone_masked, person.phone_indexed)
    if body.identity_number:
        number = identity.normalise(body.identity_number)
        if fault := identity_fault(number):
            raise refusal(rules.FactsNotAcceptable, [fault])
        document = sealed_number(number, keys, person_id)
        sex, born = identity.sex(number), identity.birth_date(number)
        if document.index != person.indexed and await queries.taken(session, [f"identity:{document.index}"]):
            raise rules.PersonRegistered(field="identity_number", rule="once in the register")
    if body.phone:
        phone = sealed_phone(body.phone, keys, PERSON_PHONE, person_id)
    shown_before = {"name": person.name, "identity_number": person.identity_masked, "phone": person.phone_masked}
    shown_after = {"name": name, "identity_number": document.masked, "phone": phone.masked}
    return _Identity(
        row=IdentityRow(name=name, sex=sex, born=born, document=document, phone=phone, grams=grams(name)),
        before={key: shown_before[key] for key in given},
        after={key: shown_after[key] for key in given},
    )


async def _believed(session: AsyncSession, id: UUID, person_id: UUID) -> list[Stretch[_Stood]]:
    return [
        Stretch(row.joined_on, row.left_on, row.facts, row.origins, _Stood(row.person_id, row.division, row.relation))
        for row in await session.execute(queries.MEMBERSHIPS, {"id": id, "person_id": person_id})
    ]


def _membership(one: Stretch[_Stood], old: Stretch[_Stood]) -> MembershipRow:
    return MembershipRow(
        replaces=old.start,
        person_id=one.row.person_id,
        division=one.row.division,
        relation=one.row.relation,
        joined_on=one.start,
        left_on=one.end,
        facts=one.facts,
        origins=one.origins,
    )


def _members(before: Household, person_id: UUID, memberships: list[MembershipRow]) -> tuple[MemberState, ...]:
    """The members of today, where the correction reaches so far."""
    now = next((one for one in memberships if one.left_on is None), None)
    if now is None:
        return before.members
    labour = now.facts.get("labour")
    return tuple(
        member.model_copy(update={"labour": labour}) if member.id == person_id else member
        for member in before.members
    )
