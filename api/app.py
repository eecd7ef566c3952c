"""The application: made by a function, so that nothing happens at import."""

import time
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware

from api import answers
from api.desk import Desk
from api.events import Events
from api.front import Front
from api.limits import TokenBuckets
from api.negotiation import ARROW, CSV, NDJSON
from api.openapi import describe
from api.pages import Pages
from api.routes import (
    area_pages,
    audience_pages,
    audiences,
    audit,
    boundaries,
    boundary_files,
    boundary_pages,
    coverage,
    coverage_pages,
    crimes,
    dashboard,
    drawn_areas,
    hotspot_pages,
    hotspot_reports,
    hotspots,
    jobs,
    labels,
    looks,
    map_data,
    maps,
    pages,
    place_pages,
    places,
    postcodes,
    previews,
    progress,
    recipients,
    report_pages,
    residents,
    saved_areas,
    service,
    subscribers,
    teams,
)
from api.security import Limits
from api.settings import Settings, read_settings
from api.shell import BodyLimit, HostGuard, Shell
from api.streams import STREAMS_AT_ONCE
from api.uploads import UPLOAD_PATHS, UPLOADS_AT_ONCE
from geo_alerts import __version__
from geo_alerts.acts.audit import note_policy
from geo_alerts.acts.hotspots.works import WORKS_APART
from geo_alerts.acts.jobs import Work, Worker
from geo_alerts.acts.live import Live
from geo_alerts.acts.turns import Turns
from geo_alerts.errors import GeoAlertsError
from geo_alerts.store.database import Store

ROUTERS = (
    pages,
    place_pages,
    residents,
    boundary_pages,
    audience_pages,
    area_pages,
    dashboard,
    progress,
    service,
    places,
    postcodes,
    teams,
    previews,
    audiences,
    recipients,
    boundaries,
    boundary_files,
    drawn_areas,
    saved_areas,
    subscribers,
    labels,
    crimes,
    coverage,
    coverage_pages,
    map_data,
    maps,
    hotspots,
    hotspot_reports,
    report_pages,
    hotspot_pages,
    looks,
    jobs,
    audit,
)
COMPRESSION_LEVEL: Final = 6
# Lists of recipients go to programs near by and are taken as fast as they are made; of random
# references there is little to be gained. Parquet and GeoPackage have compression of their own.
SENT_AS_THEY_ARE: Final = (
    *DEFAULT_EXCLUDED_CONTENT_TYPES,
    *(NDJSON, CSV, ARROW),
    "application/geopackage+sqlite3",
    "application/octet-stream",
    "application/vnd.apache.parquet",
)
# A job that is under way longer is stopped, and done again by the next server.
LAST_WAIT_S: Final = 1.0


def create_app(
    settings: Settings | None = None,
    *,
    store: Store | None = None,
    works: Mapping[str, Work] = WORKS_APART,
) -> FastAPI:
    """The API and the pages on one store.

    Args:
        settings: What is set from outside; read from the environment when left out.
        store: The store; opened from the settings when left out.
        works: By kind of job, how it is done; each in a process of its own when left out.

    Raises:
        InvalidInputError: A setting has a value that it cannot have.
        NotReadyError: There is no store at the URL of the settings.
        StoreError: It cannot be opened.
    """
    chosen = settings or read_settings()
    app = FastAPI(
        title="geo-alerts",
        version=__version__,
        openapi_url=None,  # our own routes send the description and a page of it without a CDN
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=False,
        generate_unique_id_function=_operation_id,
        lifespan=_working,
    )
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]  # FastAPI's documented way
    app.state.live = Live(
        store or Store.open(chosen.store), chosen.policy, chosen.index_folder, chosen.base_tiles
    )
    app.state.worker = Worker(app.state.live, works)
    app.state.previews = Desk()
    app.state.events = Events(app.state.live)
    note_policy(app.state.live.store, app.state.live.policy)
    app.state.streams = ThreadPoolExecutor(STREAMS_AT_ONCE, thread_name_prefix="streams")
    app.state.uploads = Turns(UPLOADS_AT_ONCE, "uploads")
    app.state.pages = Pages.read()
    app.state.sign_up_url = chosen.sign_up_url
    app.state.front = Front(chosen.public_url, frozenset(chosen.trusted_proxies))
    app.state.limits = Limits(
        failures=TokenBuckets(chosen.failed_sign_ins_per_minute, time.monotonic),
        anonymous=TokenBuckets(chosen.anonymous_requests_per_minute, time.monotonic),
        residents=TokenBuckets(chosen.resident_requests_per_minute, time.monotonic),
    )
    app.exception_handler(GeoAlertsError)(answers.on_domain_error)
    app.exception_handler(RequestValidationError)(answers.on_validation_error)
    app.exception_handler(HTTPException)(answers.on_http_exception)
    # The last one added stands outermost.
    uploads = dict.fromkeys(UPLOAD_PATHS, chosen.max_upload_bytes)
    app.add_middleware(BodyLimit, most_bytes=chosen.max_body_bytes, uploads=uploads)
    app.add_middleware(HostGuard, allowed=chosen.hosts)
    # A page that another site opens comes without the session (SameSite=Strict), so that sizes of
    # compressed answers tell such a site nothing (BREACH).
    app.add_middleware(
        GZipMiddleware,
        compresslevel=COMPRESSION_LEVEL,
        exclude_content_types=SENT_AS_THEY_ARE,
    )
    app.add_middleware(Shell)
    for module in ROUTERS:
        app.include_router(module.router)
    return app


@asynccontextmanager
async def _working(app: FastAPI) -> AsyncIterator[None]:
    # What a server before this one left undone is done first.
    worker: Worker = app.state.worker
    worker.wake()
    yield
    app.state.events.close()
    await run_in_threadpool(worker.close, LAST_WAIT_S)


def _operation_id(route: APIRoute) -> str:
    return route.name
