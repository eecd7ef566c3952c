"""Back-tests: which method would have foretold best for a force and its categories.

The latest back-test of the same forces, categories, cells, weights and area says what `auto` uses.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field

from geo_alerts import __version__
from geo_alerts.acts.hotspots.asked import Period, period
from geo_alerts.acts.hotspots.cells import Squares
from geo_alerts.acts.hotspots.questions import (
    Area,
    Categories,
    CellM,
    Forces,
    Foretelling,
    Month,
    MonthSpan,
    Question,
    SharePercent,
)
from geo_alerts.acts.hotspots.settled import edition_facts, ends, presence
from geo_alerts.acts.hotspots.study import Study, study_of
from geo_alerts.acts.hotspots.weighing import COUNT, Weight, weights_of
from geo_alerts.acts.jobs import Progress
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.targets.shapes import Value
from geo_alerts.hotspots.backtest import Backtest, Walk, walk_forward
from geo_alerts.hotspots.months import month_number, month_of, month_text
from geo_alerts.store.crime_months import crime_months, crimes_sha256
from geo_alerts.store.hotspot_backtests import (
    KeptBacktest,
    NewBacktest,
    latest_backtest,
    same_backtest,
    save,
)
from geo_alerts.store.hotspot_runs import Who, inputs_sha256

# From fewer months a month is not foretold.
LEAST_TRAIN: Final = 3
# By these the back-test of a question is found.
SUBJECT: Final = ("forces", "categories", "area", "cell_m", "weight")


class BacktestQuestion(Value):
    """What is tested on which months."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"forces": ["west-mercia-sample"], "categories": ["burglary"]}]
        }
    )

    forces: Forces
    categories: Categories = ()
    area: Area = None
    cell_m: Annotated[CellM, Field(description="The side of square cells, metres.")] = 250
    weight: Weight = COUNT
    last: Annotated[
        Month | None, Field(description="The last month tested; the last one imported by default.")
    ] = None
    months: Annotated[
        int, Field(strict=True, ge=1, le=60, description="How many months up to it are tested.")
    ] = 12
    train_months: Annotated[
        int,
        Field(
            strict=True,
            ge=LEAST_TRAIN,
            le=60,
            description="From how many months before, each of them.",
        ),
    ] = 12
    methods: Annotated[
        tuple[Foretelling, ...],
        Field(max_length=20, description="Such as density_300_recent; the usual ones when empty."),
    ] = ()
    share_percent: Annotated[
        SharePercent,
        Field(
            description="Methods are chosen by PAI in the top so many percent, as is to be "
            "expected with cells ranked alike in random order."
        ),
    ] = 1.0

    def span(self, last: int) -> MonthSpan:
        """Every month that is looked at, up to the last tested."""
        first = last - self.months - self.train_months + 1
        return MonthSpan(first=month_text(first), last=month_text(last))


def study_asked(live: Live, question: BacktestQuestion, role: Role) -> tuple[Question, Study]:
    """A back-test's months and ground as a question has them, and the study area.

    Raises:
        InvalidInputError: No months of the forces are there, or the area has no outline.
        NotFoundError: The area names something that is not known, or not to who asks.
        NotReadyError: No crimes, or no boundary to study within, are imported.
    """
    asked = _as_question(live, question)
    return asked, study_of(live, asked, role)


def backtest(live: Live, question: BacktestQuestion, who: Who, progress: Progress) -> KeptBacktest:
    """Test methods of foretelling on months that they did not see, and keep what was found.

    Months that are missing are skipped, and told.

    Args:
        live: What it is asked of.
        question: What is tested.
        who: Who asks.
        progress: Told how far the work is.

    Returns:
        The back-test; the one that is there where the same was asked of the same before.

    Raises:
        InvalidInputError: No month can be tested, no crime lies in the study area, or a method
            cannot be asked this.
        NotFoundError: The area names something that is not known.
        NotReadyError: No crimes, or no boundary to study within, are imported.
        CancelledError: The work was cancelled.
    """
    asked, study = study_asked(live, question, Role(who.role))
    found = presence(live, asked.forces, asked.months, asked.category_numbers(), may_miss=True)
    with live.store.reading() as connection:
        crimes = crimes_sha256(connection, forces=asked.forces, months=ends(asked.months))
    inputs = {
        "crimes_sha256": crimes,
        "boundaries": [edition_facts(one) for one in study.editions],
        "software_version": __version__,
    }
    settled = question.model_copy(update={"area": study.area, "last": asked.months.last})
    document = settled.model_dump(mode="json")
    sha256 = inputs_sha256(document, inputs)
    with live.store.reading() as connection:
        same = same_backtest(connection, sha256)
    if same is not None:
        return same
    progress(0, None, "reading crimes")
    squares = Squares.over(study.ground, settled.cell_m)
    seen = period(live, asked, asked.months, found.present, squares)
    result = _walked(settled, squares, seen, progress)
    new = NewBacktest(
        subject_sha256=_subject(document),
        question=document,
        inputs=inputs,
        inputs_sha256=sha256,
        result={**_document(result), "study_area": study.words, "period": seen.facts()},
    )
    return save(live.store, new, who)


def best_for(live: Live, question: Question, study: Study) -> KeptBacktest | None:
    """The latest back-test of what a question asks about; None where there is none."""
    settled = question.settled().model_copy(update={"area": study.area})
    with live.store.reading() as connection:
        return latest_backtest(connection, _subject(settled.model_dump(mode="json")))


def backtest_of(question: Question) -> BacktestQuestion:
    """The back-test that chooses for a question: of the months up to its last one."""
    settled = question.settled()
    return BacktestQuestion(
        forces=settled.forces,
        categories=settled.categories,
        area=settled.area,
        cell_m=settled.cell_m or 250,
        weight=settled.weight or COUNT,
        last=settled.months.last,
        share_percent=settled.share_percent or 1.0,
    )


def _as_question(live: Live, question: BacktestQuestion) -> Question:
    # The crimes that it looks at, as a run would be asked of them.
    last = question.last
    with live.store.reading() as connection:
        there = [one.month for one in crime_months(connection, forces=question.forces)]
    if not there:
        # That there are none of the force, or none at all, is told by who looks for months.
        there = [month_of(live.today())]
    span = question.span(max(there) if last is None else month_number(last))
    return Question(
        method="counts",
        forces=question.forces,
        categories=question.categories,
        months=span,
        area=question.area,
        missing="mask",
        cell_m=question.cell_m,
    )


def walk_of(question: BacktestQuestion, span: MonthSpan, present: tuple[int, ...]) -> Walk:
    """How months are walked through.

    Args:
        question: What is tested.
        span: Every month that is looked at.
        present: Those of them that are there.

    Raises:
        InvalidInputError: None is there.
    """
    return Walk(
        present=present,
        last=span.numbers()[-1],
        months=question.months,
        train_months=question.train_months,
        least_train=LEAST_TRAIN,
        methods=question.methods,
        choice_share=question.share_percent / 100,
    )


def _walked(
    question: BacktestQuestion, squares: Squares, seen: Period, progress: Progress
) -> Backtest:
    crimes = seen.crimes
    weights = weights_of(question.weight)
    return walk_forward(
        crimes,
        squares.grid,
        squares.mask,
        walk_of(question, seen.span, seen.present),
        weights=None if weights is None else weights.of(crimes.category),
        advance=lambda done, total: progress(done, total, "testing methods on months unseen"),
    )


def _subject(document: Mapping[str, Any]) -> str:
    return inputs_sha256({name: document[name] for name in SUBJECT}, {})


def _document(result: Backtest) -> dict[str, Any]:
    plain: dict[str, Any] = _plain(asdict(result))
    plain["tested"] = [month_text(month) for month in result.tested]
    plain["skipped"] = [
        {"month": month_text(month), "reason": reason} for month, reason in result.skipped
    ]
    for method in plain["methods"]:
        method["months"] = [month_text(month) for month in method["months"]]
    return plain


def _plain(value: Any) -> Any:  # noqa: ANN401
    # As JSON has it: what is no number is None.
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
