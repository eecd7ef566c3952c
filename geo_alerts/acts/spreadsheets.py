"""Texts in files that people open in a spreadsheet.

Codes and names are of files that others made. A spreadsheet works out a cell that begins as a
formula, which may call programs or send what stands beside it elsewhere.
"""

from typing import Final

FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
IS_TEXT: Final = "'"


def cell(value: str) -> str:
    """A text as a spreadsheet shows it and does not work it out.

    Args:
        value: What the cell is to hold.

    Returns:
        The same; where it begins as a formula, also after blanks, after an apostrophe. A carriage
        return is a blank: Python's writer leaves it bare, and it would begin another row.
    """
    is_formula = value.lstrip(" ").startswith(FORMULA_SIGNS)
    return (IS_TEXT if is_formula else "") + value.replace("\r", " ")
