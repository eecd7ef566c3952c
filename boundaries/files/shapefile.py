"""In which encoding a Shapefile's texts are.

A `.cpg` beside it tells; so may the language byte of the `.dbf`, unless it is 0 or 87, which
programs write without meaning it. Where neither tells, the texts are UTF-8 if all of them can be,
else Windows-1252, the encoding of Western Europe that such files are in; that is told as a note.
"""

import codecs
from pathlib import Path
from typing import Final

UTF_8: Final = "UTF-8"
WINDOWS_1252: Final = "CP1252"
CHUNK_BYTES: Final = 2**20
# dBASE III: where the records begin stands at byte 8, the language at 29.
_HEADER_BYTES: Final = 32
_RECORDS_AT, _LANGUAGE_AT = 8, 29
_MEANS_NOTHING: Final = frozenset({0, 87})


def encoding_of(shapefile: Path) -> str | None:
    """The encoding to read a Shapefile's texts in; None where the file tells it itself."""
    table = _beside(shapefile, ".dbf")
    stated = _beside(shapefile, ".cpg")
    if table is None or (stated is not None and stated.read_bytes().strip()):
        return None
    with table.open("rb") as stream:
        header = stream.read(_HEADER_BYTES)
        if len(header) < _HEADER_BYTES or header[_LANGUAGE_AT] not in _MEANS_NOTHING:
            return None
        stream.seek(int.from_bytes(header[_RECORDS_AT : _RECORDS_AT + 2], "little"))
        decoder = codecs.getincrementaldecoder(UTF_8)()
        try:
            while chunk := stream.read(CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return WINDOWS_1252
    return UTF_8


def _beside(path: Path, ending: str) -> Path | None:
    both = (path.with_suffix(ending), path.with_suffix(ending.upper()))
    return next((each for each in both if each.is_file()), None)
