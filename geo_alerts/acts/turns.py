"""A bounded number of places for work that is slow, so that what is quick is always answered.

Whoever asks when all places are taken is told so at once: waiting would take one of the threads
that answer everybody.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from geo_alerts.errors import TooManyRequestsError

RETRY_AFTER_S: Final = 5.0


class Turns:
    """The places of one kind of work; threads may share them."""

    def __init__(self, most: int, what: str) -> None:
        """Leave all places free.

        Args:
            most: How many there are.
            what: The work, in words and in the plural.
        """
        self.most = most
        self.what = what
        self._free = threading.BoundedSemaphore(most)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold one place.

        Raises:
            TooManyRequestsError: All are taken.
        """
        if not self._free.acquire(blocking=False):
            raise TooManyRequestsError(
                f"{self.most} {self.what} are under way already: ask again in a moment",
                retry_after_s=RETRY_AFTER_S,
            )
        try:
            yield
        finally:
            self._free.release()
