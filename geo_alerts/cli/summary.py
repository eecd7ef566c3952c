"""What a store holds, in words and tables for people."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo_alerts.acts.live import Inputs
from geo_alerts.audiences.people.unknown_labels import UnknownLabel
from geo_alerts.cli.options import printed
from geo_alerts.places.directory import Position

# Forces that are named one by one.
MOST_FORCES = 5

POSITION_WORDS = {
    Position.PUBLISHED: "at a published point",
    Position.OUTPUT_AREA_MEAN: "at the mean of their output area",
    Position.SECTOR_MEAN: "at the mean of their sector (postcode in no directory)",
    Position.NONE: "without a location",
}


def made_from(inputs: Inputs) -> str:
    """Which editions an answer was made from, in one line."""
    teams = "no teams"
    if inputs.boundary_edition is not None:
        teams = f"{inputs.boundary_edition} (edition {inputs.boundary_edition_id})"
    return f"teams: {teams}, asked as of {inputs.as_of}; postcodes: {inputs.postcode_edition}"


def unknown_in_words(one: UnknownLabel) -> str:
    """That nobody has a label, and what may be meant."""
    meant = f"; did you mean {one.nearest}?" if one.nearest else ""
    return f"nobody has the {one.kind} {one.name}{meant}"


def print_facts(facts: dict[str, Any]) -> None:
    """Print what `info` found."""
    printed.print(f"store: {escape(facts['store'])}")
    table = Table("layer", "edition", "rows", "SHA-256", box=None)
    for layer, edition in facts["editions"].items():
        table.add_row(
            layer, escape(edition["label"]), f"{edition['rows']:,}", edition["sha256"][:12]
        )
    subscribers = facts["subscribers"]
    if subscribers:
        known = f"{subscribers['active'] + subscribers['withdrawn']:,}"
        label = f"{subscribers['source']} as of {subscribers['as_of']}"
        table.add_row("subscribers", escape(label), known, subscribers["sha256"][:12])
    printed.print(table)
    if facts["crimes"]:
        print_crime_months(facts["crimes"])
    if "units" in facts:
        print_summary(facts, to=printed)


def print_crime_months(crimes: dict[str, Any]) -> None:
    """Print which crimes a store holds, and which months are missing in between."""
    who = ", ".join(crimes["forces"][:MOST_FORCES])
    if len(crimes["forces"]) > MOST_FORCES:
        who = f"{len(crimes['forces'])} forces"
    printed.print(
        f"{crimes['rows']:,} crimes ({crimes['located']:,} with a position) of {escape(who)}, "
        f"{crimes['months']:,} months, {crimes['first']} to {crimes['last']}"
    )
    for force, missing in crimes["missing"].items():
        printed.print(f"  missing of {escape(force)}: {len(missing):,} months")


def print_summary(facts: dict[str, Any], *, to: Console) -> None:
    """Print what a store holds: units, teams, subscribers, and who could not be placed, and why."""
    units, people = facts["units"], facts["people"]
    to.print(
        f"{units['live']:,} live units ({units['live_without_location']:,} without a location), "
        f"{units['live_in_a_team']:,} of them in {facts['teams']} teams; "
        f"{units['terminated']:,} terminated units"
    )
    to.print(f"{people['members']:,} subscribers at {people['places']:,} places")
    for position, count in people["by_position"].items():
        if count:
            to.print(f"  places, {POSITION_WORDS[position]}: {count:,}")
    for why, count in people["unplaced"].items():
        to.print(f"  people with a postcode that has no place because {why}: {count:,}")
    to.print(f"  people with no place at all: {people['nowhere']:,}")
