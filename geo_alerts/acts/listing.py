"""References that are printed at the machine itself, without an audience that is kept."""

from geo_alerts.acts.audiences import purpose_of
from geo_alerts.acts.audit import note_list
from geo_alerts.acts.choosing import Choice, choose
from geo_alerts.acts.live import Live, When
from geo_alerts.audiences.disclosure import Role
from geo_alerts.audiences.selection import Selection
from geo_alerts.errors import ApprovalNeededError


def list_now(live: Live, selection: Selection, when: When, *, purpose: str, by: str) -> Choice:
    """Choose the recipients of a selection to print them; it is recorded before they are.

    Args:
        live: What they are chosen from.
        selection: Whom they are chosen by.
        when: Whose teams a selection means.
        purpose: What for, in words.
        by: Who asks.

    Raises:
        ApprovalNeededError: They are more than may be told without a second person's word.
        InvalidInputError: The area cannot be resolved, or the purpose is blank or too long.
        NotFoundError: It names a team, a postcode, a saved area or an audience that is not known.
        NotReadyError: No directory is imported.
    """
    said = purpose_of(purpose)
    # Whoever owns the store may ask by anything that is in it.
    choice = choose(live, selection, Role.ADMIN, when)
    people, most = len(choice.chosen.numbers), live.policy.approval_above
    if people > most:
        raise ApprovalNeededError(
            f"{people:,} people are more than the {most:,} that may be listed without a second "
            "person: keep them with geo-alerts audience freeze and have that approved"
        )
    note_list(live.store, selection, people, by=by, purpose=said)
    return choice
