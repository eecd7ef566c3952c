"""Recipients written for programs: lines of JSON, CSV, Arrow, Parquet; batch by batch.

Every row carries its position, by which a reader that was cut off takes the list up again.

pyarrow is imported where Arrow or Parquet is written only: it is slow to import.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo_alerts.acts.asker import Asker
from geo_alerts.acts.files import replacing
from geo_alerts.acts.live import Live
from geo_alerts.acts.recipients import recipients
from geo_alerts.audiences.selection import Channel
from geo_alerts.errors import UnknownFormatError
from geo_alerts.store.recipients import Part, Recipient

if TYPE_CHECKING:
    import pyarrow as pa

_compact = json.JSONEncoder(separators=(",", ":")).encode

Batches = Iterable[list[Recipient]]


class Form(StrEnum):
    """What recipients are written as; the ending of a file's name.

    Of the two forms of Arrow IPC, `.arrows` is the stream and `.arrow` the file, as registered.
    """

    NDJSON = "ndjson"
    CSV = "csv"
    ARROW_STREAM = "arrows"
    ARROW_FILE = "arrow"
    PARQUET = "parquet"


# By the sum of the channels' bits.
_CHANNELS: Final = tuple(
    tuple(channel.value for channel in Channel if bits & channel.bit)
    for bits in range(sum(channel.bit for channel in Channel) + 1)
)


def channels_of(recipient: Recipient) -> tuple[str, ...]:
    """The names of the channels by which somebody is to be told."""
    return _CHANNELS[recipient.channels]


def streamed(batches: Batches, form: Form) -> Iterator[bytes]:
    """Recipients as bytes, a piece for each batch.

    Args:
        batches: The recipients.
        form: Any but Parquet and the Arrow file, which end with a table of what they hold.
    """
    return _STREAMED[form](batches)


def write_recipients(
    live: Live, audience_id: str, asker: Asker, path: Path, part: Part = Part.RECIPIENTS
) -> int:
    """Write the recipients of an audience, or its control group, to a file, whole or not at all.

    Args:
        live: Where to look.
        audience_id: Of the audience.
        asker: Who reads.
        path: Ends in the name of a form. A new file is for its owner only.
        part: Who is written.

    Returns:
        How many they are.

    Raises:
        UnknownFormatError: The ending is another.
        InvalidInputError: The file cannot be written.
        ForbiddenError: The role may not read recipients.
        UnknownAudienceError: There is no audience of this id.
        ApprovalNeededError: A second person must approve the audience first.
    """
    ending = path.suffix.lower().removeprefix(".")
    if ending not in list(Form):
        wanted = ", ".join(f".{form}" for form in Form)
        raise UnknownFormatError(f"{path.name}: wanted a name that ends in one of {wanted}")
    form, count = Form(ending), 0
    found = recipients(live, audience_id, asker, form=form, part=part)

    def counted() -> Iterator[list[Recipient]]:
        nonlocal count
        for batch in found:
            count += len(batch)
            yield batch

    with replacing(path, private=True) as unfinished:
        if form in _WRITTEN:
            _WRITTEN[form](unfinished, counted())
        else:
            with unfinished.open("wb") as out:
                out.writelines(streamed(counted(), form))
    return count


def _lines(batches: Batches) -> Iterator[bytes]:
    for batch in batches:
        rows = (
            {"position": one.position, "reference": one.reference, "channels": channels_of(one)}
            for one in batch
        )
        yield "".join(f"{_compact(row)}\n" for row in rows).encode()


def _csv(batches: Batches) -> Iterator[bytes]:
    yield b"position,reference,channels\n"
    for batch in batches:
        # A reference has no comma, quote or blank, and begins with a letter or a digit.
        rows = [f"{one.position},{one.reference},{';'.join(channels_of(one))}\n" for one in batch]
        yield "".join(rows).encode()


def _arrow_stream(batches: Batches) -> Iterator[bytes]:
    import pyarrow as pa  # noqa: PLC0415

    written = io.BytesIO()

    def taken() -> bytes:
        piece = written.getvalue()
        written.seek(0)
        written.truncate()
        return piece

    with pa.ipc.new_stream(written, _schema()) as stream:
        for batch in batches:
            stream.write_batch(_record_batch(batch))
            yield taken()
    yield taken()


_STREAMED: Final[dict[Form, Callable[[Batches], Iterator[bytes]]]] = {
    Form.NDJSON: _lines,
    Form.CSV: _csv,
    Form.ARROW_STREAM: _arrow_stream,
}


def _write_parquet(path: Path, batches: Batches) -> None:
    from pyarrow import parquet  # noqa: PLC0415

    with parquet.ParquetWriter(path, _schema()) as file:
        for batch in batches:
            file.write_batch(_record_batch(batch))


def _write_arrow_file(path: Path, batches: Batches) -> None:
    import pyarrow as pa  # noqa: PLC0415

    with pa.OSFile(str(path), "wb") as out, pa.ipc.new_file(out, _schema()) as file:
        for batch in batches:
            file.write_batch(_record_batch(batch))


_WRITTEN: Final[dict[Form, Callable[[Path, Batches], None]]] = {
    Form.PARQUET: _write_parquet,
    Form.ARROW_FILE: _write_arrow_file,
}


def _schema() -> "pa.Schema":
    import pyarrow as pa  # noqa: PLC0415

    return pa.schema(
        [
            pa.field("position", pa.int32(), nullable=False),
            pa.field("reference", pa.string(), nullable=False),
            pa.field("channels", pa.list_(pa.string()), nullable=False),
        ]
    )


def _record_batch(batch: list[Recipient]) -> "pa.RecordBatch":
    import pyarrow as pa  # noqa: PLC0415

    columns = {
        "position": [one.position for one in batch],
        "reference": [one.reference for one in batch],
        "channels": [channels_of(one) for one in batch],
    }
    return pa.RecordBatch.from_pydict(columns, schema=_schema())
