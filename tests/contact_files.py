"""Files in the shape of data.police.uk's neighbourhood calls, with made-up contents.

The shapes are those of the examples at data.police.uk/docs/method/neighbourhood/, -team/, -events/
and -priorities/: HTML in texts, null where nothing is known, times without a zone.
"""

import json
import zipfile
from pathlib import Path
from typing import Any

from geo_alerts.sources.contacts import ContactsSource, read_contacts


def neighbourhood(code: str = "PAF01", **members: Any) -> dict[str, Any]:
    return {
        "url_force": f"https://police.example.org/teams/{code.lower()}",
        "contact_details": {
            "twitter": "https://social.example.org/pages/team",
            "telephone": "101",
            "email": f"{code.lower()}@example.org",
        },
        "name": "Made Town &amp; Heath",
        "links": [{"url": "http://example.org/", "description": None, "title": "A council"}],
        "centre": {"latitude": "52.6389", "longitude": "-1.13619"},
        "locations": [{"name": "Made House", "longitude": None, "postcode": "SY1 1AA"}],
        "description": "<p>The team covers the town.</p>\n<p>And the <b>heath</b>.</p>",
        "id": code,
        "population": "0",
        **members,
    }


PEOPLE = [
    {"bio": "<p>A long story.</p>", "contact_details": {}, "name": "Ann Example", "rank": "Sgt"},
    {
        "bio": None,
        "contact_details": {"email": "bob@example.org"},
        "name": "Bob Made",
        "rank": None,
    },
]
EVENTS = [
    {
        "contact_details": {},
        "description": None,
        "title": "Drop in",
        "address": "Made Hall, 17 Made Lane",
        "type": "meeting",
        "start_date": "2025-09-17T12:00:00",
        "end_date": "2025-09-17T14:00:00",
    },
    {"title": "Winter walk", "start_date": "2025-01-08T18:30:00", "end_date": None},
]
PRIORITIES = [
    {"action": None, "issue-date": "2024-04-14T00:00:00", "issue": "<p>Less noise.</p>"},
    {
        "action": "<p>Patrols on foot.</p>",
        "issue-date": "2025-06-08T00:00:00",
        "action-date": "2025-07-22T00:00:00",
        "issue": "<p>Fewer thefts.</p>",
    },
]
ALL_CALLS = {
    "PAF01.json": neighbourhood(),
    "PAF01/people.json": PEOPLE,
    "PAF01/events.json": EVENTS,
    "PAF01/priorities.json": PRIORITIES,
}


def folder_of(path: Path, files: dict[str, Any]) -> Path:
    """Write files: JSON of what is no bytes."""
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(bytes_of(content))
    return path


def zip_of(path: Path, files: dict[str, Any]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, bytes_of(content))
    return path


def bytes_of(content: Any) -> bytes:
    return content if isinstance(content, bytes) else json.dumps(content).encode()


def read(path: Path, **options: Any) -> ContactsSource:
    return read_contacts(path, lambda _done, _total: None, **options)


def told(source: ContactsSource) -> list[str]:
    return [str(fault) for fault in source.remarks.faults]
