"""Contact details of teams: the answers of data.police.uk's neighbourhood calls as files, and CSV.

Files of the calls lie as they were fetched, `[date/][force/]PAF01.json` and beside it
`PAF01/people.json`, `PAF01/events.json` and `PAF01/priorities.json` (or `PAF01-people.json` and so
on), in a folder or a zip; or one JSON file holds all teams: a list of neighbourhoods, an object of
neighbourhoods by their ids, or such a list or object as `neighbourhoods` beside `name`, `as_of`,
`licence` and `demonstration`. People, events and priorities may then stand in the neighbourhood.
`contact_sheet` tells the columns of a CSV.

A file that cannot be read, a team without an id and an id that occurs twice refuse the whole; a
single value that cannot be used is left out and told.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from geo_alerts.errors import Fault, SourceError, SourceFaultsError
from geo_alerts.sources.contact import Contact
from geo_alerts.sources.contact_documents import (
    MOST_NAME,
    read_details,
    read_events,
    read_officers,
    read_priorities,
)
from geo_alerts.sources.contact_files import (
    MOST_UNPACKED_BYTES,
    NEIGHBOURHOOD,
    PARTS,
    Answers,
    Piece,
    choose_files,
    ending_of,
    read_answers,
    text_of,
)
from geo_alerts.sources.contact_sheet import read_sheet
from geo_alerts.sources.contact_values import Document, Remarks, Where, documents_of
from geo_alerts.sources.files import Advance, Member, open_members

MOST_CODE: Final = 64
MOST_FAULTS: Final = 100
_WANTED_ID: Final = f"wanted the team's id, of at most {MOST_CODE} letters"
_SHOWN: Final = 40
_MONTH: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class ContactsSource:
    """What was read.

    Attributes:
        contacts: Contact details by the team's code, in the order of the codes.
        names: The team's name by its code, where the source has one.
        remarks: What was left out or shortened.
        aside: Names of files that were not read.
        label: What the source calls itself, or the name of the file.
        as_of: The latest month or day for which a part of it was true, where it says so.
        licence: As it says; empty where it does not.
        demonstration: Whether it calls itself one.
    """

    contacts: dict[str, Contact]
    names: dict[str, str]
    remarks: Remarks
    aside: tuple[str, ...]
    label: str
    as_of: str | None = None
    licence: str = ""
    demonstration: bool = False


def read_contacts(path: Path, advance: Advance, *, force: str | None = None) -> ContactsSource:
    """Read the contact details of teams.

    Args:
        path: A JSON or CSV file, also gzipped, or a folder or zip of them.
        advance: Told after each file.
        force: Which of several forces, where the source has one folder a force.

    Raises:
        SourceError: The path names no file, or one that is damaged, too large or of no known form.
        SourceFaultsError: Files cannot be read, teams have no id, or ids occur twice; all are told.
    """
    teams = _Teams(path.name)
    with open_members(path, most_bytes=MOST_UNPACKED_BYTES) as members:
        chosen, aside = choose_files(path.name, members, force)
        for number, member in enumerate(chosen, 1):
            teams.read(member)
            advance(number, len(chosen))
    return teams.source(aside)


@dataclass(slots=True)
class _Team:
    """What is known of one team by now."""

    code: str
    name: str | None = None
    contact: Contact = field(default_factory=Contact)
    # Where each kind of piece was read.
    pieces: dict[str, Where] = field(default_factory=dict)

    @property
    def where(self) -> Where:
        """Where it is told of first: its neighbourhood where that was read."""
        return self.pieces.get(NEIGHBOURHOOD) or next(iter(self.pieces.values()))


class _Teams:
    """The teams of a source, piece by piece."""

    def __init__(self, source: str) -> None:
        self._source = source
        # By the folders that its files are in, and its id by their names.
        self._teams: dict[tuple[tuple[str, ...], str], _Team] = {}
        self._about: Mapping[str, Any] = {}
        self._faults: list[Fault] = []
        self._remarks = Remarks()

    def read(self, member: Member) -> None:
        """Take in a file; what cannot be read is a fault.

        Raises:
            SourceFaultsError: There are `MOST_FAULTS` faults by now.
        """
        try:
            answers = self._answers(member)
        except SourceFaultsError:
            raise
        except SourceError as error:
            self._refuse(Fault(None, None, str(error)))
            return
        self._about = self._about or answers.about
        for piece in answers.pieces:
            self._add(piece)

    def source(self, aside: Sequence[str]) -> ContactsSource:
        """All that was read.

        Raises:
            SourceFaultsError: There are faults.
        """
        teams = self._by_code()
        if not teams and not self._faults:
            self._refuse(Fault(None, None, "there is no team in it"))
        if self._faults:
            raise SourceFaultsError(self._source, self._faults)
        about = Document(self._about, Where(self._source), self._remarks)
        as_of = _day_or_month(about)
        contacts = {
            code: replace(team.contact, source=self._source, as_of=team.contact.as_of or as_of)
            for code, team in teams.items()
        }
        return ContactsSource(
            contacts=contacts,
            names={code: team.name for code, team in teams.items() if team.name},
            remarks=self._remarks,
            aside=tuple(aside),
            label=about.text("name", MOST_NAME) or f"contacts of {self._source}",
            as_of=max(one.as_of or "" for one in contacts.values()) or None,
            licence=about.text("licence", MOST_NAME) or "",
            demonstration=self._about.get("demonstration") is True,
        )

    def _answers(self, member: Member) -> Answers:
        if ending_of(member.name) != ".csv":
            return read_answers(member)
        text = text_of(member)
        return Answers(read_sheet(text, member.name, self._remarks, self._refuse), {})

    def _by_code(self) -> dict[str, _Team]:
        found: dict[str, _Team] = {}
        for team in self._teams.values():
            before = found.setdefault(team.code, team)
            if before is not team:
                hint = "; --force takes one of several forces" if "/" in team.where.file else ""
                reason = f"the id {team.code} occurs in {_place(before.where)} already{hint}"
                self._refuse(team.where.fault(None, reason))
        return {code: found[code] for code in sorted(found)}

    def _add(self, piece: Piece) -> None:
        if piece.kind == NEIGHBOURHOOD:
            self._add_neighbourhood(piece)
        elif _id_of({"id": piece.team}) is None:
            self._refuse(piece.where.fault(None, f"its name tells no id; {_WANTED_ID}"))
        else:
            documents = documents_of(
                piece.content, lambda number: replace(piece.where, row=number), self._remarks
            )
            self._add_part(piece, documents)

    def _add_neighbourhood(self, piece: Piece) -> None:
        content = piece.content
        if not isinstance(content, Mapping):
            self._refuse(piece.where.fault(None, "is no object; wanted a neighbourhood"))
            return
        code = _id_of(content)
        if code is None:
            given = repr(content["id"])[:_SHOWN] if content.get("id") else "nothing"
            self._refuse(piece.where.fault("id", f"is {given}; {_WANTED_ID}"))
            return
        if piece.team is None:
            piece = replace(piece, team=code, where=replace(piece.where, team=code))
        document = Document(content, piece.where, self._remarks)
        team = self._begun(piece)
        if team is None:
            return
        known = team.contact
        team.code, team.name = code, document.text("name", MOST_NAME)
        team.contact = replace(
            read_details(document),
            officers=known.officers,
            events=known.events,
            priorities=known.priorities,
            as_of=known.as_of,
        )
        for kind in PARTS:
            if content.get(kind) is not None:
                self._add_part(replace(piece, kind=kind), document.parts(kind))

    def _add_part(self, piece: Piece, documents: Iterator[Document]) -> None:
        team = self._begun(piece)
        if team is None:
            return
        match piece.kind:
            case "people":
                team.contact = replace(team.contact, officers=read_officers(documents))
            case "events":
                team.contact = replace(team.contact, events=read_events(documents))
            case _:
                team.contact = replace(team.contact, priorities=read_priorities(documents))

    def _begun(self, piece: Piece) -> _Team | None:
        # The team that a piece is of; None where it has such a piece already.
        name = str(piece.team)
        team = self._teams.setdefault((piece.folder, name), _Team(name))
        before = team.pieces.setdefault(piece.kind, piece.where)
        if before is not piece.where:
            what = "id" if piece.kind == NEIGHBOURHOOD else f"list of {piece.kind} of the id"
            reason = f"the {what} {name} occurs in {_place(before)} already"
            self._refuse(piece.where.fault(None, reason))
            return None
        team.contact = replace(team.contact, as_of=team.contact.as_of or piece.as_of)
        return team

    def _refuse(self, fault: Fault) -> None:
        self._faults.append(fault)
        if len(self._faults) == MOST_FAULTS:
            more = Fault(None, None, "there may be more: reading stopped here")
            raise SourceFaultsError(self._source, [*self._faults, more])


def _id_of(content: Mapping[str, Any]) -> str | None:
    given = content.get("id")
    code = given.strip() if isinstance(given, str) else ""
    return code if code.isprintable() and 0 < len(code) <= MOST_CODE else None


def _place(where: Where) -> str:
    return where.file if where.row is None else f"row {where.row} of {where.file}"


def _day_or_month(about: Document) -> str | None:
    given = about.values.get("as_of")
    return given if isinstance(given, str) and _MONTH.fullmatch(given) else about.day("as_of")
