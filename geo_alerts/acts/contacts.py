"""How teams are reached: bring in what a force publishes of them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from geo_alerts.acts.imports import Clock, ImportReport, report_of, sha256_of
from geo_alerts.sources.contacts import ContactsSource, read_contacts
from geo_alerts.sources.files import Advance
from geo_alerts.sources.moments import LONDON
from geo_alerts.store import contacts as stored
from geo_alerts.store.activations import in_force
from geo_alerts.store.audit import SCRIPT
from geo_alerts.store.database import Store
from geo_alerts.store.editions import CONTACTS, TEAM, EditionFacts, import_again
from geo_alerts.store.layers import load_layer

# So many teams are named in a note, and so many things that were left out.
NAMED_TEAMS = 10
NAMED_REMARKS = 20


def import_contacts(
    store: Store,
    path: Path,
    advance: Advance,
    *,
    label: str | None = None,
    force: str | None = None,
    by: str = SCRIPT,
) -> ImportReport:
    """Make a source of contact details the active edition of them.

    Those of before are gone with it: contact details are shown as they are now.

    Args:
        store: Where to.
        path: JSON of data.police.uk's neighbourhood calls or CSV; a folder or zip of such files.
        advance: Told after each file.
        label: What to call the edition; by default as the source says, or its name.
        force: Which of several forces, where the source has one folder a force.
        by: Who imports it.

    Raises:
        SourceError: It is not such a source, or has faults; all are told, and nothing changes.
        ConflictError: Another import of contacts came first.
    """
    clock, sha256 = Clock(), sha256_of(path)
    read_as = json.dumps({"force": force}) if force else ""
    again = import_again(store, CONTACTS, sha256, read_as, label=label, by=by)
    if again is not None:
        return report_of(again, clock)
    source = read_contacts(path, advance, force=force)
    facts = EditionFacts(
        layer=CONTACTS,
        label=label or source.label,
        source_name=path.name,
        sha256=sha256,
        read_as=read_as,
        published_on=source.as_of,
        licence=source.licence,
        is_demonstration=source.demonstration,
        recorded_by=by,
    )
    contacts = source.contacts
    documents = {code: contact.as_dict() for code, contact in contacts.items()}
    done = stored.import_contacts(store, facts, documents)
    now = store.clock()
    return report_of(
        done,
        clock,
        *_matched(store, source),
        *_left_out(source),
        teams=len(contacts),
        officers=sum(len(one.officers) for one in contacts.values()),
        events=sum(len(one.events) for one in contacts.values()),
        events_to_come=sum(len(one.events_to_come(now)) for one in contacts.values()),
        priorities=sum(len(one.priorities) for one in contacts.values()),
    )


def _matched(store: Store, source: ContactsSource) -> tuple[str, ...]:
    """How the ids fit the teams that are in force today."""
    with store.reading() as connection:
        teams = in_force(connection, store.clock().astimezone(LONDON).date()).get(TEAM)
        layer = load_layer(connection, teams) if teams else None
    if layer is None:
        return ("no team polygons yet: ids are matched when they are imported",)
    names = dict(zip(layer.code.tolist(), layer.name.tolist(), strict=True))
    known = source.contacts.keys() & names.keys()
    return (
        f"{len(known):,} of {len(names):,} teams have contact details",
        *_listed("without contact details", sorted(names.keys() - known), names),
        *_listed("ids of no team in force", sorted(source.contacts.keys() - known), source.names),
        *_listed(
            "teams of another name than in the polygons",
            [code for code in sorted(known) if source.names.get(code, names[code]) != names[code]],
            source.names,
        ),
    )


def _listed(what: str, codes: Sequence[str], names: Mapping[str, str]) -> tuple[str, ...]:
    if not codes:
        return ()
    shown = [f"{code} ({names[code]})" if code in names else code for code in codes[:NAMED_TEAMS]]
    more = f" and {len(codes) - NAMED_TEAMS:,} more" if len(codes) > NAMED_TEAMS else ""
    return (f"{what}: {', '.join(shown)}{more}",)


def _left_out(source: ContactsSource) -> tuple[str, ...]:
    remarks = source.remarks
    notes = [str(fault) for fault in remarks.faults[:NAMED_REMARKS]]
    if remarks.count > NAMED_REMARKS:
        notes.append(f"and {remarks.count - NAMED_REMARKS:,} more that were left out or shortened")
    if source.aside:
        shown = ", ".join(source.aside[:NAMED_TEAMS])
        notes.append(f"{len(source.aside):,} files were not read: {shown}")
    return tuple(notes)
