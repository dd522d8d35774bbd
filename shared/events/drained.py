"""Whether everything that happened so far has taken effect in a service."""

from sqlalchemy import text

from shared.events import topics
from shared.http.runtime import Runtime
from shared.security.auth import Caller

_WAITING = """
    SELECT EXISTS (SELECT FROM outbox)
        OR EXISTS (SELECT FROM job WHERE status IN ('queued', 'running') AND due_at <= business_now())
"""


async def is_drained(runtime: Runtime, caller: Caller) -> bool:
    """No event waits to be sent, none to be handled, and no job is due (as far as the caller's division shows)."""
    async with runtime.database.transaction(caller) as session:
        if (await session.execute(text(_WAITING))).scalar_one():
            return False
    interested = {subscription.topic for subscription in runtime.service.handles}
    if not runtime.settings.kafka or not interested:
        return True
    return await topics.lag(runtime.service.name, interested, runtime.settings) == 0
