"""What a project may plan, and who may approve it when. Pure."""

from collections.abc import Mapping

from services.projects.projects.records import Project, Proposed
from services.projects.projects.schemas import ProjectIn
from shared.problems import Conflict, Invalid, NotFound
from shared.words import Name, Word, words
from shared.workflow.separation import APPROVE, is_same_person, keep_apart

STATES = words(
    proposed=("待审批", "proposed"),
    approved=("已审批", "approved"),
    funded=("已拨款", "funded"),
    delivered=("已交付", "delivered"),
)


class ProjectDiffers(Conflict):
    slug, zh, en = "project-differs", "此编号已用于另一项目", "This id stands for another project"


class OutputUnknown(Invalid):
    slug, zh = "output-unknown", "产出目录中没有此类产出，可选：{allowed}"
    en = "There is no such output; the list has: {allowed}"
    allowed: tuple[Name, ...]


class NoSuchProject(NotFound):
    slug, zh, en = "no-such-project", "辖区内没有这个项目", "There is no such project in your division"


class WrongStep(Conflict):
    slug, zh = "project-wrong-step", "该项目{state}，不能办理此步"
    en = "The project is {state}; this step comes at another time"
    state: Word


def proposed_again(known: Proposed, item: ProjectIn) -> None:
    """Raises ProjectDiffers where an id was used for something else."""
    said = item.model_dump(exclude={"captured_at", "outputs"})
    plan = sorted((output.kind, output.quantity) for output in item.outputs)
    before = sorted(zip(known.outputs, known.planned, strict=True))
    if plan != before or any(getattr(known, name) != value for name, value in said.items()):
        raise ProjectDiffers(field="id", rule="one id, one project")


def plan(item: ProjectIn, units: Mapping[str, str]) -> None:
    """Raises OutputUnknown where the plan names what is not on the list of outputs."""
    for position, output in enumerate(item.outputs):
        if output.kind not in units:
            raise OutputUnknown(
                field=f"outputs[{position}].kind", rule="project.outputs", allowed=tuple(map(Name, units))
            )


def approval(project: Project, actor: str) -> bool:
    """Whether somebody approves a project now; False where they did before. Raises WrongStep, SamePerson."""
    if project.status != "proposed":
        if project.approved_by and is_same_person(project.approved_by, actor):
            return False
        raise WrongStep(field="id", rule="after proposed", state=STATES[project.status])
    keep_apart(actor, [project.proposed_by], APPROVE)
    return True
