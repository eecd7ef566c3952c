"""The street and outcome files of data.police.uk, wherever they lie: CSVs, zips, folders of both.

A file is known by its name, `2021-03-west-mercia-street.csv`, as in the monthly archive and in what
the site's own form gives; one of another name by what stands in it. The archive of a month holds
the months before it again, some of them re-issued: of two files of the same force, month and kind
the one that is found later counts.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from geo_alerts.errors import InvalidInputError, SourceError, UnknownFormatError
from geo_alerts.hotspots.months import month_number
from geo_alerts.sources.crimes.csv_rows import CsvRows, header_cells, read_rows
from geo_alerts.sources.crimes.forces import FORCE, force_of
from geo_alerts.sources.crimes.parts import NOTED, Remark
from geo_alerts.sources.crimes.published_columns import PublishedKind, kind_of, wanted_columns
from geo_alerts.sources.files import Member, damage_told, open_members

# The Metropolitan Police's months are of about 30 MB.
MOST_FILE_BYTES: Final = 1 << 28
# Three years of all forces, street and outcomes, are about 10 GB.
MOST_ARCHIVE_BYTES: Final = 1 << 36
_PEEKED_BYTES: Final = 1 << 16
_NAME: Final = re.compile(
    r"(?P<month>\d{4}-\d{2})-(?P<force>[a-z0-9-]+)-(?P<kind>street|outcomes)"
    # As browsers call the second download.
    r"(?: ?\(\d+\))?\.csv(?:\.gz)?",
    re.IGNORECASE,
)
_CSV: Final = (".csv", ".csv.gz")
_ZIP: Final = ".zip"
# Published beside crimes, and of another kind.
_OTHER: Final = "stop-and-search"
_WANTED: Final = "wanted CSVs such as 2025-03/2025-03-west-mercia-street.csv, or a zip of them"


@dataclass(frozen=True, slots=True)
class CrimeFile:
    """One file: the crimes or the outcomes of one force's month.

    Attributes:
        name: Where it lies, beginning with what the caller named.
        kind: `street` or `outcomes`.
        force: Such as `west-mercia`.
        month: By `hotspots.months.month_number`.
        size: Its bytes, unpacked where that is known.
        read: Gives its content; raises SourceError where it is damaged or too big.
    """

    name: str
    kind: PublishedKind
    force: str
    month: int
    size: int
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class CrimeFiles:
    """What was found.

    Attributes:
        files: By month, force and kind, street before outcomes; each of the three together once.
        remarks: What was passed over, and which files stand behind a later one.
    """

    files: tuple[CrimeFile, ...]
    remarks: tuple[Remark, ...]


@contextmanager
def crime_files(paths: Sequence[Path]) -> Iterator[CrimeFiles]:
    """Find the files of crimes; they can be read for as long as the context is open.

    Args:
        paths: CSVs (also gzipped), zips, and folders with either at any depth. Of two files of the
            same force, month and kind that of the later path counts, within one path that of the
            later name.

    Raises:
        SourceError: A path is not there, is damaged, or holds no such file.
    """
    with ExitStack() as stack:
        found: dict[tuple[int, str, str], CrimeFile] = {}
        remarks: list[Remark] = []
        for path in paths:
            at_path = _Path(path.name, is_single=path.is_file() and _is_csv(path.name))
            for member, name in _members(path, stack):
                at_path.look_at(member, name)
            if not at_path.files:
                raise SourceError(f"{path.name} holds no crimes; {_WANTED}")
            for file in at_path.files:
                key = (file.month, file.force, file.kind)
                if key in found:
                    remarks.append(_superseded(found[key], file))
                found[key] = file
            remarks += at_path.remarks()
        files = sorted(
            found.values(), key=lambda file: (file.month, file.force, file.kind != "street")
        )
        yield CrimeFiles(tuple(files), tuple(remarks))


class _Path:
    """What is found at one path that the caller named."""

    def __init__(self, name: str, *, is_single: bool) -> None:
        self.files: list[CrimeFile] = []
        self._name = name
        # A single file that is none of crimes is told why; among many it is passed over.
        self._is_single = is_single
        self._others: list[str] = []

    def look_at(self, member: Member, name: str) -> None:
        if not _is_csv(member.name) or _OTHER in member.name.lower():
            if self._is_single:
                raise UnknownFormatError(f"{name} holds searches, and no crimes; {_WANTED}")
            return
        file = _by_name(member, name)
        if file is None:
            file = self._by_content(member, name)
        if file is not None:
            self.files.append(file)

    def remarks(self) -> list[Remark]:
        if not self._others:
            return []
        shown = ", ".join(self._others[:5]) + (", …" if len(self._others) > 5 else "")  # noqa: PLR2004
        count = len(self._others)
        what = "1 CSV that is" if count == 1 else f"{count:,} CSVs that are"
        return [Remark(self._name, NOTED, f"passed over {what} none of crimes: {shown}")]

    def _by_content(self, member: Member, name: str) -> CrimeFile | None:
        try:
            return _by_content(member, name)
        except SourceError:
            if self._is_single:
                raise
            self._others.append(name)
            return None


def _members(path: Path, stack: ExitStack) -> Iterator[tuple[Member, str]]:
    # Every file at a path, those of zips in folders too, with its name for messages.
    if not path.is_dir():
        members = stack.enter_context(open_members(path, most_bytes=MOST_ARCHIVE_BYTES))
        is_itself = path.suffix.lower() != _ZIP
        for member in members:
            yield member, member.name if is_itself else f"{path.name}/{member.name}"
        return
    for file in sorted(path.rglob("*")):
        if file.is_file() and (_is_csv(file.name) or file.suffix.lower() == _ZIP):
            at = file.relative_to(path).parent.as_posix()
            folder = path.name if at == "." else f"{path.name}/{at}"
            for member, name in _members(file, stack):
                yield member, f"{folder}/{name}"


def _is_csv(name: str) -> bool:
    return name.lower().endswith(_CSV)


def _by_name(member: Member, name: str) -> CrimeFile | None:
    found = _NAME.fullmatch(Path(member.name).name)
    if found is None:
        return None
    try:
        month = month_number(found["month"])
    except InvalidInputError as error:
        raise SourceError(f"{name} names no month: {error}") from error
    kind: PublishedKind = "street" if found["kind"].lower() == "street" else "outcomes"
    return CrimeFile(name, kind, found["force"].lower(), month, member.size, _reader(member, name))


def _by_content(member: Member, name: str) -> CrimeFile:
    with damage_told(name), member.open() as stream:
        content = stream.read(_PEEKED_BYTES)
    cells = header_cells(content, name)
    kind = kind_of(cells)
    if kind is None:
        raise UnknownFormatError(
            f"{name} is none of data.police.uk's files of crimes or outcomes: it has the columns "
            f"{', '.join(cells[:20])}; {_WANTED}, or forces' own data with a mapping file"
        )
    # The first rows that are whole.
    whole = content[: content.rfind(b"\n") + 1]
    rows = read_rows(whole, name, wanted_columns(name, cells, kind))
    return CrimeFile(name, kind, *_first(rows), member.size, _reader(member, name))


def _first(rows: CsvRows) -> tuple[str, int]:
    # Force and month of the first row.
    if not len(rows):
        raise SourceError(f"{rows.name} has no row that tells its force and month; {_WANTED}")
    forces, of_force = rows.distinct("reported_by")
    months, of_month = rows.distinct("month")
    force, month = force_of(forces[of_force[0]]), months[of_month[0]]
    if not FORCE.fullmatch(force):
        raise SourceError(f"{rows.name} does not tell its force; {_WANTED}")
    try:
        return force, month_number(month)
    except InvalidInputError as error:
        raise SourceError(f"{rows.name}, line 2: {error}") from error


def _reader(member: Member, name: str) -> Callable[[], bytes]:
    def read() -> bytes:
        with damage_told(name), member.open() as stream:
            content = stream.read(MOST_FILE_BYTES + 1)
        if len(content) > MOST_FILE_BYTES:
            raise SourceError(
                f"{name} has more than {MOST_FILE_BYTES:,} bytes, which is more than any force's "
                "month; import the months one by one, as they are published"
            )
        return content

    return read


def _superseded(earlier: CrimeFile, later: CrimeFile) -> Remark:
    reason = f"left aside for {later.name}, which comes later"
    return Remark(earlier.name, NOTED, reason)
