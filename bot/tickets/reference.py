"""References: short, easy to read out, with a check character; never a credential."""

from __future__ import annotations

import re
import secrets

# A prime number of characters, so that the check finds every wrong or swapped one; without
# those that are mistaken for another (0 1 I L O U B).
_ALPHABET = "23456789ACDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 8
_TYPED = re.compile(rf"\bPR[- ]?([{_ALPHABET}]{{4}})[- ]?([{_ALPHABET}]{{4}})\b", re.IGNORECASE)


def new_reference() -> str:
    """Return a reference that cannot be guessed from others."""
    body = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH - 1))
    whole = body + _check(body)
    return f"PR-{whole[:4]}-{whole[4:]}"


def references_in(text: str) -> tuple[str, ...]:
    """Return the references in a text, in their one spelling; wrong check characters are none."""
    if "PR" not in text.upper():  # nearly every text: the pattern is slow where it finds nothing
        return ()
    found = ((m[1] + m[2]).upper() for m in _TYPED.finditer(text))
    return tuple(
        f"PR-{whole[:4]}-{whole[4:]}" for whole in found if _check(whole[:-1]) == whole[-1]
    )


def in_words(text: str, words: str) -> str:
    """Return a text with words in the place of its references: who types one means a request."""
    return _TYPED.sub(words, text) if references_in(text) else text


def _check(body: str) -> str:
    total = sum(place * _ALPHABET.index(character) for place, character in enumerate(body, 1))
    return _ALPHABET[total % len(_ALPHABET)]
