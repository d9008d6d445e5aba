"""The one core: a Message becomes a Reply, whatever the channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.answering import Answering
from bot.conversation import Conversation, Conversations, key_of
from bot.database import Database
from bot.errors import InputError, StoreError
from bot.front_desk import must_ask_name
from bot.guard import beside_masks, guard
from bot.intent import (
    Answer,
    Line,
)
from bot.messages import (
    Action,
    Draft,
    Form,
    Kind,
    Language,
    Message,
    Notice,
    Reply,
    plain_text,
)
from bot.naming import has_address
from bot.pending import agrees, meaning_of_choice
from bot.request_form import FILE, RequestForm
from bot.requesting import FREE_TEXT, LONG_TEXT
from bot.text import MAXIMUM_CHARACTERS, normalise
from bot.tickets.reference import in_words
from bot.understanding.decision import Decider
from bot.understanding.meaning import Context, Decision, Meaning
from bot.understanding.reading import Reader, Reading
from bot.visit import Visit

_ENDS_A_TALK = frozenset({"thanks", "goodbye"})
_ASIDE = frozenset({"escalate", "status"})
_CERTAIN = 0.8
_A_REQUEST: dict[Language, str] = {"nl": "mijn verzoek", "en": "my request"}


@dataclass(frozen=True, slots=True)
class Understood:
    """What one message was read as, for `--explain`."""

    reading: Reading | None
    decision: Decision


class Assistant:
    """Answers messages; holds no channel and no global state."""

    def __init__(
        self,
        *,
        reader: Reader,
        decider: Decider,
        answering: Answering,
        database: Database,
        clock: Callable[[], datetime],
    ) -> None:
        """Take everything it works with."""
        self.reader = reader
        self.decider = decider
        self.answering = answering
        self.replies = answering.replies
        self.database = database
        self.clock = clock
        self.conversations = Conversations()

    def answer(self, message: Message) -> Reply:
        """Return the reply to a message; sensitive numbers are masked before anything else."""
        return self.understand(message)[0]

    def understand(self, message: Message) -> tuple[Reply, Understood]:
        """Return the reply and what the message was read as."""
        guarded = guard(message.text)
        likely: Language = "en" if message.locale.startswith("en") else "nl"
        try:
            with self.database.reading() as handle:
                key = key_of(message.conversation, message.sender)
                state = self.conversations.get(handle, key, self.clock())
            likely = state.language or likely
            check_usable(guarded.text, message.attachments)
            reply, understood = self._turn(replace(message, text=guarded.text), state, likely)
        except (InputError, StoreError) as error:
            reason = f"store_{error.reason}" if isinstance(error, StoreError) else error.reason
            reply = self.refusal(reason, likely)
            understood = Understood(None, Decision(reason=reason))
        masked = guarded.masked + message.masked
        return self._noted(reply, masked, message.attachments), understood

    def act(self, action: Action) -> Reply:
        """Return the reply to a requester's form: drawn, with its problems, or filed."""
        language: Language = "en" if action.values.get("language") == "en" else "nl"
        values = {name: guard(text).text for name, text in action.values.items()}
        visit = Visit(action.conversation, action.actor, language, self.clock())
        form = RequestForm(self.answering.front_desk)
        if action.name != FILE:
            drawn = form.draw(language, asks_name=must_ask_name(action.conversation.channel))
            return Reply(Kind.REQUEST, language, (drawn,), intent="request")
        try:
            with self.database.transaction() as handle:
                before = self.answering.front_desk.filed_before(handle, action.id, visit)
                filed = before or form.file(handle, values, action.id, visit)
        except StoreError as error:
            return self.refusal(f"store_{error.reason}", language)
        if isinstance(filed, Form):
            return Reply(Kind.REQUEST, language, (filed,), intent="request")
        return self.answering.rendered(filed.answers, filed.ticket, Decision(), language)

    def refusal(self, reason: str, language: Language) -> Reply:
        """Return a kind error for input that cannot be used, or that could not be kept."""
        answer = Answer(Kind.ERROR, (Line(f"_common.{reason}"),))
        return self.replies.render([answer], language, "error", 0.0)

    def state_fact(self, fact: str, language: Language) -> str:
        """Return what the desk says for one fact, as plain text."""
        subject, _, facet = fact.partition(".")
        reply = (
            self.answering.answer_goal(facet, language, subject)
            if facet
            else self.answering.answer_goal(subject, language)
        )
        return plain_text(reply)

    def _turn(
        self, message: Message, state: Conversation, likely: Language
    ) -> tuple[Reply, Understood]:
        asked = in_words(beside_masks(message.text), _A_REQUEST[likely])
        reading = self.reader.read(asked, likely)
        decision = self._decide(message.text, reading, state)
        # What fills in a name or a reason says nothing about the language of the talk.
        fills_in = [meaning.goal for meaning in decision.meanings] == ["request_detail"]
        certain = self._language(reading, state, likely)
        language = state.language or certain if fills_in else certain
        state = replace(state, language=language)
        now = self.clock()
        visit = Visit(message.conversation, message.sender, language, now)
        with self.database.transaction() as handle:
            before = self.answering.front_desk.filed_before(handle, message.id, visit)
            if before is not None:
                reply = self.answering.rendered(before.answers, before.ticket, decision, language)
            else:
                reply, state = self.answering.reply(handle, decision, message, state, visit)
            key = key_of(message.conversation, message.sender)
            self.conversations.put(handle, key, state, now)
        return reply, Understood(reading, decision)

    def _language(self, reading: Reading, state: Conversation, likely: Language) -> Language:
        if reading.text.startswith("/"):  # a button was pressed: nobody typed a language
            return likely
        return reading.language if reading.language_certain or not state.language else likely

    def _decide(self, text: str, reading: Reading, state: Conversation) -> Decision:
        chosen = meaning_of_choice(text, state.choices, self.answering.goals, self.reader)
        if chosen is not None:
            return Decision((chosen,), reason="a choice that was offered")
        draft = state.draft
        context = Context(
            goal=state.goal,
            activities=state.activities,
            draft=draft.kind if draft else "",
            writes=draft is not None and draft.asked in LONG_TEXT,
            offered=state.offered,
        )
        decision = _in_conversation(self.decider.decide(reading, context), reading, state)
        gives_name = (
            draft is not None
            and draft.asked == "name"
            and self.answering.front_desk.requesting.gives_name(text)
        )
        if draft is not None and (gives_name or answers_the_question(draft, decision, reading)):
            return Decision((Meaning("request_detail"),), reason="an answer to the last question")
        return replace(decision, on_behalf="on_behalf" in reading.concepts)

    def _noted(self, reply: Reply, masked: int, attachments: int) -> Reply:
        """Return the reply with a kind word about what was masked or refused in front."""
        notes = []
        if masked:
            notes.append(self.replies.text("_common.guarded", reply.language))
        if attachments:
            notes.append(self.replies.text("_common.attachments", reply.language))
        blocks = tuple(Notice(note, "warning") for note in notes)
        return replace(reply, blocks=(*blocks, *reply.blocks)) if notes else reply


def check_usable(text: str, attachments: int = 0) -> None:
    """Raise InputError when a text is empty or longer than the desk reads."""
    if len(text) > MAXIMUM_CHARACTERS:
        raise InputError("too_long")
    if not normalise(text):
        raise InputError("not_text" if attachments else "empty")


def answers_the_question(draft: Draft, decision: Decision, reading: Reading) -> bool:
    """Tell whether a text fills in what was asked last, rather than asking something itself."""
    if draft.asked not in FREE_TEXT or "?" in reading.text or reading.text.startswith("/"):
        return False
    if not decision.meanings:
        return True
    goal, score = decision.meanings[0].goal, decision.meanings[0].score
    if goal in {"cancel", "yes", "no", "resume", "request_detail"}:
        return goal == "request_detail"
    if goal == "request_note":
        return draft.asked in LONG_TEXT
    if draft.asked in LONG_TEXT:
        return not (goal in _ENDS_A_TALK or (goal in _ASIDE and score >= _CERTAIN))
    like_a_name = goal in {"greeting", "contact_person"}
    maybe_a_name = goal == "smalltalk_other" and score < _CERTAIN
    return has_address(reading.text) or like_a_name or maybe_a_name


def _in_conversation(decision: Decision, reading: Reading, state: Conversation) -> Decision:
    """Return the decision with a yes taken as what was offered."""
    goals = [meaning.goal for meaning in decision.meanings]
    if state.offered and state.draft is None and (goals == ["yes"] or agrees(reading)):
        offered, *about = state.offered.split()
        return Decision((Meaning(offered, tuple(about)),), reason="yes to the offer")
    if len(goals) != 1:
        return decision
    goal = goals[0]
    if goal == "cancel" and state.offered and state.draft is None:
        return Decision((Meaning("no"),), reason="no to the offer")
    if state.draft is not None and goal in {"yes", "no"}:
        return Decision((Meaning(goal),), reason=f"{goal} to the last question")
    if state.draft is not None and state.draft.asked == "confirm" and goal == "acknowledge":
        return Decision((Meaning("yes"),), reason="agrees with what is to be filed")
    return decision
