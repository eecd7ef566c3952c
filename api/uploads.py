"""Files that come in over HTTP: to disk as they come, under a name that is only a name.

A file of boundaries may be a hundred times as large as any other body, so that it has a limit of
its own (`api/shell.py` counts) and is never held in memory. Who asks is looked at before a byte of
it is read.
"""

import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from fastapi import Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from api.errors import MalformedFormError, UnsupportedMediaTypeError
from api.forms import media_type_of
from api.schemas.boundaries import UploadAsked
from api.security import Admin, check_csrf
from geo_alerts.acts.boundaries import import_draft
from geo_alerts.acts.import_jobs import BOUNDARIES, Bringing, recorded
from geo_alerts.acts.imports import ImportReport
from geo_alerts.acts.keys import Caller
from geo_alerts.acts.live import Live
from geo_alerts.acts.turns import Turns

OCTETS = "application/octet-stream"
MULTIPART = "multipart/form-data"
# Where files may be sent to: the API's call and the page's form.
UPLOAD_PATHS = ("/v1/boundaries", "/boundaries")
UPLOADS_AT_ONCE: Final = 4
MOST_FIELDS = 20
MOST_FIELD_BYTES = 4096


async def scratch_folder() -> AsyncIterator[Path]:
    """A folder that is removed when the answer was sent."""
    folder = await run_in_threadpool(tempfile.mkdtemp, prefix="geo-alerts-")
    try:
        yield Path(folder)
    finally:
        await run_in_threadpool(shutil.rmtree, folder, ignore_errors=True)


Scratch = Annotated[Path, Depends(scratch_folder)]


async def upload_place(request: Request, _caller: Admin) -> AsyncIterator[None]:
    """One of the places of uploads, held until the answer was sent.

    Raises:
        TooManyRequestsError: All are taken.
    """
    turns: Turns = request.app.state.uploads
    with turns.one():
        yield


Place = Annotated[None, Depends(upload_place)]


@dataclass(frozen=True, slots=True)
class Received:
    """A file on disk, and what its sender says of it."""

    path: Path
    asked: UploadAsked


async def file_of_request(
    request: Request, _place: Place, folder: Scratch, asked: Annotated[UploadAsked, Query()]
) -> Received:
    """The body as a file of the name that the caller gives it.

    Raises:
        UnsupportedMediaTypeError: It is not said to be a file.
        BodyTooLargeError: It is larger than is allowed.
    """
    if media_type_of(request) != OCTETS:
        raise UnsupportedMediaTypeError(f"send the file as Content-Type: {OCTETS}")
    path = folder / asked.filename
    with path.open("wb") as file:
        async for chunk in request.stream():
            file.write(chunk)
    return Received(path, asked)


SentFile = Annotated[Received, Depends(file_of_request)]


async def form_with_file(request: Request, _place: Place) -> AsyncIterator[FormData]:
    """A form with one file, which is on disk where it is not small.

    Raises:
        UnsupportedMediaTypeError: The body is no such form.
        BodyTooLargeError: It is larger than is allowed.
        OutlivedFormError: The form is of a session that has ended.
    """
    if media_type_of(request) != MULTIPART:
        raise UnsupportedMediaTypeError(f"send the form as {MULTIPART}")
    async with request.form(
        max_files=1, max_fields=MOST_FIELDS, max_part_size=MOST_FIELD_BYTES
    ) as form:
        sent = form.get("csrf", "")
        check_csrf(request, sent if isinstance(sent, str) else "")
        yield form


FormWithFile = Annotated[FormData, Depends(form_with_file)]


def fields_of(form: FormData) -> dict[str, str]:
    """The fields of a form that were filled in, without the file."""
    texts = {name: value for name, value in form.items() if isinstance(value, str)}
    return {name: value.strip() for name, value in texts.items() if value.strip()}


def keep(form: FormData, name: str, folder: Path, called: str) -> Path:
    """Put the file of a form into a folder.

    Args:
        form: The form.
        name: Of the field.
        folder: Where to.
        called: The file's name there.

    Raises:
        MalformedFormError: The form has no such file.
    """
    sent = form.get(name)
    if not isinstance(sent, UploadFile):
        raise MalformedFormError("the form holds no file")
    path = folder / called
    with path.open("wb") as file:
        shutil.copyfileobj(sent.file, file)
    return path


def keep_draft(live: Live, path: Path, asked: UploadAsked, caller: Caller) -> ImportReport:
    """Keep a file of boundaries as a draft, with the record of a job that others see meanwhile.

    Raises:
        GeoAlertsError: As `acts.boundaries.import_draft`.
    """
    return recorded(
        live.store,
        Bringing(BOUNDARIES, asked.filename, caller.recorded_as),
        lambda tell: import_draft(live, path, tell, asked.options(), by=caller.recorded_as),
        _unwatched,
    )


def _unwatched(done: int, total: int | None = None) -> None:
    """Progress that nobody else is told: who sent the file waits for the answer."""
