"""Density with a bandwidth for each event: narrow where there are many, wide where there are few.

A pilot density with one bandwidth h0 tells how dense it is at each event. The event's own bandwidth
is h_i = h0 (f_i / G)^(-1/2), f_i the pilot there (the event itself included) and G the geometric
mean of f_i over all events: h0 stays their geometric mean.

Source:
    Abramson (1982), "On bandwidth variation in kernel estimates - a square root law", Annals of
    Statistics 10; Silverman (1986), section 5.3.
"""

import numpy as np
import numpy.typing as npt

from geo_alerts.hotspots.density import density
from geo_alerts.hotspots.kernel_sums import Bumps, kernel_sums
from geo_alerts.hotspots.kernels import Kernel, peak
from geo_alerts.hotspots.positions import Places, grounds

Floats = npt.NDArray[np.float64]


def bandwidths(events: Places, *, bandwidth_m: float, kernel: Kernel = "quartic") -> Floats:
    """The bandwidth of the events at each place, metres.

    Args:
        events: m distinct places from `positions.places`. Those of weight 0 count for nothing.
        bandwidth_m: The pilot's bandwidth, and the geometric mean of the answer over events.
        kernel: The pilot's kernel.

    Returns:
        m metres.

    Raises:
        InvalidInputError: The bandwidth or the kernel cannot be used.
    """
    pilot = density(
        events.easting,
        events.northing,
        events.easting,
        events.northing,
        bandwidth_m=bandwidth_m,
        kernel=kernel,
        weights=events.weight,
    )
    counts = (events.weight > 0) & (pilot > 0)
    if not counts.any():
        return np.full(len(events), float(bandwidth_m))
    log_pilot = np.log(pilot, out=np.zeros(len(events)), where=counts)
    log_mean = np.average(log_pilot[counts], weights=events.weight[counts])
    return np.where(counts, bandwidth_m * np.exp((log_mean - log_pilot) / 2), bandwidth_m)


def abramson(
    events: Places,
    at_easting: npt.ArrayLike,
    at_northing: npt.ArrayLike,
    *,
    bandwidth_m: float,
    kernel: Kernel = "quartic",
) -> Floats:
    """The density of events at any places, each event with a bandwidth of its own.

    Args:
        events: From `positions.places`.
        at_easting: Where it is asked for, metres; any shape that broadcasts with at_northing.
        at_northing: Metres.
        bandwidth_m: As for `bandwidths`.
        kernel: Of the pilot and of the density.

    Returns:
        Events per square metre, of the broadcast shape.

    Raises:
        InvalidInputError: An argument cannot be used, as for `density`.
    """
    own = bandwidths(events, bandwidth_m=bandwidth_m, kernel=kernel)
    height = events.weight * peak(kernel, own)
    bumps = Bumps(events.easting, events.northing, height, own)
    return kernel_sums(kernel, bumps, *grounds(at_easting, at_northing, events))
