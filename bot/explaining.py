"""The path from an utterance to a decision, in words; `--explain` prints it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.assistant import Understood
from bot.understanding.opinion import with_activity
from bot.understanding.reading import Reader, Reading
from bot.understanding.spotting import Word


def explain(understood: Understood, reader: Reader) -> str:
    """Return tokens, repairs, concepts, readings, scores and the decision as lines of text."""
    lines = list(_reading(understood.reading, reader)) if understood.reading else []
    decision = understood.decision
    told = {"answer": decision.meanings, "near": decision.near, "ask back": decision.choices}
    for title, meanings in told.items():
        for meaning in meanings:
            about = ", ".join(meaning.activities) or "-"
            lines.append(f"{title:10} {meaning.goal}  about {about}  ({meaning.score:.2f})")
    lines.append(f"{'because':10} {decision.reason}")
    return "\n".join(lines)


def _reading(reading: Reading, reader: Reader) -> Iterator[str]:
    certain = "" if reading.language_certain else " (by what went before)"
    yield f"{'language':10} {reading.language}{certain}"
    yield f"{'words':10} " + " ".join(_word_text(word) for word in reading.words)
    found = ", ".join(f"{spot.concept} ‘{spot.form}’" for spot in reading.spots)
    yield f"{'concepts':10} {found or '-'}"
    for goal, score in reading.best_goals()[:4]:
        because = reader.opinion.goals.because(reading.features, goal)
        weights = " ".join(f"{feature} {weight:+.1f}" for feature, weight in because)
        yield f"{'goal':10} {goal} {score:.2f}  {weights}"
    ranked = sorted(reading.activities.items(), key=lambda pair: -pair[1])[:3]
    yield f"{'data':10} " + "  ".join(f"{name} {score:.2f}" for name, score in ranked)
    signs = with_activity(reading.signs, max(reading.activities.values(), default=0.0))
    because = reader.opinion.stated.because(signs, "stated")
    weights = " ".join(f"{sign} {weight:+.1f}" for sign, weight in because)
    yield f"{'stated':10} {reading.stated:.2f}  {weights}"
    unlike = reader.opinion.familiar.against(reading.features)
    yield f"{'unlike':10} " + " ".join(f"{word} {odds:+.1f}" for word, odds in unlike)
    for clause in reading.clauses:
        goal, score = clause.best()
        yield f"{'clause':10} ‘{clause.text.strip()}’ {goal} {score:.2f}"


def _word_text(word: Word) -> str:
    if word.repaired:
        return f"{word.token.text}→{word.repaired}"
    if word.parts:
        return f"{word.token.text}→{'+'.join(word.parts)}"
    return word.token.text if word.known else f"{word.token.text}?"
