"""Recipients as a stream: the next batch is read when the last one was taken.

A thread works on a stream only while a batch is read. While a slow client takes it, what is held is
that batch, as bytes, and the position in the list.
"""

from starlette.responses import StreamingResponse

from api.negotiation import ARROW, CSV, NDJSON
from geo_alerts.acts.recipient_files import Batches, Form, streamed

MEDIA_TYPES = {NDJSON: Form.NDJSON, CSV: Form.CSV, ARROW: Form.ARROW}


def recipients_stream(batches: Batches, media_type: str) -> StreamingResponse:
    """Recipients in one of `MEDIA_TYPES`."""
    return StreamingResponse(streamed(batches, MEDIA_TYPES[media_type]), media_type=media_type)
