"""Names by grams, lists by filters, labels, decisions on duplicates."""

import json
from pathlib import Path

from alembic import op

from shared.database.migrate import run_sql, secure
from shared.names.grams import grams

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    run_sql(op, Path(__file__).with_suffix(".sql").read_text())
    # Persons who are registered already.
    names = op.get_bind().exec_driver_sql("SELECT DISTINCT name FROM person").scalars()
    kept = json.dumps([{"name": name, "grams": grams(name)} for name in names])
    op.get_bind().exec_driver_sql(
        "UPDATE person p SET grams = known.grams"
        " FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS known(name text, grams text[]) WHERE p.name = known.name",
        (kept,),
    )
    secure(op, "registry", "person_gram", rights="SELECT, INSERT, DELETE")
    secure(op, "registry", "household_label")
    secure(op, "registry", "duplicate_decision", rights="SELECT, INSERT")
