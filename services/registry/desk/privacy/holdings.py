"""All that is held about one person, for that person: every fact with its source and history, and who saw it.

What every noun holds is collected from the rooms. Other members of the household are left out: of a shared household
stands here what is said of it as a whole.
"""

from uuid import UUID

from sqlalchemy import RowMapping, TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance import room as assistance
from services.registry.desk.labels.holdings import HOLDINGS as LABELS
from services.registry.desk.privacy import queries
from services.registry.desk.privacy.schemas import Disclosure, DisclosureIn, Stored
from services.registry.desk.privacy.service import WANTED
from services.registry.documents import room as documents
from services.registry.exchange import room as exchange
from services.registry.procedures import room as procedures
from services.registry.register import room as register
from services.registry.register.households.holdings import Holding
from services.registry.register.households.records import CARD, IDENTITY, PERSON_PHONE, PHONE
from services.registry.register.households.rules import NoSuchPerson
from services.registry.verification import room as verification
from shared.security import audit
from shared.security.crypto import KeyRing

HOLDINGS: tuple[Holding, ...] = (
    *register.HOLDINGS,
    *exchange.HOLDINGS,
    *documents.HOLDINGS,
    *assistance.HOLDINGS,
    *verification.HOLDINGS,
    *procedures.HOLDINGS,
    *LABELS,
)
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
    person = (await session.execute(_PERSON, {"id": id})).mappings().one_or_none()
    if person is None:
        raise NoSuchPerson(field="person_id")
    home = person["household_id"]
    household = (await session.execute(_HOUSEHOLD, {"household_id": home})).mappings().one_or_none()
    if household is None:  # it moved to another division after they had left it
        raise NoSuchPerson(field="person_id")
    viewers = await queries.viewers_of(session, home, 0, _MANY)
    audit.record(
        session,
        "disclosed",
        "household",
        home,
        person["division"],
        after={"person_id": str(id), "numbers": asked.numbers},
        reason=asked.reason,
    )
    memberships = (await session.execute(_MEMBERSHIPS, {"id": id})).mappings().all()
    lives = [one for one in memberships if one["superseded_at"] is None and one["left_on"] is None]
    records = await _held(session, id, home)
    return Disclosure(
        person=_shown(person)
        | _numbers(person, keys, id, {"identity_number": IDENTITY, "phone": PERSON_PHONE}, asked),
        household=_shown(household)
        | {"facts": household["told"]}
        | _numbers(household, keys, home, {"phone": PHONE, "bank_card": CARD}, asked),
        facts=lives[0]["facts"] if lives else {},
        memberships=[dict(one) for one in memberships],
        changes=await _rows(session, _CHANGES, id),
        identities=await _rows(session, _IDENTITIES, id),
        consents=await _rows(session, _CONSENTS, id),
        requests=[_opened(row, keys) for row in await _rows(session, _REQUESTS, id)],
        records=records,
        titles=_titles(records),
        viewers=viewers,
    )


async def _rows(session: AsyncSession, statement: TextClause, id: UUID) -> list[Stored]:
    return [dict(row) for row in (await session.execute(statement, {"id": id})).mappings()]


def _shown(row: RowMapping) -> Stored:
    return {name: value for name, value in row.items() if name not in _SECRETS | _DERIVED}


def _numbers(row: RowMapping, keys: KeyRing, record: UUID, fields: dict[str, str], asked: DisclosureIn) -> Stored:
    if not asked.numbers:
        return {}
    sealed = {name: row[name] for name in fields}
    return {
        name: keys.decrypt(value, field=fields[name], record=str(record)) if value else None
        for name, value in sealed.items()
    }


def _opened(row: Stored, keys: KeyRing) -> Stored:
    return row | {"wanted": keys.decrypt(str(row["wanted"]), field=WANTED, record=str(row["id"]))}


async def _held(session: AsyncSession, person_id: UUID, household_id: UUID) -> dict[str, list[Stored]]:
    """Every such record by its kind; kinds with nothing are left out."""
    bound = {"person_id": person_id, "household_id": household_id}
    found: dict[str, list[Stored]] = {}
    for holding in HOLDINGS:
        used = {key: value for key, value in bound.items() if f":{key}" in holding.statement.text}
        rows = (await session.execute(holding.statement, used)).mappings().all()
        if rows:
            found[holding.name] = [dict(row) for row in rows]
    return found


def _titles(records: dict[str, list[Stored]]) -> dict[str, dict[str, str]]:
    """What each kind of these records is called, in both languages."""
    return {one.name: {"zh": one.zh, "en": one.en} for one in HOLDINGS if one.name in records}
