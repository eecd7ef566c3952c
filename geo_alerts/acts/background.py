"""Work in the background, of one kind once at a time: for what nobody should have to wait for."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from geo_alerts.errors import GeoAlertsError, NotReadyError

Value = TypeVar("Value")


class Background(Generic[Value]):
    """One kind of work; threads may share it."""

    def __init__(self, name: str) -> None:
        """Begin nothing yet.

        Args:
            name: What the thread is called.
        """
        self._name = name
        self._lock = threading.Lock()
        self._latest: Future[Value] | None = None

    def begin(self, work: Callable[[], Value]) -> Future[Value]:
        """Have the work done, unless some of its kind is under way.

        Args:
            work: Gives what is wanted.

        Returns:
            What the work that is under way gives, or the error that it raises. It cannot be
            cancelled.
        """
        with self._lock:
            if self._latest is not None and not self._latest.done():
                return self._latest
            result: Future[Value] = Future()
            result.set_running_or_notify_cancel()
            self._latest = result
        # Ends with the process: what was half done is begun anew by the next one.
        threading.Thread(target=_do, args=(work, result), name=self._name, daemon=True).start()
        return result

    def wait(self) -> None:
        """Wait for what is under way, however it ends."""
        with self._lock:
            latest = self._latest
        if latest is not None:
            latest.exception()


def _do(work: Callable[[], Value], result: "Future[Value]") -> None:
    try:
        result.set_result(work())
    except GeoAlertsError as error:
        result.set_exception(error)
    finally:
        # A fault of ours: the thread's last words go to the log, and nobody waits for ever.
        if not result.done():
            result.set_exception(NotReadyError("what is made in the background failed"))
