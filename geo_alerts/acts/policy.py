"""What a force may set of who sees what."""

from dataclasses import dataclass

from geo_alerts.audiences.disclosure import Role, may_list

APPROVAL_ABOVE = 5_000
PROTECTION_DAYS = 7


@dataclass(frozen=True, slots=True)
class Policy:
    """What a force has set.

    Attributes:
        exact_roles: Limited roles that may see exact counts all the same.
        approval_above: Audiences of more people need the word of a second person.
        protection_days: For how long the counts that limited roles see stay the same.
    """

    exact_roles: frozenset[Role] = frozenset()
    approval_above: int = APPROVAL_ABOVE
    protection_days: int = PROTECTION_DAYS

    def sees_exact(self, role: Role) -> bool:
        """Tell whether a role sees exact counts of any area."""
        return may_list(role) or role in self.exact_roles
