"""A whole dashboard: everything that the page and its tables tell."""

from collections.abc import Mapping
from dataclasses import dataclass

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.dashboard.lasting import (
    Foretold,
    Repeats,
    Spread,
    foretold,
    repeats,
    spread,
)
from geo_alerts.acts.dashboard.reached import Reached, reached
from geo_alerts.acts.dashboard.review import Review, review
from geo_alerts.acts.dashboard.settling import Settled
from geo_alerts.acts.hotspots.owning import Owner, owners
from geo_alerts.acts.hotspots.reports.made_from import AskedOfCrimes, MadeFrom, made_from, there
from geo_alerts.acts.hotspots.weighing import weights_of
from geo_alerts.acts.live import Live
from geo_alerts.hotspots.harm import HarmWeights


@dataclass(frozen=True, eq=False)
class Dashboard:
    """Everything that a dashboard tells.

    Attributes:
        at: What it is of.
        review: Crime: together, by team, by category.
        repeats: Repeat locations.
        owners: Teams that were named for them, by their keys; others are in the hand of the team on
            whose ground they are.
        spread: How concentrated crime is.
        foretold: The latest back-test; None where there is none.
        reached: Coverage and alerts.
        made_from: Crimes and boundaries.
        harm: The index; None where each crime counts 1.
    """

    at: Settled
    review: Review
    repeats: Repeats
    owners: Mapping[str, Owner]
    spread: Spread
    foretold: Foretold | None
    reached: Reached
    made_from: MadeFrom
    harm: HarmWeights | None


def dashboard(live: Live, at: Settled, asker: Asker) -> Dashboard:
    """Everything that a dashboard tells.

    Args:
        live: Where it is from.
        at: What it is of.
        asker: Who asks: by their role people are exact or estimated.

    Raises:
        NotReadyError: Something must be imported first.
        TooManyRequestsError: Others' repeat locations are being worked out.
        UnknownEditionError: No teams were in force on the day asked for.
    """
    span = at.strip_span()
    asked = AskedOfCrimes(forces=(at.force,), categories=at.category_slugs)
    presence = there(live, asked.of_months(span, missing="mask"), span)
    places = repeats(live, at, asker.role)
    return Dashboard(
        at=at,
        review=review(live, at),
        repeats=places,
        owners=owners(live, {one.key for one in places.places}),
        spread=spread(live, at, asker.role),
        foretold=foretold(live, at, asker.role),
        reached=reached(live, at, asker),
        made_from=made_from(live, asked, {span: presence}, (at.teams.edition,)),
        harm=weights_of(at.state.weight),
    )
