"""Side by side: the desk and its peers over the same examples and the same questions."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from rapidfuzz import fuzz

from bench import peers
from bench.desk import whole_core
from bench.judging import (
    Item,
    Outcome,
    label_of,
    outcome_of_label,
    outcome_of_reply,
    passes,
    share,
    states_falsely,
)
from bench.timing import Times, measure
from bot.app import EXAMPLES
from bot.text import normalise
from bot.understanding.fitting import read_examples
from knowledge import load_statement

Sets = Mapping[str, Sequence[Item]]
Answering = Callable[[str], Outcome]

_TIMED = 150  # questions: WRatio takes a tenth of a second for each
_EVERY = 3
_PEERS: Mapping[str, Callable[[Sequence[str], Sequence[str]], peers.Predict]] = {
    "rapidfuzz WRatio, flat list": partial(peers.fuzzy, scorer=fuzz.WRatio),
    "rapidfuzz ratio, flat list": partial(peers.fuzzy, scorer=fuzz.ratio),
    "character n-grams, linear SVM": peers.characters,
    "BM25 over the examples": peers.best_match,
}
DESK = "this desk"


@dataclass(frozen=True, slots=True)
class Score:
    """How one contestant did: the share that is right and falsely stated, per set and in all."""

    name: str
    right: Mapping[str, float]
    false: Mapping[str, float]
    times: Times


def compare(sets: Sets) -> list[Score]:
    """Return the desk's score and those of its peers."""
    everything = [item.text for items in sets.values() for item in items]
    timed = everything[:: max(1, len(everything) // _TIMED)][:_TIMED]
    return [_score(name, build, sets, timed) for name, build in _contestants().items()]


def sample_of(sets: Sets) -> Sets:
    """Return every third question: the peers take long over tens of thousands of examples."""
    return {title: items[::_EVERY] for title, items in sets.items()}


def seen_before(sets: Sets) -> int:
    """Return how many questions stand word for word among the examples."""
    known = {normalise(example.text) for example in read_examples(EXAMPLES)}
    return sum(normalise(item.text) in known for items in sets.values() for item in items)


def _contestants() -> dict[str, Callable[[], Answering]]:
    examples = read_examples(EXAMPLES)
    phrases = [example.text for example in examples]
    labels = [label_of(example) for example in examples]
    stated = load_statement().fact_ids()
    comes_to = {label: outcome_of_label(label, stated) for label in (*labels, "unclear|")}

    def peer(make: Callable[[Sequence[str], Sequence[str]], peers.Predict]) -> Answering:
        predict = make(phrases, labels)
        return lambda text: comes_to[predict(text)]

    found: dict[str, Callable[[], Answering]] = {DESK: _desk}
    return found | {name: partial(peer, make) for name, make in _PEERS.items()}


def _desk() -> Answering:
    ask = whole_core()
    return lambda text: outcome_of_reply(ask(text))


def _score(name: str, build: Callable[[], Answering], sets: Sets, timed: Sequence[str]) -> Score:
    started = time.perf_counter()
    answer = build()
    built = (time.perf_counter() - started) * 1000
    outcomes = {
        title: [(item, answer(item.text)) for item in items] for title, items in sets.items()
    }
    outcomes["all"] = [pair for pairs in outcomes.values() for pair in pairs]
    return Score(
        name,
        right={title: share(passes(*p) for p in pairs) for title, pairs in outcomes.items()},
        false={
            title: share(states_falsely(*p) for p in pairs) for title, pairs in outcomes.items()
        },
        times=replace(measure(build if name == DESK else lambda: answer, timed), build=built),
    )
