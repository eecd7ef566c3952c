"""geo-alerts audience replies: how many replied to the alerts of an audience."""

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from geo_alerts.acts import replies as acts
from geo_alerts.acts.replies import MOST_REPLIES, Replies
from geo_alerts.cli.audiences import AudienceId
from geo_alerts.cli.options import (
    DEFAULT_STORE,
    AsJson,
    StoreUrl,
    asker_here,
    open_live,
    print_json,
    printed,
    read_time,
    told,
)
from geo_alerts.cli.taking import taking
from geo_alerts.sources.moments import in_words

Total = Annotated[
    int | None, typer.Option(min=0, max=MOST_REPLIES, help="So many so far; left out, as it was.")
]


def totals(email: Total = None, text: Total = None, voice: Total = None) -> dict[str, int]:
    """Replies so far by channel, as they are told; empty where none are."""
    said = {"email": email, "text": text, "voice": voice}
    return {channel: count for channel, count in said.items() if count is not None}


@taking(by_channel=totals)
def replies(
    audience_id: AudienceId,
    by_channel: dict[str, int],
    as_of: Annotated[
        datetime | None,
        typer.Option(
            parser=read_time, metavar="TIME", help="Up to when they were counted; now if none."
        ),
    ] = None,
    store: StoreUrl = DEFAULT_STORE,
    *,
    as_json: AsJson = False,
) -> None:
    """Show how many replied to the alerts of an audience; with numbers, tell it first."""
    if as_of is not None and not by_channel:
        raise typer.BadParameter("--as-of goes with --email, --text or --voice")
    late: tuple[str, ...] = ()
    with open_live(store) as live:
        if by_channel:
            telling = acts.tell(live, audience_id, asker_here(), by_channel=by_channel, as_of=as_of)
            found, late = telling.replies, telling.late
        else:
            found = acts.replies(live, audience_id, asker_here())
    if late:
        told.print(
            f"[yellow]A later total by {' and '.join(late)} is known already, and stands.[/]"
        )
    if found.more_than_sent:
        told.print(
            f"[yellow]More replies by {' and '.join(found.more_than_sent)} than recipients of the "
            "alerts that are recorded: were they counted twice?[/]"
        )
    if as_json:
        print_json({**_as_json(found), "late": list(late)} if by_channel else _as_json(found))
        return
    _print(found)


def _print(found: Replies) -> None:
    if not found.by_channel:
        printed.print("no replies are told yet")
        return
    table = Table("by", Column("replies", justify="right"), "as of", box=None)
    for channel, count in found.by_channel.items():
        table.add_row(channel, f"{count:,}", in_words(found.as_of[channel]))
    printed.print(table)
    rate = "" if found.per_100 is None else f", {found.per_100:.1f} for every 100 recipients"
    printed.print(f"{found.total:,} together{rate}")


def _as_json(found: Replies) -> dict[str, Any]:
    times = {name: at.isoformat(timespec="seconds") for name, at in found.as_of.items()}
    return {
        "by_channel": found.by_channel,
        "total": found.total,
        "as_of": times,
        "is_rounded": found.is_rounded,
        "per_100": found.per_100,
        "more_than_sent": found.more_than_sent,
    }
