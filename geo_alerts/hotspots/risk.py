"""Crime against how many people or homes there are: where there is more than these explain.

Both densities must be made with one kernel, one bandwidth and one edge correction; where the
population's is next to nothing, a single event makes any risk, and so there is a floor under it.

Source:
    Bithell (1990), "An application of density estimation to geographical epidemiology", Statistics
    in Medicine 9; Kelsall and Diggle (1995), "Kernel estimation of relative risk", Bernoulli 1.
"""

from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import InvalidInputError
from geo_alerts.hotspots.neighbours import as_numbers

Floats = npt.NDArray[np.float64]
Form = Literal["ratio", "log_ratio", "difference"]
FORMS: Final[tuple[Form, ...]] = get_args(Form)


def risk(
    events: npt.ArrayLike,
    population: npt.ArrayLike,
    *,
    floor: float,
    form: Form = "ratio",
    totals: tuple[float, float] | None = None,
) -> Floats:
    """The risk at each place.

    Args:
        events: Density of events per square metre, any shape.
        population: Density of households or subscribers (or of all crime) per square metre, of the
            same shape.
        floor: Population per square metre under which no risk is told; 0 for none. One household in
            a hectare is 1e-4.
        form: `ratio` is events per head. `log_ratio` is the natural logarithm of the ratio and
            `difference` the events less the population; both of densities divided by their totals,
            so that 0 is the average and a population explains as much as it can.
        totals: Events and population of the whole study area, above 0; needed by all forms but
            `ratio`.

    Returns:
        Of the same shape; NaN where the population is 0 or under the floor, and in `log_ratio` also
        where there are no events.

    Raises:
        InvalidInputError: The densities do not fit, are negative or not finite, or the floor, the
            form or the totals cannot be used.
    """
    above, below = _checked(events, "events"), _checked(population, "population")
    if above.shape != below.shape:
        raise InvalidInputError(
            f"events are of shape {above.shape} and population of {below.shape}; give both at the "
            "same places"
        )
    if not (np.isfinite(floor) and floor >= 0):
        raise InvalidInputError(
            f"floor is {floor}; give households a square metre, 0 or more, for example 1e-4"
        )
    is_told = (below >= floor) & (below > 0)
    if form == "ratio":
        return np.asarray(np.divide(above, below, out=np.full_like(above, np.nan), where=is_told))
    events_total, population_total = _totals(form, totals)
    event_share, population_share = above / events_total, below / population_total
    if form == "difference":
        return np.where(is_told, event_share - population_share, np.nan)
    is_told &= above > 0
    log_events = np.log(event_share, out=np.full_like(above, np.nan), where=is_told)
    log_population = np.log(population_share, out=np.zeros_like(below), where=is_told)
    return np.asarray(log_events - log_population)


def _checked(values: npt.ArrayLike, what: str) -> Floats:
    checked = as_numbers(values, what)
    if not (np.isfinite(checked).all() and (checked >= 0).all()):
        raise InvalidInputError(f"{what} must be densities: finite numbers, 0 or more")
    return checked


def _totals(form: str, totals: tuple[float, float] | None) -> tuple[float, float]:
    if form not in FORMS:
        raise InvalidInputError(f"{form!r} is no form of risk; there are {', '.join(FORMS)}")
    if totals is None or not all(np.isfinite(total) and total > 0 for total in totals):
        raise InvalidInputError(
            f"for {form} give the totals of events and of population in the study area, both above "
            "0; where there are no events there is no risk to tell"
        )
    return totals
