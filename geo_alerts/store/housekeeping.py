"""What a start does first: remove what nobody will finish or use any more."""

from sqlalchemy import delete

from geo_alerts.store import audiences, crime_removal, edition_removal, subscriber_removal
from geo_alerts.store.database import Store
from geo_alerts.store.tables import session, sign_in_token


def tidy(store: Store) -> int:
    """Remove abandoned stages, in batches, and expired sessions and sign-in tokens.

    Safe to call at any time, by several processes at once; quick where nothing is left over.

    Returns:
        How many imports were abandoned.
    """
    abandoned = edition_removal.tidy(store) + subscriber_removal.tidy(store)
    abandoned += crime_removal.tidy(store)
    audiences.tidy(store)
    now = store.clock()
    with store.writing() as connection:
        connection.execute(delete(session).where(session.c.expires_at <= now))
        connection.execute(delete(sign_in_token).where(sign_in_token.c.expires_at <= now))
    return abandoned
