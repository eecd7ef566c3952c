"""Runs and back-tests as jobs: what a worker is given to do them, and what it is told."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from geo_alerts.acts import jobs as job_acts
from geo_alerts.acts.apart import apart
from geo_alerts.acts.hotspots.answerable import answer_there, require_testable
from geo_alerts.acts.hotspots.backtesting import BacktestQuestion, backtest
from geo_alerts.acts.hotspots.questions import EXACT, Question
from geo_alerts.acts.hotspots.reading import read
from geo_alerts.acts.hotspots.running import bounded_name, run
from geo_alerts.acts.jobs import Progress, Work
from geo_alerts.acts.live import Live
from geo_alerts.acts.resolving import whole_of
from geo_alerts.acts.restricted import names_restricted
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.errors import InvalidAreaError, UnknownSavedAreaError
from geo_alerts.store import jobs as stored_jobs
from geo_alerts.store.hotspot_runs import Run, Who
from geo_alerts.store.jobs import Job, Task

RUN: Final = "hotspots.run"
BACKTEST: Final = "hotspots.backtest"


def run_task(live: Live, question: Question, who: Who, name: str = "") -> Task | Run:
    """What the job of a run is to do; the layer itself where the question was answered before.

    Raises:
        ForbiddenError: Who asks may not ask for exact positions.
        InvalidInputError: It cannot be answered, or the name is too long.
        NotFoundError: The area names something that is not known, or not to who asks.
        NotReadyError: Something that it needs is not imported.
        PersonalDataError: The name holds contact details: everybody can read a job, also one that
            failed.
    """
    found = answer_there(live, question, Role(who.role))
    if found is not None:
        return found
    called = bounded_name(name)
    document = {"question": question.model_dump(mode="json"), "name": called, "role": who.role}
    is_restricted = question.positions == EXACT or _is_by_restricted(live, question.area)
    return Task(RUN, document, is_restricted)


def backtest_task(live: Live, question: BacktestQuestion, who: Who) -> Task:
    """What the job of a back-test is to do.

    Raises:
        InvalidInputError: It cannot be answered.
        NotFoundError: The area names something that is not known, or not to who asks.
        NotReadyError: No crimes, or no boundary to study within, are imported.
    """
    require_testable(live, question, Role(who.role))
    document = {"question": question.model_dump(mode="json"), "role": who.role}
    return Task(BACKTEST, document, _is_by_restricted(live, question.area))


def ask_for_backtest(live: Live, question: BacktestQuestion, who: Who) -> Job:
    """The job of a back-test; whoever asked for the same before, it is theirs until it has ended.

    Raises:
        GeoAlertsError: As `backtest_task`.
    """
    task = backtest_task(live, question, who)
    with live.store.reading() as connection:
        under_way = stored_jobs.unfinished(connection, task.kind)
    # Who asked is of no account: both roles were let ask.
    same = (one for one in under_way if one.question["question"] == task.question["question"])
    return next(same, None) or job_acts.ask(live, task, by=who.who)


def do_run(live: Live, document: Mapping[str, Any], by: str, progress: Progress) -> str:
    """Do the run that a document asks for; gives the run's id."""
    question = read(Question, json.dumps(document["question"]))
    who = Who(by, document["role"])
    return run(live, question, who, progress, name=document["name"]).run.id


def do_backtest(live: Live, document: Mapping[str, Any], by: str, progress: Progress) -> str:
    """Do the back-test that a document asks for; gives its id."""
    question = read(BacktestQuestion, json.dumps(document["question"]))
    return backtest(live, question, Who(by, document["role"]), progress).id


def _is_by_restricted(live: Live, area: AnyArea | None) -> bool:
    if area is None:
        return False
    try:
        whole, _ = whole_of(live.store, area)
    except (InvalidAreaError, UnknownSavedAreaError):  # the work itself tells what is wrong
        return False
    with live.store.reading() as connection:
        return names_restricted(connection, whole)


WORKS: Final[Mapping[str, Work]] = MappingProxyType({RUN: do_run, BACKTEST: do_backtest})
WORKS_APART: Final[Mapping[str, Work]] = MappingProxyType(
    {kind: apart(work) for kind, work in WORKS.items()}
)
