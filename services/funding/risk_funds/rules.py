"""What a risk fund refuses. Pure."""

from services.funding.risk_funds.records import Contribution
from services.funding.risk_funds.schemas import ContributionIn
from shared.problems import Conflict


class ContributionDiffers(Conflict):
    slug, zh, en = "contribution-differs", "此编号已用于另一笔缴存", "This id stands for another contribution"


def contributed_again(known: Contribution, item: ContributionIn) -> None:
    """Raises ContributionDiffers where an id was used for something else."""
    if (known.bank, known.amount) != (item.bank, item.amount):
        raise ContributionDiffers(field="id", rule="one id, one contribution")
