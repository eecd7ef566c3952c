"""API keys, sessions and one-time sign-in tokens: only hashes of secrets are kept."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from geo_alerts.store.audit import append, append_by_admin
from geo_alerts.store.database import Store
from geo_alerts.store.tables import api_key, session, sign_in_token


@dataclass(frozen=True, slots=True)
class Key:
    """An API key without its secret; `last_used_on` is a date, ISO 8601."""

    id: str
    name: str
    role: str
    created_at: datetime
    last_used_on: str | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is: the name and role that a session or a sign-in token was made for."""

    name: str
    role: str


def add_key(store: Store, key_id: str, identity: Identity, secret_sha256: str, by: str) -> None:
    """Keep a new key by the hash of its secret, and record who made it."""
    now = store.clock()
    with store.writing() as connection:
        connection.execute(
            insert(api_key).values(
                id=key_id,
                name=identity.name,
                role=identity.role,
                secret_sha256=secret_sha256,
                created_at=now,
            )
        )
        details = {"id": key_id, **asdict(identity)}
        append_by_admin(connection, "key.create", by, now, details)


def keys(connection: Connection) -> list[Key]:
    """Every key, revoked ones too, the oldest first."""
    found = connection.execute(select(api_key).order_by(api_key.c.created_at, api_key.c.id))
    return [_key(row) for row in found]


def key_of(connection: Connection, key_id: str) -> tuple[Key, str] | None:
    """A key that is not revoked, and the hash of its secret; None where there is none."""
    is_it = (api_key.c.id == key_id) & api_key.c.revoked_at.is_(None)
    row = connection.execute(select(api_key).where(is_it)).one_or_none()
    return None if row is None else (_key(row), row.secret_sha256)


def name_of(connection: Connection, key_id: str) -> str:
    """What a key is called, revoked or not; empty where there is none of this id."""
    named = select(api_key.c.name).where(api_key.c.id == key_id)
    return connection.execute(named).scalar() or ""


def note_use(store: Store, key_id: str, on: str) -> None:
    """Keep the day of the latest use; a key's every use would be a write for each request."""
    with store.writing() as connection:
        connection.execute(update(api_key).where(api_key.c.id == key_id).values(last_used_on=on))


def revoke(store: Store, key_id: str, by: str) -> bool:
    """End a key, and record who did; False where there is none that could be ended."""
    is_it = (api_key.c.id == key_id) & api_key.c.revoked_at.is_(None)
    now = store.clock()
    with store.writing() as connection:
        ended = connection.execute(update(api_key).where(is_it).values(revoked_at=now))
        if ended.rowcount == 0:
            return False
        details = {"id": key_id}
        append_by_admin(connection, "key.revoke", by, now, details)
        return True


def add_sign_in_token(
    store: Store, sha256: str, identity: Identity, until: datetime, by: str
) -> None:
    """Keep a one-time token by its hash, and record who asked for it."""
    with store.writing() as connection:
        connection.execute(
            insert(sign_in_token).values(
                sha256=sha256, name=identity.name, role=identity.role, expires_at=until
            )
        )
        append_by_admin(connection, "sign_in.link", by, store.clock(), asdict(identity))


def use_sign_in_token(
    store: Store, sha256: str, session_sha256: str, until: datetime
) -> Identity | None:
    """Use a token up, begin a session and record that, all or nothing.

    Returns:
        Whose session it is; None where the token is unknown, used or expired.
    """
    now = store.clock()
    is_good = (
        (sign_in_token.c.sha256 == sha256)
        & sign_in_token.c.used_at.is_(None)
        & (sign_in_token.c.expires_at > now)
    )
    with store.writing() as connection:
        used = update(sign_in_token).where(is_good).values(used_at=now).returning(sign_in_token)
        row = connection.execute(used).one_or_none()
        if row is None:
            return None
        connection.execute(
            insert(session).values(
                id_sha256=session_sha256,
                name=row.name,
                role=row.role,
                created_at=now,
                expires_at=until,
            )
        )
        who = f"session:{row.name}"
        append(connection, act="session.begin", who=who, role=row.role, at=now, details={})
        return Identity(row.name, row.role)


def session_of(
    connection: Connection, sha256: str, now: datetime
) -> tuple[Identity, datetime] | None:
    """Whose session it is and when it ends; None where it is unknown, ended or expired."""
    is_good = (
        (session.c.id_sha256 == sha256)
        & session.c.ended_at.is_(None)
        & (session.c.expires_at > now)
    )
    row = connection.execute(select(session).where(is_good)).one_or_none()
    return None if row is None else (Identity(row.name, row.role), row.expires_at)


def end_session(store: Store, sha256: str) -> None:
    """End a session; one that is unknown is ended already."""
    with store.writing() as connection:
        is_it = (session.c.id_sha256 == sha256) & session.c.ended_at.is_(None)
        connection.execute(update(session).where(is_it).values(ended_at=store.clock()))


def _key(row: Row[tuple[object, ...]]) -> Key:
    return Key(row.id, row.name, row.role, row.created_at, row.last_used_on, row.revoked_at)
