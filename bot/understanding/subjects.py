"""Which processing activities a text is about."""

from __future__ import annotations

from bot.understanding.meaning import Thresholds
from bot.understanding.reading import Reading


def subjects_of(
    reading: Reading, limits: Thresholds, *, all_named: bool = False
) -> tuple[str, ...]:
    """Return the activities a text is about, the likeliest first.

    A request is about all that it names; a question is about those that stand out.
    """
    unnamed = limits.stands_out if all_named else limits.activity
    scored = {
        name: score
        for name, score in reading.activities.items()
        if score >= (limits.named_activity if name in reading.named else unnamed)
    }
    for name in reading.named:
        if name not in reading.activities:
            scored[name] = 1.0
    strong = {name: score for name, score in scored.items() if score >= limits.activity}
    beside = {name: scored.get(name, 0.0) for name in reading.joined}
    chosen = {**beside, **scored} if all_named else {**beside, **strong} or scored
    return tuple(sorted(chosen, key=lambda name: -chosen[name]))


def rivals_in(reading: Reading, limits: Thresholds, *, certain: bool) -> tuple[str, ...]:
    """Return the likeliest activities where none stands out: each gets its own answer.

    A question that has a general answer asks for more certainty about its data.
    """
    least = limits.likely_activity if certain else limits.weak_activity
    ranked = sorted(reading.activities.items(), key=lambda pair: -pair[1])[:2]
    best = ranked[0][1]
    rival = ranked[1][1] if len(ranked) > 1 else 0.0
    alone = reading.named or rival < limits.rival_of_unnamed
    if best < least or (best >= limits.stands_out and alone):
        return ()
    share = limits.rival_share if reading.named else limits.rival_of_unnamed
    return tuple(name for name, likely in ranked if likely >= share * best)
