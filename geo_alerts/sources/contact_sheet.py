"""Contact details from CSV: a row a team, brought into the shape of data.police.uk's documents.

Columns, in any order and any case: `code`; `name`; `email`, `telephone`, `mobile`, `web`,
`description`; services such as `facebook`; and, with a number from 1 to 20 or without one,
`officer_1`, `officer_1_rank`; `event_1_title`, `event_1_starts_at`, `event_1_ends_at`,
`event_1_place`, `event_1_description`; `priority_1`, `priority_1_issued_on`, `priority_1_action`,
`priority_1_acted_on`.
"""

import csv
import io
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from geo_alerts.errors import Fault, SourceError, UnknownFormatError
from geo_alerts.sources.contact_files import MOST_TEAMS, NEIGHBOURHOOD, Piece
from geo_alerts.sources.contact_values import Remarks, Where

_CODES: Final = frozenset({"code", "id", "team_code", "team_id", "neighbourhood_id", "snt_code"})
# Where the values of a column belong in a document, by the names that it may have.
_PLACES: Final = {
    **dict.fromkeys(_CODES, ("id",)),
    **dict.fromkeys(("name", "team_name"), ("name",)),
    "description": ("description",),
    **dict.fromkeys(("email", "e_mail", "email_address"), ("contact_details", "email")),
    **dict.fromkeys(
        ("telephone", "phone", "tel", "telephone_number", "phone_number"),
        ("contact_details", "telephone"),
    ),
    **dict.fromkeys(("mobile", "mobile_number"), ("contact_details", "mobile")),
    **dict.fromkeys(("web", "website", "url", "web_page"), ("contact_details", "web")),
    **{
        service: ("contact_details", service)
        for service in (
            *("facebook", "twitter", "x", "instagram", "youtube", "nextdoor", "whatsapp", "tiktok"),
            *("linkedin", "bluesky", "mastodon", "threads", "flickr", "blog", "rss", "forum"),
        )
    },
}
_LISTS: Final = {"officer": "people", "event": "events", "priority": "priorities"}
_KEYS: Final = {
    **dict.fromkeys((("officer", ""), ("officer", "name")), "name"),
    ("officer", "rank"): "rank",
    **dict.fromkeys((("event", ""), ("event", "title")), "title"),
    **dict.fromkeys((("event", "starts_at"), ("event", "start_date")), "start_date"),
    **dict.fromkeys((("event", "ends_at"), ("event", "end_date")), "end_date"),
    **dict.fromkeys((("event", "place"), ("event", "address")), "address"),
    ("event", "description"): "description",
    **dict.fromkeys((("priority", ""), ("priority", "issue")), "issue"),
    ("priority", "issued_on"): "issue-date",
    ("priority", "action"): "action",
    ("priority", "acted_on"): "action-date",
}
_ITEM: Final = re.compile(r"(officer|event|priority)(?:_([1-9]|1[0-9]|20))?(?:_([a-z]\w*))?")
# What a spreadsheet would run when the text came to one; a telephone number may begin with +.
_FORMULA: Final = re.compile(r"[=@\t\r]|[+-](?=[A-Za-z(])")

Place = tuple[str, ...]


def read_sheet(
    text: str, name: str, remarks: Remarks, refuse: Callable[[Fault], None]
) -> list[Piece]:
    """The rows of a CSV that hold anything, as neighbourhoods.

    Args:
        text: The file.
        name: Its name, for messages.
        remarks: Is told of columns and cells that are left out.
        refuse: Is told of rows that have too many or too few cells.

    Raises:
        SourceError: It is no CSV, or holds more than `MOST_TEAMS` rows.
        UnknownFormatError: It has no column of codes, or has a column twice.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Piece] = []
    try:
        header = next(reader, [])
        places = _places_of(header, name, remarks)
        line = reader.line_num + 1
        for cells in reader:
            where, line = Where(name, line), reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) == MOST_TEAMS:
                raise SourceError(f"{name} holds more than {MOST_TEAMS:,} rows")
            if len(cells) == len(header):
                shown = _without_formulas(header, cells, where, remarks)
                document = _document_of(places, shown)
                rows.append(Piece(NEIGHBOURHOOD, (), None, document, where))
            else:
                refuse(where.fault(None, f"has {len(cells)} cells, wanted {len(header)}"))
    except csv.Error as error:
        raise SourceError(f"{name} is no CSV: line {reader.line_num}: {error}") from error
    return rows


def _places_of(header: Sequence[str], name: str, remarks: Remarks) -> list[Place | None]:
    titles = [re.sub(r"\W+", "_", title.strip().lower()) for title in header]
    places = [_PLACES.get(title) or _item_place(title) for title in titles]
    if ("id",) not in places:
        wanted = ", ".join(sorted(_CODES))
        raise UnknownFormatError(f"{name} has none of the columns {wanted}")
    known = [place for place in places if place is not None]
    if len(set(known)) < len(known):
        again = next(header[at] for at, one in enumerate(places) if one and one in places[:at])
        raise UnknownFormatError(f"{name} has the column {again!r} twice")
    for title, place in zip(header, places, strict=True):
        if place is None:
            column = repr(title[:40])
            remarks.tell(Fault(1, None, f"the column {column} is not known; it is left aside"))
    return places


def _item_place(title: str) -> Place | None:
    found = _ITEM.fullmatch(title)
    key = _KEYS.get((found[1], found[3] or "")) if found else None
    return (_LISTS[found[1]], found[2] or "1", key) if found and key else None


def _without_formulas(
    header: Sequence[str], cells: Sequence[str], where: Where, remarks: Remarks
) -> list[str]:
    shown = []
    for title, cell in zip(header, cells, strict=True):
        is_formula = _FORMULA.match(cell.lstrip(" ")) is not None
        if is_formula:
            reason = f"{cell[:20]!r} begins as a formula of a spreadsheet; it is left out"
            # A title may hold the end of a line.
            remarks.tell(where.fault(" ".join(title.split())[:40], reason))
        shown.append("" if is_formula else cell)
    return shown


def _document_of(places: Sequence[Place | None], cells: Sequence[str]) -> dict[str, Any]:
    document: dict[str, Any] = {"contact_details": {}}
    items: dict[str, dict[int, dict[str, str]]] = {}
    for place, cell in zip(places, cells, strict=True):
        if not cell.strip():
            continue
        match place:
            case (key,):
                document[key] = cell
            case (part, key):
                document[part][key] = cell
            case (kind, number, key):
                items.setdefault(kind, {}).setdefault(int(number), {})[key] = cell
            case _:
                pass
    ordered = {kind: [found[at] for at in sorted(found)] for kind, found in items.items()}
    return document | ordered
