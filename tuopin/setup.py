"""What has to be there before the platform runs: roles, databases, tables, policies, and topics."""

from collections.abc import Sequence

import asyncpg

from shared.events import topics
from shared.process.migrate import migrate, prepare
from shared.service import Service
from shared.settings import Settings
from tuopin.services import all_services


async def set_up(services: Sequence[Service], settings: Settings, admin: asyncpg.Connection | None) -> list[str]:
    """Create what is missing: roles and databases as an administrator (where there is one), tables and policies as
    the owner, topics where a broker is named. Answers the topics that were made.
    """
    if admin is not None:
        try:
            for service in services:
                await prepare(service, settings, admin)
        finally:
            await admin.close()
    for service in services:
        await migrate(service, settings)
    if not settings.kafka:
        return []
    return await topics.create([noun.topic for one in services for noun in (*one.publishes, *one.accepts)], settings)


async def migrate_all() -> None:
    """Set up every service with settings from the environment, and say what was done."""
    settings, services = Settings(), all_services()
    url = settings.db_admin_url
    made = await set_up(services, settings, await asyncpg.connect(url.get_secret_value()) if url else None)
    print("migrated", ", ".join(one.name for one in services))
    print("topics made:", ", ".join(made) or "none")
