"""What a dashboard is of: the state asked with everything filled in, and what may be chosen.

Defaults are what is there: the latest month of the only force, or of the first that is not made up.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from geo_alerts.acts.crimes.months import NO_CRIMES, in_words, months_present
from geo_alerts.acts.dashboard.state import DashboardState
from geo_alerts.acts.forces import SAMPLE
from geo_alerts.acts.hotspots.questions import MonthSpan, Question
from geo_alerts.acts.hotspots.reports.teams import Teams, teams_of_month
from geo_alerts.acts.live import Live
from geo_alerts.audiences.targets.leaves import TeamArea
from geo_alerts.errors import InvalidInputError, NotReadyError, UnknownAreaError
from geo_alerts.hotspots.categories import CATEGORIES, Category
from geo_alerts.hotspots.months import month_number, month_text
from geo_alerts.maps.words import month_words
from geo_alerts.places.layer import Layer
from geo_alerts.store.activations import in_force
from geo_alerts.store.crime_months import OF_CRIMES, crime_months, crimes_sha256
from geo_alerts.store.layers import load_layer

YEAR: Final = 12
# Of the strip of a repeat location.
STRIP_MONTHS: Final = 24
# Fewer say nothing of how lasting a place is.
LEAST_STRIP: Final = 6
# A month's expectation rests on so many before it, where they are there.
MOST_HISTORY: Final = 36


@dataclass(frozen=True, slots=True)
class Area:
    """An area that may be chosen, by its code and name."""

    code: str
    name: str


@dataclass(frozen=True, eq=False)
class Settled:
    """What a dashboard is of.

    Attributes:
        state: With force and month filled in.
        forces: Those that may be chosen.
        there: The force's months that are there, ascending (`months.month_number`).
        last: The last month looked at.
        categories: Those that may be chosen: the force has some of them.
        teams: Those that crimes are counted by.
        lpas: Local policing areas that teams say they are part of; none where they say nothing.
        chosen: m: which teams of the layer are looked at.
        crimes_sha256: Over all that is there of the force: other crimes, another hash.
    """

    state: DashboardState
    forces: tuple[str, ...]
    there: tuple[int, ...]
    last: int
    categories: tuple[Category, ...]
    teams: Teams
    lpas: tuple[Area, ...]
    chosen: npt.NDArray[np.bool_]
    crimes_sha256: str

    @property
    def force(self) -> str:
        """Whose crimes."""
        return str(self.state.force)

    @property
    def is_synthetic(self) -> bool:
        """Whether the crimes are made up."""
        return self.force == SAMPLE

    @property
    def is_whole(self) -> bool:
        """Whether all teams are looked at."""
        return bool(self.chosen.all())

    @property
    def months_there(self) -> tuple[str, ...]:
        """The months that may be chosen, such as `2025-03`, ascending."""
        return tuple(map(month_text, self.there))

    @property
    def category_slugs(self) -> tuple[str, ...]:
        """The category looked at; none for all."""
        return () if self.state.category is None else (self.state.category,)

    @property
    def category_name(self) -> str:
        """The category looked at; empty for all."""
        return next((one.name for one in CATEGORIES if one.slug == self.state.category), "")

    @property
    def months_taken(self) -> tuple[str, ...]:
        """The months taken together, such as `2025-03`, ascending."""
        return tuple(map(month_text, self.span))

    @property
    def strip_months(self) -> tuple[str, ...]:
        """The 24 months of strips and small lines."""
        return tuple(map(month_text, range(self.last - STRIP_MONTHS + 1, self.last + 1)))

    @property
    def team_choices(self) -> tuple[Area, ...]:
        """The teams that may be chosen: of the local policing area where one is."""
        layer, lpa = self.teams.layer, self.state.lpa
        rows = zip(layer.code.tolist(), layer.name.tolist(), layer.parent.tolist(), strict=True)
        return tuple(Area(code, name) for code, name, part_of in rows if lpa in (None, part_of))

    @property
    def span(self) -> tuple[int, ...]:
        """The months that are taken together, whether they are there or not."""
        return tuple(range(self.last - self.state.months + 1, self.last + 1))

    @property
    def missing(self) -> tuple[int, ...]:
        """Months that are not there, of those taken together and the same of the year before."""
        wanted = (*(month - YEAR for month in self.span), *self.span)
        return tuple(month for month in wanted if month not in self.there)

    @property
    def key(self) -> tuple[Any, ...]:
        """What decides the figures: the same key, the same figures."""
        return (self.state, self.crimes_sha256, self.teams.edition.id)

    def area(self) -> TeamArea | None:
        """The ground of the teams looked at as a study area; None for the usual one."""
        if self.is_whole:
            return None
        codes = tuple(self.teams.layer.code[self.chosen].tolist())
        return TeamArea(type="team", codes=codes, edition=self.teams.edition.id)

    def question(self, method: str, **others: Any) -> Question:  # noqa: ANN401
        """The question of a method for this state: force, category, months, area, missing masked.

        Args:
            method: Of `acts/hotspots/questions.py`.
            **others: Further settings, or others in place of those of the state.
        """
        asked: dict[str, Any] = {
            "method": method,
            "forces": (self.force,),
            "categories": self.category_slugs,
            "months": MonthSpan(first=month_text(self.span[0]), last=month_text(self.last)),
            "missing": "mask",
            "area": self.area(),
        }
        return Question.model_validate(asked | others)

    def latest(self) -> "Settled":
        """The same of the latest months that are there."""
        state = self.state.model_copy(update={"month": month_text(self.there[-1])})
        return replace(self, state=state, last=self.there[-1])

    @property
    def words(self) -> str:
        """The months that are taken together, as people say them."""
        first, last = (month_words(month_text(one)) for one in (self.span[0], self.last))
        return last if first == last else f"{first} to {last}"

    def strip_span(self) -> MonthSpan:
        """The months of the strips of repeat locations: 24, or as many as there are."""
        first = max(self.last - STRIP_MONTHS + 1, self.there[0])
        return MonthSpan(first=month_text(first), last=month_text(self.last))


def settle(live: Live, state: DashboardState) -> Settled:
    """Fill in what a state leaves out, and look that what it names is there.

    Raises:
        NotReadyError: No crimes or no teams are imported.
        InvalidInputError: The force is none whose crimes are there, or the month is missing.
        UnknownAreaError: No team, or no local policing area of teams, has the code.
        UnknownEditionError: No teams were in force on the day asked for.
    """
    with live.store.reading() as connection:
        found = crime_months(connection, kinds=OF_CRIMES)
        if not found:
            raise NotReadyError(NO_CRIMES)
        force = state.force or _usual_force([one.force for one in found])
        mine = [one for one in found if one.force == force] or found
        ends = (min(one.month for one in mine), max(one.month for one in mine))
        there = months_present(connection, forces=(force,), months=ends).present
        sha256 = crimes_sha256(connection, forces=(force,), months=ends)
        numbers = sorted({number for one in mine for number in one.categories})
        last = _last(there, state.month, force)
    teams = teams_of_month(live, last, state.as_of)
    with live.store.reading() as connection:
        lpas = _lpas(connection, live, teams)
    filled = state.model_copy(update={"force": force, "month": month_text(last)})
    return Settled(
        state=filled,
        forces=tuple(sorted({one.force for one in found})),
        there=there,
        last=last,
        categories=tuple(CATEGORIES[number] for number in numbers),
        teams=teams,
        lpas=lpas,
        chosen=_chosen(filled, teams, lpas),
        crimes_sha256=sha256,
    )


def _usual_force(forces: list[str]) -> str:
    real = sorted(set(forces) - {SAMPLE})
    return real[0] if real else SAMPLE


def _last(there: tuple[int, ...], month: str | None, force: str) -> int:
    if month is None:
        return there[-1]
    wanted = month_number(month)
    if wanted not in there:
        raise InvalidInputError(
            f"{month} of {force} is not imported, and a month that is missing is no month without "
            f"crime: there are {in_words(there)}"
        )
    return wanted


def _lpas(connection: Connection, live: Live, teams: Teams) -> tuple[Area, ...]:
    codes = sorted(set(teams.layer.parent.tolist()) - {""})
    if not codes:
        return ()
    edition = in_force(connection, live.today()).get(teams.edition.parent_layer or "")
    above: Layer | None = None if edition is None else load_layer(connection, edition)
    return tuple(Area(code, _name(above, code)) for code in codes)


def _name(layer: Layer | None, code: str) -> str:
    at = None if layer is None else layer.find(code)
    return code if layer is None or at is None else str(layer.name[at])


def _chosen(state: DashboardState, teams: Teams, lpas: tuple[Area, ...]) -> npt.NDArray[np.bool_]:
    chosen = np.ones(len(teams.layer), dtype=np.bool_)
    if state.lpa is not None:
        if state.lpa not in {one.code for one in lpas}:
            raise UnknownAreaError(
                f"no team of {teams.edition.label} is part of a local policing area of the code "
                f"{state.lpa}: choose one of the list, or all"
            )
        chosen &= teams.layer.parent == state.lpa
    if state.team is not None:
        teams.require((state.team,))
        chosen &= teams.layer.code == state.team
        if not chosen.any():
            raise InvalidInputError(
                f"the team {state.team} is not part of the local policing area {state.lpa}: "
                "choose one of them"
            )
    return chosen
