"""A run: a question answered on what is in the store, and kept as a layer that never changes.

The same question on the same inputs was answered already: its run is given, not made again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection

from geo_alerts import __version__
from geo_alerts.acts.crimes.months import Presence
from geo_alerts.acts.forces import SAMPLE
from geo_alerts.acts.hotspots import clustered, compared, emerged, foretold, recurring, surfaces
from geo_alerts.acts.hotspots.asked import Asked, Period, cells_of, period, require_few_cells
from geo_alerts.acts.hotspots.backtesting import backtest, backtest_of, best_for
from geo_alerts.acts.hotspots.described import AUTO, FORECAST
from geo_alerts.acts.hotspots.described import METHODS as METHOD_WORDS
from geo_alerts.acts.hotspots.naming import named
from geo_alerts.acts.hotspots.population import population_of
from geo_alerts.acts.hotspots.questions import EXACT, MonthSpan, Positions, Question
from geo_alerts.acts.hotspots.settled import edition_facts, ends, presence
from geo_alerts.acts.hotspots.study import Study, study_of
from geo_alerts.acts.jobs import Progress
from geo_alerts.acts.live import Live
from geo_alerts.acts.restricted import names_restricted, require_exact_points
from geo_alerts.acts.saved_areas import LONGEST_NAME, bounded
from geo_alerts.audiences.disclosure import Role
from geo_alerts.hotspots.layers import Result
from geo_alerts.hotspots.months import month_text
from geo_alerts.maps.words import notices
from geo_alerts.places.layer import TEAM
from geo_alerts.store.activations import in_force
from geo_alerts.store.crime_months import Kind, crime_months, crimes_sha256
from geo_alerts.store.editions import HOUSEHOLDS, POSTCODES, Edition
from geo_alerts.store.hotspot_runs import NewRun, Run, Who, inputs_sha256, same_run, save

CRIMES_LICENCE: Final = (
    "Contains public sector information licensed under the Open Government Licence v3.0 "
    "(data.police.uk)"
)

SYNTHETIC: Final = "These crimes are synthetic: none of them happened."

METHODS: Final[Mapping[str, Callable[[Asked], Result]]] = MappingProxyType(
    {
        "auto": foretold.foretold,
        "change": compared.changed,
        "counts": surfaces.counts,
        "density": surfaces.density,
        "emerging": emerged.emerged,
        "gi_star": clustered.hot_spots,
        "local_moran": clustered.like_and_unlike,
        "repeats": recurring.repeat_locations,
        "risk": surfaces.relative_risk,
    }
)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A question with everything settled that decides its answer.

    Attributes:
        question: With the method's usual settings, and saved areas in their place.
        study: The study area.
        present: Of the months asked for, those that are there.
        present_before: Of the months compared with.
        follows: The run whose keys repeat locations carry on.
        inputs: What the answer is made from, as JSON: the same inputs, the same answer.
        is_restricted: Whether the answer tells of exact positions of forces' own data.
    """

    question: Question
    study: Study
    present: tuple[int, ...]
    present_before: tuple[int, ...]
    follows: Run | None
    inputs: Mapping[str, Any]
    is_restricted: bool

    @property
    def document(self) -> dict[str, Any]:
        """The question as JSON."""
        return self.question.model_dump(mode="json")


@dataclass(frozen=True, slots=True)
class Ran:
    """A run, and whether it was made just now."""

    run: Run
    is_new: bool


def prepare(live: Live, question: Question, role: Role) -> Prepared:
    """Settle everything that decides a question's answer, without answering it.

    Raises:
        ForbiddenError: The role may not ask for exact positions.
        InvalidInputError: A month is still to come, or missing and not to be masked; a month of two
            periods that are compared is missing; a force is not known; the area has no outline.
        NotFoundError: The area names something that is not known.
        NotReadyError: No crimes, or no boundary to study within, are imported.
    """
    if question.positions == EXACT:
        require_exact_points(role)
    study = study_of(live, question, role)
    settled = question.settled().model_copy(update={"area": study.area})
    if settled.method == AUTO and settled.foretelling is None:
        chosen = best_for(live, settled, study)
        best = None if chosen is None else chosen.result["best"]
        settled = settled.model_copy(update={"foretelling": best})
    now = _presence(live, settled, settled.months)
    before = settled.compare_with
    compared_with = None if before is None else _presence(live, settled, before)
    with live.store.reading() as connection:
        positions = _positions(connection, settled)
        settled = settled.model_copy(update={"positions": positions})
        is_restricted = positions == EXACT or (
            study.area is not None and names_restricted(connection, study.area)
        )
        is_repeats = settled.method == recurring.METHOD
        follows = recurring.run_before(connection, settled) if is_repeats else None
        editions = in_force(connection, live.today())
        crimes = [
            crimes_sha256(connection, forces=settled.forces, months=ends(span))
            for span in (settled.months, before)
            if span is not None
        ]
    inputs = {
        "crimes_sha256": crimes,
        "months_missing": list(map(month_text, now.missing)),
        "study_area": study.words,
        "boundaries": list(map(edition_facts, study.editions)),
        "others": list(map(edition_facts, _others(settled, editions))),
        "population": _population(live, settled),
        "follows_sha256": None if follows is None else follows.sha256,
        "software_version": __version__,
    }
    return Prepared(
        settled,
        study,
        now.present,
        () if compared_with is None else compared_with.present,
        follows,
        inputs,
        is_restricted,
    )


def answered(live: Live, prepared: Prepared) -> Run | None:
    """The run of the same question on the same inputs; None where there is none yet."""
    with live.store.reading() as connection:
        return same_run(connection, inputs_sha256(prepared.document, prepared.inputs))


def run(live: Live, question: Question, who: Who, progress: Progress, *, name: str = "") -> Ran:
    """Answer a question and keep the answer.

    Args:
        live: What it is asked of.
        question: What is asked.
        who: Who asks.
        progress: Told how far the work is.
        name: What to call it; empty for nothing.

    Returns:
        The run; the one that is there where the same was asked of the same before.

    Raises:
        ForbiddenError: As `prepare`.
        InvalidInputError: As `prepare`; or no crime lies in the study area, there would be too many
            cells, or the method cannot be asked this.
        NotFoundError: As `prepare`.
        NotReadyError: As `prepare`, or the population that risk needs is not imported.
        PersonalDataError: The name holds contact details.
        CancelledError: The work was cancelled.
    """
    called = bounded_name(name)
    role = Role(who.role)
    prepared = prepare(live, question, role)
    if prepared.question.method == AUTO and prepared.question.foretelling is None:
        backtest(live, backtest_of(prepared.question), who, progress)
        prepared = prepare(live, question, role)
    found = answered(live, prepared)
    if found is not None:
        return Ran(found, is_new=False)
    result = work_out(live, prepared, progress)
    progress(2, 3, "keeping the layer")
    new = NewRun(
        name=called,
        method=question.method,
        asked=question.model_dump(mode="json"),
        question=prepared.document,
        inputs=prepared.inputs,
        is_restricted=prepared.is_restricted,
    )
    kept = save(live.store, new, result, who)
    progress(3, 3, "done")
    return Ran(kept, is_new=True)


def work_out(live: Live, prepared: Prepared, progress: Progress) -> Result:
    """Answer a question that is prepared; nothing is kept.

    Args:
        live: What it is asked of.
        prepared: The question.
        progress: Told how far the work is, of three parts of which the last is left to do.

    Raises:
        InvalidInputError: No crime lies in the study area, there would be too many cells, or the
            method cannot be asked this.
        NotReadyError: The population that risk needs is not imported.
        CancelledError: The work was cancelled.
    """
    question = prepared.question
    progress(0, 3, "reading crimes")
    asked = _asked(live, prepared, progress)
    progress(1, 3, f"working out: {METHOD_WORDS.get(question.method, FORECAST)}")
    result = METHODS[question.method](asked)
    if result.cells is not None:
        result = replace(result, areas=named(asked, result.areas))
    made_up = [SYNTHETIC] if SAMPLE in question.forces else []
    facts = {
        **result.facts,
        "notes": [*made_up, *result.facts.get("notes", [])],
        "attribution": _attribution(prepared.study),
    }
    return replace(result, facts=facts)


def bounded_name(name: str) -> str:
    """What a run is to be called, without spaces at its ends; empty for nothing.

    Raises:
        InvalidInputError: It is too long.
        PersonalDataError: It holds contact details.
    """
    return bounded("a name", name, LONGEST_NAME) if name.strip() else ""


def _asked(live: Live, prepared: Prepared, progress: Progress) -> Asked:
    question, study = prepared.question, prepared.study
    # Before crimes of many months are read, which takes much longer than to count the cells.
    require_few_cells(study, question, len(prepared.present))
    cells = cells_of(study, question)
    within = study if cells is None else cells
    before: Period | None = None
    if question.compare_with is not None:
        before = period(live, question, question.compare_with, prepared.present_before, within)
    now = period(live, question, question.months, prepared.present, within)
    return Asked(live, question, study, cells, now, before, prepared.follows, progress)


def _positions(connection: Connection, question: Question) -> Positions:
    # Published crimes have no others than those shown: asked exactly, they are the same layer.
    spans = [span for span in (question.months, question.compare_with) if span is not None]
    has_own = any(
        crime_months(connection, forces=question.forces, months=ends(span), kinds=(Kind.OWN,))
        for span in spans
    )
    return question.positions if has_own else "shown"


def _presence(live: Live, question: Question, span: MonthSpan) -> Presence:
    compares = question.compare_with is not None
    return presence(
        live,
        question.forces,
        span,
        question.category_numbers(),
        # Three months against one would be compared as if seasons and gaps were no matter.
        may_miss=question.missing == "mask" and not compares,
        may_mask=not compares,
    )


def _population(live: Live, question: Question) -> str | None:
    kind = question.population
    return None if kind is None else population_of(live, kind).words


def _others(question: Question, editions: Mapping[str, Edition]) -> list[Edition]:
    # What is looked up beside the study area: areas are told with their teams.
    kinds = (TEAM, *((POSTCODES, HOUSEHOLDS) if question.method == "risk" else ()))
    return [editions[kind] for kind in kinds if kind in editions]


def _attribution(study: Study) -> str:
    return notices([CRIMES_LICENCE, *(one.licence for one in study.editions if one.licence)])
