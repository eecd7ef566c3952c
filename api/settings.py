"""What can be set from outside, by environment variables that begin with GEO_ALERTS_.

Read once, when the application is made; nothing is read at import. Address and port are options of
`geo-alerts serve`.
"""

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Settings(BaseSettings):
    """Every setting of the server, with its default."""

    model_config = SettingsConfigDict(env_prefix="GEO_ALERTS_", frozen=True)

    store: str = Field(
        default="sqlite:///geo-alerts.db",
        description="SQLAlchemy URL of the store: sqlite:///FILE or postgresql+psycopg://….",
        repr=False,  # a PostgreSQL URL may hold a password
    )
    # Without this list a page of another site could reach a server on loopback by giving its own
    # host name that address (DNS rebinding).
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=LOOPBACK,
        description="Host names, without port and with commas between, that requests may name.",
    )
    max_body_bytes: int = Field(
        default=8 * 1024 * 1024, gt=0, description="Largest request body; a larger one is a 413."
    )
    failed_sign_ins_per_minute: int = Field(
        default=20,
        gt=0,
        description="Wrong keys and sessions that one address may send before it has to wait.",
    )
    anonymous_requests_per_minute: int = Field(
        default=600,
        gt=0,
        description="Requests of one address to the calls and pages that need no sign-in.",
    )

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_at_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().lower() for part in value.split(",") if part.strip())
        return value
