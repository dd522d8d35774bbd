"""Record people of organisations, and what changes of them. Their numbers are encrypted, masked and indexed."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.organisations import queries, rules
from services.registry.assistance.organisations.catalogue import catalogue
from services.registry.assistance.organisations.records import IDENTITY, PHONE, SealedPhone, StaffMember
from services.registry.assistance.organisations.schemas import StaffIn, StaffPatch, StaffReveal
from services.registry.register.households.records import IDENTITY as PERSON_IDENTITY
from shared.database import concurrency
from shared.http.items import Answers, Outcome, answer_each
from shared.names import identity
from shared.security import audit
from shared.security.crypto import KeyRing
from shared.time import clock


async def record(session: AsyncSession, keys: KeyRing, items: list[StaffIn]) -> Answers:
    """Record people; the same again is "unchanged"."""
    today = await clock.today(session)
    organisations = await queries.get(session, [item.organisation_id for item in items])
    indexes = {item.id: _index(keys, identity.normalise(item.identity_number)) for item in items}
    known = await queries.staff(session, indexes)
    taken = await queries.taken(
        session,
        ids=list(indexes),
        subjects=[item.subject for item in items if item.subject],
        indexes=[indexes[item.id] for item in items if item.identity_number],
    )
    fresh: list[StaffMember] = []

    def decide(item: StaffIn) -> Outcome:
        if item.id in known:
            rules.check_same_person(known[item.id], item)
            return "unchanged"
        if f"id:{item.id}" in taken:
            raise rules.StaffDiffers(field="id", rule="one id, one person")
        number = rules.check_staff(item, catalogue(), today)
        employer = rules.existing(organisations.get(item.organisation_id), item.joined_on, field="joined_on")
        subject, identity_key = f"subject:{item.subject}", f"identity:{indexes[item.id].hex()}"
        if item.subject and subject in taken:
            raise rules.SubjectTaken(field="subject", rule="one subject, one person")
        if number and identity_key in taken:
            raise rules.StaffKnown(field="identity_number", rule="once among the staff")
        taken.update({subject} if item.subject else (), {identity_key} if number else ())
        fresh.append(_sealed(item, keys, number, employer.division))
        return "accepted"

    answers = answer_each(items, decide)
    await queries.record_staff(session, fresh)
    for one in fresh:
        after = {"organisation_id": str(one.organisation_id), "post": one.post, "rank": one.rank}
        audit.record(session, "staff.recorded", "staff", one.id, one.division, after=after)
    return answers


async def read(session: AsyncSession, id: UUID) -> StaffMember:
    """Somebody of the staff; that they were looked at stays on record. Raises NoSuchStaff."""
    person = await _find(session, id)
    audit.read(session, "staff", id, person.division)
    return person


async def reveal(session: AsyncSession, keys: KeyRing, id: UUID, body: StaffReveal) -> str:
    """A number in plain. Who, whose, which and why stay on record. Raises NoSuchStaff, NothingRecorded."""
    person = await _find(session, id)
    sealed = person.sealed(body.field)
    if sealed is None:
        raise rules.NothingRecorded(field="field")
    audit.record(session, f"revealed.{body.field}", "staff", id, person.division, reason=body.reason)
    return keys.decrypt(sealed, field=PHONE if body.field == "phone" else IDENTITY, record=str(id))


async def change(
    session: AsyncSession, keys: KeyRing, id: UUID, body: StaffPatch, if_match: str | None
) -> StaffMember:
    """Change somebody's post, rank, subject or phone, or let them leave. Raises 404, 409, 412, 422, 428 problems."""
    expected = concurrency.expected_version(if_match)
    before = (await queries.lock_staff(session, [id])).get(id)
    if before is None:
        raise rules.NoSuchStaff(field="staff_id")
    concurrency.same_version(expected, before.version)
    rules.check_post(catalogue(), body.post, body.rank)
    if body.left_on is not None and body.left_on <= before.joined_on:
        raise rules.EndBeforeStart(field="left_on", rule="after joined_on")
    if body.subject not in (None, before.subject) and await queries.taken(session, subjects=[str(body.subject)]):
        raise rules.SubjectTaken(field="subject", rule="one subject, one person")
    after = replace(
        before,
        post=body.post or before.post,
        rank=body.rank or before.rank,
        subject=body.subject or before.subject,
        left_on=body.left_on or before.left_on,
        version=before.version + 1,
    )
    if body.phone:
        after = replace(after, **_seal_phone(keys, id, body.phone)._asdict())
    await queries.change_staff(session, after)
    was, now = _said(before), _said(after)
    audit.record(session, "staff.changed", "staff", id, before.division, before=was, after=now)
    return after


async def _find(session: AsyncSession, id: UUID) -> StaffMember:
    person = (await queries.staff(session, [id])).get(id)
    if person is None:
        raise rules.NoSuchStaff(field="staff_id")
    return person


def _said(person: StaffMember) -> dict[str, str]:
    return {name: str(getattr(person, name)) for name in ("post", "rank", "subject", "left_on")}


def _index(keys: KeyRing, number: str) -> bytes:
    """The index under which registered persons are found too, so that both can be compared."""
    return keys.blind_index(number, PERSON_IDENTITY)


def _sealed(item: StaffIn, keys: KeyRing, number: str | None, division: str) -> StaffMember:
    phone = _seal_phone(keys, item.id, item.phone) if item.phone else SealedPhone(None, None, None)
    return StaffMember(
        id=item.id,
        division=division,
        organisation_id=item.organisation_id,
        name=item.name,
        post=item.post,
        rank=item.rank,
        subject=item.subject,
        **phone._asdict(),
        identity_number=keys.encrypt(number, field=IDENTITY, record=str(item.id)) if number else None,
        identity_masked=identity.mask_number(number) if number else None,
        identity_index=_index(keys, number) if number else None,
        joined_on=item.joined_on,
        left_on=None,
        version=1,
    )


def _seal_phone(keys: KeyRing, id: UUID, phone: str) -> SealedPhone:
    digits = "".join(filter(str.isdigit, phone))
    return SealedPhone(
        phone=keys.encrypt(phone, field=PHONE, record=str(id)),
        phone_masked=identity.mask_phone(phone),
        phone_index=keys.blind_index(digits, PHONE),
    )
