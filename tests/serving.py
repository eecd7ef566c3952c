"""The real server, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def served(store_url: str) -> Iterator[str]:
    """`geo-alerts serve` on a store and a free port; its one-time sign-in link."""
    command = [sys.executable, "-m", "geo_alerts.cli", "serve", "--port", "0"]
    environment = {**os.environ, "GEO_ALERTS_STORE": store_url}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield next(line.strip() for line in process.stdout if "/sign-in?token=" in line)
        finally:
            process.terminate()
