"""What a JSON document says at its top level, however much lies below, in little memory.

A GeoJSON of all wards is hundreds of megabytes, nearly all of it in `features`. GDAL reads those as
a stream; what it passes over without a word (a feature that is no feature, members that are not
GeoJSON's) is found here, in a stream too: where each byte stands among brackets and quotes.
"""

import codecs
import json
import re
from pathlib import Path
from typing import IO, Any, Final, NoReturn

import numpy as np
import numpy.typing as npt

from geo_alerts.errors import SourceError

CHUNK_BYTES: Final = 2**20
# Arrays and objects at the top level longer than this are left out, as `features` always is.
MOST_INNER_BYTES: Final = 2**16
MOST_OUTLINE_BYTES: Final = 2**20
# A MultiPolygon in a FeatureCollection stands 8 deep; GDAL gives up at 1,024.
DEEPEST: Final = 256

_FEATURES: Final = re.compile(rb'"features"\s*:\s*\[\Z')
_QUOTE, _BACKSLASH, _COMMA = b'"\\,'


def outline(path: Path, name: str) -> tuple[dict[str, Any], int]:
    """The top-level members of a JSON object, and how many items its array `features` has.

    Args:
        path: A file that begins with a brace.
        name: What it is called to the user.

    Returns:
        The members; long arrays and objects are empty. The count of items, of whatever kind.

    Raises:
        SourceError: It is not UTF-8, not whole, has a member twice, nests deeper than 256, or has
            more than 1 MiB beside its long members.
    """
    found = _Outline(name)
    with path.open("rb") as stream:
        _read(stream, found, name)
    return found.members(), found.items


def no_number(word: str) -> NoReturn:
    """Refuse NaN, Infinity and -Infinity, which Python's JSON allows and JSON does not.

    Raises:
        SourceError: Always.
    """
    raise SourceError(f"{word} is no number of JSON")


def _read(stream: IO[bytes], found: "_Outline", name: str) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    done = 0
    while True:
        chunk = stream.read(CHUNK_BYTES)
        # A character may have begun in the chunk before.
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            place = done - held + error.start + 1
            raise SourceError(
                f"{name} is not UTF-8, which JSON must be, at byte {place:,} ({error.reason}); "
                "save it as UTF-8"
            ) from error
        if not chunk:
            return
        found.take(np.frombuffer(chunk, dtype=np.uint8))
        done += len(chunk)


class _Outline:
    """The bytes at the top level, gathered chunk by chunk."""

    def __init__(self, name: str) -> None:
        self.items = 0
        self._name = name
        self._kept = bytearray()
        self._inner = bytearray()
        self._depth = 0
        self._is_text = False
        self._slashes = 0
        self._in_features = False

    def take(self, chunk: npt.NDArray[np.uint8]) -> None:
        text = self._text(chunk)
        # `[` and `{` differ from `]` and `}` by two, and from all else.
        opens = ((chunk == ord("[")) | (chunk == ord("{"))) & ~text
        closes = ((chunk == ord("]")) | (chunk == ord("}"))) & ~text
        after = self._depth + np.cumsum(opens.astype(np.int32) - closes)
        self._depth = int(after[-1])
        if after.max() > DEEPEST:
            raise SourceError(f"{self._name} nests arrays and objects deeper than {DEEPEST}")
        level = after - opens
        is_inner = level > 1
        commas = (chunk == _COMMA) & ~text & (level == 2)  # noqa: PLR2004 - in `features` itself
        starts = np.flatnonzero(np.diff(is_inner)) + 1
        for at, piece in zip([0, *starts.tolist()], np.split(chunk, starts), strict=True):
            if is_inner[at]:
                self._take_inner(piece, commas[at : at + len(piece)])
            else:
                self._take_outer(piece)

    def members(self) -> dict[str, Any]:
        self._end_inner()
        if self._depth > 0 or self._is_text:
            raise SourceError(
                f"{self._name} is no whole JSON: it ends in the middle; it was cut off, get it anew"
            )
        try:
            root = json.loads(
                self._kept.decode("utf-8-sig"),
                object_pairs_hook=self._once,
                parse_constant=no_number,
            )
        except ValueError as error:  # JSON's own errors, and numbers of thousands of digits
            raise SourceError(f"{self._name} is no whole JSON: {error}") from error
        return dict(root)

    def _text(self, chunk: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
        # Bytes between quotes, the first quote not among them; escaped quotes do not count.
        is_slash = chunk == _BACKSLASH
        at = np.arange(len(chunk))
        plain = np.maximum.accumulate(np.where(is_slash, -1 - self._slashes, at))
        run = at - plain
        before = np.concatenate(([self._slashes], run[:-1]))
        quotes = (chunk == _QUOTE) & (before % 2 == 0)
        inside = np.asarray((np.cumsum(quotes) - quotes + self._is_text) % 2 == 1)
        self._slashes = int(run[-1])
        self._is_text = bool(inside[-1]) != bool(quotes[-1])
        return inside

    def _take_outer(self, piece: npt.NDArray[np.uint8]) -> None:
        self._end_inner()
        self._kept += piece.tobytes()
        if len(self._kept) > MOST_OUTLINE_BYTES:
            raise SourceError(f"{self._name} has more beside its features than is allowed")

    def _take_inner(self, piece: npt.NDArray[np.uint8], commas: npt.NDArray[np.bool_]) -> None:
        if not self._inner:
            self._in_features = _FEATURES.search(self._kept) is not None
        if self._in_features:
            self._count(piece, commas)
        if len(self._inner) <= MOST_INNER_BYTES:
            self._inner += piece.tobytes()

    def _count(self, piece: npt.NDArray[np.uint8], commas: npt.NDArray[np.bool_]) -> None:
        is_first = not self.items and bool(piece.tobytes().strip())
        self.items += int(commas.sum()) + is_first

    def _end_inner(self) -> None:
        if len(self._inner) <= MOST_INNER_BYTES and not self._in_features:
            self._kept += self._inner
        self._inner.clear()
        self._in_features = False

    def _once(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise SourceError(f"{self._name} has two members called {twice[:40]!r}")
        return members
