"""Numbers of identities that were corrected can be erased when their time is over."""

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.execute(
        "GRANT UPDATE (identity_number, identity_masked, identity_index) ON identity_past"
        " TO registry_api, registry_worker"
    )
