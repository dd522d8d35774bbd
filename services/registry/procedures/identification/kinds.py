"""How households enter and leave the register: identification, inclusion, return, removal."""

from services.registry.assistance.organisations.catalogue import called
from services.registry.assistance.responsibility.queries import holders
from services.registry.contracts import CASE, CaseState, PolicyUsed
from services.registry.procedures.identification import service
from services.registry.procedures.identification.schemas import HouseholdCaseIn
from services.registry.procedures.identification.subjects import subjects
from services.registry.register.households.names import household_names
from shared.divisions.queries import place_names
from shared.notices.records import Surroundings
from shared.workflow.case import Case
from shared.workflow.kinds import ProcedureKind, Procedures, Words


def state(case: Case) -> CaseState:
    """The public state of a case."""
    return CaseState(
        id=case.id,
        household_id=case.subject.id,
        division=case.division,
        procedure=case.kind,
        status=case.status,
        step=case.step.step if case.step else None,
        due_on=case.due_on,
        decided_on=case.decided_on,
        policies=[PolicyUsed(key=p["key"], division=p["division"], version=p["version"]) for p in case.policies],
    )


def _kind(name: str, words: Words) -> ProcedureKind:
    return ProcedureKind(
        name=name,
        words=words,
        opening=HouseholdCaseIn,
        subjects=subjects,
        judges={"comparison": service.judge},
        effect=service.take,
        aggregate=CASE,
        state=state,
    )


PROCEDURES = Procedures(
    kinds=(
        _kind(
            "identification",
            Words(
                matter="贫困户识别",
                approved="经审定，同意纳入",
                en="identification",
            ),
        ),
        _kind(
            "inclusion",
            Words(
                matter="漏评纳入",
                approved="经审定，同意纳入",
                en="inclusion of who was left out",
            ),
        ),
        _kind(
            "return",
            Words(
                matter="返贫标注",
                approved="经审定，同意标注返贫",
                en="marking as fallen back",
            ),
        ),
        _kind(
            "removal",
            Words(
                matter="错评剔除",
                approved="经审定，同意剔除",
                en="clearing out",
            ),
        ),
    ),
    around=Surroundings(
        place_names, service.groups, {"household_list": service.registered_households}, household_names
    ),
    posts=holders,
    post_name=called,
)
