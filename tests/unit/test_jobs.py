"""Jobs: done by one thread or in the foreground, recorded, cancelled, and found after a crash."""

import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from geo_alerts.acts import jobs as acts
from geo_alerts.acts.jobs import Progress, Worker, do_now
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import (
    CancelledError,
    InvalidInputError,
    InvalidPageTokenError,
    UnknownJobError,
)
from geo_alerts.store import jobs as stored
from geo_alerts.store.database import Store
from geo_alerts.store.hotspot_tables import job as table
from geo_alerts.store.jobs import Task

WAIT_S = 20
ELSEWHERE = "elsewhere 1 0000000000000000"


@pytest.fixture
def live(store: Store) -> Live:
    return Live(store)


def twice(_live: Live, question: Mapping[str, Any], _by: str, progress: Progress) -> str:
    progress(1, 2, "half")
    progress(2, 2, "all")
    return f"made of {question['of']}"


def refuses(_live: Live, _question: Mapping[str, Any], _by: str, _progress: Progress) -> str:
    raise InvalidInputError("no crimes in the study area")


class Held:
    """Work that goes on until it is let go, or told to stop."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.released = threading.Event()

    def __call__(
        self, _live: Live, _question: Mapping[str, Any], _by: str, progress: Progress
    ) -> str:
        self.begun.set()
        while not self.released.wait(0.02):
            progress(1, None, "holding")
        return "let go"


@pytest.fixture
def held() -> Iterator[Held]:
    work = Held()
    yield work
    work.released.set()


def job_of(live: Live, question: Mapping[str, Any], kind: str = "twice") -> str:
    return acts.ask(live, Task(kind, question, is_restricted=False), by="key:1").id


def worked_off(live: Live, works: Mapping[str, Any]) -> None:
    worker = Worker(live, works)
    worker.wake()
    worker.wait()


def left_by_a_crash(live: Live, job_id: str, **values: object) -> None:
    told = {"owner": ELSEWHERE, "heartbeat_at": live.store.clock() - timedelta(hours=1)}
    with live.store.writing() as connection:
        connection.execute(update(table).where(table.c.id == job_id).values(**told, **values))


def test_a_job_is_done_by_the_worker_and_names_what_it_made(live: Live):
    asked = job_of(live, {"of": 7})
    assert acts.show(live, asked, Role.ADMIN).status == "waiting"
    worked_off(live, {"twice": twice})
    done = acts.show(live, asked, Role.ADMIN)
    assert (done.status, done.result_id, done.has_ended) == ("done", "made of 7", True)
    assert done.started_at is not None
    assert done.ended_at is not None


def test_jobs_are_done_in_the_order_in_which_they_were_asked(live: Live):
    order: list[int] = []

    def note(_live: Live, question: Mapping[str, Any], _by: str, _progress: Progress) -> str:
        order.append(question["of"])
        return "noted"

    for number in range(5):
        job_of(live, {"of": number}, "note")
    worked_off(live, {"note": note})
    assert order == [0, 1, 2, 3, 4]


def test_a_job_that_is_refused_tells_why_and_the_next_one_is_done(live: Live):
    refused, fine = job_of(live, {}, "refuses"), job_of(live, {"of": 1})
    worked_off(live, {"refuses": refuses, "twice": twice})
    failed = acts.show(live, refused, Role.ADMIN)
    assert (failed.status, failed.error_code) == ("failed", "invalid_input")
    assert failed.error == "no crimes in the study area"
    assert acts.show(live, fine, Role.ADMIN).status == "done"


def test_a_job_that_waits_is_cancelled_at_once(live: Live):
    asked = job_of(live, {"of": 1})
    assert acts.cancel(live, asked).status == "cancelled"
    worked_off(live, {"twice": twice})
    assert acts.show(live, asked, Role.ADMIN).result_id is None


def test_a_job_under_way_is_cancelled_and_what_has_ended_stays(live: Live, held: Held):
    worker = Worker(live, {"held": held})
    asked = job_of(live, {}, "held")
    worker.wake()
    assert held.begun.wait(WAIT_S)
    assert acts.cancel(live, asked).cancel_asked
    worker.wait()
    assert not held.released.is_set()
    stopped = acts.show(live, asked, Role.ADMIN)
    assert stopped.status == "cancelled"
    assert acts.cancel(live, asked) == stopped


def test_what_is_asked_while_the_worker_works_is_done_as_well(live: Live, held: Held):
    worker = Worker(live, {"held": held, "twice": twice})
    first = job_of(live, {}, "held")
    worker.wake()
    assert held.begun.wait(WAIT_S)
    second = job_of(live, {"of": 2})
    worker.wake()
    held.released.set()
    worker.wait()
    assert [acts.show(live, one, Role.ADMIN).status for one in (first, second)] == ["done", "done"]


def test_a_job_of_a_process_that_is_gone_is_done_again(live: Live):
    asked = job_of(live, {"of": 3})
    claimed = stored.claim(live.store)
    assert claimed is not None
    assert claimed.id == asked
    left_by_a_crash(live, asked)
    worked_off(live, {"twice": twice})
    assert acts.show(live, asked, Role.ADMIN).result_id == "made of 3"


def test_a_job_of_a_command_line_that_is_gone_is_not_done_by_others(live: Live):
    begun = stored.begin(live.store, Task("twice", {"of": 1}, is_restricted=False), by="cli:anna")
    left_by_a_crash(live, begun.id)
    worked_off(live, {"twice": twice})
    assert acts.show(live, begun.id, Role.ADMIN).status == "failed"


def test_a_job_that_was_to_stop_when_its_process_went_is_cancelled(live: Live):
    asked = job_of(live, {"of": 3})
    stored.claim(live.store)
    left_by_a_crash(live, asked, cancel_asked=True)
    worked_off(live, {"twice": twice})
    assert acts.show(live, asked, Role.ADMIN).status == "cancelled"


def test_work_in_the_foreground_has_a_record_and_tells_its_progress(live: Live):
    heard: list[tuple[int, int | None, str]] = []
    made = do_now(
        live,
        Task("twice", {"of": 9}, is_restricted=False),
        twice,
        by="cli:anna",
        told=lambda *at: heard.append(at),
    )
    assert made == "made of 9"
    assert heard == [(1, 2, "half"), (2, 2, "all")]
    (record,), _ = acts.jobs(live, Role.ADMIN, size=10)
    assert (record.status, record.result_id, record.created_by) == ("done", made, "cli:anna")


def test_work_in_the_foreground_can_be_cancelled_by_another_process(live: Live, held: Held):
    def cancel_it() -> None:
        held.begun.wait(WAIT_S)
        (record,), _ = acts.jobs(live, Role.ADMIN, size=10)
        acts.cancel(live, record.id)

    other = threading.Thread(target=cancel_it)
    other.start()
    with pytest.raises(CancelledError):
        do_now(
            live, Task("held", {}, is_restricted=False), held, by="cli:anna", told=lambda *_: None
        )
    other.join()
    (record,), _ = acts.jobs(live, Role.ADMIN, size=10)
    assert record.status == "cancelled"


@pytest.mark.parametrize(
    ("raised", "status", "code"),
    [
        (KeyboardInterrupt(), "cancelled", None),
        (InvalidInputError("no"), "failed", "invalid_input"),
        (ZeroDivisionError(), "failed", "internal_error"),
    ],
)
def test_however_work_in_the_foreground_ends_the_record_says_so(
    live: Live, raised: BaseException, status: str, code: str | None
):
    def ends(*_: object) -> str:
        raise raised

    with pytest.raises(type(raised)):
        do_now(
            live, Task("ends", {}, is_restricted=False), ends, by="cli:anna", told=lambda *_: None
        )
    (record,), _ = acts.jobs(live, Role.ADMIN, size=10)
    assert (record.status, record.error_code) == (status, code)


def test_jobs_are_listed_by_pages_the_newest_first(live: Live):
    asked = [job_of(live, {"of": number}) for number in range(5)]
    found, token = acts.jobs(live, Role.ADMIN, size=2)
    listed = [one.id for one in found]
    while token is not None:
        found, token = acts.jobs(live, Role.ADMIN, size=2, token=token)
        listed += [one.id for one in found]
    assert listed == asked[::-1]
    with pytest.raises(InvalidPageTokenError):
        acts.jobs(live, Role.ADMIN, size=2, token=asked[0])


def test_a_job_that_is_not_there_is_told_so(live: Live):
    with pytest.raises(UnknownJobError, match="there is no job 'nothing'"):
        acts.show(live, "nothing", Role.ADMIN)
    with pytest.raises(UnknownJobError, match="there is no job 'nothing'"):
        acts.cancel(live, "nothing")


def test_two_processes_never_take_on_the_same_job(live: Live):
    asked = {job_of(live, {"of": number}) for number in range(8)}
    claimed: list[str] = []

    def take() -> None:
        while (found := stored.claim(live.store)) is not None:
            claimed.append(found.id)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(asked)
