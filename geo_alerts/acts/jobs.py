"""Long work: at the command line in the foreground, in the server by one thread, recorded alike.

A thread of its own says twice a second how far the work is and looks whether somebody asked to stop
it. The work itself learns of that when it next tells its progress.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.live import Live
from geo_alerts.acts.page_tokens import place_of, token_of
from geo_alerts.audiences.disclosure import Role, may_list, may_see_exact_points
from geo_alerts.errors import CancelledError, ConflictError, ForbiddenError, GeoAlertsError
from geo_alerts.store import jobs as stored
from geo_alerts.store.database import Store
from geo_alerts.store.jobs import Job, Task

# Told how much is done, of how much, and what is being done.
Progress = Callable[[int, int | None, str], None]
# What is asked, by whom, and whom to tell; gives the id of what was made.
Work = Callable[[Live, Mapping[str, Any], str, Progress], str]

BEAT_S: Final = 0.5
# As long as nothing is new, only every so many beats are written: each is a change of the store.
QUIET_BEATS: Final = 10
# What is told to stop does so sooner, unless it is deaf.
LAST_WAIT_S: Final = 5.0
PAGE: Final = "jobs"
# How far these are tells how many people there are, to the one, and when the last of them joined.
OF_PEOPLE: Final = frozenset({"import.subscribers"})


class Reporter:
    """How far some work is, and whether it is to stop; the work calls it, another thread reads it.

    Attributes:
        stopped: Set when the work is to stop.
    """

    def __init__(
        self, told: Progress | None = None, leaving: threading.Event | None = None
    ) -> None:
        """Begin with nothing done.

        Args:
            told: Whom to tell as well, in the thread of the work.
            leaving: Set when all work of this process is to stop.
        """
        self.stopped = threading.Event()
        self.latest: tuple[int, int | None, str] = (0, None, "")
        self._told = told
        self._leaving = leaving or threading.Event()

    def __call__(self, done: int, total: int | None, words: str) -> None:
        """Say how far the work is.

        Raises:
            CancelledError: It is to stop.
        """
        self.latest = (done, total, words)
        if self._told is not None:
            self._told(done, total, words)
        if self.stopped.is_set() or self._leaving.is_set():
            raise CancelledError("the work was cancelled; nothing was kept")


class Worker:
    """The one thread of a server that does jobs; it ends when none waits."""

    def __init__(self, live: Live, works: Mapping[str, Work]) -> None:
        """Begin nothing yet.

        Args:
            live: What is worked on.
            works: By kind of job, how it is done.
        """
        self._live = live
        self._works = works
        self._lock = threading.Lock()
        self._asked = False
        self._leaving = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Have what waits done, by a thread that need not be waited for."""
        with self._lock:
            self._asked = True
            if self._thread is None:
                # Ends with the process: a job that was half done waits again.
                self._thread = threading.Thread(target=self._work_off, name="jobs", daemon=True)
                self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until nothing is under way, or for so many seconds."""
        waited = None
        # One that a defect ended has another after it.
        while (thread := self._thread) is not None and thread is not waited:
            thread.join(seconds)
            waited = thread

    def close(self, seconds: float) -> None:
        """Let what is under way go on for so many seconds, then stop it; it waits for another.

        Args:
            seconds: What takes no longer is still done.
        """
        self.wait(seconds)
        self._leaving.set()
        self.wait(LAST_WAIT_S)
        with self._lock:
            if self._thread is None:
                self._leaving.clear()

    def _work_off(self) -> None:
        is_in_a_job = False
        try:
            stored.tidy(self._live.store)
            while self._is_asked():
                while (claimed := self._claimed()) is not None:
                    is_in_a_job = True
                    _do(self._live, claimed, self._works[claimed.kind], self._leaving)
                    is_in_a_job = False
        finally:
            with self._lock:
                if self._thread is threading.current_thread():
                    self._thread = None
            # A defect in one job ends it and this thread; those behind it are done by another.
            if is_in_a_job:
                self.wake()

    def _claimed(self) -> Job | None:
        return None if self._leaving.is_set() else stored.claim(self._live.store)

    def _is_asked(self) -> bool:
        # Who asks after this look finds no thread, and begins another.
        with self._lock:
            asked, self._asked = self._asked, False
            if not asked:
                self._thread = None
            return asked


def do_now(
    live: Live,
    task: Task,
    work: Work,
    *,
    by: str,
    told: Progress,
) -> str:
    """Do some work here and now, with the record of a job.

    Args:
        live: What is worked on.
        task: What is to be done.
        work: How it is done.
        by: Who asks.
        told: Told how far it is.

    Returns:
        The id of what it made.

    Raises:
        CancelledError: Somebody cancelled it meanwhile.
        GeoAlertsError: What the work raises.
    """
    with doing(live.store, task, by=by, told=told) as doings:
        made = work(live, task.question, by, doings.reporter)
        doings.made = made
    return made


@dataclass(slots=True)
class Doings:
    """Work that is under way here and now.

    Attributes:
        reporter: Told how far it is.
        made: The id of what it made, once it has; empty of what has none.
    """

    reporter: Reporter
    made: str = ""


@contextmanager
def doing(store: Store, task: Task, *, by: str, told: Progress) -> Iterator[Doings]:
    """Have the block recorded as a job that this process does, and that ends with it.

    Args:
        store: Where the record is kept.
        task: What the block does.
        by: Who asks.
        told: Told how far it is, too.

    Raises:
        CancelledError: Somebody cancelled it meanwhile.
    """
    begun = stored.begin(store, task, by=by)
    with _recorded(store, begun.id, Reporter(told)) as reporter:
        doings = Doings(reporter)
        yield doings
        _finish(store, begun.id, reporter, doings.made)


def ask(live: Live, task: Task, *, by: str) -> Job:
    """Keep a job that waits; a worker has to be woken."""
    return stored.add(live.store, task, by=by)


def show(live: Live, job_id: str, role: Role) -> Job:
    """A job as it stands.

    Raises:
        UnknownJobError: There is none of this id that the role may see.
    """
    with live.store.reading() as connection:
        found = stored.job(connection, job_id)
    if found.kind in _hidden_from(role) or (found.is_restricted and not may_see_exact_points(role)):
        raise stored.unknown_job(job_id)
    return found


def cancel(live: Live, job_id: str) -> Job:
    """Ask to stop a job; one that has ended stays as it is.

    Raises:
        UnknownJobError: There is none of this id.
    """
    return stored.cancel(live.store, job_id)


def cancel_for(live: Live, job_id: str, asker: Asker) -> Job:
    """Ask to stop a job: whoever asked for it may, and administrators.

    Raises:
        UnknownJobError: There is none of this id that they may see.
        ForbiddenError: It is another's.
    """
    found = show(live, job_id, asker.role)
    if asker.role is not Role.ADMIN and found.created_by != asker.who:
        raise ForbiddenError("only who asked for a job, and administrators, may cancel it")
    return cancel(live, job_id)


def jobs(
    live: Live, role: Role, *, size: int, token: str | None = None
) -> tuple[list[Job], str | None]:
    """A page of jobs that a role may see, the newest first, and the token of the next, if any.

    Raises:
        InvalidPageTokenError: The token was not given by a page of this list.
    """
    before = None if token is None else place_of(PAGE, token)
    with live.store.reading() as connection:
        found = stored.jobs(
            connection,
            with_restricted=may_see_exact_points(role),
            without=_hidden_from(role),
            before=before,
            limit=size + 1,
        )
    more = len(found) > size
    return found[:size], token_of(PAGE, found[size - 1].row_id) if more else None


def _hidden_from(role: Role) -> frozenset[str]:
    return frozenset() if may_list(role) else OF_PEOPLE


def _do(live: Live, claimed: Job, work: Work, leaving: threading.Event) -> None:
    with _recorded(live.store, claimed.id, Reporter(leaving=leaving)) as reporter:
        try:
            made = work(live, claimed.question, claimed.created_by, reporter)
        except GeoAlertsError as error:
            # Told in the record: the thread goes on with the next job.
            _note(live.store, claimed.id, error)
        else:
            _finish(live.store, claimed.id, reporter, made)


def _finish(store: Store, job_id: str, reporter: Reporter, made: str) -> None:
    # What is quick ends between two beats, and would seem not to have begun.
    done, total, words = reporter.latest
    stored.beat(store, job_id, done=done, total=total, words=words)
    stored.finish(store, job_id, made)


@contextmanager
def _recorded(store: Store, job_id: str, reporter: Reporter) -> Iterator[Reporter]:
    # However the work ends, the record says so: it is no abandoned job as long as this process is.
    ended = threading.Event()
    beats = threading.Thread(
        target=_beat, args=(store, job_id, reporter, ended), name="job beats", daemon=True
    )
    beats.start()
    try:
        yield reporter
    except GeoAlertsError as error:
        _note(store, job_id, error)
        raise
    except KeyboardInterrupt:
        stored.note_cancelled(store, job_id)
        raise
    finally:
        ended.set()
        beats.join()
        # Changes only a job that has no end yet: a fault of ours, whose last words go to the log.
        stored.fail(store, job_id, "internal_error", "a defect of geo-alerts; see its log")


def _note(store: Store, job_id: str, error: GeoAlertsError) -> None:
    if isinstance(error, CancelledError):
        stored.note_stopped(store, job_id)
    else:
        stored.fail(store, job_id, type(error).code, str(error))


def _beat(store: Store, job_id: str, reporter: Reporter, ended: threading.Event) -> None:
    said: tuple[int, int | None, str] | None = None
    quiet = 0
    while not ended.wait(BEAT_S):
        latest = reporter.latest
        is_news = latest != said or quiet >= QUIET_BEATS
        # A long change of the store, as imports make, lets nobody else write: the next beat tells.
        with suppress(ConflictError):
            if not _goes_on(store, job_id, latest if is_news else None):
                reporter.stopped.set()
            said, quiet = latest, 0 if is_news else quiet + 1


def _goes_on(store: Store, job_id: str, news: tuple[int, int | None, str] | None) -> bool:
    if news is None:
        return stored.may_go_on(store, job_id)
    done, total, words = news
    return stored.beat(store, job_id, done=done, total=total, words=words)
