"""Who looked at what is made from exact positions: entered in the audit trail, as making it is.

Once a day for each person, layer and way is enough to know who knows, and a page that is open all
day does not fill the trail.
"""

import json
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, Final, Literal

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.hotspots.looking import Look
from geo_alerts.acts.live import Live
from geo_alerts.acts.restricted import restricted_in
from geo_alerts.audiences.targets.areas import AnyArea
from geo_alerts.sources.moments import LONDON
from geo_alerts.store import audit
from geo_alerts.store.hotspot_runs import run_by_id

ACT: Final = "hotspots.look"
# Of a day; with more entries than these a person may be entered again.
MOST: Final = 5_000

How = Literal["look", "export", "map"]


def note_look(live: Live, run_id: str, asker: Asker, how: How = "look") -> None:
    """Enter that somebody looks at a layer, where it is restricted.

    Args:
        live: Where it is.
        run_id: The layer.
        asker: Who looks; that they may is looked at by who gives the layer.
        how: Whether they only look, or take it with them as a file or a map.

    Raises:
        UnknownRunError: There is no layer of this id.
    """
    with live.store.reading() as connection:
        run = run_by_id(connection, run_id)
    if run.is_restricted:
        about = {"run": run.id, "method": run.method, "sha256": run.sha256, "how": how}
        _enter_once(live, asker, about)


def note_ground(live: Live, area: AnyArea, asker: Asker, how: How) -> None:
    """Enter that somebody is shown the ground of an area, for each restricted layer that it names.

    Args:
        live: Where the layers are.
        area: The area, with saved ones in place of their ids.
        asker: Who is shown it; that they may is looked at by who shows it.
        how: Whether they only look, or take it with them as a file or a map.
    """
    with live.store.reading() as connection:
        named = restricted_in(connection, area)
    for run_id in named:
        note_look(live, run_id, asker, how)


def note_unkept(live: Live, found: Look, asker: Asker) -> None:
    """Enter that somebody looks at hotspots that are not kept, where they are restricted."""
    if found.is_restricted:
        about = {"run": None, "method": found.method, "sha256": found.sha256, "how": "look"}
        _enter_once(live, asker, about)


def _enter_once(live: Live, asker: Asker, about: Mapping[str, Any]) -> None:
    store, role = live.store, asker.role.value
    midnight = datetime.combine(live.today(), time(), LONDON)
    with store.reading() as connection:
        entered = audit.latest(connection, act=ACT, since=midnight, limit=MOST)
    if any(_is_of(json.loads(link.document), asker, about) for link in entered):
        return
    with store.writing() as connection:
        audit.append(connection, act=ACT, who=asker.who, role=role, at=store.clock(), details=about)


def _is_of(entry: Mapping[str, Any], asker: Asker, about: Mapping[str, Any]) -> bool:
    return bool(entry["who"] == asker.who and entry["details"] == about)
