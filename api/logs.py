"""The server's log: one line a request, and where faults came from; nothing personal in either.

Paths are personal data (`/v1/postcodes/SY1…`), and so may be the messages of exceptions.
"""

import logging
import traceback
from typing import Any

from starlette.types import Scope

from geo_alerts.errors import GeoAlertsError

ACCESS = logging.getLogger("geo_alerts.access")
FAULTS = logging.getLogger("geo_alerts.faults")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

# For uvicorn's `log_config`. Its own access log holds paths, so it is off.
LOG_CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "stream": "ext://sys.stderr",
        }
    },
    "loggers": {
        "geo_alerts": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "uvicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}


def log_access(scope: Scope, method: str, status: int | None, took_ms: float) -> None:
    """Write the line about a request: the template of its route, never its path or query."""
    route = getattr(scope.get("route"), "path", "-")
    state = scope["state"]
    caller = state.get("caller")
    ACCESS.info(
        "%s %s %s %.1fms role=%s id=%s",
        method if method in METHODS else "-",
        route,
        status or "-",
        took_ms,
        caller.role.value if caller else "-",
        state["request_id"],
    )


def log_fault(exception: BaseException, request_id: str) -> None:
    """Log where an exception came from: its type and the lines of code.

    Messages of libraries quote what they were given, which may be a postcode or a reference, so
    they stay out; our own errors hold nothing personal.
    """
    told: list[str] = []
    cause: BaseException | None = exception
    while cause is not None:
        frames = "".join(traceback.format_tb(cause.__traceback__))
        message = f": {cause}" if isinstance(cause, GeoAlertsError) else ""
        told.append(f"{type(cause).__module__}.{type(cause).__qualname__}{message}\n{frames}")
        cause = cause.__cause__ or cause.__context__
    FAULTS.error("unexpected error, id=%s\n%s", request_id, "caused by ".join(told))
