"""Files of contact details: which are read, what each holds, read within bounds."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import unquote

from geo_alerts.errors import SourceError, UnknownFormatError
from geo_alerts.sources.contact_values import Where
from geo_alerts.sources.files import Member

# All 82 teams of a force are about a megabyte; in memory JSON takes up to some twenty times its
# size.
MOST_FILE_BYTES: Final = 1 << 24
MOST_UNPACKED_BYTES: Final = 1 << 28
# Five calls for each of England and Wales's teams, and as many again.
MOST_FILES: Final = 50_000
MOST_TEAMS: Final = 20_000

NEIGHBOURHOOD: Final = "neighbourhood"
PARTS: Final = ("people", "events", "priorities")
# Calls whose answers may lie beside the others and hold no contact details.
_ASIDE: Final = frozenset({"boundary", "neighbourhoods"})
_NAMED: Final = re.compile(r"(.+)-(people|events|priorities|boundary)")
_SHOWN: Final = 60
_WANTED: Final = frozenset({".json", ".csv"})
_DATE: Final = re.compile(r"\d{4}-\d{2}(?:-\d{2})?")


# Members of a neighbourhood: an object of neighbourhoods by their ids has none of them.
_MEMBERS: Final = frozenset({"id", "name", "contact_details", "description", "url_force", "error"})


@dataclass(frozen=True, slots=True)
class Piece:
    """What a file, or a part of it, tells of one team.

    Attributes:
        kind: `neighbourhood`, `people`, `events` or `priorities`.
        folder: The folders that it is in, without that of the team.
        team: The team's id by the name of the file, by which its other pieces find it; None where
            the neighbourhood alone tells it.
        content: The neighbourhood, or the list of the part.
        where: For what is told.
        as_of: The month or day that a folder is named by.
    """

    kind: str
    folder: tuple[str, ...]
    team: str | None
    content: Any
    where: Where
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """The content of a JSON file.

    Attributes:
        pieces: What it tells of teams.
        about: What it tells of itself.
    """

    pieces: list[Piece]
    about: Mapping[str, Any]


def read_answers(member: Member) -> Answers:
    """What a JSON file tells, by its name and its form.

    Raises:
        SourceError: It cannot be read.
        UnknownFormatError: It is not of the form that its name promises.
    """
    call = _call_of(member.name)
    if call is None:
        return Answers([], {})
    content = _json_of(member)
    if call.kind in PARTS:
        if not isinstance(content, list):
            raise UnknownFormatError(f"{member.name} is no list of {call.kind}")
        return Answers([replace(call, content=content)], {})
    about: Mapping[str, Any] = {}
    if isinstance(content, dict) and "neighbourhoods" in content:
        about, content = content, content["neighbourhoods"]
    return Answers(list(_neighbourhoods(call, content)), about)


def _call_of(name: str) -> Piece | None:
    *folders, last = PurePosixPath(name).parts
    stem = unquote(PurePosixPath(last.removesuffix(".gz")).stem)
    named = _NAMED.fullmatch(stem)
    team, kind = (named[1], named[2]) if named else (stem, stem)
    if kind in _ASIDE:
        return None
    if not named and kind in {NEIGHBOURHOOD, *PARTS} and folders:
        team = unquote(folders.pop())
    elif not named and kind in PARTS:
        raise UnknownFormatError(f"{name} lies in no folder that is named by the id of a team")
    dates = [folder for folder in folders if _DATE.fullmatch(folder)]
    as_of = dates[-1] if dates else None
    kind = kind if kind in PARTS else NEIGHBOURHOOD
    return Piece(kind, tuple(folders), team, None, Where(name), as_of)


def _neighbourhoods(call: Piece, content: object) -> Iterator[Piece]:
    name = call.where.file
    if isinstance(content, list | dict) and len(content) > MOST_TEAMS:
        raise SourceError(f"{name} holds {len(content):,} teams, more than {MOST_TEAMS:,}")
    if isinstance(content, list):
        for number, one in enumerate(content, 1):
            yield replace(call, team=None, content=one, where=Where(name, number))
    elif isinstance(content, dict) and _MEMBERS & content.keys():
        yield replace(call, content=content)
    elif isinstance(content, dict) and all(isinstance(one, dict) for one in content.values()):
        for code, one in content.items():
            if one.get("id", code) != code:
                given, key = repr(one["id"])[:_SHOWN], repr(code)[:_SHOWN]
                raise SourceError(f"{name} has team {given} under the id {key}")
            yield replace(call, team=None, content={**one, "id": code})
    else:
        wanted = "neighbourhood, and no list or object of neighbourhoods"
        raise UnknownFormatError(f"{name} is no {wanted}")


def choose_files(
    source: str, members: Sequence[Member], force: str | None
) -> tuple[list[Member], list[str]]:
    """The files of one kind that a source is read from, and the names of those left aside.

    Args:
        source: Its name, for messages.
        members: All files of the source.
        force: The folder that they are to be in; any when None.

    Raises:
        SourceError: There are too many, none of the force, or one whose name cannot be shown.
        UnknownFormatError: None is JSON or CSV, or some are this and some that.
    """
    if len(members) > MOST_FILES:
        raise SourceError(f"{source} holds {len(members):,} files, more than {MOST_FILES:,}")
    for one in members:
        if not one.name.isprintable():
            raise SourceError(f"{source} holds a file whose name cannot be shown: {one.name!r}")
    seen = [one for one in members if not _is_litter(one.name)]
    wanted = [one for one in seen if ending_of(one.name) in _WANTED]
    if not wanted:
        raise UnknownFormatError(f"{source} is or holds no JSON (.json) or CSV (.csv)")
    if len({ending_of(one.name) for one in wanted}) > 1:
        raise UnknownFormatError(f"{source} holds both JSON and CSV; wanted one of them")
    chosen = [one for one in wanted if force is None or _is_in(one.name, force)]
    if not chosen:
        folders = sorted({PurePosixPath(one.name).parent.name for one in wanted} - {""})
        known = f"its folders are {', '.join(folders[:50])}" if folders else "it has no folders"
        raise SourceError(f"{source} has no folder {force!r}; {known}")
    aside = [one.name for one in seen if ending_of(one.name) not in _WANTED]
    return sorted(chosen, key=lambda one: one.name), aside


def ending_of(name: str) -> str:
    """The ending of a file's name, in small letters, without that of its packing."""
    return PurePosixPath(name.lower().removesuffix(".gz")).suffix


def text_of(member: Member) -> str:
    """The text of a file.

    Raises:
        SourceError: It is empty, too large, or not UTF-8.
    """
    with member.open() as stream:
        content = stream.read(MOST_FILE_BYTES + 1)
    if len(content) > MOST_FILE_BYTES:
        raise SourceError(f"{member.name} has more than {MOST_FILE_BYTES:,} bytes")
    try:
        # Ctrl-Z ends a text file in the manner of CP/M.
        text = content.decode("utf-8-sig").rstrip("\x1a")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError(f"{member.name}: line {line} is not UTF-8 text") from error
    if not text.strip():
        raise SourceError(f"{member.name} is empty")
    return text


def _json_of(member: Member) -> Any:  # noqa: ANN401 - as JSON has it
    try:
        return json.loads(
            text_of(member),
            object_pairs_hook=_object,
            # As text there is no number that is too long to read.
            parse_int=str,
            parse_float=str,
            parse_constant=str,
        )
    except json.JSONDecodeError as error:
        raise SourceError(f"{member.name} is no whole JSON: {error}") from error
    except RecursionError as error:
        raise SourceError(f"{member.name} is nested too deep") from error
    except _RepeatedError as error:
        raise SourceError(f"{member.name} has {error.args[0]!r} twice in one object") from error


class _RepeatedError(Exception):
    """An object names a member twice: its reader would see one of them, and not know which."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _RepeatedError(next(name for name in names if names.count(name) > 1)[:40])
    return found


def _is_in(name: str, force: str) -> bool:
    return force.casefold() in (folder.casefold() for folder in PurePosixPath(name).parts[:-1])


def _is_litter(name: str) -> bool:
    # Hidden files, such as those that macOS adds to folders and zips.
    return any(part.startswith(".") for part in PurePosixPath(name).parts)
