"""What one would use instead: fuzzy matching, a linear model of characters, a search index."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from rapidfuzz import process
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline

from bot.text import normalise, tokens

Predict = Callable[[str], str]
"""From a question to a label."""

_SATURATION, _LENGTH = 1.2, 0.75


def fuzzy(
    phrases: Sequence[str], labels: Sequence[str], *, scorer: Callable[..., float]
) -> Predict:
    """Return the label of the first phrase with the best score, looked up in the flat list."""
    flat = [normalise(phrase) for phrase in phrases]

    def predict(text: str) -> str:
        best = process.extractOne(normalise(text), flat, scorer=scorer)
        return labels[best[2]]

    return predict


def characters(phrases: Sequence[str], labels: Sequence[str]) -> Predict:
    """Return the label by a linear support vector machine over runs of 3 to 5 characters.

    Runs that stand in fewer than three examples are left out and the machine is fitted by
    stochastic gradients, or it would take most of an hour.
    """
    runs = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=3)
    model = make_pipeline(runs, SGDClassifier(alpha=1e-5, random_state=0, n_jobs=-1))
    model.fit([normalise(phrase) for phrase in phrases], labels)

    def predict(text: str) -> str:
        return str(model.predict([normalise(text)])[0])

    return predict


def best_match(phrases: Sequence[str], labels: Sequence[str]) -> Predict:
    """Return the label of the phrase that Okapi BM25 ranks first; without a hit, `unclear`."""
    documents = [_words(phrase) for phrase in phrases]
    average = sum(map(len, documents)) / len(documents)
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, words in enumerate(documents):
        damping = _SATURATION * (1 - _LENGTH + _LENGTH * len(words) / average)
        for word, times in Counter(words).items():
            postings[word].append((number, times * (_SATURATION + 1) / (times + damping)))

    def predict(text: str) -> str:
        scores: dict[int, float] = defaultdict(float)
        for word in _words(text):
            found = postings.get(word, ())
            rarity = math.log(1 + (len(documents) - len(found) + 0.5) / (len(found) + 0.5))
            for number, weight in found:
                scores[number] += rarity * weight
        return labels[max(scores, key=scores.__getitem__)] if scores else "unclear|"

    return predict


def _words(text: str) -> list[str]:
    return [token.text for token in tokens(normalise(text))]
