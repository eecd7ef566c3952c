"""geo-alerts: the command line.

Exit codes: 0 done; 1 a defect of ours, or nobody read the output to its end; 2 wrong usage; 3 a
value or file that cannot be used; 4 well formed but names nothing; 5 something must be set up or
imported first; 6 another change came first, or a yes is needed; 130 interrupted.
"""

import io
import sys

import typer
from rich.markup import escape

from geo_alerts.cli import (
    areas,
    asking,
    audiences,
    audit,
    boundaries,
    crimes,
    hotspot_reports,
    hotspots,
    importing,
    keys,
    lookup,
    protection,
    replies,
    serving,
    subscribers,
)
from geo_alerts.cli.options import told
from geo_alerts.errors import (
    ConfirmationNeededError,
    ConflictError,
    FaultsError,
    ForbiddenError,
    GeoAlertsError,
    InvalidInputError,
    NotFoundError,
    NotReadyError,
    SourceError,
    StoreError,
)

EXIT_OF: dict[type[GeoAlertsError], int] = {
    InvalidInputError: 3,
    SourceError: 3,
    NotFoundError: 4,
    NotReadyError: 5,
    StoreError: 5,
    ConflictError: 6,
    # Nobody signs in here: what is refused waits for a second person.
    ForbiddenError: 6,
}
INTERRUPTED = 130

app = typer.Typer(
    name="geo-alerts",
    help="Match postcodes to neighbourhood teams, pick recipients by area, draw coverage maps.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command("serve")(serving.serve)
importing.app.command("crimes")(crimes.bring_in)
app.add_typer(importing.app, name="import")
app.add_typer(crimes.app, name="crimes")
hotspots.app.command("concentration")(hotspot_reports.concentration)
hotspots.app.command("trends")(hotspot_reports.trends)
hotspots.app.command("evaluate")(hotspot_reports.evaluate)
hotspots.app.command("near-repeats")(hotspot_reports.near_repeats)
app.add_typer(hotspots.app, name="hotspots")
app.add_typer(boundaries.app, name="boundaries")
app.command("lookup")(lookup.lookup)
app.command("match")(asking.match)
asking.audience_app.command("freeze")(audiences.freeze)
asking.audience_app.command("frozen")(audiences.frozen)
asking.audience_app.command("show")(audiences.show)
asking.audience_app.command("approve")(audiences.approve)
asking.audience_app.command("refuse")(audiences.refuse)
asking.audience_app.command("recipients")(audiences.recipients)
asking.audience_app.command("sent")(audiences.sent)
asking.audience_app.command("replies")(replies.replies)
asking.audience_app.command("map")(audiences.draw)
app.add_typer(asking.audience_app, name="audience")
app.add_typer(areas.app, name="areas")
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(asking.map_app, name="map")
app.add_typer(keys.app, name="keys")
app.add_typer(audit.app, name="audit")
app.add_typer(protection.labels_app, name="labels")
app.add_typer(protection.app, name="protection")
app.command("info")(asking.info)


def main() -> None:
    """Run the command line; an error of ours is told in one line and ends with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # What a terminal's encoding lacks is shown by its code.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except GeoAlertsError as error:
        how = "; say yes with --yes" if isinstance(error, ConfirmationNeededError) else ""
        told.print(f"[red]{escape(type(error).code)}[/]: {escape(str(error))}{how}")
        if isinstance(error, FaultsError):
            for fault in error.in_words[10:100]:
                told.print(f"  {escape(fault)}")
        sys.exit(exit_code_of(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def exit_code_of(error: GeoAlertsError) -> int:
    """The exit code of an error: that of its nearest ancestor in `EXIT_OF`, else 1."""
    return next((EXIT_OF[kind] for kind in type(error).__mro__ if kind in EXIT_OF), 1)
