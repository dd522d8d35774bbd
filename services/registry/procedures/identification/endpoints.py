"""Cases over HTTP 识别办理: opened, recorded step by step, decided in lists, listed for the office that must act."""

from uuid import UUID

from fastapi import APIRouter, Request

from services.registry.procedures.identification import deciding, lists, opening, reading, stepping
from services.registry.procedures.identification.lists import Drawn
from services.registry.procedures.identification.procedure import Level, Name
from services.registry.procedures.identification.reading import CaseDetail, Work
from services.registry.procedures.identification.schemas import CaseIn, CheckIn, DecisionIn, ListIn, StepIn
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.http.items import Answers, ListOf
from shared.http.runtime import runtime_of
from shared.names.divisions import Division

router = APIRouter(prefix="/cases", tags=["cases"], route_class=UnitRoute)


@router.post("")
async def open_cases(session: Session, request: Request, body: ListOf[CaseIn]) -> Answers:
    """Open cases for households, each by the procedure in force in its village today."""
    return await opening.open_all(session, runtime_of(request).keys, body.items)


@router.post("/steps")
async def record_steps(session: Session, body: ListOf[StepIn]) -> Answers:
    """Record what was done at the step that is due; notices of one village in one call hang together."""
    return await stepping.record_all(session, body.items)


@router.post("/lists", status_code=201)
async def draw_list(session: Session, body: ListIn) -> Drawn:
    """Put cases on a list that is decided together; the answer says which are to be checked on the spot."""
    return await lists.draw(session, body)


@router.get("/lists/{list_id}")
async def read_list(session: Session, list_id: UUID) -> Drawn:
    """A list, its sample, and what was checked of it."""
    return await lists.read(session, list_id)


@router.post("/spot-checks")
async def record_checks(session: Session, body: ListOf[CheckIn]) -> Answers:
    """Record spot checks of cases that were drawn."""
    return await lists.check(session, body.items)


@router.post("/decisions")
async def decide(session: Session, request: Request, body: ListOf[DecisionIn]) -> Answers:
    """Review (town) or decide (county); an approval by the county takes effect in the register at once."""
    return await deciding.decide_all(session, runtime_of(request).keys, body.items)


@router.get("")
async def cases(
    session: Session,
    division: Division | None = None,
    level: Level | None = None,
    procedure: Name | None = None,
    household_id: UUID | None = None,
    closed: bool = False,  # noqa: FBT001, FBT002 (a query parameter)
    limit: paging.Limit = 100,
    cursor: paging.Cursor = None,
) -> paging.Page[Work]:
    """What an office (division and level) has to do, overdue first; ``closed`` also lists what is done with."""
    asked = {"level": level, "procedure": procedure, "household": household_id, "closed": closed}
    return await reading.page(session, asked, division, limit, cursor)


@router.get("/{case_id}")
async def read_case(session: Session, case_id: UUID) -> CaseDetail:
    """A case: the state of every step, what is missing, who must act and by when, reasons and policies."""
    return await reading.one(session, case_id)
