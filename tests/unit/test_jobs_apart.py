"""Jobs in a process of their own: cancelled in the middle of a step, killed, taken up again."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from geo_alerts.acts import jobs as acts
from geo_alerts.acts.apart import apart
from geo_alerts.acts.jobs import Worker
from geo_alerts.acts.live import Live
from geo_alerts.acts.policy import Policy
from geo_alerts.audiences.disclosure import Role
from geo_alerts.store.database import Store
from geo_alerts.store.jobs import Job, Task
from tests import works

WAIT_S = 60
APART = {
    name: apart(getattr(works, name)) for name in ("where", "refuses", "fails", "hungers", "deaf")
}
# What a server does with the jobs of a store, which it is told by its standard input.
SERVER = """
import sys, threading
from tests.unit.test_jobs_apart import Live, Store, Worker, APART
worker = Worker(Live(Store.open(sys.stdin.readline().strip())), APART)
worker.wake()
worker.wait()
"""


@pytest.fixture
def live(store: Store) -> Live:
    return Live(store, Policy(protection_days=3))


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """A pipe by which a long step tells its process; to read it waits for that."""
    path = tmp_path / "begun"
    os.mkfifo(path)
    return path


def asked(live: Live, kind: str, **question: object) -> str:
    return acts.ask(live, Task(kind, question, is_restricted=False), by="key:1").id


def shown(live: Live, job_id: str) -> Job:
    return acts.show(live, job_id, Role.ADMIN)


def begin(live: Live) -> Worker:
    worker = Worker(live, APART)
    worker.wake()
    return worker


def has_ended(process: int) -> bool:
    """Whether a process ends soon, or is gone already."""
    try:
        watched = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watched], [], [], WAIT_S)[0])
    finally:
        os.close(watched)


def test_the_work_is_done_by_another_process_that_gives_way_to_this_one(live: Live):
    job = asked(live, "where", of="x")
    begin(live).wait(WAIT_S)
    done = shown(live, job)
    assert (done.status, done.done, done.total, done.words) == ("done", 1, 2, "looking round")
    assert done.result_id is not None
    process, nice, areas, days, by, of = done.result_id.split(" ")
    assert int(process) != os.getpid()
    assert int(nice) >= min(os.nice(0) + 10, 19)
    assert (areas, days, by, of) == ("0", "3", "key:1", "x")
    assert has_ended(int(process))


@pytest.mark.parametrize("holds", [False, True], ids=["waits", "lets no thread run"])
def test_a_job_is_cancelled_in_the_middle_of_a_step_and_the_next_one_is_done(
    live: Live, begun: Path, *, holds: bool
):
    job, following = asked(live, "deaf", begun=str(begun), holds=holds), asked(live, "where", of=1)
    worker = begin(live)
    process = int(begun.read_text(encoding="ascii"))
    assert shown(live, job).status == "running"
    assert acts.cancel(live, job).cancel_asked
    worker.wait(WAIT_S)
    cancelled = shown(live, job)
    assert (cancelled.status, cancelled.result_id, cancelled.error) == ("cancelled", None, None)
    assert has_ended(process)
    assert shown(live, following).status == "done"


def test_a_process_that_is_killed_makes_its_job_fail_in_words(live: Live, begun: Path):
    job = asked(live, "deaf", begun=str(begun))
    worker = begin(live)
    os.kill(int(begun.read_text(encoding="ascii")), signal.SIGKILL)
    worker.wait(WAIT_S)
    failed = shown(live, job)
    assert (failed.status, failed.error_code) == ("failed", "conflict")
    assert failed.error is not None
    assert "memory: ask again, with larger cells" in failed.error


def test_what_the_work_refuses_is_told_in_its_own_words(live: Live):
    job = asked(live, "refuses", of="the file cannot be used")
    begin(live).wait(WAIT_S)
    failed = shown(live, job)
    assert (failed.status, failed.error_code) == ("failed", "source_faults")
    assert failed.error == "the file cannot be used: row 7, column postcode: no postcode"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_defect_of_the_work_is_told_as_one(live: Live, capfd: pytest.CaptureFixture[str]):
    job, following = asked(live, "fails"), asked(live, "where", of=1)
    begin(live).wait(WAIT_S)
    failed = shown(live, job)
    assert (failed.status, failed.error_code) == ("failed", "internal_error")
    assert "ZeroDivisionError" in capfd.readouterr().err
    # Those that waited behind it are done.
    assert shown(live, following).status == "done"


def test_work_for_which_there_is_too_little_memory_is_told_so(live: Live):
    job = asked(live, "hungers")
    begin(live).wait(WAIT_S)
    failed = shown(live, job)
    assert (failed.status, failed.error_code) == ("failed", "conflict")
    assert "too little memory for it: ask again, with larger cells" in str(failed.error)


def test_a_server_that_stops_ends_the_work_and_leaves_it_to_the_next(live: Live, begun: Path):
    job = asked(live, "deaf", begun=str(begun))
    worker = begin(live)
    process = int(begun.read_text(encoding="ascii"))
    worker.close(0)
    assert has_ended(process)
    left = shown(live, job)
    assert (left.status, left.started_at is not None, left.ended_at) == ("waiting", True, None)
    following = Worker(live, {"deaf": lambda *_: "made"})
    following.wake()
    following.wait(WAIT_S)
    assert shown(live, job).result_id == "made"


def test_the_work_ends_with_a_server_that_is_killed_and_the_next_one_takes_it_up(
    live: Live, begun: Path
):
    job = asked(live, "deaf", begun=str(begun))
    with subprocess.Popen([sys.executable, "-c", SERVER], stdin=subprocess.PIPE) as server:
        assert server.stdin is not None
        server.stdin.write(f"{live.store.address()}\n".encode())
        server.stdin.flush()
        process = int(begun.read_text(encoding="ascii"))
        server.kill()
    assert has_ended(process)
    assert shown(live, job).status == "running"
    following = Worker(live, {"deaf": lambda *_: "made"})
    following.wake()
    following.wait(WAIT_S)
    assert shown(live, job).result_id == "made"


def test_neither_a_terminal_nor_a_service_manager_ends_the_work_but_the_server(
    live: Live, begun: Path
):
    job = asked(live, "deaf", begun=str(begun))
    worker = begin(live)
    process = int(begun.read_text(encoding="ascii"))
    for told in (signal.SIGINT, signal.SIGTERM):
        os.kill(process, told)
    assert shown(live, job).status == "running"
    acts.cancel(live, job)
    worker.wait(WAIT_S)
    assert shown(live, job).status == "cancelled"


def test_the_address_of_the_store_is_not_on_the_command_line(live: Live, begun: Path):
    job = asked(live, "deaf", begun=str(begun))
    worker = begin(live)
    process = int(begun.read_text(encoding="ascii"))
    command = Path(f"/proc/{process}/cmdline").read_bytes()
    assert b"geo_alerts.acts.apart_process" in command
    for told in (live.store.address(), live.store.name, str(begun)):
        assert told.encode() not in command
    acts.cancel(live, job)
    worker.wait(WAIT_S)
