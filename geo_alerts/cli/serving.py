"""geo-alerts serve: the API and the pages on one address."""

import contextlib
import gc
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
import uvicorn

from geo_alerts.acts import keys
from geo_alerts.acts.dashboard.opening import show_first
from geo_alerts.acts.live import Live
from geo_alerts.acts.protection import prepare
from geo_alerts.acts.sample import is_wanted
from geo_alerts.audiences.disclosure import Role
from geo_alerts.cli.options import DEFAULT_STORE, StoreUrl, open_store, operator, told
from geo_alerts.errors import GeoAlertsError, NotReadyError
from geo_alerts.store.database import Store
from geo_alerts.store.housekeeping import tidy

if TYPE_CHECKING:
    from fastapi import FastAPI

LOOPBACK = "127.0.0.1"
PORT = 8000


def serve(
    store: StoreUrl = DEFAULT_STORE,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = LOOPBACK,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")
    ] = PORT,
    sample: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            file_okay=False,
            help="Load this sample first, unless the store has data of its own.",
        ),
    ] = None,
) -> None:
    """Serve the API and the pages, and print a one-time sign-in link."""
    with open_store(store, create=sample is not None) as opened:
        if sample is not None and is_wanted(opened):
            _import_sample(store, sample)
        listening = _listen(host, port)
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{listening.getsockname()[1]}"
        app = _application(opened)
        seen_as = app.state.front.origin or address
        server = _Server(
            _config(app), lambda: _announce(opened, address, seen_as), app.state.events.close
        )
        # Ctrl+C is how a server is told to stop: it is no error.
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listening])


class _Server(uvicorn.Server):
    """Tells its address once it can be told to stop: a signal sent earlier might be lost.

    When it stops it waits for answers that are under way, so those without an end are ended first.
    """

    def __init__(
        self, config: uvicorn.Config, announce: Callable[[], None], end_streams: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._announce = announce
        self._end_streams = end_streams

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._end_streams()
        await super().shutdown(sockets)


def _application(store: Store) -> "FastAPI":
    from api.app import create_app  # noqa: PLC0415 - FastAPI is needed by this command alone

    app = create_app(store=store)
    threading.Thread(target=_warm, args=(app.state.live,), daemon=True).start()
    return app


def _config(app: "FastAPI") -> uvicorn.Config:
    from api.logs import LOG_CONFIG  # noqa: PLC0415

    # The application writes its own access log, which holds route templates and never paths. It
    # also decides by its settings what a proxy may say of a caller's address.
    return uvicorn.Config(
        app,
        access_log=False,
        log_config=LOG_CONFIG,
        proxy_headers=False,
        server_header=False,
    )


def _warm(live: Live) -> None:
    # So that the first who asks does not wait; what is wrong is told to who asks. Then what a crash
    # left behind goes, and sessions that have expired.
    with contextlib.suppress(GeoAlertsError):
        geography = live.snapshot().geography
        _ = geography.cells, geography.assignment
        prepare(live)
        tidy(live.store)
        # Last, for what its figures are worked out with takes seconds to load.
        show_first(live)
    # What stands for as long as the server does: Python's search for rubbish, which keeps everybody
    # waiting, went through it each time and took a fifth of a second.
    gc.collect()
    gc.freeze()


def _announce(store: Store, address: str, seen_as: str) -> None:
    token = keys.sign_in_link_token(store, name="operator", role=Role.ADMIN, by=operator())
    told.print(f"\n[bold]geo-alerts[/] serves on {address}  (Ctrl+C stops it)")
    told.print("Sign in as administrator, once and within an hour, with this link:")
    typer.echo(f"{seen_as}{keys.sign_in_path(token)}")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named, or asyncio does not know that it is TCP and leaves Nagle's algorithm on: an answer in
    # two packets would wait 40 ms for the first to be acknowledged.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        # From here on callers wait instead of being refused, until the application answers.
        listening.listen()
    except OSError as error:
        listening.close()
        message = (
            f"cannot listen on {host} port {port}: {error.strerror}; choose another with --port"
        )
        raise NotReadyError(message) from error
    return listening


def _import_sample(store_url: str, sample: Path) -> None:
    # A process of its own: what reads files needs pandas, and the server should not carry that.
    # The store's URL may hold a password, which has no place on a command line that others see.
    command = [sys.executable, "-m", "geo_alerts.cli", "import", "sample", str(sample)]
    environment = {**os.environ, "GEO_ALERTS_STORE": store_url}
    # Ctrl+C reaches both processes; this one waits until the other has put the terminal right.
    with subprocess.Popen(command, env=environment) as loading:  # noqa: S603 - ourselves
        try:
            failed = loading.wait() != 0
        except KeyboardInterrupt:
            loading.wait()
            told.print("Stopped while the sample was loading: the next start goes on from there.")
            raise
    if failed:
        raise NotReadyError(f"the sample in {sample} could not be loaded; the reason stands above")
