"""Which rows of the statement an utterance names, and which it names in one breath."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from bot.understanding.spotting import Spot, Word

_JOINING = frozenset({"en", "and", "or", "plus", "alsook", "evenals"})
_DUTCH = "als de het een die dat van voor bij mijn onze ons jullie uw gegevens"
_ENGLISH = "as the a for about with our my your those that data details"
_BETWEEN = _JOINING | {*_DUTCH.split(), *_ENGLISH.split()}
_MARK = re.compile(r"[+&/,]")


def longest(spots: Sequence[Spot], activities: frozenset[str]) -> frozenset[str]:
    """Return the activities named by the longest forms; a form inside a longer one is ignored."""
    return frozenset(name for names in _spans(spots, activities).values() for name in names)


def _spans(
    spots: Sequence[Spot], activities: frozenset[str]
) -> dict[tuple[int, int], frozenset[str]]:
    """Return the activities per span; the spots come longest first."""
    taken: dict[tuple[int, int], set[str]] = defaultdict(set)
    for found in spots:
        if found.concept not in activities:
            continue
        span = (found.first, found.last)
        inside = any(
            first <= found.first and found.last <= last and (first, last) != span
            for first, last in taken
        )
        if not inside:
            taken[span].add(found.concept)
    return {span: frozenset(names) for span, names in taken.items()}


def joined_rows(
    text: str, words: Sequence[Word], spots: Sequence[Spot], activities: frozenset[str]
) -> frozenset[str]:
    """Return the activities joined by `and`, `+` or a comma, each named beyond doubt."""
    spans = sorted(_spans(spots, activities).items())
    joined: set[str] = set()
    for ((_, end), before), ((start, _), after) in pairwise(spans):
        if start < end or len(before) > 1 or len(after) > 1 or before == after:
            continue
        # A form may end in the joining word itself: `cookies en` goes on in another alias.
        between = [word.token.text for word in words[end:start]]
        mark = _MARK.search(text, words[end - 1].token.end, words[start].token.start)
        joins = mark or _JOINING.intersection((words[end - 1].token.text, *between))
        if joins and _BETWEEN.issuperset(between):
            joined |= before | after
    return frozenset(joined)
