"""Numbers as maps and pages show them to people."""

# A narrow space that keeps the number on one line (U+202F).
THIN_SPACE = "\u202f"


def thousands(number: float) -> str:
    """A number to the whole, in groups of three: 1 234 567."""
    return f"{number:,.0f}".replace(",", THIN_SPACE)


def one_decimal(number: float) -> str:
    """A number to one decimal place, in groups of three: 1 234.5."""
    return f"{number:,.1f}".replace(",", THIN_SPACE)


def counted(number: int, one: str, several: str) -> str:
    """A number with its noun: `1 team`, `82 teams`."""
    return f"{thousands(number)} {one if number == 1 else several}"
