"""Record people of organisations, and what changes of them. Their numbers are encrypted, masked and indexed."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.organisations import rules
from services.registry.assistance.organisations.catalogue import codes
from services.registry.assistance.organisations.schemas import StaffIn, StaffPatch, StaffRow
from services.registry.register.households.records import IDENTITY as PERSON_IDENTITY
from shared.database import concurrency
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.names import identity
from shared.security import audit
from shared.security.crypto import KeyRing
from shared.time import clock

IDENTITY, PHONE = "staff.identity_number", "staff.phone"
_ORGANISATIONS = text("SELECT id, division, valid_from, valid_to FROM organisation WHERE id = ANY(:ids)")
_KNOWN = text("""
    SELECT id, organisation_id, name, post, rank, joined_on, subject, identity_index FROM staff
    WHERE id = ANY(:ids)
""")
_RECORD = text("""
    INSERT INTO staff (id, division, organisation_id, name, post, rank, subject, phone, phone_masked, phone_index,
        identity_number, identity_masked, identity_index, joined_on, recorded_by)
    VALUES (:id, :division, :organisation_id, :name, :post, :rank, :subject, :phone, :phone_masked, :phone_index,
        :identity_number, :identity_masked, :identity_index, :joined_on, :actor)
""")
_LOCK = text("SELECT * FROM staff WHERE id = :id FOR UPDATE")
# Of the staff anywhere, also where the caller cannot see them.
_TAKEN = text("SELECT key FROM taken_staff(CAST(:ids AS uuid[]), :subjects, CAST(:indexes AS bytea[]))")
_CHANGE = text("""
    UPDATE staff SET post = :post, rank = :rank, subject = :subject, phone = :phone, phone_masked = :phone_masked,
        phone_index = :phone_index, left_on = :left_on, version = version + 1
    WHERE id = :id RETURNING *
""")
# What the person has in charge carries the subject too, for villages that do not see the county's staff.
_FOLLOW = text("UPDATE responsibility SET subject = :subject WHERE staff_id = :id AND ended_on IS NULL")


class SubjectTaken(rules.StaffKnown):
    slug, zh, en = "subject-taken", "此登录账号已归他人", "This subject belongs to somebody else"


def identity_index(keys: KeyRing, number: str) -> bytes:
    """The index under which registered persons are found too, so that both can be compared."""
    return keys.blind_index(number, PERSON_IDENTITY)


async def record(session: AsyncSession, keys: KeyRing, items: list[StaffIn]) -> Answers:
    """Record people; the same again is "unchanged"."""
    today, actor = await clock.today(session), caller_of(session).subject
    found = await session.execute(_ORGANISATIONS, {"ids": list({item.organisation_id for item in items})})
    organisations = {row.id: row for row in found}
    indexes = {item.id: identity_index(keys, identity.normalise(item.identity_number)) for item in items}
    wanted = {
        "ids": [item.id for item in items],
        "subjects": [item.subject for item in items if item.subject],
        "indexes": [indexes[item.id] for item in items if item.identity_number],
    }
    by_id = {row.id: row for row in await session.execute(_KNOWN, {"ids": wanted["ids"]})}
    taken = set((await session.execute(_TAKEN, wanted)).scalars())
    fresh: list[dict[str, Any]] = []

    def decide(item: StaffIn) -> Outcome:
        if row := by_id.get(item.id):
            if (row.organisation_id, row.name, row.joined_on) != (item.organisation_id, item.name, item.joined_on):
                raise rules.StaffDiffers(field="id", rule="one id, one person")
            return "unchanged"
        if f"id:{item.id}" in taken:
            raise rules.StaffDiffers(field="id", rule="one id, one person")
        number = rules.check_staff(item, codes(), today)
        organisation = rules.employer(organisations.get(item.organisation_id), item.joined_on)
        subject, identity_key = f"subject:{item.subject}", f"identity:{indexes[item.id].hex()}"
        if item.subject and subject in taken:
            raise SubjectTaken(field="subject", rule="one subject, one person")
        if number and identity_key in taken:
            raise rules.StaffKnown(field="identity_number", rule="once among the staff")
        taken.update({subject} if item.subject else (), {identity_key} if number else ())
        fresh.append(_row(item, keys, number) | {"division": organisation.division, "actor": actor})
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        await session.execute(_RECORD, fresh)
    for row in fresh:
        after = {"organisation_id": str(row["organisation_id"]), "post": row["post"], "rank": row["rank"]}
        audit.record(session, "staff.recorded", "staff", row["id"], row["division"], after=after)
    return answers


def _row(item: StaffIn, keys: KeyRing, number: str | None) -> dict[str, Any]:
    return {
        **item.model_dump(exclude={"phone", "identity_number"}),
        **_phone(keys, item.id, item.phone),
        "identity_number": keys.encrypt(number, field=IDENTITY, record=str(item.id)) if number else None,
        "identity_masked": identity.mask_number(number) if number else None,
        "identity_index": identity_index(keys, number) if number else None,
    }


def _phone(keys: KeyRing, id: UUID, phone: str | None) -> dict[str, Any]:
    if phone is None:
        return {"phone": None, "phone_masked": None, "phone_index": None}
    digits = "".join(filter(str.isdigit, phone))
    return {
        "phone": keys.encrypt(phone, field=PHONE, record=str(id)),
        "phone_masked": identity.mask_phone(phone),
        "phone_index": keys.blind_index(digits, PHONE),
    }


async def change(session: AsyncSession, keys: KeyRing, id: UUID, body: StaffPatch, if_match: str | None) -> StaffRow:
    """Change somebody's post, rank, subject or phone, or let them leave. Raises 404, 409, 412, 422, 428 problems."""
    expected = concurrency.expected_version(if_match)
    row = (await session.execute(_LOCK, {"id": id})).one_or_none()
    if row is None:
        raise rules.NoSuchStaff(field="staff_id")
    concurrency.same_version(expected, row.version)
    rules.check_codes(codes(), body.post, body.rank)
    if body.left_on is not None and body.left_on <= row.joined_on:
        raise rules.EndBeforeStart(field="left_on", rule="after joined_on")
    asked: dict[str, Any] = {"ids": [], "subjects": [body.subject], "indexes": []}
    if body.subject not in (None, row.subject) and (await session.execute(_TAKEN, asked)).scalar():
        raise SubjectTaken(field="subject", rule="one subject, one person")
    old = {"phone": row.phone, "phone_masked": row.phone_masked, "phone_index": row.phone_index}
    values: dict[str, Any] = {
        "id": id,
        **{name: getattr(body, name) or getattr(row, name) for name in ("post", "rank", "subject", "left_on")},
        **(_phone(keys, id, body.phone) if body.phone else old),
    }
    now = (await session.execute(_CHANGE, values)).one()
    if now.subject != row.subject:
        await session.execute(_FOLLOW, {"id": id, "subject": now.subject})
    audit.record(
        session,
        "staff.changed",
        "staff",
        id,
        row.division,
        before={name: str(getattr(row, name)) for name in ("post", "rank", "subject", "left_on")},
        after={name: str(values[name]) for name in ("post", "rank", "subject", "left_on")},
    )
    return StaffRow.model_validate(now)
