"""Read a household, find persons by identity number, reveal a number: each leaves a record."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.fields import catalogue
from services.registry.register.households import queries
from services.registry.register.households.names import household_names
from services.registry.register.households.records import CARD, IDENTITY, PHONE, FoundPerson
from services.registry.register.households.schemas import Filters, HouseholdRow, Reveal, Revealed
from shared.database.session import Database, caller_of
from shared.households.queries import NoSuchHousehold
from shared.households.schemas import told
from shared.http import paging
from shared.names import identity
from shared.problems import Invalid, NotFound
from shared.security import audit
from shared.security.auth import Caller
from shared.security.crypto import KeyRing

_READ = "SELECT versions, bodies FROM read_households($1, $2, $3::jsonb[], $4::uuid[])"
_FIND = """
    SELECT positions, persons::text[], households::text[], divisions, numbers, statuses
    FROM find_persons($1, $2, $3::jsonb, $4)
"""
_PLAIN = {
    "identity_number": text(
        "SELECT division, identity_number AS value FROM person p WHERE p.id = :person_id AND EXISTS"
        " (SELECT FROM membership m WHERE m.person_id = p.id AND m.household_id = :id)"
    ),
    "phone": text("SELECT division, phone AS value FROM household WHERE id = :id"),
    "bank_card": text("SELECT division, bank_card AS value FROM household WHERE id = :id"),
}
_KEYS = {"identity_number": IDENTITY, "phone": PHONE, "bank_card": CARD}


class Document(NamedTuple):
    """A household as JSON text, and its version."""

    version: int
    body: str


async def read(database: Database, caller: Caller, about: str, id: UUID) -> Document:
    """A household with its members, by a statement that also notes who saw it. Raises NoSuchHousehold (404)."""
    version, body = await database.together(_READ, caller.division, about, id)
    if not isinstance(version, int) or not isinstance(body, str):
        raise NoSuchHousehold(field="household_id")
    return Document(version, catalogue.in_yuan(body))


async def page(session: AsyncSession, filters: Filters, limit: int, cursor: str | None) -> paging.Page[HouseholdRow]:
    """A page of households as they are now."""
    after_division, after_id = paging.decode(cursor, 2) or paging.FIRST
    bound = filters.bound(caller_of(session).division)
    bound |= {"after_division": after_division, "after_id": after_id, "limit": limit + 1}
    found = await session.execute(queries.listing(filters.conditions()), bound)
    page = paging.by_division([HouseholdRow.model_validate(row) for row in found], limit)
    return await told(session, page, lambda row: row.id, household_names)


class NothingToReveal(NotFound):
    slug, zh, en = "nothing-to-reveal", "没有登记此项", "Nothing is recorded there"


class WhoseNumber(Invalid):
    slug, zh, en = (
        "person-needed",
        "请指明是哪一位家庭成员的证件号码",
        "Say whose identity number: a member of the household",
    )


async def look_up(
    database: Database, keys: KeyRing, caller: Caller, about: str, numbers: list[str]
) -> list[FoundPerson]:
    """Persons by identity number, in one statement that also leaves a line in the access log."""
    asked: dict[bytes, int] = {}
    for position, number in enumerate(numbers):
        asked.setdefault(keys.blind_index(identity.normalise(number)[:18], IDENTITY), position)
    found = await database.pool.fetchrow(_FIND, caller.division, database.moment, about, list(asked))
    positions = list(asked.values())
    return [FoundPerson(positions[place - 1], *person) for place, *person in zip(*found, strict=True)]


async def reveal(session: AsyncSession, keys: KeyRing, id: UUID, asked: Reveal) -> Revealed:
    """Show a number in plain. Who, whose, which and why stay on record. Raises WhoseNumber, NothingToReveal."""
    about_person = asked.field == "identity_number"
    if about_person and asked.person_id is None:
        raise WhoseNumber(field="person_id", rule="a member of the household")
    bound = {"id": id, "person_id": asked.person_id} if about_person else {"id": id}
    row = (await session.execute(_PLAIN[asked.field], bound)).one_or_none()
    if row is None:
        raise NoSuchHousehold(field="household_id")
    if row.value is None:
        raise NothingToReveal(field="field")
    record = asked.person_id if about_person else id
    audit.record(
        session,
        f"revealed.{asked.field}",
        "household",
        id,
        row.division,
        reason=asked.reason,
        after={"person_id": str(asked.person_id)} if asked.person_id else None,
    )
    return Revealed(value=keys.decrypt(row.value, field=_KEYS[asked.field], record=str(record)))
