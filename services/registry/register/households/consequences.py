"""What follows where a household may have another head, or its head another name: open cases, and notices that hang.

Rooms list their functions ``(session, ids)`` in ``Service.consequences`` under "head".
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.session import consequences_of


async def follow_heads(session: AsyncSession, ids: Collection[UUID]) -> None:
    """Call each consequence for households that changed, or of which somebody's identity was corrected."""
    for consequence in consequences_of(session, "head"):
        await consequence(session, ids)
