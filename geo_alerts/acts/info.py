"""What the store holds: editions, hashes, counts; and what is still missing."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from geo_alerts.acts.crimes.months import missing_months
from geo_alerts.acts.geography import Geography
from geo_alerts.acts.live import Live
from geo_alerts.hotspots.months import month_text
from geo_alerts.store.activations import in_force
from geo_alerts.store.crime_months import OF_CRIMES, CrimeMonth, crime_months
from geo_alerts.store.editions import CONTACTS, HOUSEHOLDS, POSTCODES, TEAM, Edition
from geo_alerts.store.subscribers import latest_change_set, subscribers_as_of

# What nothing can be answered without, and the command that brings it.
NEEDED = {POSTCODES: "postcodes", TEAM: "boundaries"}


def info(live: Live) -> dict[str, Any]:
    """Editions, hashes and counts, as JSON has them; whatever is not imported is null."""
    with live.store.reading() as connection:
        editions = in_force(connection, live.today())
        latest = latest_change_set(connection)
        inputs = replace(live.inputs(), subscribers_as_of=subscribers_as_of(connection))
        crimes = crime_months(connection, kinds=OF_CRIMES)
    return {
        "store": live.store.name,
        "inputs": asdict(inputs),
        "editions": {layer: _edition(edition) for layer, edition in sorted(editions.items())},
        "subscribers": None if latest is None else latest,
        "crimes": _crimes(crimes) if crimes else None,
        **({} if POSTCODES not in editions else _counts(live)),
    }


def still_to_import(live: Live, told: Mapping[str, Any]) -> list[str]:
    """What was never imported, by the words of `geo-alerts import`, in the order that it needs.

    Args:
        live: What answers are made from.
        told: What `info` gave, or a part of it: of what it lacks nothing is said.
    """
    with live.store.reading() as connection:
        editions = in_force(connection, live.today())
    missing = [word for layer, word in NEEDED.items() if layer not in editions]
    if "editions" in told:
        missing += [word for word in (HOUSEHOLDS, CONTACTS) if word not in editions]
    if "inputs" in told and told["inputs"]["subscribers_as_of"] is None:
        missing.append("subscribers")
    if "crimes" in told and told["crimes"] is None:
        missing.append("crimes")
    return missing


def waiting_for(live: Live) -> str | None:
    """What must be imported before the service can answer, in words; None when it can."""
    with live.store.reading() as connection:
        editions = in_force(connection, live.today())
    missing = [word for layer, word in NEEDED.items() if layer not in editions]
    return f"geo-alerts import {' and '.join(missing)}" if missing else None


def _edition(edition: Edition) -> dict[str, Any]:
    return {
        "label": edition.label,
        "source": edition.source_name,
        "sha256": edition.sha256,
        "rows": edition.row_count,
        "published_on": edition.published_on,
        "valid_from": edition.valid_from,
        "licence": edition.licence,
        "demonstration": edition.is_demonstration,
        "recorded_at": edition.recorded_at.isoformat(timespec="seconds"),
    }


def _crimes(found: list[CrimeMonth]) -> dict[str, Any]:
    missing = missing_months(found)
    return {
        "forces": sorted({one.force for one in found}),
        "first": month_text(found[0].month),
        "last": month_text(found[-1].month),
        "months": len({(one.force, one.month) for one in found}),
        "missing": {force: list(map(month_text, months)) for force, months in missing.items()},
        "rows": sum(one.row_count for one in found),
        "located": sum(one.located for one in found),
    }


def _counts(live: Live) -> dict[str, Any]:
    snapshot = live.snapshot()
    placement = snapshot.index.placement()
    return {
        "units": _unit_counts(snapshot.geography),
        "teams": len(snapshot.geography.layer),
        "people": asdict(placement),
    }


def _unit_counts(geography: Geography) -> dict[str, int]:
    directory = geography.directory
    live = directory.is_live
    return {
        "live": int(live.sum()),
        "live_without_location": int((live & ~directory.is_located).sum()),
        "terminated": int((~live).sum()),
        "live_in_a_team": geography.units_in_teams()[0],
    }
