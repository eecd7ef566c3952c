"""Kernel density of events: how many a square metre there are round a place, smoothly.

f(s) = sum over events of weight times K_h(|s - event|), so that its integral over the plane is the
sum of the weights: events, not shares of them. Beside the edge of the study area some of that mass
lies outside; `edges` puts it right. `kernels` says what the bandwidth h means.

Source:
    Silverman (1986), "Density estimation for statistics and data analysis", sections 4.2 and 4.3.
"""

import numpy as np
import numpy.typing as npt

from geo_alerts.hotspots.kernel_sums import Bumps, kernel_sums
from geo_alerts.hotspots.kernels import Kernel, check_bandwidth, check_kernel, peak
from geo_alerts.hotspots.positions import grounds, places

Floats = npt.NDArray[np.float64]


def density(  # noqa: PLR0913 - what is asked by name has a name
    easting: npt.ArrayLike,
    northing: npt.ArrayLike,
    at_easting: npt.ArrayLike,
    at_northing: npt.ArrayLike,
    *,
    bandwidth_m: float,
    kernel: Kernel = "quartic",
    weights: npt.ArrayLike | None = None,
) -> Floats:
    """The density of events at any places, exact but for rounding.

    Give the centres of a grid as a row of eastings and a column of northings, or as one of each a
    place: both are as fast.

    Args:
        easting: n events, metres, EPSG:27700.
        northing: n metres.
        at_easting: Where it is asked for, metres; any shape that broadcasts with at_northing.
        at_northing: Metres.
        bandwidth_m: Of the quartic the radius, of the Gaussian the standard deviation.
        kernel: `quartic` or `gaussian`.
        weights: n, not negative; None for 1 each.

    Returns:
        Events (or their weights) per square metre, of the broadcast shape.

    Raises:
        InvalidInputError: The arrays do not fit, are not finite or are degrees, a weight is
            negative, the bandwidth is not above 0, or the kernel is unknown.
    """
    shape, bandwidth = check_kernel(kernel), check_bandwidth(bandwidth_m)
    events = places(easting, northing, weights)
    at = grounds(at_easting, at_northing, events)
    bumps = Bumps(
        events.easting,
        events.northing,
        events.weight * peak(shape, bandwidth),
        np.full(len(events), bandwidth),
    )
    return kernel_sums(shape, bumps, *at)
