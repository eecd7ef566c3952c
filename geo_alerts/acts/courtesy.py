"""Long work in the background that lets short answers pass.

Python hands its one lock to another thread after 5 ms or later: an answer of 20 ms that wants
it a hundred times, at each look at the store or at an array, takes half a second beside a thread
that reads a million rows. So while somebody is answered the lock changes hands ten times as often,
and such a thread stands aside between a few hundred rows and the next.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

# Between a few hundred rows and the next: however many ask, the work comes to its end.
LONGEST_S: Final = 0.25
USUAL_SWITCH_S: Final = sys.getswitchinterval()
QUICK_SWITCH_S: Final = USUAL_SWITCH_S / 10

GiveWay = Callable[[], None]


def hurry() -> None:
    """Give way to nobody: somebody waits for the work."""


class Courtesy:
    """Who is answered now, and who stands aside for them; threads may share it."""

    def __init__(self, longest_s: float = LONGEST_S) -> None:
        """Nobody is answered yet.

        Args:
            longest_s: How long one stands aside at most, each time.
        """
        self._longest_s = longest_s
        self._answered = 0
        self._changed = threading.Condition()

    @contextmanager
    def first(self) -> Iterator[None]:
        """Answer somebody before others go on; nothing inside may wait for those others."""
        with self._changed:
            self._answered += 1
            sys.setswitchinterval(QUICK_SWITCH_S)
        try:
            yield
        finally:
            with self._changed:
                self._answered -= 1
                if not self._answered:
                    sys.setswitchinterval(USUAL_SWITCH_S)
                    self._changed.notify_all()

    def give_way(self) -> None:
        """Stand aside while somebody is answered, for a moment at most."""
        with self._changed:
            self._changed.wait_for(lambda: not self._answered, self._longest_s)
