"""Which projects may be paid by whom. Pure."""

from services.funding.project_requests.records import Request
from shared.problems import NotFound
from shared.workflow.separation import PAY, keep_apart


class NoSuchRequest(NotFound):
    slug, zh, en = "no-such-project-request", "没有待拨款的该项目", "No approved project of this id waits for money"


def payment(request: Request | None, actor: str) -> bool:
    """Whether somebody pays a project now; False where it was paid before. Raises NoSuchRequest, SamePerson."""
    if request is None:
        raise NoSuchRequest(field="id")
    if request.paid_on is not None:
        return False
    keep_apart(actor, [request.approved_by], PAY)
    return True
