"""From a reading and what was talked about to what to do: answer, ask which one, or refuse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.understanding.following import A_DETAIL, asks, follow_up, in_draft
from bot.understanding.meaning import (
    ABOUT_ACTIVITY,
    FACETS,
    GENERAL,
    SPECIFIC,
    THRESHOLDS,
    Context,
    Decision,
    Meaning,
    Thresholds,
    family_of,
)
from bot.understanding.reading import Reading
from bot.understanding.subjects import rivals_in, subjects_of
from bot.understanding.together import (
    NO_ANSWER,
    TALK,
    go_together,
    merged,
    same_family,
)

_SILENT = "silence_other"
_COSTS, _PRICES = "silence_costs", "foreign_sales"
_ONLY_IN_A_DRAFT = frozenset({"yes", "resume"})
_CAN_BE_DENIED = frozenset({"request_access", "request_erasure", "request_portability"})
_MOST_ANSWERED_AT_ONCE = 2
_MOST_LOOKED_AT = 6


class Decider:
    """Decides by probability, slots and what was said before."""

    def __init__(self, thresholds: Thresholds = THRESHOLDS) -> None:
        """Keep the thresholds."""
        self.limits = thresholds

    def decide(self, reading: Reading, context: Context) -> Decision:
        """Return what to do with one utterance."""
        if reading.unknown_share > self.limits.unknown_share and not reading.named:
            return self._lost(reading, context, "most words are unknown")
        pending = in_draft(reading, context, self.limits)
        pending = pending or follow_up(reading, context, self.limits)
        if pending is not None:
            return pending
        goals = self._goals(reading, context)
        if reading.named and len(reading.words) <= self.limits.bare_words and reading.names_only:
            return self._lost(reading, context, "data, and no question")
        if not goals:
            return self._unanswered(reading, context)
        if self._mixed_up(goals[0], reading):
            return self._lost(reading, context, "a general purpose, yet it names data")
        return self._answers(goals, reading, context)

    def _answers(
        self, goals: Sequence[tuple[str, float]], reading: Reading, context: Context
    ) -> Decision:
        """Return the goals with the activities they are about, or the choice between those."""
        meanings: list[Meaning] = []
        for general, score in goals:
            goal = self._specific(general, reading)
            if goal in ABOUT_ACTIVITY:
                found = self._with_activity(goal, score, reading, context)
                if found.choices:
                    return found
                meanings.extend(found.meanings)
            else:
                about = subjects_of(reading, self.limits, all_named=goal.startswith("request_"))
                meanings.append(Meaning(goal, about, score))
        if not meanings:
            lost = self._lost(reading, context, "the question names no data")
            facet = next((goal for goal, _ in goals if goal in FACETS), "")
            return lost if lost.meanings or lost.choices else replace(lost, wanted=facet)
        said = [m for m in meanings if not self._doubted(m, reading, context)]
        if not said:
            detail = context.draft and "?" not in reading.text
            short = len(reading.words) <= self.limits.follow_up_words
            if detail and short:
                return self._lost(reading, context, "")
            return self._offered(meanings, reading, context)
        return Decision(merged(said), reason="understood")

    def _unanswered(self, reading: Reading, context: Context) -> Decision:
        """Return a refusal where the question is clear and not in the statement, else ask back."""
        likeliest = reading.best_goals()[0][0]
        clear = reading.stated < self.limits.not_stated and family_of(likeliest) != "talk"
        if clear and not context.draft:
            return self._refused(reading, self.limits.known_refusal)
        return self._lost(reading, context, "no goal is likely enough")

    def _doubted(self, meaning: Meaning, reading: Reading, context: Context) -> bool:
        """Tell whether the statement seems not to say what is asked, whatever the goal looks like.

        People ask details that it does not state in the very words of what it does state.
        """
        stated = _stated_of(meaning, reading, context)
        family = family_of(meaning.goal)
        answer = self.limits.stated
        if meaning.goal.startswith("contact_"):
            answer = self.limits.stated_contact
        elif _refers_back(meaning, reading, context):
            answer = self.limits.stated_follow_up
        least = self.limits.stated_request if family == "request" else answer
        return family in {"answer", "request"} and stated < least

    def _offered(self, meanings: Sequence[Meaning], reading: Reading, context: Context) -> Decision:
        """Return a refusal with what was doubted only a little, or a choice between those."""
        near = merged(
            [
                meaning
                for meaning in meanings
                if family_of(meaning.goal) == "answer"
                and _stated_of(meaning, reading, context) >= self.limits.near
            ]
        )
        vague = len(near) == 1 and len(near[0].activities) > 1 and near[0].goal in FACETS
        if vague and _stated_of(near[0], reading, context) >= self.limits.vague:
            choices = tuple(Meaning(near[0].goal, (name,)) for name in near[0].activities)
            return Decision(choices=choices, reason="which of these is not clear enough")
        limit = self.limits.refusal_beside if near else self.limits.known_refusal
        refused = self._refused(reading, limit)
        about_privacy = refused.meanings[0].goal.startswith("silence_")
        return replace(refused, near=near if about_privacy else ())

    def _refused(self, reading: Reading, least: float) -> Decision:
        """Return the likeliest of the refusals; where none is likely, that the statement is silent.

        What looked like a question to the statement is about privacy until something says not.
        """
        ranked = (pair for pair in reading.best_goals() if pair[0].startswith(NO_ANSWER))
        goal, score = next(ranked)
        if score < least:
            goal = _SILENT
        return Decision((Meaning(goal, (), score),), reason="the statement does not say this")

    def _goals(self, reading: Reading, context: Context) -> list[tuple[str, float]]:
        likeliest = reading.best_goals()[:_MOST_LOOKED_AT]
        ranked = [pair for pair in likeliest if self._possible(pair[0], context)]
        best, score = self._in_talk(ranked[0], reading, context)
        if best == "unclear" or score < self.limits.understood:
            return []
        chosen = [(best, score)]
        chosen.extend(
            (goal, likely)
            for goal, likely in ranked[1:4]
            if likely >= self.limits.second_goal and same_family(best, goal)
        )
        if not best.startswith(NO_ANSWER):
            chosen.extend(self._from_clauses(reading, [goal for goal, _ in chosen]))
        return [pair for pair in chosen if pair[0] not in TALK] or chosen[:1]

    def _in_talk(
        self, best: tuple[str, float], reading: Reading, context: Context
    ) -> tuple[str, float]:
        """Return the likeliest goal; what a price is asked of is the request one talks about."""
        cost = reading.goals.get(_COSTS, 0.0)
        about_request = context.draft or context.goal.startswith(("request_", "right"))
        if about_request and best[0] == _PRICES and cost >= self.limits.activity:
            return _COSTS, cost
        return best

    def _mixed_up(self, best: tuple[str, float], reading: Reading) -> bool:
        """Tell whether a question about the general purposes seems to be about one row after all.

        The statement ties none of those purposes to a row, so it is asked back.
        """
        goal, score = best
        about_row = any(p >= self.limits.activity for p in reading.activities.values())
        return goal.startswith("purpose_") and about_row and score < self.limits.sure

    def _specific(self, goal: str, reading: Reading) -> str:
        """Return the question about a row where a general one names data after all."""
        facet = SPECIFIC.get(goal)
        sure = any(p >= self.limits.activity for p in reading.activities.values())
        return facet if facet and (sure or reading.named) else goal

    def _possible(self, goal: str, context: Context) -> bool:
        """Tell whether a goal can be meant here: nothing is cancelled where nothing runs."""
        return goal not in _ONLY_IN_A_DRAFT or bool(context.draft or context.offered)

    def _from_clauses(self, reading: Reading, have: list[str]) -> Iterable[tuple[str, float]]:
        """Yield what other clauses ask beside the main question."""
        for clause in reading.clauses:
            goal, score = clause.best()
            likely = score >= self.limits.clause_goal and (
                reading.goals.get(goal, 0) >= self.limits.clause_goal_in_whole
            )
            denied = goal in _CAN_BE_DENIED and "negated" in clause.concepts
            if (
                likely
                and not denied
                and goal not in have
                and all(go_together(o, goal) for o in have)
            ):
                have.append(goal)
                yield goal, score

    def _with_activity(
        self, goal: str, score: float, reading: Reading, context: Context
    ) -> Decision:
        found = subjects_of(reading, self.limits)
        refers_back = context.activities and len(reading.words) <= self.limits.follow_up_words
        if refers_back and not reading.named:
            sure = [n for n in found if reading.activities[n] >= self.limits.new_activity]
            found = tuple(sure) or context.activities
        if len(found) <= 1:
            found = rivals_in(reading, self.limits, certain=goal in GENERAL) or found
        if len(found) > _MOST_ANSWERED_AT_ONCE:
            return Decision(choices=tuple(Meaning(goal, (name,)) for name in found[:3]))
        if found:
            return Decision((Meaning(goal, found, score),))
        return self._without_activity(goal, score, reading)

    def _without_activity(self, goal: str, score: float, reading: Reading) -> Decision:
        silence, likely = next(p for p in reading.best_goals() if p[0].startswith("silence_"))
        named = silence in reading.concepts
        limits = self.limits
        floor = limits.silence_beside_facet if named else limits.unnamed_silence
        if likely >= floor and not reading.refers_only:
            return Decision((Meaning(silence, (), likely),))
        general = reading.goals.get(GENERAL.get(goal, ""), 0.0)
        if goal in GENERAL and general >= limits.general_share * score:
            return Decision((Meaning(GENERAL[goal], (), score),))
        if goal == "rights_apply":
            return Decision((Meaning(*self._right(reading)),))
        return Decision()

    def _right(self, reading: Reading) -> tuple[str, tuple[str, ...], float]:
        """Return the one right that a question about rights names, or the overview."""
        for goal, likely in reading.best_goals():
            if goal.startswith(("right_", "request_")) and likely >= self.limits.named_right:
                return goal, (), likely
        return "rights_overview", (), 1.0

    def _lost(self, reading: Reading, context: Context, reason: str) -> Decision:
        if context.draft and not asks(reading, context):
            return A_DETAIL
        found = subjects_of(reading, self.limits)
        if len(found) == 1:
            asked = tuple(Meaning(facet, found) for facet in ("data", "retention", "controller"))
            return Decision(choices=asked, reason=reason)
        if found:
            goal = next((g for g, _ in reading.best_goals() if g in FACETS), "data")
            return Decision(choices=tuple(Meaning(goal, (name,)) for name in found[:3]))
        return Decision(reason=reason)


def _stated_of(meaning: Meaning, reading: Reading, context: Context) -> float:
    """Return how likely the statement says it; the conversation may tell which data are meant."""
    back = _refers_back(meaning, reading, context)
    return reading.stated_of_known if back else reading.stated


def _refers_back(meaning: Meaning, reading: Reading, context: Context) -> bool:
    known = set(context.activities) - reading.named
    return bool(known.intersection(meaning.activities))
