"""Release what somebody else has asked to import: it is loaded in the releaser's name, or its file is dropped."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.exports.schemas import Decision
from services.registry.exchange.imports import queries, service
from services.registry.exchange.imports.records import Standing
from services.registry.exchange.imports.schemas import ImportState
from shared.database.session import caller_of
from shared.names.words import LEVELS as LEVEL_WORDS
from shared.problems import Conflict
from shared.security import audit
from shared.security.access import LEVELS, LevelForbidden
from shared.workflow.separation import RELEASE, is_same_person, keep_apart


class ImportNotWaiting(Conflict):
    slug = "import-not-waiting"
    zh = "该导入尚未检查完毕、尚无人申请或无需批准"
    en = "This import is not checked yet, nobody has asked for it, or it needs no release"


class ImportDecided(Conflict):
    slug, zh, en = "import-decided", "该导入申请已经办结", "This import is decided already"


async def decide(session: AsyncSession, id: UUID, body: Decision) -> ImportState:
    """Let an import through or refuse it. The same again by the same person changes nothing.

    Raises ImportDecided, ImportNotWaiting, ImportExpired (409), SamePerson, LevelForbidden (403), and for a first
    load YearClosedBefore (409).
    """
    found = await service.standing(session, id)
    if found.state == "waiting":  # else it is at work, perhaps for long, and not to be waited for
        found = await service.standing(session, id, lock=True)
    actor = caller_of(session).subject
    if found.decision is not None:
        if found.decision == body.decision and is_same_person(found.decided_by or "", actor):
            return await service.state(session, id)
        raise ImportDecided(field="import_id", rule="once")
    if found.state == "expired":
        raise service.ImportExpired(field="import_id", rule="within its days")
    if found.state != "waiting":
        raise ImportNotWaiting(field="import_id", rule="asked for")
    await _may_release(session, found)
    await queries.decide(session, id, body.decision, body.ground)
    about: dict[str, object] = {"sent_by": found.sent_by, "asked_by": found.asked_by}
    about |= {"first_load": found.first_load, "households": found.created, "persons": found.persons}
    audit.record(session, f"import.{body.decision}", "import", id, found.division, after=about, reason=body.ground)
    if body.decision == "released":
        await service.load_in_job(session, found)
    else:
        await queries.forget(session, id)
        await queries.forget_marked(session, id)
    return await service.state(session, id)


async def _may_release(session: AsyncSession, found: Standing) -> None:
    """Whether the caller may decide: not who has sent the file or asked for it, and of a level that may."""
    caller = caller_of(session)
    keep_apart(caller.subject, [found.sent_by, found.asked_by], RELEASE, field="import_id")
    if found.level and len(caller.division) > LEVELS[found.level]:
        raise LevelForbidden(field="import_id", rule="changes.direct", level=LEVEL_WORDS[found.level])
    if found.first_load:
        await service.no_closed_year(session, found.division)
