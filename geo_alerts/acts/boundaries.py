"""Boundaries as files: brought in as drafts, checked, and written out again.

What reads files and finds faults (geopandas) is imported inside the functions: the server starts
without it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import shapely

from boundaries.comparing.finding import finding
from boundaries.files.options import AS_THE_FILE_SAYS, ReadOptions
from geo_alerts.acts.activation import activate, preview
from geo_alerts.acts.drawn import about_edition, leaflet
from geo_alerts.acts.editions import EditionAnswer, before, boundary_edition, edition, usual_day
from geo_alerts.acts.files import replacing
from geo_alerts.acts.imports import Clock, ImportReport, report_of, sha256_of
from geo_alerts.acts.live import Live
from geo_alerts.errors import InvalidInputError, NotReadyError, UnknownFormatError
from geo_alerts.places.layer import TEAM, Layer
from geo_alerts.sources.files import Advance
from geo_alerts.store import layers as stored
from geo_alerts.store.activations import State, in_force, mark_checked
from geo_alerts.store.audit import SCRIPT
from geo_alerts.store.database import Store
from geo_alerts.store.editions import (
    PARENT_EDITION,
    Edition,
    EditionFacts,
    Outcome,
    import_again,
)

if TYPE_CHECKING:
    import geopandas as gpd

    from boundaries.faults.report import CheckOptions, CheckReport

FORCE = "force"
GEOPACKAGE = ".gpkg"


@dataclass(frozen=True, slots=True)
class DraftOptions:
    """What the user says of a file of boundaries.

    Attributes:
        layer: What it is a layer of: `team` or another.
        label: What to call the edition; by default as the file says, or its name.
        licence: With attribution, where the file does not tell it.
        parent_layer: The layer that its areas are parts of. Their parents are those that the file
            names, else those that hold most of their ground in the edition in force.
        read: How the file is to be read.
        keep_faults: Whether invalid polygons are kept, to be checked and repaired.
    """

    layer: str = TEAM
    label: str | None = None
    licence: str | None = None
    parent_layer: str | None = None
    read: ReadOptions = AS_THE_FILE_SAYS
    keep_faults: bool = True


@dataclass(frozen=True, eq=False)
class CheckAnswer:
    """What a check found, and the edition as it stands now."""

    edition: EditionAnswer
    report: "CheckReport"


def import_draft(
    live: Live, path: Path, advance: Advance, options: DraftOptions, *, by: str
) -> ImportReport:
    """Keep a file of boundaries as a draft, which is in force on no day yet.

    Args:
        live: Where to.
        path: See `boundaries.files.read.read_boundaries`.
        advance: Told when all are written.
        options: What the user says of it.
        by: Who imports it.

    Returns:
        The report, with the edition's number; the same file again is the same edition.

    Raises:
        InvalidInputError: A layer cannot have such a name.
        SourceError: The file cannot be read, or has faults; all are told.
        CrsError: The file does not say its CRS and nor does the user.
        NotReadyError: The parents are to be found by their ground, and are not imported.
    """
    clock = Clock()
    stored.require_boundary_layer(options.layer)
    above = _parent_edition(live, options)
    sha256 = sha256_of(path)
    # Whether the file names parents is known once it is read.
    for read_as in dict.fromkeys((_read_as(options, above), _read_as(options, None))):
        again = import_again(live.store, options.layer, sha256, read_as, label=options.label)
        if again is not None:
            return replace(report_of(again, clock), edition_id=again.edition.id)
    from boundaries.files.read import read_boundaries  # noqa: PLC0415

    source = read_boundaries(path, options=options.read, keep_faults=options.keep_faults)
    areas, by_ground = _with_parents(live, source.frame, options, above)
    facts = EditionFacts(
        layer=options.layer,
        label=options.label or source.label,
        source_name=path.name,
        sha256=sha256,
        read_as=_read_as(options, above if by_ground else None),
        valid_from=source.valid_from,
        licence=options.licence or source.licence,
        is_demonstration=source.demonstration,
        notes={
            "fields": source.fields.in_words(),
            "crs": source.crs,
            "notes": list(source.notes),
            PARENT_EDITION: None if above is None else above.id,
        },
        parent_layer=options.parent_layer,
        recorded_by=by,
    )
    done = stored.import_draft(live.store, facts, areas)
    advance(len(areas), len(areas))
    report = report_of(
        done, clock, source.fields.in_words(), *source.notes, *by_ground, areas=len(areas)
    )
    return replace(report, edition_id=done.edition.id)


def import_boundaries(
    store: Store, path: Path, advance: Advance, options: DraftOptions, *, by: str = SCRIPT
) -> ImportReport:
    """Bring a file of boundaries in, check it, and let it hold from the usual day on.

    Args:
        store: Where to.
        path: See `boundaries.files.read.read_boundaries`.
        advance: Told when all are written.
        options: What the user says of it.
        by: Who imports it.

    Raises:
        SourceError: The file cannot be read, or has faults; all are told, and nothing changes.
        CrsError: The file does not say its CRS and nor does the user.
        ConflictError: Another edition of the layer was activated meanwhile.
    """
    live, clock = Live(store), Clock()
    draft = import_draft(live, path, advance, replace(options, keep_faults=False), by=by)
    number = _number(draft)
    notes = list(draft.notes)
    if edition(live, number).state is State.DRAFT:
        found = check(live, number)
        notes.append(check_in_words(found.report))
    compared = preview(live, number, None).compared
    if compared is not None and compared.old is not None:
        notes.append(finding(compared.comparison))
    done = activate(live, number, None, by=by)
    if done.edition.state is State.SCHEDULED:
        notes.append(f"in force from {done.valid_from} on")
    if done.to_review:
        notes.append(f"saved areas to review: {len({one.saved.id for one in done.to_review}):,}")
    outcome = draft.outcome
    if outcome is Outcome.UNCHANGED and done.changed:
        outcome = Outcome.REACTIVATED
    notes += _matched(live) if options.layer == TEAM else []
    return replace(draft, outcome=outcome, notes=tuple(notes), seconds=clock.seconds())


def check(live: Live, number: int, options: "CheckOptions | None" = None) -> CheckAnswer:
    """Look for faults; a draft without errors is checked.

    Teams are also held against the force, where a layer `force` is imported, and against the
    edition that they would take the place of.

    Args:
        live: Where.
        number: Of the edition.
        options: Where the check draws its lines; the usual ones when None.

    Raises:
        UnknownEditionError: No edition of boundaries has this number.
        TooManyRequestsError: As much as is done at once is under way.
    """
    report = _report(live, number, options)
    mark_checked(live.store, number, report.as_dict(), passed=report.passed)
    return CheckAnswer(edition(live, number), report)


def check_in_words(report: "CheckReport") -> str:
    """How many faults of which kinds a check found, in one sentence."""
    counts = Counter(fault.kind.value.replace("_", " ") for fault in report.faults)
    if not counts:
        return "no faults found"
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in counts.most_common())
    passed = "no errors" if report.passed else "with errors: it cannot be used as it is"
    return f"faults found: {kinds}; {passed}"


def faults_map(live: Live, number: int, options: "CheckOptions | None" = None) -> str:
    """What a check finds as one HTML document that opens from disk.

    Args:
        live: Where.
        number: Of the edition.
        options: As `check` has them.

    Raises:
        UnknownEditionError: No edition of boundaries has this number.
        TooManyRequestsError: As much as is done at once is under way.
    """
    from geo_alerts.maps.faults import faults_map as draw  # noqa: PLC0415 - folium is slow

    answer = edition(live, number)
    with live.store.reading() as connection:
        areas = stored.load_areas(connection, number)
    about = about_edition(f"Faults of {answer.label}", answer)
    report = _report(live, number, options)
    with live.slow.one():
        return draw(areas, report, about=about, leaflet=leaflet(), tiles=live.tiles)


def write_faults(live: Live, number: int, path: Path, options: "CheckOptions | None" = None) -> int:
    """Write what a check finds as a GeoPackage.

    Args:
        live: Where.
        number: Of the edition.
        path: Where to; what is there is replaced.
        options: As `check` has them.

    Returns:
        How many faults.

    Raises:
        UnknownEditionError: No edition of boundaries has this number.
        UnknownFormatError: Its name does not end in `.gpkg`.
        InvalidInputError: The file cannot be written.
        TooManyRequestsError: As much as is done at once is under way.
    """
    from boundaries.faults.report import write_faults as write  # noqa: PLC0415

    if path.suffix.lower() != GEOPACKAGE:
        raise UnknownFormatError(f"{path.name}: wanted a name that ends in {GEOPACKAGE}")
    report = _report(live, number, options)
    with live.slow.one(), replacing(path) as unfinished:
        write(report, unfinished)
    return len(report.faults)


def export(live: Live, number: int, path: Path) -> int:
    """Write the areas of an edition, by the ending of the file's name.

    Returns:
        How many areas.

    Raises:
        UnknownEditionError: No edition of boundaries has this number.
        UnknownFormatError: The ending is of no format that is written.
    """
    from boundaries.files.write import write_boundaries  # noqa: PLC0415

    answer = edition(live, number)
    with live.store.reading() as connection:
        areas = stored.load_areas(connection, number)
    write_boundaries(areas, path, facts=_facts(answer))
    return len(areas)


def _facts(answer: EditionAnswer) -> Mapping[str, str]:
    facts = {
        "name": answer.label,
        "licence": answer.licence,
        "valid_from": answer.days[0].valid_from.isoformat() if answer.days else answer.valid_from,
        "demonstration": "true" if answer.is_demonstration else None,
    }
    return {key: value for key, value in facts.items() if value}


def _report(live: Live, number: int, options: "CheckOptions | None") -> "CheckReport":
    from boundaries.faults.find import find_faults  # noqa: PLC0415
    from boundaries.faults.report import CheckOptions  # noqa: PLC0415

    drawn = options or CheckOptions()
    with live.store.reading() as connection:
        chosen = boundary_edition(connection, number)
        earlier = before(
            connection, chosen, usual_day(connection, chosen, live.today()), live.today()
        )
        current = in_force(connection, live.today())
        force = None if chosen.layer == FORCE else current.get(FORCE)

    def work() -> "CheckReport":
        with live.store.reading() as connection:
            areas = stored.load_areas(connection, number)
            previous = None if earlier is None else stored.load_areas(connection, earlier.id)
            around = None if force is None else stored.load_layer(connection, force)
        within = None if around is None else shapely.union_all(around.geometry)
        return find_faults(areas, within=within, previous=previous, options=drawn)

    # The figures, the map and the file of one check.
    key = (number, earlier and earlier.id, force and force.id, drawn)
    return live.held.get("check", key, work, turns=live.slow)


def _read_as(options: DraftOptions, above: Edition | None) -> str:
    # The parents are of the edition as well, with the edition by whose ground they were found; what
    # it is called is not.
    parent = "" if options.parent_layer is None else f" parents: {options.parent_layer}"
    return options.read.as_text() + parent + ("" if above is None else f" of edition {above.id}")


def _parent_edition(live: Live, options: DraftOptions) -> Edition | None:
    # The edition in force of the layer that the areas are parts of.
    kind = options.parent_layer
    if kind is None:
        return None
    stored.require_boundary_layer(kind)
    if kind == options.layer:
        raise InvalidInputError(f"{kind} cannot be a part of {kind}")
    with live.store.reading() as connection:
        return in_force(connection, live.today()).get(kind)


def _with_parents(
    live: Live, areas: "gpd.GeoDataFrame", options: DraftOptions, above: Edition | None
) -> tuple["gpd.GeoDataFrame", tuple[str, ...]]:
    # Where the file names no parents they are found by ground, which is told in a note.
    kind = options.parent_layer
    if kind is None or "parent_code" in areas:
        return areas, ()
    from boundaries.parents import parents_by_ground  # noqa: PLC0415

    codes = parents_by_ground(areas, _parent_layer(live, kind, above))
    words = kind.replace("_", " ")
    note = f"{(codes != '').sum():,} of {len(areas):,} areas are in a {words}, by their ground"
    return areas.assign(parent_code=codes), (note,)


def _parent_layer(live: Live, kind: str, above: Edition | None) -> Layer:
    if above is None:
        raise NotReadyError(
            f"no {kind} is in force, by whose ground the parents could be found: import it first, "
            "or name the field that holds them"
        )
    with live.store.reading() as connection:
        return stored.load_layer(connection, above)


def _number(report: ImportReport) -> int:
    if report.edition_id is None:
        raise InvalidInputError(f"{report.label} is no edition of boundaries")
    return report.edition_id


def _matched(live: Live) -> list[str]:
    # Boundaries beside the postcodes of another region are both fine, and together are not.
    try:
        inside, placed = live.view().geography.units_in_teams()
    except NotReadyError:
        return []
    return [f"{inside:,} of {placed:,} live postcodes are in a team"]
