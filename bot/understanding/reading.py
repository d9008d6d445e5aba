"""What an utterance says: its words, concepts, likely goals, activities and dates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.messages import Language
from bot.text import clauses, normalise, sentences, tokens
from bot.understanding.lexicon import Lexicon
from bot.understanding.meaning import THRESHOLDS
from bot.understanding.opinion import Opinion, activity_features, goal_features
from bot.understanding.rows import joined_rows, longest
from bot.understanding.spotting import Spot, Word, read_words, spot

_STORY_SHARE = 0.4  # what a whole story weighs beside the sentences of it that ask something
_ASKING = frozenset(
    {
        "how_long",
        "when_question",
        "which_data",
        "who_question",
        "why_question",
        "may_you",
        "want",
        "ask_about",
        "legal_ground",
        "you_or_employer",
    }
)
_NAMES_ONLY = frozenset({"my_data", "phone_word", "address_word", "mail_word", "privacy_word"})
_SAYS_NOTHING_NEW = frozenset({"keep", "store_or_collect", "purpose_word", "negated", "follow_up"})
_ASKS_ANEW = frozenset(
    {
        "how_long",
        "period_word",
        "when_question",
        "erase",
        "responsible",
        "legal_ground",
        "may_you",
        "why_question",
        "which_data",
        "share",
        "want",
    }
)
_LONGEST_FOLLOW_UP = 12
_CERTAIN_LANGUAGE = 1.6
_DATA_KNOWN = 1.0  # as if the data were named: the conversation was about them
_TELLING_ODDS = 0.5


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of an utterance, with what it seems to ask."""

    text: str
    goals: Mapping[str, float]
    concepts: frozenset[str]
    features: Mapping[str, float]

    def best(self) -> tuple[str, float]:
        """Return the likeliest goal."""
        return max(self.goals.items(), key=lambda pair: pair[1])


@dataclass(frozen=True, slots=True)
class Reading:
    """One utterance as understood.

    `stated` is the probability that the statement says what is asked, `stated_of_known` the same
    where the conversation tells which data are meant.
    """

    text: str
    language: Language
    language_certain: bool
    words: tuple[Word, ...]
    spots: tuple[Spot, ...]
    goals: Mapping[str, float]
    ranked: tuple[tuple[str, float], ...]
    activities: Mapping[str, float]
    named: frozenset[str]
    joined: frozenset[str]
    clauses: tuple[Clause, ...]
    features: Mapping[str, float]
    signs: Mapping[str, float]
    stated: float
    stated_of_known: float

    @property
    def concepts(self) -> frozenset[str]:
        """Return the concepts that stand in the text."""
        return frozenset(found.concept for found in self.spots)

    @property
    def unknown_share(self) -> float:
        """Return the share of words that are in no vocabulary, even after repair."""
        unknown = sum(
            1
            for word in self.words
            if not word.known and not word.repaired and not word.parts and word.token.text.isalpha()
        )
        return unknown / max(1, len(self.words))

    @property
    def names_only(self) -> bool:
        """Tell whether nothing but the name of data stands in the text."""
        return not self.concepts - self.named - _NAMES_ONLY

    @property
    def refers_only(self) -> bool:
        """Tell whether the text asks something without a word on what: `how long is that?`."""
        return not self.concepts - _ASKS_ANEW - _SAYS_NOTHING_NEW

    @property
    def only_other_data(self) -> bool:
        """Tell whether the text goes on with other data only: `and for cookies?`."""
        first = {found.concept for found in self.spots if found.first <= 1}
        return "follow_up" in first and not self.concepts & _ASKS_ANEW

    @property
    def corrects(self) -> bool:
        """Tell whether the text puts right what was taken from the last one: `no, I mean …`."""
        return any(found.concept == "i_mean" and found.first <= 1 for found in self.spots)

    @property
    def asks_anew(self) -> bool:
        """Tell whether the text holds a question of its own."""
        return bool(self.concepts & _ASKS_ANEW)

    def best_goals(self) -> list[tuple[str, float]]:
        """Return the goals, the likeliest first."""
        return list(self.ranked)


class Reader:
    """Reads utterances with one lexicon and one fitted opinion."""

    def __init__(
        self,
        lexicon: Lexicon,
        opinion: Opinion,
        activities: frozenset[str],
        language_odds: Mapping[str, float],
    ) -> None:
        """Keep the words, the weights and the ids of the activities of the statement."""
        self.lexicon = lexicon
        self.opinion = opinion
        self.activities = activities
        self.language_odds = language_odds

    def read(self, text: str, likely: Language = "nl") -> Reading:
        """Return the reading of an utterance.

        `likely` decides where the words do not: the language of the conversation or locale.
        """
        normalised = normalise(text)
        found = tokens(normalised)
        odds = sum(self.language_odds.get(token.text, 0.0) for token in found)
        certain = abs(odds) > _CERTAIN_LANGUAGE
        language: Language = likely if not certain else "nl" if odds > 0 else "en"
        words = read_words(found, self.lexicon, language)
        spots = spot(words, self.lexicon, language)
        features = goal_features(words, spots, language, self.activities)
        whole = self.opinion.goals_in(features)
        parts = self._parts(_asking(normalised, words, spots), normalised, words, spots, language)
        asking = list(parts.values())
        goals = _blend(whole, asking)
        ranked = sorted(goals.items(), key=lambda pair: -pair[1])
        several = ranked[1][1] >= THRESHOLDS.clause_goal_in_whole
        spans = clauses(normalised) if several else ()
        apart = self._parts(spans, normalised, words, spots, language)
        activities, said = self.opinion.data_in(
            activity_features(words, spots, language, self.activities)
        )
        signs = self.opinion.signs_in(features, goals, said)
        of_parts = [self.opinion.signs_in(part.features, part.goals, said) for part in asking]
        data = max(activities.values(), default=0.0)
        stated, of_known = (self._stated(signs, of_parts, known) for known in (data, _DATA_KNOWN))
        return Reading(
            text=normalised,
            language=language,
            language_certain=certain,
            words=words,
            spots=spots,
            goals=goals,
            ranked=tuple(ranked),
            activities=activities,
            named=longest(spots, self.activities),
            joined=joined_rows(normalised, words, spots, self.activities),
            clauses=tuple(apart.values()),
            features=features,
            signs=signs,
            stated=stated,
            stated_of_known=of_known if len(words) <= _LONGEST_FOLLOW_UP else stated,
        )

    def _stated(
        self, whole: Mapping[str, float], parts: Sequence[Mapping[str, float]], data: float
    ) -> float:
        """Return the probability that the statement says it: what is asked counts most."""
        likely = self.opinion.is_stated(whole, data)
        if not parts:
            return likely
        asked = max(self.opinion.is_stated(signs, data) for signs in parts)
        return _STORY_SHARE * likely + (1 - _STORY_SHARE) * asked

    def _parts(
        self,
        spans: Iterable[tuple[int, int]],
        text: str,
        words: Sequence[Word],
        spots: Sequence[Spot],
        language: Language,
    ) -> dict[tuple[int, int], Clause]:
        """Return what each span seems to ask; one span that is the whole text is left out."""
        found = {}
        for start, end in spans:
            inside = [i for i, w in enumerate(words) if start <= w.token.start < end]
            if not inside or len(inside) == len(words):
                continue
            first, last = inside[0], inside[-1] + 1
            own = [
                Spot(s.concept, s.first - first, s.last - first, s.confidence, s.form)
                for s in spots
                if first <= s.first and s.last <= last
            ]
            features = goal_features(words[first:last], own, language, self.activities)
            goals = self.opinion.goals_in(features)
            concepts = frozenset(spot.concept for spot in own)
            found[start, end] = Clause(text[start:end].strip(), goals, concepts, features)
        return found


def _asking(
    normalised: str, words: Sequence[Word], spots: Sequence[Spot]
) -> tuple[tuple[int, int], ...]:
    """Return the sentences that ask: from the first question on.

    Without a question mark these are the sentences with a word that asks or wants, or else all.
    What stands before is its story.
    """
    spans = sentences(normalised)
    marked = [i for i, (start, end) in enumerate(spans) if "?" in normalised[start:end]]
    if marked:
        return spans[marked[0] :]
    starts = {words[s.first].token.start for s in spots if s.concept in _ASKING}
    asking = tuple(
        (start, end) for start, end in spans if any(start <= place < end for place in starts)
    )
    return asking or spans


def _blend(whole: Mapping[str, float], asking: Sequence[Clause]) -> Mapping[str, float]:
    """Return the goals of a story: most weight to the sentences that ask."""
    if not asking:
        return whole
    return {
        goal: _STORY_SHARE * score + (1 - _STORY_SHARE) * max(c.goals[goal] for c in asking)
        for goal, score in whole.items()
    }


def odds_of_language(counts: Mapping[str, tuple[int, int]]) -> dict[str, float]:
    """Return the log odds per word from its counts in Dutch and in English examples."""
    odds = {
        word: math.log((dutch + 0.3) / (english + 0.3)) for word, (dutch, english) in counts.items()
    }
    return {word: round(value, 2) for word, value in odds.items() if abs(value) > _TELLING_ODDS}
