"""Work in progress that nobody reads: who writes it, and when it counts as abandoned."""

import os
import secrets
import socket
from datetime import datetime, timedelta

# Rows of a batch: 20 ms of SQLite's one write lock, 0.2 s on a machine busy with ten others.
BATCH_ROWS = 2000

# A writer on another machine that said nothing for so long is gone; a question to a person
# (whether to drop many subscribers) may take a while.
SILENCE = timedelta(hours=1)

# Tells this process from an earlier one that had its number, as in a container every one has.
_LIFE = secrets.token_hex(8)


def owner_of_this_process() -> str:
    """What stages of this process are signed with."""
    return f"{socket.gethostname()} {os.getpid()} {_LIFE}"


def is_abandoned(
    owner: str, heartbeat_at: datetime, now: datetime, *, silence: timedelta = SILENCE
) -> bool:
    """Tell whether nobody will finish a stage.

    At once where its process was on this machine and is gone, else after so long a silence.
    """
    host, process, life = owner.split(" ")
    if host == socket.gethostname():
        is_earlier_life = int(process) == os.getpid() and life != _LIFE
        if is_earlier_life or not _is_running(int(process)):
            return True
    return now - heartbeat_at > silence


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
