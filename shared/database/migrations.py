"""What a migration is written with: tables with their rights, and the current text of functions and views.

A service keeps its database in ``database/``: ``migrations/`` its history, ``functions/`` and ``views/`` the current
text of each, one file a name. A migration changes tables; whoever changes a function or a view changes its file, and
``tuopin migrate`` applies every file again after the history, in the same transaction (``CREATE OR REPLACE``). Where
that is not enough (another signature, other columns of a view), the migration drops the old one. ``schema.sql`` is
generated from a migrated database (``tuopin schema``) and shows the whole at one look. Each view is a
``security_invoker``: whoever reads it sees what its tables would show them.

Tables that several services use have one text, in the room of ``shared`` that they belong to:
``shared/<room>/tables.sql`` with ``functions/`` and ``views/`` beside it; a service names the rooms in its baseline,
and may read their views. Below each table stand its rights:

    SELECT pg_temp.within_division('visit', 'SELECT, INSERT');  -- row-level security by the column ``division``
    SELECT pg_temp.granted('division', 'SELECT, INSERT');       -- no row of it tells anything of a person
    SELECT pg_temp.seen_from_below('year_close');               -- also read from the divisions below
    SELECT pg_temp.added_within_division('policy', 'SELECT, INSERT'); -- read by everybody, added within the division
    SELECT pg_temp.append_only('visit');                        -- written once, even by the owner
    SELECT pg_temp.only_moves('doubt_step');                    -- the same, but it goes where its division goes
"""

import re
from collections.abc import Iterable
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.util import await_only

_ROOT = Path(__file__).parents[2]
FOUNDATION = Path(__file__).parent / "foundation"
# A name that is called, or read as a table.
_USED = re.compile(r"(?:\b(?:FROM|JOIN)\s+|\b(?=\w+\())(\w+)")
# Who may do what stands below each table, in its own file: these say it there, for whichever service the text is run.
# Row-level security is by division prefix: the range form is the one that becomes an index condition, and ``nullif``
# shows nothing where no scope was opened.
_RIGHTS = """
CREATE FUNCTION pg_temp.granted(p_table text, p_rights text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('GRANT %s ON %I TO {service}_api, {service}_worker', p_rights, p_table);
END $$;
CREATE FUNCTION pg_temp.inside() RETURNS text LANGUAGE sql AS $$
    SELECT format($inside$division >= %1$s AND division < %1$s || ':'$inside$,
        $scope$nullif(current_setting('app.division', true), '')$scope$)
$$;
CREATE FUNCTION pg_temp.within_division(p_table text, p_rights text DEFAULT 'SELECT, INSERT, UPDATE') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', p_table);
    EXECUTE format('CREATE POLICY within_division ON %I TO {service}_api USING (%s) WITH CHECK (%s)', p_table,
        pg_temp.inside(), pg_temp.inside());
    EXECUTE format('CREATE POLICY everywhere ON %I TO {service}_worker USING (true) WITH CHECK (true)', p_table);
    PERFORM pg_temp.granted(p_table, p_rights);
END $$;
CREATE FUNCTION pg_temp.added_within_division(p_table text, p_rights text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', p_table);
    EXECUTE format('CREATE POLICY read_by_all ON %I FOR SELECT TO {service}_api USING (true)', p_table);
    EXECUTE format('CREATE POLICY noted_by_all ON %I FOR UPDATE TO {service}_api USING (true)', p_table);
    EXECUTE format('CREATE POLICY within_division ON %I FOR INSERT TO {service}_api WITH CHECK (%s)', p_table,
        pg_temp.inside());
    EXECUTE format('CREATE POLICY everywhere ON %I TO {service}_worker USING (true) WITH CHECK (true)', p_table);
    PERFORM pg_temp.granted(p_table, p_rights);
END $$;
CREATE FUNCTION pg_temp.seen_from_below(p_table text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE POLICY seen_from_below ON %I FOR SELECT TO {service}_api'
        ' USING (starts_with(current_setting(''app.division'', true), division))', p_table);
END $$;
CREATE FUNCTION pg_temp.append_only(p_table text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
        ' FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()', p_table);
END $$;
CREATE FUNCTION pg_temp.only_moves(p_table text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON %I'
        ' FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()', p_table);
    EXECUTE format('CREATE TRIGGER only_moves BEFORE UPDATE ON %I FOR EACH ROW'
        ' WHEN (to_jsonb(OLD) - ''division'' IS DISTINCT FROM to_jsonb(NEW) - ''division'')'
        ' EXECUTE FUNCTION forbid_change()', p_table);
    PERFORM pg_temp.granted(p_table, 'UPDATE (division)');
END $$;
"""


class Operations(Protocol):
    """The part of Alembic's ``op`` that the helpers here need."""

    def execute(self, sql: str) -> object: ...

    def get_bind(self) -> Connection: ...


def baseline(op: Operations, service: str, rooms: Iterable[str] = ()) -> None:
    """The first migration of a service: the shared foundation, the tables of some shared rooms, its own tables.

    Functions are declared before the tables that name them, without a look at their bodies; they are applied again,
    with that look, when the history is done.
    """
    database = _ROOT / "services" / service / "database"
    folders = [FOUNDATION, *(_ROOT / "shared" / room for room in rooms), database]
    op.execute("SET LOCAL check_function_bodies = off")
    for folder in folders:
        _run_each(op, folder / "functions")
    op.execute("SET LOCAL check_function_bodies = on")
    run_sql(op, _RIGHTS.replace("{service}", service))
    for folder in folders[:-1]:
        run_sql(op, (folder / "tables.sql").read_text())
        for file in in_order((folder / "views").glob("*.sql")):
            run_sql(op, file.read_text())
            grant(op, service, file.stem, rights="SELECT")
    grant(op, service, "alembic_version", rights="SELECT")
    _run_each(op, database / "migrations" / "versions" / "baseline")
    for file in in_order((database / "views").glob("*.sql")):
        run_sql(op, file.read_text())


def current_texts(service: str, rooms: Iterable[str] = ()) -> list[Path]:
    """The files of the functions and views that a service's database has today, in the order of their application."""
    database = _ROOT / "services" / service / "database"
    folders = [FOUNDATION, *(_ROOT / "shared" / room for room in rooms), database]
    return in_order(
        file for folder in folders for kind in ("functions", "views") for file in folder.glob(f"{kind}/*.sql")
    )


def in_order(files: Iterable[Path]) -> list[Path]:
    """Texts of functions and views, each after those that it reads or calls."""
    texts = {file.stem: (file, file.read_text()) for file in sorted(files, key=lambda file: file.stem)}
    sorter = TopologicalSorter(
        {
            name: [one for one in _USED.findall(text) if one in texts and one != name]
            for name, (_, text) in texts.items()
        }
    )
    return [texts[name][0] for name in sorter.static_order()]


def grant(op: Operations, service: str, table: str, *, rights: str) -> None:
    """Rights of the service's two roles on a table or view."""
    op.execute(f"GRANT {rights} ON {table} TO {service}_api, {service}_worker")


def run_sql(op: Operations, script: str) -> None:
    """A script of several statements, as it stands (``%`` and ``:`` in it mean themselves)."""
    connection = op.get_bind()
    connection.exec_driver_sql("SELECT 1")  # the driver begins its transaction with the first statement
    driver = connection.connection.driver_connection
    assert driver is not None
    await_only(driver.execute(script))


def _run_each(op: Operations, folder: Path) -> None:
    for file in sorted(folder.glob("*.sql")):
        run_sql(op, file.read_text())
