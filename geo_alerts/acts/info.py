"""What the store holds: editions, hashes, counts; and what is still missing."""

from dataclasses import asdict, replace
from typing import Any

from geo_alerts.acts.geography import Geography
from geo_alerts.acts.live import Live
from geo_alerts.store.activations import in_force
from geo_alerts.store.editions import POSTCODES, TEAM, Edition
from geo_alerts.store.subscribers import latest_change_set, subscribers_as_of

# What nothing can be answered without, and the command that brings it.
NEEDED = {POSTCODES: "postcodes", TEAM: "boundaries"}


def info(live: Live) -> dict[str, Any]:
    """Editions, hashes and counts, as JSON has them; whatever is not imported is null."""
    with live.store.reading() as connection:
        editions = in_force(connection, live.today())
        latest = latest_change_set(connection)
        inputs = replace(live.inputs(), subscribers_as_of=subscribers_as_of(connection))
    return {
        "store": live.store.name,
        "inputs": asdict(inputs),
        "editions": {layer: _edition(edition) for layer, edition in sorted(editions.items())},
        "subscribers": None if latest is None else latest,
        **({} if POSTCODES not in editions else _counts(live)),
    }


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
