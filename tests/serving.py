"""The real server, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def served(store_url: str, *options: str, **settings: str) -> Iterator[str]:
    """`geo-alerts serve` on a store and a free port; its one-time sign-in link.

    Args:
        store_url: The store.
        options: More of the command line.
        settings: More of the environment, by the names of settings.
    """
    command = [sys.executable, "-m", "geo_alerts.cli", "serve", "--port", "0", *options]
    environment = {**os.environ, **settings, "GEO_ALERTS_STORE": store_url}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield next(line.strip() for line in process.stdout if "/sign-in?token=" in line)
        finally:
            process.terminate()
