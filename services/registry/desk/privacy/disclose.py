"""All that is held about one person, for that person: every fact with its source and history, and who saw it.

Other members of the household are left out: of a shared household stands here what is said of it as a whole.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.desk.privacy import holdings, queries, requests
from services.registry.desk.privacy.schemas import Disclosure, DisclosureIn, Viewer
from services.registry.register.households.records import CARD, IDENTITY, PERSON_PHONE, PHONE
from services.registry.register.households.rules import NoSuchPerson
from shared.security import audit
from shared.security.crypto import KeyRing

_PERSON = text("""
    SELECT p.*, m.household_id FROM person p
    CROSS JOIN LATERAL (SELECT household_id FROM membership_believed WHERE person_id = p.id
        ORDER BY left_on IS NOT NULL, joined_on DESC LIMIT 1) AS m
    WHERE p.id = :id
""")
# Facts as they stand on the wire: amounts in yuan.
_HOUSEHOLD = text("SELECT *, shown(facts) AS told FROM household WHERE id = :household_id")
_MEMBERSHIPS = text("""
    SELECT household_id, division, version, relation, joined_on, left_on, recorded_at, superseded_at, shown(facts)
        AS facts, origins
    FROM membership WHERE person_id = :id ORDER BY joined_on, recorded_at
""")
# What happened to the person and to the household as a whole, not to another member of it.
_CHANGES = text("""
    SELECT c.id, c.household_id, c.version, c.kind, c.reason, c.effective_on, c.ground, c.source, c.evidence,
        c.before, c.after, c.recorded_at, c.recorded_by
    FROM change c
    WHERE c.household_id IN (SELECT household_id FROM membership WHERE person_id = :id)
      AND (c.person_id IS NULL OR c.person_id = :id)
    ORDER BY c.recorded_at, c.version
""")
_IDENTITIES = text("""
    SELECT name, sex, born, document_kind, identity_masked AS identity_number, change_id, superseded_at
    FROM identity_past WHERE person_id = :id ORDER BY superseded_at
""")
_CONSENTS = text("SELECT * FROM consent WHERE person_id = :id ORDER BY given_on, id")
_REQUESTS = text("SELECT * FROM correction_request WHERE person_id = :id ORDER BY asked_on, id")
_MANY = 100_000  # looks at one household: more than a life holds

_SECRETS = {"identity_number", "identity_index", "phone_index", "bank_card", "phone", "digest", "grams"}
# Columns that only repeat others, for indexes.
_DERIVED = {"facts", "told", "identified_year", "unsafe_house"}


async def disclose(session: AsyncSession, keys: KeyRing, id: UUID, asked: DisclosureIn) -> Disclosure:
    """Everything about a person; numbers in plain only where asked for. Raises NoSuchPerson (404)."""
    person = (await session.execute(_PERSON, {"id": id})).one_or_none()
    if person is None:
        raise NoSuchPerson(field="person_id")
    home = person.household_id
    household = (await session.execute(_HOUSEHOLD, {"household_id": home})).one_or_none()
    if household is None:  # it moved to another division after he had left it
        raise NoSuchPerson(field="person_id")
    looks = {"household_id": home, "object_id": str(home), "entry": 0, "limit": _MANY}
    viewers = [Viewer.model_validate(row) for row in await session.execute(queries.VIEWERS_OF, looks)]
    audit.record(
        session,
        "disclosed",
        "household",
        home,
        person.division,
        after={"person_id": str(id), "numbers": asked.numbers},
        reason=asked.reason,
    )
    memberships = await _rows(session, _MEMBERSHIPS, id)
    now = next((one for one in memberships if one["superseded_at"] is None and one["left_on"] is None), None)
    records = await holdings.held(session, id, home)
    return Disclosure(
        person=_shown(person)
        | _numbers(person, keys, id, {"identity_number": IDENTITY, "phone": PERSON_PHONE}, asked),
        household=_shown(household)
        | {"facts": household.told}
        | _numbers(household, keys, home, {"phone": PHONE, "bank_card": CARD}, asked),
        facts=now["facts"] if now else {},
        memberships=memberships,
        changes=await _rows(session, _CHANGES, id),
        identities=await _rows(session, _IDENTITIES, id),
        consents=await _rows(session, _CONSENTS, id),
        requests=[_request(row, keys) for row in await _rows(session, _REQUESTS, id)],
        records=records,
        titles=holdings.titles(records),
        viewers=viewers,
    )


async def _rows(session: AsyncSession, statement: Any, id: UUID) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in await session.execute(statement, {"id": id})]  # noqa: SLF001 (a row's public mapping)


def _shown(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name not in _SECRETS | _DERIVED}  # noqa: SLF001 (public mapping)


def _numbers(row: Any, keys: KeyRing, record: UUID, fields: dict[str, str], asked: DisclosureIn) -> dict[str, Any]:
    if not asked.numbers:
        return {}
    sealed = {name: getattr(row, name) for name in fields}
    return {
        name: keys.decrypt(value, field=fields[name], record=str(record)) if value else None
        for name, value in sealed.items()
    }


def _request(row: dict[str, Any], keys: KeyRing) -> dict[str, Any]:
    return row | {"wanted": keys.decrypt(row["wanted"], field=requests.FIELD, record=str(row["id"]))}
