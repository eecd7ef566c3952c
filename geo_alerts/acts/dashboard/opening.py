"""The dashboard as it opens: made when a server starts, so that nobody waits for what it loads."""

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.dashboard.mapped import mapped
from geo_alerts.acts.dashboard.settling import settle
from geo_alerts.acts.dashboard.showing import dashboard
from geo_alerts.acts.dashboard.state import DashboardState
from geo_alerts.acts.live import Live
from geo_alerts.audiences.disclosure import Role


def show_first(live: Live) -> None:
    """Work out what somebody sees who opens the dashboard; what is worked out is held.

    Raises:
        NotReadyError: There are no crimes, or no teams.
        InvalidInputError: The latest month cannot be shown.
    """
    at = settle(live, DashboardState())
    dashboard(live, at, Asker(who="", name="", role=Role.COMMANDER))
    mapped(live, at, Role.COMMANDER)
