"""IDs of crimes as 32 bytes: those of data.police.uk are 64 hexadecimal digits."""

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo_alerts.sources.crimes.parts import KEY_BYTES, KEY_TYPE, Flags, Keys

if TYPE_CHECKING:
    import pyarrow as pa

_DIGITS: Final = 2 * KEY_BYTES
_NO_DIGIT: Final = 255
_HEXADECIMAL: Final = re.compile(f"[0-9a-fA-F]{{{_DIGITS}}}")


def _values() -> Any:  # noqa: ANN401 - a table of bytes
    values = np.full(256, _NO_DIGIT, dtype=np.uint8)
    for value, digit in enumerate("0123456789abcdef"):
        values[[ord(digit), ord(digit.upper())]] = value
    return values


_VALUES: Final = _values()


def keys_of(texts: "pa.Array") -> tuple[Keys, Flags]:
    """IDs as bytes.

    Args:
        texts: n texts without blanks around them; empty where there is no ID.

    Returns:
        n keys, all zero bytes where there is no ID; and n flags: which are no 64 hexadecimal
        digits, so that the SHA-256 of the text stands for them.
    """
    import pyarrow.compute as pc  # noqa: PLC0415 - see `csv_rows`

    lengths = np.asarray(pc.binary_length(texts), dtype=np.int64)
    is_long = lengths == _DIGITS
    if (is_long | (lengths == 0)).all():
        digits = _VALUES[_bytes_of(texts)].reshape(-1, _DIGITS)
        if not (digits == _NO_DIGIT).any():
            found = np.zeros((len(texts), KEY_BYTES), dtype=np.uint8)
            found[is_long] = digits[:, ::2] << 4 | digits[:, 1::2]
            return found.view(KEY_TYPE).ravel(), np.zeros(len(texts), dtype=np.bool_)
    return _one_by_one(texts.to_pylist())


def hashed(texts: list[str], salt: str) -> Keys:
    """SHA-256 of texts behind a salt; all zero bytes of empty ones."""
    digests = [hashlib.sha256(f"{salt}{text}".encode()).digest() if text else b"" for text in texts]
    return np.array(digests, dtype=KEY_TYPE)


def _one_by_one(texts: list[str]) -> tuple[Keys, Flags]:
    is_odd = np.array([bool(t) and not _HEXADECIMAL.fullmatch(t) for t in texts], dtype=np.bool_)
    keys = [
        hashlib.sha256(text.encode()).digest() if odd else bytes.fromhex(text)
        for text, odd in zip(texts, is_odd.tolist(), strict=True)
    ]
    return np.array(keys, dtype=KEY_TYPE), is_odd


def _bytes_of(texts: "pa.Array") -> Any:  # noqa: ANN401 - an array of bytes
    # The texts one behind the other, as pyarrow keeps them.
    _, offsets, content = texts.buffers()
    if content is None:
        return np.empty(0, dtype=np.uint8)
    ends = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return np.frombuffer(content, dtype=np.uint8)[ends[0] : ends[-1]]
