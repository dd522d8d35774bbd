"""Names of persons who were registered before names could be searched are kept under their grams."""

import json

from alembic import op
from sqlalchemy import text

from shared.names.grams import grams

revision = "0037"
down_revision = "0036"

_BATCH = 5000
_UNKEPT = text("""
    SELECT id, name FROM person WHERE grams = '{}' AND (CAST(:after AS uuid) IS NULL OR id > :after)
    ORDER BY id LIMIT :batch
""")
# The trigger on person writes the side table.
_KEEP = text("""
    UPDATE person p SET grams = named.grams
    FROM jsonb_to_recordset(CAST(:named AS jsonb)) AS named(id uuid, grams text[]) WHERE p.id = named.id
""")


def upgrade() -> None:
    connection, after = op.get_bind(), None
    while rows := connection.execute(_UNKEPT, {"after": after, "batch": _BATCH}).all():
        named = [{"id": str(row.id), "grams": grams(row.name)} for row in rows]
        connection.execute(_KEEP, {"named": json.dumps(named, ensure_ascii=False)})
        after = rows[-1].id
