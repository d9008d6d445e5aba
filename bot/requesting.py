"""Leads a person from a demand to a filed ticket: what to ask next, and what an answer means.

Pure: a draft and an answer go in, a draft and what to say come out. Nothing but an explicit
cancellation ends a draft.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar, get_args

from bot.guard import MASK
from bot.intent import Line, Option
from bot.messages import Draft, Language, RequestType, TicketKind
from bot.naming import is_sentence, length_of_opening, name_and_reach
from bot.replies import Replies
from bot.tickets.model import Ticket

STEPS = frozenset(
    {
        "confirm",
        "skip",
        "change_draft",
        "forward_yes",
        "forward_self",
        "add_to_open",
        "new_request",
        "request_detail",
        "request_note",
        "resume",
        "cancel",
        "yes",
        "no",
    }
)
FREE_TEXT = frozenset({"question", "correction", "grounds", "name", "addition"})
LONG_TEXT = FREE_TEXT - {"name"}
OPTIONAL = frozenset({"grounds", "name"})
_CHOSEN = {
    "forward_yes": ("controller", "forward"),
    "forward_self": ("controller", "self"),
    "add_to_open": ("duplicate", "add"),
    "new_request": ("duplicate", "new"),
}
_YES = {"duplicate": "add_to_open", "controller": "forward_yes", "confirm": "confirm"}
_NO = {"duplicate": "new_request", "controller": "forward_self", "grounds": "skip", "name": "skip"}
_SKIPPED = "-"
# What somebody typed is said back without the signs that a chat could take for markup.
_PLAIN = str.maketrans("<>", "‹›")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Turn:
    """What to say in a turn of a request, and whether the draft is ready or over."""

    draft: Draft | None
    lines: tuple[Line, ...]
    options: tuple[Option, ...] = ()
    ready: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """What the next question depends on beside the draft."""

    asks_name: bool
    own_tickets: Sequence[Ticket] = ()


class Requesting:
    """The steps of a draft, over one statement."""

    def __init__(self, replies: Replies) -> None:
        """Take the statement and the texts."""
        self.statement = replies.statement
        self.replies = replies
        line = Line("request.name_prefixes")
        # People give their name in their own language, whatever the talk is in.
        self._name_openings = [
            opening
            for language in get_args(Language)
            for opening in replies.part(line, language).split("|")
        ]

    @staticmethod
    def joined(draft: Draft | None, more: Draft) -> Draft:
        """Return the draft on its way with what another demand adds, or that demand alone."""
        if draft is None or draft.kind is not more.kind or "reference" in draft.slots:
            return more
        return replace(
            draft,
            slots={name: value for name, value in draft.slots.items() if name != "duplicate"},
            types=_distinct(*draft.types, *more.types),
            activities=_distinct(*draft.activities, *more.activities),
            facts=_distinct(*draft.facts, *more.facts),
        )

    def next_turn(self, draft: Draft, situation: Situation, language: Language) -> Turn:
        """Return the draft with its next question, or ready to be filed after the last."""
        slot = self._next_slot(draft, situation)
        draft = replace(draft, asked=slot)
        cancel = Option("request.cancel", goal="cancel")
        if slot == "duplicate":
            open_ticket = same_open(draft, situation.own_tickets)
            assert open_ticket is not None
            line = Line("request.duplicate", values={"reference": open_ticket.reference})
            options = (
                Option("request.add_to_open", goal="add_to_open"),
                Option("request.new_request", goal="new_request"),
                cancel,
            )
            return Turn(draft, (line,), options)
        if slot == "controller":
            return self._ask_controller(draft, cancel)
        if slot == "confirm":
            return Turn(
                draft,
                (*self._summary(draft, language), Line("request.confirm_question")),
                (
                    Option("request.confirm", goal="confirm"),
                    Option("request.change", goal="change_draft"),
                    cancel,
                ),
            )
        skip = (Option("request.skip", goal="skip"),) if slot in OPTIONAL else ()
        return Turn(draft, (Line(f"request.ask_{slot}"),), (*skip, cancel))

    def take(
        self, draft: Draft, goal: str, text: str, situation: Situation, language: Language
    ) -> Turn:
        """Return what an answer to the last question leads to."""
        goal = _YES.get(draft.asked, "resume") if goal == "yes" else goal
        goal = _NO.get(draft.asked, "not_yet") if goal == "no" else goal
        if goal == "cancel":
            return Turn(None, (Line(_cancelled(draft)),))
        if goal == "confirm" and self._next_slot(draft, situation) == "confirm":
            return Turn(draft, (), ready=True)
        if goal == "change_draft":
            kept = {k: v for k, v in draft.slots.items() if k in {"reference", "on_behalf"}}
            return self.next_turn(replace(draft, slots=kept), situation, language)
        if goal == "not_yet":
            again = self.next_turn(draft, situation, language)
            return replace(again, lines=(Line("request.not_yet"), *again.lines[-1:]))
        return self._filled(draft, goal, text, situation, language)

    def _filled(
        self, draft: Draft, goal: str, text: str, situation: Situation, language: Language
    ) -> Turn:
        slots = dict(draft.slots)
        if goal in _CHOSEN:
            slot, value = _CHOSEN[goal]
            slots[slot] = value
        elif goal == "skip" and draft.asked in OPTIONAL:
            slots[draft.asked] = _SKIPPED
        elif goal == "request_detail" and draft.asked in FREE_TEXT:
            slots.update(self._read(draft.asked, text))
        elif goal == "request_note":
            slots["told"] = "\n".join(filter(None, (slots.get("told"), text.strip())))
        draft = replace(draft, slots=slots)
        added = goal == "add_to_open" and self._next_slot(draft, situation) == "confirm"
        if slots.get("addition") or added:
            return Turn(draft, (), ready=True)
        only_theirs = slots.get("controller") == "self" and not self.own_activities(draft)
        if only_theirs and draft.activities:
            party = f"{self.their_activities(draft)[0]}.controller"
            return Turn(None, (Line("request.ask_them_yourself", party),))
        return self.next_turn(draft, situation, language)

    def _next_slot(self, draft: Draft, situation: Situation) -> str:
        wanted = []
        if "reference" in draft.slots:
            wanted.append("addition")
        if draft.kind is TicketKind.CONTACT and not draft.words:
            wanted.append("question")
        if same_open(draft, situation.own_tickets):
            wanted.append("duplicate")
        if RequestType.RECTIFICATION in draft.types:
            wanted.append("correction")
        if RequestType.OBJECTION in draft.types:
            wanted.append("grounds")
        adding = adds_to(draft, situation.own_tickets) is not None
        if self.their_activities(draft) and not adding:
            wanted.append("controller")
        if situation.asks_name and not adding:
            wanted.append("name")
        return next((slot for slot in wanted if not draft.slots.get(slot)), "confirm")

    def gives_name(self, text: str) -> bool:
        """Tell whether a text says that a name follows: `my name is …`."""
        return length_of_opening(text, self._name_openings) > 0

    def _read(self, slot: str, text: str) -> dict[str, str]:
        """Return what a free text fills in; nothing where only a masked number is left."""
        if slot in LONG_TEXT:
            return {slot: text.strip()} if text.replace(MASK, "").strip() else {}
        if MASK in text:
            return {}
        name, reach = name_and_reach(text, self._name_openings)
        if is_sentence(name):
            return {}
        filled = {"name": name or _SKIPPED}
        return {**filled, "reach": reach} if reach else filled

    def _ask_controller(self, draft: Draft, cancel: Option) -> Turn:
        theirs = self.their_activities(draft)
        mixed = "_mixed" if self.own_activities(draft) else ""
        return Turn(
            draft,
            (
                Line("request.other_controller", f"{theirs[0]}.controller"),
                Line(f"request.ask_controller{mixed}"),
            ),
            (
                Option("request.forward_yes", goal="forward_yes"),
                Option("request.forward_self", goal="forward_self"),
                cancel,
            ),
        )

    def _summary(self, draft: Draft, language: Language) -> tuple[Line, ...]:
        names = [
            self.replies.part(Line(f"_tickets.type_{name}"), language)
            for name in (draft.types or (draft.kind,))
        ]
        lines = [Line("request.summary", values={"what": self.replies.joined(names, language)})]

        def said(slot: str, text: str) -> None:
            lines.append(Line(f"request.summary_{slot}", values={"text": text.translate(_PLAIN)}))

        for slot in ("question", "correction", "grounds"):
            value = draft.slots.get(slot, "")
            if slot == "question":
                value = value or (draft.words if draft.kind is TicketKind.CONTACT else "")
            if value not in {"", _SKIPPED}:
                said(slot, value)
        if name := filled(draft, "name"):
            said("name", name)
        if reach := filled(draft, "reach"):
            said("reach", reach)
        if told := filled(draft, "told"):
            said("told", told)
        if draft.slots.get("controller") == "forward":
            lines.append(Line("request.summary_forward"))
        return tuple(lines)

    def their_activities(self, draft: Draft) -> tuple[str, ...]:
        """Return the activities in a draft of which another party is the controller."""
        return tuple(
            name
            for name in draft.activities
            if self.statement.party(self.statement.activity(name).controller).explanation
        )

    def own_activities(self, draft: Draft) -> tuple[str, ...]:
        """Return the activities in a draft of which this organisation is the controller."""
        theirs = self.their_activities(draft)
        return tuple(name for name in draft.activities if name not in theirs)


def interrupted(draft: Draft) -> Draft:
    """Return the draft after another question: a later yes no longer answers its own."""
    return draft if draft.asked in FREE_TEXT else replace(draft, asked="")


def filled(draft: Draft, slot: str) -> str:
    """Return what a slot holds, or an empty text where it was passed over."""
    value = draft.slots.get(slot, "")
    return "" if value == _SKIPPED else value


def same_open(draft: Draft, own_tickets: Sequence[Ticket]) -> Ticket | None:
    """Return the open ticket of this person for the same right, if there is one."""
    if draft.kind is not TicketKind.REQUEST or len(draft.types) != 1:
        return None
    return next((t for t in own_tickets if t.is_open and t.type is draft.types[0]), None)


def adds_to(draft: Draft, own_tickets: Sequence[Ticket]) -> Ticket | None:
    """Return the open ticket to which the person chose to add, if it is still open."""
    return same_open(draft, own_tickets) if draft.slots.get("duplicate") == "add" else None


def _cancelled(draft: Draft) -> str:
    return "request.cancelled" if "reference" not in draft.slots else "request.nothing_added"


def _distinct(*items: T) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))
