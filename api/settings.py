"""What can be set from outside, by environment variables that begin with GEO_ALERTS_.

Read once, when the application is made; nothing is read at import. Address and port are options of
`geo-alerts serve`.
"""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.limits import plain_address
from geo_alerts.acts.policy import APPROVAL_ABOVE, PROTECTION_DAYS, Policy
from geo_alerts.acts.tiles import NOBODYS, NOT_TILES, tiles_of
from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import InvalidInputError
from geo_alerts.maps.document import Tiles

PREFIX: Final = "GEO_ALERTS_"
_PUBLIC_URL: Final = re.compile(
    r"https://(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::(?P<port>[0-9]{1,5}))?/?"
)
MAX_PORT: Final = 65_535
HTTPS_PORT: Final = 443
LONGEST_URL: Final = 2_000
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Settings(BaseSettings):
    """Every setting of the server, with its default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

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
    public_url: str | None = Field(
        default=None,
        description=(
            "Where browsers reach the server through a proxy that speaks TLS, such as "
            "https://alerts.example.org; its host may be named, too."
        ),
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description=(
            "Addresses, with commas between, of proxies whose X-Forwarded-For tells who asks."
        ),
    )
    max_body_bytes: int = Field(
        default=8 * 1024 * 1024, gt=0, description="Largest request body; a larger one is a 413."
    )
    max_upload_bytes: int = Field(
        default=100 * 1024 * 1024,
        gt=0,
        description="Largest file of boundaries that an administrator may upload.",
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
    resident_requests_per_minute: int = Field(
        default=60,
        gt=0,
        description="Requests of one address to the pages on which residents find their team.",
    )
    sign_up_url: str | None = Field(
        default=None,
        max_length=LONGEST_URL,
        pattern=r"^https://[^\s\"'<>]+$",
        description="Where residents sign up for alerts; without it their pages show no such link.",
    )
    tiles: str | None = Field(
        default=None,
        description=(
            "Address of pictures under the maps, with {z}, {x} and {y}, such as "
            "https://tiles.example.org/{z}/{x}/{y}.png; browsers then ask that server. By default "
            "there are none, and nothing is asked of anybody else."
        ),
    )
    tiles_attribution: str | None = Field(
        default=None,
        validate_default=True,
        description="Whose those pictures are, as their owner wants it said.",
    )

    index_folder: Path | None = Field(
        default=None,
        description=(
            "Where the audience index is kept on disk; beside the file of an SQLite store by "
            "default, for any other store nowhere."
        ),
    )
    approval_above: int = Field(
        default=APPROVAL_ABOVE,
        ge=0,
        description="Audiences of more people need the approval of a second person.",
    )
    exact_counts_for: Annotated[tuple[Literal["analyst", "commander"], ...], NoDecode] = Field(
        default=(),
        description=(
            "Roles that see exact counts of any area instead of estimates, with commas between."
        ),
    )
    protection_days: int = Field(
        default=PROTECTION_DAYS,
        ge=1,
        description="For how many days the counts that estimates are made from stay the same.",
    )

    @property
    def base_tiles(self) -> Tiles | None:
        """What is under the maps."""
        return tiles_of(self.tiles, self.tiles_attribution)

    @property
    def policy(self) -> Policy:
        """What a force has set of who sees what."""
        return Policy(
            exact_roles=frozenset(map(Role, self.exact_counts_for)),
            approval_above=self.approval_above,
            protection_days=self.protection_days,
        )

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names that requests may name."""
        found = _PUBLIC_URL.fullmatch(self.public_url or "")
        return (*self.allowed_hosts, found["host"]) if found else self.allowed_hosts

    @field_validator("allowed_hosts", "trusted_proxies", "exact_counts_for", mode="before")
    @classmethod
    def _split_at_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().lower() for part in value.split(",") if part.strip())
        return value

    @field_validator("tiles")
    @classmethod
    def _an_address_of_tiles(cls, value: str | None) -> str | None:
        try:
            tiles_of(value, "whoever they belong to")
        except InvalidInputError as error:
            raise ValueError(NOT_TILES) from error
        return value

    @field_validator("tiles_attribution")
    @classmethod
    def _said_where_there_are_tiles(cls, value: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("tiles") and not (value or "").strip():
            raise ValueError(NOBODYS)
        return value

    @field_validator("public_url")
    @classmethod
    def _an_origin(cls, value: str | None) -> str | None:
        """The URL as browsers write it in `Origin`: small letters, no usual port, no path."""
        if value is None:
            return None
        found = _PUBLIC_URL.fullmatch(value.strip().lower())
        port = int(found["port"] or HTTPS_PORT) if found else 0
        if found is None or not 0 < port <= MAX_PORT:
            message = (
                "must be https:// and a host, with a port at most and no path, such as "
                "https://alerts.example.org (a host of other letters in its xn-- form)"
            )
            raise ValueError(message)
        return f"https://{found['host']}" + ("" if port == HTTPS_PORT else f":{port}")

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_address(text) for text in value)


def read_settings() -> Settings:
    """The settings of the environment.

    Raises:
        InvalidInputError: A variable has a value that it cannot have; the message names it.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        told = (
            f"{PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in faults
        )
        raise InvalidInputError("; ".join(told)) from error


def _address(text: str) -> str:
    try:
        return plain_address(str(ipaddress.ip_address(text)))
    except ValueError as error:
        message = f"{text!r} is no IP address; wanted addresses with commas between"
        raise ValueError(message) from error
