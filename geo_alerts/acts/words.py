"""Words that answers have in common."""

from boundaries.comparing.finding import finding

__all__ = ["counted", "finding"]


def counted(number: int, one: str, several: str) -> str:
    """A number with its noun: `1 team`, `1,234 teams`."""
    return f"{number:,} {one if number == 1 else several}"
