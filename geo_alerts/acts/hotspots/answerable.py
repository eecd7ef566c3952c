"""What a question can be refused for before anybody works on it.

A job that fails an hour after it was asked for has cost the asker that hour. What follows from the
months that are there, the study area and its cells is looked at when the question is put, by the
same functions that the work itself is guarded by.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from geo_alerts.acts.hotspots import recurring
from geo_alerts.acts.hotspots.asked import EMERGING, require_crimes, require_few_cells
from geo_alerts.acts.hotspots.backtesting import BacktestQuestion, study_asked, walk_of
from geo_alerts.acts.hotspots.questions import Question
from geo_alerts.acts.hotspots.running import Prepared, answered, prepare
from geo_alerts.acts.hotspots.settled import presence
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.emerging import require_steps
from geo_alerts.hotspots.repeats.find import require_months
from geo_alerts.store.hotspot_runs import Run

AREA: Final = "/area"
MONTHS: Final = "/months"
BEFORE: Final = "/compare_with"


def answer_there(live: Live, question: Question, role: Role) -> Run | None:
    """The layer that answers a question already; None for one that has to be worked out.

    Args:
        live: What it is asked of.
        question: What is asked.
        role: Who asks.

    Raises:
        ForbiddenError: As `running.prepare`.
        InvalidInputError: As `running.prepare`; or the months are too few, the cells too many, or
            no crime lies in the study area. The message begins with the JSON pointer of the setting
            to change.
        NotFoundError: As `running.prepare`.
        NotReadyError: As `running.prepare`.
    """
    prepared = prepare(live, question, role)
    found = answered(live, prepared)
    if found is None:
        _require_answerable(live, prepared)
    return found


def require_testable(live: Live, question: BacktestQuestion, role: Role) -> None:
    """Refuse a back-test that cannot be made.

    Raises:
        InvalidInputError: No month can be tested for want of months, the cells are too many, or no
            crime lies in the study area, with the JSON pointer of the setting to change; or no
            months of the forces are there, or the area has no outline.
        NotFoundError: The area names something that is not known, or not to who asks.
        NotReadyError: No crimes, or no boundary to study within, are imported.
    """
    asked, study = study_asked(live, question, role)
    there = presence(live, asked.forces, asked.months, asked.category_numbers(), may_miss=True)
    with _told_at("/last"):
        walk_of(question, asked.months, there.present).require_months()
    with _told_at("/cell_m"):
        require_few_cells(study, asked, len(there.present))
    with _told_at(AREA):
        require_crimes(live, asked, asked.months, there.present, study)


def _require_answerable(live: Live, prepared: Prepared) -> None:
    question, study = prepared.question, prepared.study
    with _told_at(MONTHS):
        _require_enough_months(question, len(prepared.present))
    with _told_at("/h3_resolution" if question.cell_m is None else "/cell_m"):
        require_few_cells(study, question, len(prepared.present))
    with _told_at(AREA):
        require_crimes(live, question, question.months, prepared.present, study)
    before = question.compare_with
    if before is not None:
        with _told_at(BEFORE):
            require_crimes(live, question, before, prepared.present_before, study)


def _require_enough_months(question: Question, months: int) -> None:
    if question.method == EMERGING:
        require_steps(months)
    if question.method == recurring.METHOD:
        require_months(months, recurring.rules_of(question))


@contextmanager
def _told_at(pointer: str) -> Iterator[None]:
    try:
        yield
    except InvalidInputError as error:
        # Kinds of their own have codes of their own, by which programs know them.
        if type(error) is not InvalidInputError:
            raise
        raise InvalidInputError(f"{pointer}: {error}") from error
