"""Work that tests have done in a process of its own; a process finds it by its module's name."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any

from geo_alerts.acts.jobs import Progress
from geo_alerts.acts.live import Live
from geo_alerts.errors import Fault, SourceFaultsError
from geo_alerts.store.saved_areas import saved_areas


def where(live: Live, question: Mapping[str, Any], by: str, progress: Progress) -> str:
    """Tell which process does it, how nice that is, and what it sees of the store."""
    progress(1, 2, "looking round")
    with live.store.reading() as connection:
        areas = len(saved_areas(connection))
    days = live.policy.protection_days
    return f"{os.getpid()} {os.nice(0)} {areas} {days} {by} {question['of']}"


def refuses(_live: Live, question: Mapping[str, Any], _by: str, _progress: Progress) -> str:
    """Refuse, with an error that is made of more than its words."""
    raise SourceFaultsError(question["of"], [Fault(7, "postcode", "no postcode")])


def fails(_live: Live, _question: Mapping[str, Any], _by: str, _progress: Progress) -> str:
    """End by a defect."""
    raise ZeroDivisionError


def hungers(_live: Live, _question: Mapping[str, Any], _by: str, _progress: Progress) -> str:
    """End as numpy does where an array is larger than the memory that there is."""
    raise MemoryError


def deaf(_live: Live, question: Mapping[str, Any], _by: str, progress: Progress) -> str:
    """A step without an end; whoever reads the file that is named learns whose."""
    progress(1, None, "a long step")
    Path(question["begun"]).write_text(str(os.getpid()), encoding="ascii")
    if question.get("holds"):
        # Years of backtracking, in which no other thread of the process has a turn.
        re.fullmatch("(a+)+b", "a" * 64)
    Event().wait()
    return "never"
