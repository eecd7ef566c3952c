"""A PostgreSQL of the tests' own: on a socket in a temporary folder, gone when the tests are."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

OWNER = "geo_alerts"
TEMPLATE = "with_postgis"
SEARCHED = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
# Nothing here has to survive a crash.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# Ends the server and removes its folder once its standard input is closed, which the system does
# for us however the tests end: a kill -9 of pytest leaves nothing behind.
WATCH = 'read -r _; "$1/pg_ctl" -D "$2/data" -m immediate stop >/dev/null 2>&1; rm -rf "$2"'


@dataclass(frozen=True)
class Cluster:
    """A running server; any local user may connect as its owner."""

    folder: Path

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self.folder}"

    def execute(self, statement: str, *, database: str = "postgres") -> None:
        """Run one statement outside a transaction."""
        with psycopg.connect(
            host=str(self.folder), user=OWNER, dbname=database, autocommit=True
        ) as connection:
            connection.execute(statement)

    def create(self, database: str) -> str:
        """Make a database that has the extension and nothing else; return its URL."""
        self.execute(f"CREATE DATABASE {database} TEMPLATE {TEMPLATE}")
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


def find_programs() -> Path | None:
    """The folder of the newest PostgreSQL here that has PostGIS; None where there is none."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    for pattern in SEARCHED:
        found += sorted(Path("/").glob(pattern.lstrip("/")), key=_version, reverse=True)
    return next((folder for folder in found if _has_postgis(folder)), None)


def _version(folder: Path) -> int:
    return int("".join(filter(str.isdigit, folder.parent.name.split(".")[0])) or 0)


def _has_postgis(folder: Path) -> bool:
    if not all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres", "pg_config")):
        return False
    asked = [folder / "pg_config", "--sharedir"]
    share = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    return Path(share, "extension", "postgis.control").exists()


@contextmanager
def private_cluster(programs: Path) -> Iterator[Cluster]:
    """Start a server with a template that has PostGIS, and remove it all afterwards.

    PostgreSQL refuses to run as root, so that there it runs as `postgres` or `nobody`.
    """
    folder = Path(tempfile.mkdtemp(prefix="geo-alerts-pg-"))
    identity = _unprivileged()
    if identity:
        os.chown(folder, identity["user"], identity["group"])
    watch = subprocess.Popen(
        ["sh", "-c", WATCH, "watch", programs, folder],
        stdin=subprocess.PIPE,
        start_new_session=True,
        cwd="/",
        **identity,
    )
    try:
        yield _start(programs, folder, identity)
    finally:
        watch.communicate()


def _start(programs: Path, folder: Path, identity: dict[str, Any]) -> Cluster:
    data = folder / "data"
    settings = FAST | {"listen_addresses": "''", "unix_socket_directories": f"'{folder}'"}
    options = ["-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    _run([programs / "initdb", "-D", data, *options], identity)
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = {value}\n" for name, value in settings.items())
    # Not captured: the server would inherit the pipe and keep it open.
    _run([programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "start"], identity)
    cluster = Cluster(folder)
    cluster.execute(f"CREATE DATABASE {TEMPLATE}")
    cluster.execute("CREATE EXTENSION postgis", database=TEMPLATE)
    return cluster


def _run(command: list[Any], identity: dict[str, Any]) -> None:
    with tempfile.TemporaryFile() as output:
        try:
            subprocess.run(command, check=True, stdout=output, stderr=output, cwd="/", **identity)
        except subprocess.CalledProcessError as error:
            output.seek(0)
            error.add_note(output.read().decode(errors="replace"))
            raise


def _unprivileged() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
