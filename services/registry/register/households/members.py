"""Correct what is known of a member, and who they are: what was believed before is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.contracts import MemberState
from services.registry.register.codes import service as codes
from services.registry.register.fields import catalogue
from services.registry.register.fields.records import Fault
from services.registry.register.fields.rules import identity_fault, refusal
from services.registry.register.households import correct, queries, rules
from services.registry.register.households.consequences import follow_heads
from services.registry.register.households.identify import may_correct
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
from services.registry.register.households.rules import Replacement, Stretch
from services.registry.register.households.schemas import MemberPatch, Registered
from shared.database.session import raw
from shared.names import identity
from shared.names.grams import grams
from shared.security.crypto import KeyRing
from shared.time import clock

_IDENTITY = "SELECT correct_identity($1, $2, $3::jsonb)"
_GIVEN = ("name", "identity_number", "phone", "sex", "born")
_RELATION = "relation"


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
    await may_correct(session, before.division, {"identity_number"} if body.identity_number else ())
    stretches = await _believed(session, id, person_id)
    if not stretches:
        raise rules.NotAMember(field="person_id", rule="lives or lived in the household")
    today = await clock.today(session)
    faults = list(rules.item_faults("member", body, before.identified_on, today))
    faults += rules.person_faults(body, before.identified_on, today)
    await codes.refuse(session, before.division, faults, rules.FactsNotAcceptable)
    given = correct.given_facts(body, "member") | ({_RELATION: body.relation} if body.relation else {})
    who = await _identity(session, keys, person_id, body)
    rewrites = correct.rewrite(stretches, body, given, before.version + 1) if given or not who else []
    memberships = [_membership(one, old) for old, new in rewrites for one in new]
    if body.relation or who:
        await _fits(session, person_id, who, [*_stand(stretches, rewrites)])
    if body.relation:
        _no_head(body.relation, rewrites)
    was = next((one.facts for one in stretches if one.covers(body.effective_on)), {})
    now = after(before, members=_members(before, person_id, memberships, who))
    rewritten = correct.Rewritten(
        memberships=memberships,
        person_id=person_id,
        relates={person_id: body.relation} if body.relation else {},
        before=_shown({key: was.get(key) for key in given}) | dict(who.before if who else {}),
        after=_shown(given) | dict(who.after if who else {}),
        reason="enlisted" if given.get("soldier") is True else "corrected",
    )
    change_id = await correct.write(session, before, now, body, rewritten)
    if who:
        row = to_json(who.row.to_json()).decode()
        await (await raw(session)).execute(_IDENTITY, person_id, change_id, row)
        await follow_heads(session, [id])
    return Registered(id=id, version=now.version)


def _no_head(relation: str, rewrites: Sequence[Replacement[_Stood]]) -> None:
    """A correction makes nobody the head, and no head somebody else. Raises HeadIsChanged."""
    was = {old.row.relation for old, new in rewrites if any(one.facts[_RELATION] == relation for one in new)}
    if rules.HEAD in was | {relation}:
        raise rules.HeadIsChanged(field=_RELATION, rule="one head")


async def _fits(
    session: AsyncSession, person_id: UUID, who: _Identity | None, stretches: Sequence[Stretch[_Stood]]
) -> None:
    """The relation fits the sex in each stretch, as it would stand. Raises FactsNotAcceptable."""
    if who:
        sex = who.row.sex
    else:
        person = (await session.execute(queries.PERSON, {"person_id": person_id})).one_or_none()
        if person is None:
            raise rules.NotAMember(field="person_id", rule="lives in your division")
        sex = person.sex
    for one in stretches:
        relation = str(one.facts[_RELATION])
        if faults := list(rules.against_relation(relation, sex, _RELATION)):
            raise refusal(rules.FactsNotAcceptable, faults)


def _stand(
    stretches: Sequence[Stretch[_Stood]], rewrites: Sequence[Replacement[_Stood]]
) -> Iterator[Stretch[_Stood]]:
    """The stretches as they would stand."""
    rewritten = {old.start: new for old, new in rewrites}
    for one in stretches:
        yield from rewritten.get(one.start, [one])


def _shown(stored: Facts) -> dict[str, object]:
    """Some facts of a member as the history shows them."""
    related = {_RELATION: stored[_RELATION]} if _RELATION in stored else {}
    return catalogue.shown(stored, "member") | related


async def _identity(session: AsyncSession, keys: KeyRing, person_id: UUID, body: MemberPatch) -> _Identity | None:
    """Who a member is once they are corrected; None where nothing of it is given."""
    given = [name for name in _GIVEN if getattr(body, name)]
    if not given:
        return None
    person = (await session.execute(queries.PERSON, {"person_id": person_id})).one_or_none()
    if person is None:  # they live elsewhere now, and who they are is corrected there
        raise rules.NotAMember(field="person_id", rule="lives in your division")
    sex, born, name = body.sex or person.sex, body.born or person.born, body.name or person.name
    faults: list[Fault] = []
    document = SealedNumber(person.document_kind, person.identity_number, person.identity_masked, person.indexed)
    phone = SealedPhone(person.phone, person.phone_masked, person.phone_indexed)
    if body.identity_number:
        number = identity.normalise(body.identity_number)
        if fault := identity_fault(number):
            raise refusal(rules.FactsNotAcceptable, [fault])
        document = sealed_number(number, keys, person_id)
        sex, born = identity.sex(number), identity.birth_date(number)
        faults = list(rules.against_number(body, sex, born))
        if document.index != person.indexed and await queries.taken(session, [f"identity:{document.index}"]):
            raise rules.PersonRegistered(field="identity_number", rule="once in the register")
    elif person.indexed:
        sex, born = person.sex, person.born
        faults = list(rules.against_number(body, sex, born))
    if faults:
        raise refusal(rules.FactsNotAcceptable, faults)
    if body.phone:
        phone = sealed_phone(body.phone, keys, PERSON_PHONE, person_id)
    shown_before = {"name": person.name, "identity_number": person.identity_masked, "phone": person.phone_masked}
    shown_before |= {"sex": person.sex, "born": person.born}
    shown_after = {"name": name, "identity_number": document.masked, "phone": phone.masked, "sex": sex, "born": born}
    return _Identity(
        row=IdentityRow(name=name, sex=sex, born=born, document=document, phone=phone, grams=grams(name)),
        before={key: shown_before[key] for key in given},
        after={key: shown_after[key] for key in given},
    )


async def _believed(session: AsyncSession, id: UUID, person_id: UUID) -> list[Stretch[_Stood]]:
    """What is believed of a member, stretch by stretch; another relation is a fact of its own."""
    found: list[Stretch[_Stood]] = []
    rows = (await session.execute(queries.MEMBERSHIPS, {"id": id, "person_id": person_id})).all()
    since = 0
    for row in sorted(rows, key=lambda one: one.joined_on):
        if not found or found[-1].row.relation != row.relation:
            since += 1
        stood = _Stood(row.person_id, row.division, row.relation)
        facts, origins = {**row.facts, _RELATION: row.relation}, {**row.origins, _RELATION: since}
        found.append(Stretch(row.joined_on, row.left_on, facts, origins, stood))
    return found


def _membership(one: Stretch[_Stood], old: Stretch[_Stood]) -> MembershipRow:
    return MembershipRow(
        replaces=old.start,
        person_id=one.row.person_id,
        division=one.row.division,
        relation=str(one.facts[_RELATION]),
        joined_on=one.start,
        left_on=one.end,
        facts={key: fact for key, fact in one.facts.items() if key != _RELATION},
        origins={key: version for key, version in one.origins.items() if key != _RELATION},
    )


def _members(
    before: Household, person_id: UUID, memberships: Sequence[MembershipRow], who: _Identity | None
) -> tuple[MemberState, ...]:
    """The members of today, where the correction reaches so far."""
    changed: dict[str, object] = {"born": who.row.born} if who else {}
    if now := next((one for one in memberships if one.left_on is None), None):
        changed |= {"labour": now.facts.get("labour"), "relation": now.relation}
    return tuple(member.model_copy(update=changed) if member.id == person_id else member for member in before.members)
