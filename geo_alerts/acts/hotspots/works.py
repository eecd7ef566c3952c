"""Runs and back-tests as jobs: what a worker is given to do them, and what it is told."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from geo_alerts.acts.hotspots.backtesting import BacktestQuestion, backtest
from geo_alerts.acts.hotspots.questions import Question
from geo_alerts.acts.hotspots.reading import read
from geo_alerts.acts.hotspots.running import run
from geo_alerts.acts.jobs import Progress, Work
from geo_alerts.acts.live import Live
from geo_alerts.store.hotspot_runs import Who

RUN: Final = "hotspots.run"
BACKTEST: Final = "hotspots.backtest"


def run_document(question: Question, who: Who, name: str = "") -> dict[str, Any]:
    """What the job of a run is asked, as JSON."""
    return {"question": question.model_dump(mode="json"), "name": name, "role": who.role}


def backtest_document(question: BacktestQuestion, who: Who) -> dict[str, Any]:
    """What the job of a back-test is asked, as JSON."""
    return {"question": question.model_dump(mode="json"), "role": who.role}


def do_run(live: Live, document: Mapping[str, Any], by: str, progress: Progress) -> str:
    """Do the run that a document asks for; gives the run's id."""
    question = read(Question, json.dumps(document["question"]))
    who = Who(by, document["role"])
    return run(live, question, who, progress, name=document["name"]).run.id


def do_backtest(live: Live, document: Mapping[str, Any], by: str, progress: Progress) -> str:
    """Do the back-test that a document asks for; gives its id."""
    question = read(BacktestQuestion, json.dumps(document["question"]))
    return backtest(live, question, Who(by, document["role"]), progress).id


WORKS: Final[Mapping[str, Work]] = MappingProxyType({RUN: do_run, BACKTEST: do_backtest})
