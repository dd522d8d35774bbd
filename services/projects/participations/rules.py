"""Which households may take part in a project. Pure."""

from services.projects.projects.records import Project
from shared.households.records import Household
from shared.problems import Conflict, NotFound


class TakesPartAlready(Conflict):
    slug, zh, en = "takes-part-already", "该户已参与此项目", "The household takes part in this project already"


class NotRegistered(NotFound):
    slug = "household-not-registered"
    zh, en = "辖区内没有这一建档立卡户", "No such registered household in your division"


class OtherVillage(Conflict):
    slug, zh, en = "other-village", "该户不在项目所在村", "The household lives in another village than the project"


def may_take_part(project: Project, household: Household | None) -> None:
    """Raises NotRegistered, OtherVillage."""
    if household is None or household.status == "removed":
        raise NotRegistered(field="household_id")
    if household.division != project.division:
        raise OtherVillage(field="household_id", rule="same village")
