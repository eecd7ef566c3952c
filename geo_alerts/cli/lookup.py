"""geo-alerts lookup: the team of a postcode, how sure that is, and how to reach it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Final

import typer
from rich.markup import escape
from rich.table import Table

from geo_alerts.acts import look_up as acts
from geo_alerts.acts.live import Inputs, View, When
from geo_alerts.acts.look_up import PointAnswer, TeamRef, UnitAnswer
from geo_alerts.cli.options import (
    DEFAULT_STORE,
    AsJson,
    StoreUrl,
    open_live,
    print_json,
    printed,
    when,
)
from geo_alerts.cli.summary import made_from
from geo_alerts.cli.taking import taking
from geo_alerts.maps.words import moment
from geo_alerts.sources.contact import Contact, Event

# Of a team's events and priorities people are shown so many; JSON has all.
SHOWN: Final = 3
UNKNOWN_CONTACT: Final = "how to reach the team is not known here"


@taking(at=when)
def lookup(
    postcodes: Annotated[
        list[str], typer.Argument(metavar="POSTCODE...", help="As people type them.")
    ],
    at: When,
    store: StoreUrl = DEFAULT_STORE,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell the team of each postcode, in the order asked.

    A postcode is the ground around its point (its cell), which may lie in several teams: all of
    them are told with their shares, and whether the postcode is on an edge.
    """
    with open_live(store) as live:
        view = live.view(at)
        answers = acts.look_up(view, postcodes)
        contacts = _contacts(view, answers, live.store.clock())
    if as_json:
        print_json([_unit_json(answer, contacts, view.inputs) for answer in answers])
        return
    table = Table("postcode", "status", "easting", "northing", "PQI", "team", "margin m", box=None)
    for answer in answers:
        table.add_row(*_cells(answer))
    printed.print(table)
    for answer in answers:
        note = "; ".join(_notes(answer))
        if note:
            printed.print(f"{escape(answer.found.postcode)}: {escape(note)}")
    for team in _teams(answers):
        printed.print(f"\n[bold]{escape(_in_short(team))}[/]")
        contact = contacts.get(team.code)
        for line in _contact_lines(contact) if contact else (UNKNOWN_CONTACT,):
            printed.print(f"  {escape(line)}")
    printed.print(f"\n[dim]{escape(made_from(view.inputs))}[/]")


def _contacts(view: View, answers: Sequence[UnitAnswer], now: datetime) -> dict[str, Contact]:
    found = {team.code: acts.contact_of(view, team, now) for team in _teams(answers)}
    return {code: contact for code, contact in found.items() if contact is not None}


def _teams(answers: Sequence[UnitAnswer]) -> list[TeamRef]:
    # Each once, in the order in which they occur.
    return list(dict.fromkeys(answer.at.team for answer in answers if answer.at.team is not None))


def _unit_json(answer: UnitAnswer, contacts: dict[str, Contact], inputs: Inputs) -> dict[str, Any]:
    found, at = answer.found, answer.at
    contact = contacts.get(at.team.code) if at.team else None
    return {
        "postcode": found.postcode,
        "status": found.status.value,
        "easting": found.easting,
        "northing": found.northing,
        "pqi": found.pqi,
        "team_code": at.team.code if at.team else None,
        "team_name": at.team.name if at.team else None,
        "margin_m": _rounded(at.margin_m),
        "reason": found.reason,
        "position": found.position.value,
        "terminated": found.terminated,
        "candidates": [
            {"code": one.code, "name": one.name, "share": _rounded(one.share)}
            for one in at.candidates
        ],
        "share_in_none": _rounded(at.share_in_none),
        "is_on_edge": at.is_on_edge,
        "also_in": [asdict(team) for team in at.also_in],
        "nearest_team": None if at.nearest_team is None else asdict(at.nearest_team),
        "nearest_team_m": _rounded(at.nearest_team_m),
        "contact": None if contact is None else contact.as_dict(),
        "boundary_edition": inputs.boundary_edition,
        "boundary_edition_id": inputs.boundary_edition_id,
        "postcode_edition": inputs.postcode_edition,
        "as_of": inputs.as_of,
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 3)


def _cells(answer: UnitAnswer) -> tuple[str, ...]:
    found, at = answer.found, answer.at
    grid = ["" if metres is None else f"{metres:.0f}" for metres in (found.easting, found.northing)]
    margin = "" if at.margin_m is None else f"{at.margin_m:,.0f}"
    team = "" if at.team is None else _in_short(at.team)
    pqi = str(found.pqi or "")
    return (escape(found.postcode), found.status.value, *grid, pqi, escape(team), margin)


def _notes(answer: UnitAnswer) -> Iterator[str]:
    at = answer.at
    if answer.found.reason:
        yield answer.found.reason
    if at.also_in:
        yield f"also in {', '.join(team.name for team in at.also_in)}"
    shares = _shares(at)
    if at.is_on_edge:
        yield f"on an edge, its addresses may be another team's: {shares}"
    elif shares:
        yield shares
    if at.nearest_team is not None:
        where = f"{at.nearest_team.name}, {at.nearest_team_m:,.0f} m away"
        yield f"nearest other team is {where}" if at.team else f"in no team; nearest is {where}"


def _shares(at: PointAnswer) -> str:
    held = [
        f"{one.share:.0%} is in {_in_short(one)}" for one in at.candidates if one.share is not None
    ]
    if at.share_in_none:
        held.append(f"{at.share_in_none:.0%} is in no team")
    return f"of the ground around it {', '.join(held)}" if held else ""


def _in_short(team: TeamRef) -> str:
    return f"{team.code} {team.name}"


def _contact_lines(contact: Contact) -> Iterator[str]:
    ways = (contact.email, contact.telephone, contact.mobile, contact.web)
    if any(ways):
        yield ", ".join(filter(None, ways))
    if contact.social:
        yield ", ".join(contact.social.values())
    if contact.officers:
        yield ", ".join(
            " ".join(filter(None, (officer.rank, officer.name))) for officer in contact.officers
        )
    for event in contact.events[:SHOWN]:
        yield f"event: {_event(event)}"
    for priority in contact.priorities[:SHOWN]:
        yield f"priority: {priority.issue}"
    of = f", of {contact.as_of}" if contact.as_of else ""
    yield f"(from {contact.source}{of})"


def _event(event: Event) -> str:
    return ", ".join(filter(None, (event.title, moment(event.starts_at), event.place)))
