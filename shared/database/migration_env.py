"""What each service's Alembic ``env.py`` runs: its history over the connection that ``migrate`` opened."""

from alembic import context


def run() -> None:
    """Run the history of the service whose folder this is, in the caller's transaction."""
    context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
    context.run_migrations()
