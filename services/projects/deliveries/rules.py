"""Which outputs are accepted, when and by whom. Pure."""

from datetime import date
from decimal import Decimal

from services.projects.deliveries.records import Delivery
from services.projects.deliveries.schemas import DeliveryIn
from services.projects.projects.records import Project
from shared.problems import Conflict, Invalid
from shared.workflow.separation import ACCEPT, keep_apart


class DeliveryDiffers(Conflict):
    slug, zh = "delivery-differs", "此编号的产出已验收，内容与此次不同"
    en = "A delivery was accepted under this id with other content"


class NotFunded(Conflict):
    slug, zh, en = "project-not-funded", "项目资金尚未到位", "The project's money has not been paid yet"


class NotPlanned(Invalid):
    slug, zh, en = "output-not-planned", "计划中没有此项产出", "The plan of the project has no such output"


class MoreThanPlanned(Invalid):
    slug, zh, en = "more-than-planned", "超过计划数量，尚余{left}", "More than was planned; {left} are left"
    left: Decimal


class NotDeliveredYet(Invalid):
    slug, zh, en = "not-delivered-yet", "交付日期晚于今天", "It cannot have been delivered in the future"


def delivered_again(known: Delivery, item: DeliveryIn) -> None:
    """Raises DeliveryDiffers where an id was used for something else."""
    if any(getattr(known, name) != value for name, value in item.model_dump(exclude={"captured_at"}).items()):
        raise DeliveryDiffers(field="id", rule="one id, one delivery")


def acceptable(item: DeliveryIn, project: Project, actor: str, today: date) -> None:
    """Raises NotFunded, SamePerson, NotDeliveredYet."""
    if project.status not in ("funded", "delivered"):
        raise NotFunded(field="project_id", rule="after funded")
    keep_apart(actor, [project.proposed_by], ACCEPT, field="project_id")
    if item.delivered_on > today:
        raise NotDeliveredYet(field="delivered_on", rule="not in the future")


def within_plan(item: DeliveryIn, left: Decimal | None, *, more: bool) -> None:
    """Raises NotPlanned, MoreThanPlanned; ``more`` says whether projects may bring more than they plan."""
    if left is None:
        raise NotPlanned(field="kind", rule="the plan")
    if item.quantity > left and not more:
        raise MoreThanPlanned(field="quantity", rule="project.over_delivery", left=left)
