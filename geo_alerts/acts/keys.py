"""Who may ask: API keys for programs, sessions for people.

A key is `ga_<id>_<secret>`, a session an opaque token; of secrets only SHA-256 hashes are stored.
That is enough, for they are 256 random bits: there is nothing to guess that salt or a slow hash
would protect.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from geo_alerts.audiences.disclosure import Role
from geo_alerts.errors import InvalidInputError, NotFoundError, NotSignedInError
from geo_alerts.store import keys as stored
from geo_alerts.store.audit import SCRIPT
from geo_alerts.store.database import Store
from geo_alerts.store.keys import Identity

SECRET_BYTES: Final = 32
ID_BYTES: Final = 6
SESSION_LASTS_S: Final = 8 * 3600
SIGN_IN_LINK_LASTS_S: Final = 3600
LONGEST_NAME: Final = 100

_TOKEN: Final = re.compile(r"ga_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
# Compared with where there is no such key, so that the time taken tells nothing.
_NO_SECRET: Final = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes:
        key_id: The key's; None for people who signed in by a link.
        name: Whose key or session it is.
        role: What they may do.
        until: When the session ends; None for a key.
    """

    key_id: str | None
    name: str
    role: Role
    until: datetime | None = None

    @property
    def recorded_as(self) -> str:
        """How a record tells who asked: `key:<id>` or `session:<name>`."""
        return f"session:{self.name}" if self.key_id is None else f"key:{self.key_id}"


@dataclass(frozen=True, slots=True)
class KeyAnswer:
    """A key as it is listed."""

    id: str
    name: str
    role: Role
    created_at: datetime
    last_used_on: str | None
    revoked_at: datetime | None

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        times = {
            name: moment and moment.isoformat(timespec="seconds")
            for name, moment in (("created_at", self.created_at), ("revoked_at", self.revoked_at))
        }
        return {**asdict(self), "role": self.role.value, **times}


def create_key(store: Store, name: str, role: Role, *, by: str = SCRIPT) -> tuple[str, str]:
    """Make a key.

    Args:
        store: Where to.
        name: Whose key it is.
        role: What it may do.
        by: Who makes it, for the record.

    Returns:
        Its id, and the token, which is shown only now.

    Raises:
        InvalidInputError: The name is empty or too long.
    """
    identity = _identity(name, role)
    key_id, secret = secrets.token_hex(ID_BYTES), secrets.token_urlsafe(SECRET_BYTES)
    stored.add_key(store, key_id, identity, _sha256(secret), by)
    return key_id, f"ga_{key_id}_{secret}"


def list_keys(store: Store) -> list[KeyAnswer]:
    """Every key, revoked ones too, the oldest first."""
    with store.reading() as connection:
        return [
            KeyAnswer(
                key.id, key.name, Role(key.role), key.created_at, key.last_used_on, key.revoked_at
            )
            for key in stored.keys(connection)
        ]


def key_names(store: Store) -> dict[str, str]:
    """Id -> name of every key, revoked ones too."""
    with store.reading() as connection:
        return {key.id: key.name for key in stored.keys(connection)}


def revoke_key(store: Store, key_id: str, *, by: str = SCRIPT) -> None:
    """End a key at once; `by` is who does, for the record.

    Raises:
        NotFoundError: There is no such key, or it is revoked already.
    """
    if not stored.revoke(store, key_id, by):
        raise NotFoundError("there is no such key, or it is revoked already")


def caller_of(store: Store, token: str) -> Caller:
    """Whose key a token is.

    Raises:
        NotSignedInError: It is nobody's, or the key is revoked.
    """
    form = _TOKEN.fullmatch(token)
    key_id, secret = form.groups() if form else ("", "")
    with store.reading() as connection:
        found = stored.key_of(connection, key_id)
    is_right = hmac.compare_digest(_sha256(secret), found[1] if found else _NO_SECRET)
    if found is None or not is_right:
        raise NotSignedInError("the key is not known, or is revoked")
    key = found[0]
    today = store.clock().date().isoformat()
    if key.last_used_on != today:
        stored.note_use(store, key.id, today)
    return Caller(key.id, key.name, Role(key.role))


def sign_in_link_token(store: Store, *, name: str, role: Role, by: str = SCRIPT) -> str:
    """A token that signs in once, within an hour.

    Args:
        store: Where it is kept by its hash.
        name: Who will sign in.
        role: What they may do.
        by: Who asks for it, for the record.

    Raises:
        InvalidInputError: The name is empty or too long.
    """
    identity = _identity(name, role)
    token = secrets.token_urlsafe(SECRET_BYTES)
    until = store.clock() + timedelta(seconds=SIGN_IN_LINK_LASTS_S)
    stored.add_sign_in_token(store, _sha256(token), identity, until, by)
    return token


def sign_in_path(token: str) -> str:
    """Where a sign-in token is used, below the server's address."""
    return f"/sign-in?token={token}"


def sign_in(store: Store, token: str) -> str:
    """Use a sign-in token up.

    Returns:
        The token of the session that it began.

    Raises:
        NotSignedInError: The token is unknown, used or expired.
    """
    session_token = secrets.token_urlsafe(SECRET_BYTES)
    until = store.clock() + timedelta(seconds=SESSION_LASTS_S)
    identity = stored.use_sign_in_token(store, _sha256(token), _sha256(session_token), until)
    if identity is None:
        raise NotSignedInError("the sign-in link was used already, or has expired; ask for another")
    return session_token


def caller_of_session(store: Store, session_token: str) -> Caller:
    """Whose session a token is.

    Raises:
        NotSignedInError: It is nobody's, has expired or was ended.
    """
    with store.reading() as connection:
        found = stored.session_of(connection, _sha256(session_token), store.clock())
    if found is None:
        raise NotSignedInError("the session has ended; sign in again")
    identity, until = found
    return Caller(None, identity.name, Role(identity.role), until)


def sign_out(store: Store, session_token: str) -> None:
    """End a session; one that is unknown is ended already."""
    stored.end_session(store, _sha256(session_token))


def _identity(name: str, role: Role) -> Identity:
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        raise InvalidInputError(f"a name has 1 to {LONGEST_NAME} characters")
    return Identity(name.strip(), role.value)


def _sha256(secret: str) -> str:
    # What came as a cookie or in a form may hold anything.
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
