"""Work in a process of its own: who asks the server meanwhile waits less, and it can be ended.

Python's threads take turns, so that a thread which works out a fine layer keeps all others waiting,
and cannot be stopped before it says so itself. A process gives way to the server (it is nice) and
ends at a word.

What it is to do it reads from its standard input, which nobody else can look at: the store's
address may hold a password, and the command line of a process is there for all to see. The input
stays open for as long as the server wants the work: at its end, also when the server was killed,
the process ends at once. How far it is it tells over a pipe. The job stays the server's, which
alone writes its record; the process writes the result, whole or not at all.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, Pipe
from typing import Any, Final

from geo_alerts.acts.jobs import Progress, Work
from geo_alerts.acts.live import Live
from geo_alerts.errors import ConflictError, GeoAlertsError, NotReadyError

# How often somebody looks whether the work is to stop, while it says nothing.
LOOK_S: Final = 0.1
# How long a process may take to end by itself once it is told to.
GRACE_S: Final = 1.0
ENTRY: Final = "geo_alerts.acts.apart_process"
STARTING: Final = "starting"
ENDED: Final = (
    "the process that worked on it was ended from outside, as happens when the machine runs out of "
    "memory: ask again, with larger cells, fewer months or a smaller area"
)


def apart(work: Work) -> Work:
    """The same work, done in a process of its own.

    Args:
        work: A function that a module has by its name.

    Returns:
        What raises as the work does; `ConflictError` where its process is killed, `NotReadyError`
        where none can be started.
    """
    name = f"{work.__module__}:{work.__qualname__}"

    def done_apart(live: Live, question: Mapping[str, Any], by: str, progress: Progress) -> str:
        with _process(_brief(live, name, question, by)) as (process, told):
            return _followed(process, told, progress)

    return done_apart


def _brief(live: Live, name: str, question: Mapping[str, Any], by: str) -> bytes:
    policy = live.policy
    brief = {
        "store": live.store.address(),
        "policy": {
            "exact_roles": sorted(policy.exact_roles),
            "approval_above": policy.approval_above,
            "protection_days": policy.protection_days,
        },
        "index_folder": None if live.index_folder is None else str(live.index_folder),
        "work": name,
        "question": dict(question),
        "by": by,
    }
    return f"{json.dumps(brief)}\n".encode()


@contextmanager
def _process(brief: bytes) -> Iterator[tuple["subprocess.Popen[bytes]", Connection]]:
    told, tells = Pipe(duplex=False)
    with told:
        with tells:
            process = _started(tells.fileno())
        with process:
            try:
                _give(process, brief)
                yield process, told
            finally:
                _end(process)


def _started(pipe: int) -> "subprocess.Popen[bytes]":
    # It finds what this process finds, and nothing by chance in the folder that it stands in.
    command = [sys.executable, "-P", "-m", ENTRY, str(pipe)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        return subprocess.Popen(  # noqa: S603 - ourselves
            command, stdin=subprocess.PIPE, pass_fds=(pipe,), env=environment
        )
    except OSError as error:
        raise NotReadyError(
            f"no process can be started for it ({error.strerror}): ask again when the machine has "
            "room"
        ) from error


def _give(process: "subprocess.Popen[bytes]", brief: bytes) -> None:
    # Of one that is gone already its pipe tells.
    if process.stdin is not None:
        with suppress(BrokenPipeError):
            process.stdin.write(brief)
            process.stdin.flush()


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin is not None:
        with suppress(BrokenPipeError):
            process.stdin.close()
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()


def _followed(process: "subprocess.Popen[bytes]", told: Connection, progress: Progress) -> str:
    # Until the process has its modules, which takes a second or two, it says nothing itself.
    latest: tuple[int, int | None, str] = (0, None, STARTING)
    while True:
        # Raises when the work is to stop.
        progress(*latest)
        if not told.poll(LOOK_S):
            continue
        try:
            kind, said = json.loads(told.recv_bytes())
        except (EOFError, OSError):
            raise _end_of(process) from None
        if kind == "made":
            return str(said)
        if kind == "refused":
            raise _refusal(*said)
        latest = (said[0], said[1], said[2])


def _end_of(process: "subprocess.Popen[bytes]") -> Exception:
    code = process.wait()
    if code < 0:
        return ConflictError(ENDED)
    return RuntimeError(f"the process of some work ended with {code}; the log has its last words")


def _refusal(code: str, words: str) -> GeoAlertsError:
    # The very kind, made of its words: some kinds are made of more than is told here.
    waiting: list[type[GeoAlertsError]] = [GeoAlertsError]
    for kind in waiting:  # grows while it is walked
        if kind.code == code:
            return kind.__new__(kind, words)
        waiting.extend(kind.__subclasses__())
    return GeoAlertsError(words)
