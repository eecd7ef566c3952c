"""Whose crimes the form of a report is of."""

from collections.abc import Mapping
from typing import Final

from geo_alerts.acts.dashboard.settling import Settled, settle
from geo_alerts.acts.dashboard.state import DashboardState
from geo_alerts.acts.live import Live
from geo_alerts.acts.report_forms.fields import filled
from geo_alerts.errors import InvalidInputError

FORCE: Final = "force"


def settled_of(live: Live, force: str) -> tuple[Settled, Mapping[str, str]]:
    """What a force has, and what is wrong with its name.

    Of a name that cannot be used it is the usual force, so that there is a form to choose another.

    Args:
        live: What is asked.
        force: As the address holds it; empty for the usual one.

    Raises:
        NotReadyError: No crimes or no teams are imported.
    """
    read = filled(DashboardState, {FORCE: force}, {FORCE: FORCE}, {})
    if read.question is None:
        return settle(live, DashboardState()), read.faults
    try:
        return settle(live, read.question), {}
    except InvalidInputError as error:
        return settle(live, DashboardState()), {FORCE: str(error)}
