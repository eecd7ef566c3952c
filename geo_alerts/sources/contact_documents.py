"""Contact details from documents in the shape of data.police.uk's neighbourhood calls.

The shapes, as published: a neighbourhood is an object with `id`, `name`, `description` (HTML),
`url_force` and `contact_details`; `people`, `events` and `priorities` are lists. Any value may be
missing, blank or null. Times name no zone: they are British.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from geo_alerts.sources.contact import Contact, Event, Officer, Priority
from geo_alerts.sources.contact_values import Document
from geo_alerts.sources.moments import LONDON, Moment

MOST_OFFICERS: Final = 200
MOST_EVENTS: Final = 200
MOST_PRIORITIES: Final = 100
MOST_SERVICES: Final = 30
MOST_NAME: Final = 200
MOST_TITLE: Final = 300
MOST_TEXT: Final = 5_000

PARTS: Final = ("people", "events", "priorities")
# Not kept: nobody is told to write to these, and a station is not a team.
_NOT_SHOWN: Final = frozenset({"fax", "address"})
_SERVICE: Final = re.compile(r"[a-z][a-z0-9_-]{0,29}")

Item = TypeVar("Item", Officer, Event, Priority)


def read_details(document: Document) -> Contact:
    """What the neighbourhood call says of a team."""
    details = document.part("contact_details")
    web = details.web("web") or details.web("website") or document.web("url_force")
    return Contact(
        email=details.email("email"),
        telephone=details.telephone("telephone"),
        mobile=details.telephone("mobile"),
        web=web,
        social=_social(details),
        description=document.text("description", MOST_TEXT),
    )


def read_officers(documents: Iterable[Document]) -> tuple[Officer, ...]:
    """Name and rank of the officers; nothing else of them is kept."""
    return _items(documents, _officer, MOST_OFFICERS)


def read_events(documents: Iterable[Document]) -> tuple[Event, ...]:
    """Events by their start, also those that are over."""
    events = _items(documents, _event, MOST_EVENTS)
    return tuple(sorted(events, key=lambda event: (event.starts_at, event.title)))


def read_priorities(documents: Iterable[Document]) -> tuple[Priority, ...]:
    """Priorities, the latest first."""
    priorities = _items(documents, _priority, MOST_PRIORITIES)
    return tuple(sorted(priorities, key=lambda one: one.issued_on or "", reverse=True))


def _items(
    documents: Iterable[Document], read: Callable[[Document], Item | None], most: int
) -> tuple[Item, ...]:
    items: dict[Item, None] = {}
    for document in documents:
        if len(items) == most:
            document.tell(None, f"is beyond the {most} that are kept; it and others are left out")
            break
        item = read(document)
        if item is not None:
            items[item] = None
    return tuple(items)


def _officer(document: Document) -> Officer | None:
    name = document.text("name", MOST_NAME)
    if name is None:
        document.tell("name", "is blank; the officer is left out")
        return None
    return Officer(name, document.text("rank", MOST_NAME))


def _event(document: Document) -> Event | None:
    title, start = document.text("title", MOST_TITLE), document.moment("start_date")
    if title is None or start is None:
        column = "title" if title is None else "start_date"
        document.tell(column, f"the event has no {column}; it is left out")
        return None
    end = document.moment("end_date")
    if end and end.latest < start.latest:
        document.tell("end_date", "is before the start; it is left out")
        end = None
    return Event(
        title,
        _in_britain(start),
        _in_britain(end) if end else None,
        document.text("address", MOST_TITLE),
        document.text("description", MOST_TEXT),
    )


def _in_britain(moment: Moment) -> str:
    # A date stays a date.
    if moment.text == moment.day.isoformat():
        return moment.text
    return moment.latest.astimezone(LONDON).isoformat(timespec="seconds")


def _priority(document: Document) -> Priority | None:
    issue = document.text("issue", MOST_TEXT)
    if issue is None:
        document.tell("issue", "is blank; the priority is left out")
        return None
    return Priority(
        issue,
        document.day("issue-date"),
        document.text("action", MOST_TEXT),
        document.day("action-date"),
    )


def _social(details: Document) -> dict[str, str]:
    said = {"email", "telephone", "mobile", "web", "website"} | _NOT_SHOWN
    found: dict[str, str] = {}
    for service in details.values:
        if service in said or len(found) == MOST_SERVICES:
            continue
        if not _SERVICE.fullmatch(service):
            details.tell(None, f"{service[:30]!r} is no name of a service; it is left out")
            continue
        page = details.web(service)
        if page:
            found[service] = page
    return found
