"""geo-alerts audience freeze, show, approve, recipients: audiences that are kept."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Column, Table

from api.settings import read_settings
from geo_alerts.acts import alerts as alert_acts
from geo_alerts.acts import approval, target_maps
from geo_alerts.acts import audiences as acts
from geo_alerts.acts.audience_answers import AudienceAnswer, LawfulBasis
from geo_alerts.acts.audiences import Wanted
from geo_alerts.acts.recipient_files import write_recipients
from geo_alerts.audiences.selection import Selection
from geo_alerts.cli.options import (
    DEFAULT_STORE,
    AsJson,
    StoreUrl,
    asker_here,
    open_live,
    print_json,
    printed,
    read_time,
    require_html,
    told,
    write_map,
)
from geo_alerts.cli.selecting import asked_selection, selected
from geo_alerts.cli.summary import unknown_in_words
from geo_alerts.cli.taking import taking
from geo_alerts.sources.moments import in_words
from geo_alerts.store.alerts import Alert
from geo_alerts.store.audiences import Approval
from geo_alerts.store.recipients import Part

# As of a file that cannot be used.
CHECK_FAILED = 3

AudienceId = Annotated[
    str, typer.Argument(metavar="ID", help="The audience's id, as `audience frozen` shows it.")
]
Note = Annotated[str, typer.Option(help="Why, in words; names nobody.")]


@taking(selection=selected)
def freeze(
    selection: Selection,
    purpose: Annotated[str, typer.Option(help="What for, in words; names nobody.")],
    basis: Annotated[
        LawfulBasis, typer.Option(help="Why it is lawful: article 6(1) of the UK GDPR, or part 3.")
    ],
    store: StoreUrl = DEFAULT_STORE,
) -> None:
    """Keep whom an area reaches now, with purpose and lawful basis, and print its id."""
    with open_live(store, read_settings().policy) as live:
        made = acts.freeze(live, Wanted(selection, purpose, basis), asker_here())
    told.print(escape(_in_words(made)))
    if made.figures is not None and made.figures.people == 0:
        told.print(
            "[yellow]warning: this audience has no people, and an alert to it tells nobody[/]"
        )
    typer.echo(made.id)


def frozen(
    store: StoreUrl = DEFAULT_STORE,
    *,
    awaited: Annotated[
        bool, typer.Option("--awaited", help="Only those that wait for a second person.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the audiences that are kept, the newest first."""
    wanted = Approval.AWAITED if awaited else None
    with open_live(store) as live:
        found = list(acts.every_audience(live, asker_here(), approval=wanted))
    if as_json:
        print_json([_as_json(one) for one in found])
        return
    # An id that is cut to fit could not be asked for.
    table = Table(Column("id", no_wrap=True), "frozen", "purpose", "people", "approval", box=None)
    for one in found:
        people = f"{one.figures.people:,}" if one.figures else ""
        when = in_words(one.created_at)
        table.add_row(one.id, when, escape(one.purpose), people, one.approval.value)
    printed.print(table)


def show(
    audience_id: AudienceId,
    store: StoreUrl = DEFAULT_STORE,
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Hold the list against the hash it was frozen with.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show an audience as it was frozen, and how many may not be reached any more."""
    with open_live(store) as live:
        found = acts.audience(live, audience_id, asker_here())
        is_whole = acts.is_as_frozen(live, audience_id) if check else None
        sent = list(alert_acts.every_alert(live, audience_id))
    if as_json:
        checked = {} if is_whole is None else {"is_as_frozen": is_whole}
        print_json({**_as_json(found), "alerts": [_alert_json(one) for one in sent], **checked})
    else:
        printed.print(escape(_in_words(found)))
        for one in sent:
            said = f"alert {one.key} sent {in_words(one.sent_at)}, told by {one.recorded_by}"
            printed.print(escape(said))
        if is_whole:
            printed.print("the list is as it was frozen: its hash is the same")
    if is_whole is False:
        told.print("[red]the list is not the one that was frozen: its hash differs[/]")
        raise typer.Exit(CHECK_FAILED)


def approve(audience_id: AudienceId, note: Note = "", store: StoreUrl = DEFAULT_STORE) -> None:
    """Approve a large audience, as a second person."""
    with open_live(store) as live:
        approval.decide(live, audience_id, asker_here(), is_approved=True, note=note)
    told.print("The audience is approved.")


def refuse(audience_id: AudienceId, note: Note = "", store: StoreUrl = DEFAULT_STORE) -> None:
    """Refuse a large audience, as a second person; nobody reads its recipients then."""
    with open_live(store) as live:
        approval.decide(live, audience_id, asker_here(), is_approved=False, note=note)
    told.print("The audience is refused.")


def sent(
    audience_id: AudienceId,
    key: Annotated[
        str, typer.Option(help="Your own name of the alert; saying it again changes nothing.")
    ],
    at: Annotated[
        datetime | None,
        typer.Option(parser=read_time, metavar="TIME", help="When it was sent; now if none."),
    ] = None,
    store: StoreUrl = DEFAULT_STORE,
) -> None:
    """Record that an alert was sent to an audience: caps on alerts go by it."""
    with open_live(store) as live:
        alert = alert_acts.record(live, audience_id, asker_here(), key=key, sent_at=at)
    told.print(escape(f"Alert {alert.key} is recorded as sent {in_words(alert.sent_at)}."))


def recipients(
    audience_id: AudienceId,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="Ends in .parquet, .arrow, .arrows (a stream), .csv or .ndjson."
        ),
    ],
    store: StoreUrl = DEFAULT_STORE,
    *,
    control: Annotated[
        bool, typer.Option("--control", help="Its control group instead, who are told nothing.")
    ] = False,
) -> None:
    """Write the recipients of an audience to a file, less those who withdrew since."""
    part = Part.CONTROL if control else Part.RECIPIENTS
    with open_live(store) as live:
        count = write_recipients(live, audience_id, asker_here(), output, part)
    who = "people of the control group" if control else "recipients"
    told.print(f"{count:,} {who} written to {escape(str(output))}")


@taking(selection=asked_selection)
def draw(
    selection: Selection | None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    audience_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Of an audience that is kept.")
    ] = None,
    store: StoreUrl = DEFAULT_STORE,
) -> None:
    """Draw an audience that is kept, or whom a selection reaches now, as one HTML file."""
    require_html(output)
    if (audience_id is None) == (selection is None):
        raise typer.BadParameter("give the id of an audience, or a selection")
    with open_live(store) as live:
        if selection is None:
            document = target_maps.map_of_audience(live, audience_id or "", asker_here())
        else:
            document = target_maps.map_of_selection(live, selection, asker_here())
        write_map(output, document)


def _alert_json(one: Alert) -> dict[str, str]:
    return {
        "key": one.key,
        "sent_at": one.sent_at.isoformat(timespec="seconds"),
        "recorded_at": one.recorded_at.isoformat(timespec="seconds"),
        "recorded_by": one.recorded_by,
    }


def _in_words(one: AudienceAnswer) -> str:
    lines = [f"{one.id}: {one.purpose} ({one.lawful_basis or 'no lawful basis was asked for'})"]
    lines.append(f"frozen {in_words(one.created_at)} by {one.created_by}")
    if one.figures is not None:
        deliveries = ", ".join(f"{name} {n:,}" for name, n in one.figures.deliveries.items())
        lines.append(f"{one.figures.people:,} people; {deliveries}")
        lines += [f"  left out, {why}: {n:,}" for why, n in one.figures.left_out.items()]
    lines += [f"  warning: {unknown_in_words(label)}" for label in one.unknown_labels]
    if one.withdrawn_since:
        lines.append(f"{one.withdrawn_since:,} of them may not be reached any more")
    said = f" by {one.decision.decided_by}: {one.decision.note}" if one.decision else ""
    lines.append(f"approval: {one.approval.value.replace('_', ' ')}{said}".removesuffix(": "))
    return "\n".join(lines)


def _as_json(one: AudienceAnswer) -> dict[str, Any]:
    plain = {
        name: value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
        for name, value in asdict(one).items()
    }
    decision = one.decision and {
        **asdict(one.decision),
        "decided_at": one.decision.decided_at.isoformat(timespec="seconds"),
    }
    return {
        **plain,
        "asked": one.asked.model_dump(mode="json"),
        "selection": one.selection.model_dump(mode="json"),
        "decision": decision,
    }
