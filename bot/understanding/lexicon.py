"""The words we know: concept forms in an index, and the repair of words we do not know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.messages import LANGUAGES, Language
from bot.text import normalise, stem, tokens

Forms = Mapping[str, Mapping[Language, Iterable[str]]]

_MAXIMUM_WORDS_IN_FORM = 7
_LEAST_WORDS_LEFT = 2
_LINKING = ("", "s", "e", "en", "n", "-")


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a misspelt word may be from the word it is repaired to.

    One edit in a short word and two in a long one: looser limits pull foreign words in.
    """

    shortest_repaired: int = 4
    one_edit_up_to: int = 7
    most_edits: int = 2
    shortest_compound: int = 8
    shortest_part: int = 3


@dataclass(slots=True)
class Node:
    """A place in the index of forms: what may follow, and what is complete here."""

    following: dict[str, Node] = field(default_factory=dict)
    concepts: tuple[str, ...] = ()


def _stems(words: Iterable[str], language: Language) -> tuple[str, ...]:
    return tuple(stem(word, language) for word in words)


class Lexicon:
    """Concept forms by their word stems, and the vocabulary they are written in."""

    def __init__(  # noqa: PLR0913 - what makes a lexicon, each by name
        self,
        forms: Forms,
        common_words: Iterable[str],
        optional_words: Iterable[str],
        *,
        unrepairable: Iterable[str] = (),
        language_odds: Mapping[str, float] | None = None,
        limits: Limits = Limits(),
    ) -> None:
        """Index the forms; `unrepairable` concepts lend no word as the target of a repair."""
        self.optional_words = frozenset(optional_words)
        self.limits = limits
        self._odds = language_odds or {}
        self._root = Node()
        self._own_words: set[str] = set()
        barred = frozenset(unrepairable)
        repair_targets: set[str] = set()
        for concept, by_language in forms.items():
            for language in LANGUAGES:
                for form in by_language.get(language, ()):
                    words = [token.text for token in tokens(normalise(form))]
                    self._add(concept, words, language)
                    self._own_words.update(words)
                    if concept not in barred:
                        repair_targets.update(words)
        common = set(common_words)
        self.vocabulary = frozenset(self._own_words | common)
        self._targets: dict[tuple[int, str], list[str]] = defaultdict(list)
        for word in sorted(repair_targets | common):
            if len(word) >= limits.shortest_repaired and word.isalpha():
                self._targets[len(word), word[0]].append(word)
                self._targets[len(word), word[1:3]].append(word)
        self.repair = lru_cache(maxsize=20_000)(self._repair)
        self.parts = lru_cache(maxsize=20_000)(self._parts)

    def _add(self, concept: str, words: list[str], language: Language) -> None:
        bare = [word for word in words if word not in self.optional_words]
        # One word left of several says less than the whole form: `my data` is not `data`.
        versions = [words] if len(bare) < _LEAST_WORDS_LEFT else [words, bare]
        keys = {key for own in versions for key in (tuple(own), _stems(own, language))}
        for stems in keys:
            node = self._root
            for word in stems[:_MAXIMUM_WORDS_IN_FORM]:
                node = node.following.setdefault(word, Node())
            if concept not in node.concepts:
                node.concepts = (*node.concepts, concept)

    @property
    def root(self) -> Node:
        """Return the start of the index of forms."""
        return self._root

    def knows(self, word: str) -> bool:
        """Tell whether a word, or its stem in either language, is in the vocabulary."""
        return word in self.vocabulary

    def _repair(self, word: str, language: Language) -> str | None:
        """Return the nearest known word within the limits, or None; numbers are left alone.

        Among equally near words one of the same language wins, then one of the same first letter.
        """
        length = len(word)
        if length < self.limits.shortest_repaired or not word.isalpha():
            return None
        most = 1 if length <= self.limits.one_edit_up_to else self.limits.most_edits
        best: tuple[int, bool, int, str] | None = None
        for candidate_length in range(length - most, length + most + 1):
            for order, start in enumerate((word[0], word[1:3])):
                near = process.extract(
                    word,
                    self._targets.get((candidate_length, start), ()),
                    scorer=OSA.distance,
                    score_cutoff=most,
                    limit=4,
                )
                for candidate, distance, _ in near:
                    odds = self._odds.get(candidate, 0.0)
                    foreign = odds < 0 if language == "nl" else odds > 0
                    rank = (int(distance), foreign, order, candidate)
                    best = rank if best is None else min(best, rank)
        return best[3] if best else None

    def _parts(self, word: str) -> tuple[str, ...]:
        """Return the known words that a compound is made of, or nothing."""
        if len(word) < self.limits.shortest_compound or not word.isalpha():
            return ()
        shortest = self.limits.shortest_part
        for cut in range(len(word) - shortest, shortest - 1, -1):
            head, tail = word[:cut], word[cut:]
            if tail not in self.vocabulary:
                continue
            for link in _LINKING:
                bare = head.removesuffix(link) if link else head
                if len(bare) < shortest or (link and bare == head):
                    continue
                if bare in self.vocabulary:
                    return (bare, tail)
                inner = self._parts(bare)
                if inner:
                    return (*inner, tail)
        return ()
