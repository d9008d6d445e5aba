"""The one core: a Message becomes a Reply, whatever the channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.conversation import Conversation, Conversations, key_of
from bot.errors import InputError
from bot.guard import guard
from bot.intent import Answer, EndDraft, Intent, Line, OfferRequest, Option, Question, StartRequest
from bot.messages import Kind, Language, Message, Notice, Reply, plain_text
from bot.pending import choices_of, meaning_of_choice
from bot.replies import Replies
from bot.text import MAXIMUM_CHARACTERS, normalise
from bot.understanding.dates import mentioned_date
from bot.understanding.decision import Decider
from bot.understanding.meaning import Context, Decision, Meaning
from bot.understanding.reading import Reader, Reading

_NO_TOPIC = ("foreign_", "request_", "silence_")
_TALK = frozenset(
    {"greeting", "thanks", "goodbye", "acknowledge", "smalltalk_other", "yes", "no", "help"}
)


@dataclass(frozen=True, slots=True)
class Understood:
    """What one message was read as, for `--explain`."""

    reading: Reading | None
    decision: Decision


class Assistant:
    """Answers messages; holds no channel and no global state."""

    def __init__(  # noqa: PLR0913 - the composition root names each
        self,
        *,
        reader: Reader,
        decider: Decider,
        intents: Mapping[str, Intent],
        replies: Replies,
        conversations: Conversations,
        clock: Callable[[], datetime],
    ) -> None:
        """Take everything it works with."""
        self.reader = reader
        self.decider = decider
        self.intents = intents
        self.replies = replies
        self.conversations = conversations
        self.clock = clock

    def answer(self, message: Message) -> Reply:
        """Return the reply to a message; sensitive numbers are masked before anything else."""
        return self.understand(message)[0]

    def understand(self, message: Message) -> tuple[Reply, Understood]:
        """Return the reply and what the message was read as."""
        guarded = guard(message.text)
        key = key_of(message.conversation, message.sender)
        now = self.clock()
        state = self.conversations.get(key, now)
        likely: Language = state.language or ("en" if message.locale.startswith("en") else "nl")
        try:
            check_usable(guarded.text, message.attachments)
        except InputError as error:
            reply = self.refusal(error.reason, likely)
            return self._noted(reply, guarded.masked, message.attachments), Understood(
                None, Decision(reason=error.reason)
            )
        reading = self.reader.read(guarded.text, likely)
        decision = self._decide(guarded.text, reading, state)
        language = self._language(reading, state, likely)
        reply, state = self._reply(decision, reading, replace(state, language=language), now)
        self.conversations.put(key, state, now)
        return self._noted(reply, guarded.masked, message.attachments), Understood(
            reading, decision
        )

    def refusal(self, reason: str, language: Language) -> Reply:
        """Return a kind error for input that cannot be used."""
        answer = Answer(Kind.ERROR, (Line(f"_common.{reason}"),))
        return self.replies.render([answer], language, "error", 0.0)

    def answer_goal(self, goal: str, language: Language, *activities: str) -> Reply:
        """Return the reply to a goal outside any conversation."""
        meaning = Meaning(goal, activities)
        answer = self._answer(meaning, language, "", Conversation(), self.clock())
        return self.replies.render([answer], language, self.intents[goal].name, 1.0)

    def state_fact(self, fact: str, language: Language) -> str:
        """Return what the desk says for one fact, as plain text."""
        subject, _, facet = fact.partition(".")
        reply = (
            self.answer_goal(facet, language, subject)
            if facet
            else self.answer_goal(subject, language)
        )
        return plain_text(reply)

    def _language(self, reading: Reading, state: Conversation, likely: Language) -> Language:
        if reading.text.startswith("/"):  # a button was pressed: nobody typed a language
            return likely
        return reading.language if reading.language_certain or not state.language else likely

    def _decide(self, text: str, reading: Reading, state: Conversation) -> Decision:
        chosen = meaning_of_choice(text, state.choices, frozenset(self.intents), self.reader)
        if chosen is not None:
            return Decision((chosen,), reason="a choice that was offered")
        context = Context(
            goal=state.goal,
            activities=state.activities,
            draft=state.draft or "",
            offered=state.offered or "",
        )
        return _in_conversation(self.decider.decide(reading, context), state)

    def _reply(
        self, decision: Decision, reading: Reading, state: Conversation, now: datetime
    ) -> tuple[Reply, Conversation]:
        language = state.language or "nl"
        if not decision.meanings:
            return self._ask_back(decision, language, state)
        answers = [
            self._answer(meaning, language, reading.text, state, now)
            for meaning in decision.meanings
        ]
        intent = self.intents[decision.meanings[0].goal].name
        score = decision.meanings[0].score
        reply = self.replies.render(answers, language, intent, score)
        return reply, _after(decision.meanings, answers, reply, state)

    def _answer(
        self,
        meaning: Meaning,
        language: Language,
        text: str,
        state: Conversation,
        now: datetime,
    ) -> Answer:
        question = Question(
            goal=meaning.goal,
            activities=meaning.activities,
            language=language,
            statement=self.replies.statement,
            law=self.replies.law,
            now=now,
            mentioned_date=mentioned_date(text, now.date()),
            draft=state.draft,
            offered=state.offered,
        )
        return self.intents[meaning.goal].answer(question)

    def _ask_back(
        self, decision: Decision, language: Language, state: Conversation
    ) -> tuple[Reply, Conversation]:
        if decision.choices:
            one_goal = len({meaning.goal for meaning in decision.choices}) == 1
            about = f"{decision.choices[0].activities[0]}.data"
            line = Line("_common.which_data") if one_goal else Line("_common.which_question", about)
            options = tuple(_option(meaning, one_goal) for meaning in decision.choices)
            answer = Answer(Kind.CLARIFY, (line,), options=options)
        else:
            again = "_again" if state.misunderstood else ""
            answer = Answer(Kind.CLARIFY, (Line(f"_common.not_understood{again}"),))
        reply = self.replies.render([answer], language, "clarify", 0.0)
        misunderstood = 0 if decision.choices else state.misunderstood + 1
        goals = {meaning.goal for meaning in decision.choices}
        return reply, replace(
            state,
            goal=goals.pop() if len(goals) == 1 else state.goal,
            choices=choices_of(reply),
            misunderstood=misunderstood,
        )

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


def _in_conversation(decision: Decision, state: Conversation) -> Decision:
    """Return the decision with yes, no and a request on its way taken into account."""
    if len(decision.meanings) != 1:
        return decision
    goal = decision.meanings[0].goal
    if goal == "yes" and state.offered:
        return Decision((Meaning(f"request_{state.offered}"),), reason="yes to the offer")
    if goal == "yes" and state.draft:
        return Decision((Meaning("resume"),), reason="yes, go on with the request")
    if goal == "no" and state.draft:
        return Decision((Meaning("cancel"),), reason="no to the request")
    return decision


def _option(meaning: Meaning, one_goal: bool) -> Option:
    activity = meaning.activities[0]
    facet = "data" if meaning.goal not in {"retention", "controller"} else meaning.goal
    template = "_common.option_activity" if one_goal else f"_common.option_goal_{facet}"
    return Option(template, f"{activity}.data", goal=meaning.goal, activity=activity)


def _after(
    meanings: Sequence[Meaning], answers: Sequence[Answer], reply: Reply, state: Conversation
) -> Conversation:
    """Return what to remember after an answer."""
    draft, offered = state.draft, None
    for answer in answers:
        match answer.effect:
            case StartRequest(request_type):
                draft = request_type
            case OfferRequest(request_type):
                offered = request_type
            case EndDraft():
                draft = None
    topics = [m for m in meanings if m.goal not in _TALK and not m.goal.startswith(_NO_TOPIC)]
    goal, activities = state.goal, state.activities
    if topics:
        goal, activities = topics[-1].goal, topics[-1].activities or state.activities
    return replace(
        state,
        goal=goal,
        activities=activities,
        choices=choices_of(reply),
        offered=offered,
        draft=draft,
        misunderstood=0,
    )
