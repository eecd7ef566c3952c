"""The process that `acts/apart.py` starts: it does one piece of work, and ends.

It minds no signal by which a terminal or a service manager tells all processes of a server to stop:
the server decides, by the end of its standard input.
"""

import json
import os
import signal
import sys
import threading
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from geo_alerts.acts.jobs import Work
from geo_alerts.acts.live import Live
from geo_alerts.acts.policy import Policy
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import ConflictError, GeoAlertsError
from geo_alerts.store.database import Store

# The server's own threads come first.
NICER: Final = 10
STANDARD_INPUT: Final = 0
STANDARD_OUTPUT: Final = 1
STANDARD_ERROR: Final = 2
CUT_OFF: Final = 1
NO_MEMORY: Final = (
    "the machine has too little memory for it: ask again, with larger cells, fewer months or a "
    "smaller area"
)


def main() -> None:
    """Read what is to be done, do it, and tell the pipe whose number is given what came of it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    os.nice(NICER)
    # What a library prints is for the log.
    os.dup2(STANDARD_ERROR, STANDARD_OUTPUT)
    brief = sys.stdin.buffer.readline()
    if not brief:
        return
    threading.Thread(target=_end_with_the_server, name="leash", daemon=True).start()
    with Connection(int(sys.argv[1]), readable=False) as told:
        _tell(told, *_done(json.loads(brief), told))


def _end_with_the_server() -> None:
    # Nothing more is ever written there: a read that returns means that it was closed.
    os.read(STANDARD_INPUT, 1)
    os._exit(CUT_OFF)


def _done(brief: dict[str, Any], told: Connection) -> tuple[str, Any]:
    def tell(done: int, total: int | None, words: str) -> None:
        _tell(told, "progress", [done, total, words])

    try:
        with Store.open(brief["store"]) as store:
            live = Live(store, _policy(brief["policy"]), _folder(brief["index_folder"]))
            return "made", _work(brief["work"])(live, brief["question"], brief["by"], tell)
    except GeoAlertsError as error:
        return "refused", [type(error).code, str(error)]
    except MemoryError:
        return "refused", [ConflictError.code, NO_MEMORY]


def _work(name: str) -> Work:
    module, _, function = name.partition(":")
    work: Work = getattr(import_module(module), function)
    return work


def _policy(told: dict[str, Any]) -> Policy:
    return Policy(
        frozenset(map(Role, told["exact_roles"])), told["approval_above"], told["protection_days"]
    )


def _folder(told: str | None) -> Path | None:
    return None if told is None else Path(told)


def _tell(told: Connection, kind: str, said: object) -> None:
    told.send_bytes(json.dumps([kind, said]).encode())


if __name__ == "__main__":
    main()
