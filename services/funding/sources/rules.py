"""Which money may be entered, and who confirms that it arrived. Pure."""

from datetime import date

from services.funding.sources.records import Inflow
from services.funding.sources.schemas import InflowIn
from shared.problems import Conflict, Invalid, NotFound
from shared.workflow.separation import CONFIRM, keep_apart


class InflowDiffers(Conflict):
    slug, zh, en = "inflow-differs", "此编号已登记为另一笔资金", "This id stands for another inflow"


class DocumentKnown(Conflict):
    slug, zh, en = "document-known", "该指标文号已登记", "An inflow with this document is recorded already"


class OnlyBanksLend(Invalid):
    slug = "only-banks-lend"
    zh = "信贷资金须来自银行，财政资金不得用于放贷"
    en = "Credit comes from a bank, and a bank brings nothing else"


class NotReceivedYet(Invalid):
    slug, zh, en = "not-received-yet", "到账日期晚于今天", "Money cannot have been received in the future"


class NoSuchInflow(NotFound):
    slug, zh, en = "no-such-inflow", "没有这笔资金", "There is no such inflow"


def entered_again(known: Inflow, item: InflowIn) -> None:
    """Raises InflowDiffers where an id was used for something else."""
    if any(getattr(known, name) != value for name, value in item.model_dump().items()):
        raise InflowDiffers(field="id", rule="one id, one inflow")


def may_be_entered(item: InflowIn, today: date) -> None:
    """Raises OnlyBanksLend, NotReceivedYet."""
    if (item.level == "bank") != (item.purpose == "credit"):
        raise OnlyBanksLend(field="purpose", rule="bank and credit together")
    if item.received_on > today:
        raise NotReceivedYet(field="received_on", rule="not in the future")


def confirmation(inflow: Inflow | None, actor: str) -> bool:
    """Whether somebody confirms an inflow now; False where it was done before. Raises NoSuchInflow, SamePerson."""
    if inflow is None:
        raise NoSuchInflow(field="id")
    if inflow.status == "confirmed":
        return False
    keep_apart(actor, [inflow.entered_by], CONFIRM)
    return True
