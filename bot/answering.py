"""From what a message means to a reply: intents answer, the front desk acts, texts are rendered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.conversation import Conversation
from bot.database import Transaction
from bot.front_desk import FrontDesk, Handled
from bot.intent import (
    Answer,
    AskHuman,
    Intent,
    Line,
    Option,
    OwnTicket,
    Question,
    ReportIncident,
    StartRequest,
)
from bot.messages import (
    Draft,
    Kind,
    Language,
    Message,
    Notice,
    Reply,
    Scope,
    TicketKind,
    Visibility,
)
from bot.pending import choices_of
from bot.remembering import after_answers, after_step
from bot.replies import Replies
from bot.requesting import STEPS, interrupted
from bot.tickets.reference import references_in
from bot.understanding.dates import mentioned_date
from bot.understanding.meaning import FACETS, Decision, Meaning
from bot.visit import Visit

_PRIVATE = ("request_", "status", "withdraw", "ask_team", "resume")
_ON_A_TICKET = frozenset({"withdraw", "add", "confirm"})
_NEED_OWN_TICKETS = frozenset({"status", "withdraw_request", "cancel", "silence_response_deadline"})


class Answering:
    """Answers what a message means, in the caller's transaction."""

    def __init__(
        self,
        *,
        intents: Mapping[str, Intent],
        replies: Replies,
        front_desk: FrontDesk,
        clock: Callable[[], datetime],
    ) -> None:
        """Take the intents, the texts, the front desk and the clock."""
        self.intents = intents
        self.replies = replies
        self.front_desk = front_desk
        self.clock = clock
        self.activities = frozenset(activity.id for activity in replies.statement.activities)
        self.goals = frozenset(intents) | STEPS | _ON_A_TICKET

    def answer_goal(self, goal: str, language: Language, *activities: str) -> Reply:
        """Return the reply to a goal outside any conversation."""
        question = self._question(Meaning(goal, activities), language, "", Conversation(), ())
        answer = self.intents[goal].answer(question)
        return self.replies.render([answer], language, self.intents[goal].name, 1.0)

    def reply(
        self,
        handle: Transaction,
        decision: Decision,
        message: Message,
        state: Conversation,
        visit: Visit,
    ) -> tuple[Reply, Conversation]:
        """Return the reply to a message and what to remember after it."""
        if not decision.meanings:
            return self._aside(*self._ask_back(decision, visit.language, state))
        first = decision.meanings[0]
        public = visit.conversation.scope is not Scope.PERSONAL
        if public and first.goal.startswith(_PRIVATE):
            answer = Answer(Kind.REQUEST, (Line("request.in_private"),))
            reply = self.rendered((answer,), None, decision, visit.language)
            return replace(reply, visibility=Visibility.PRIVATE_CHAT), state
        if first.goal in _ON_A_TICKET and first.activities:
            handled = self.front_desk.act(handle, first.goal, first.activities[0], visit)
        elif first.goal in STEPS and state.draft is not None:
            handled = self.front_desk.step(handle, state.draft, first.goal, message, visit)
        else:
            return self._answered(handle, decision, message, state, visit)
        reply = self.rendered(handled.answers, handled.ticket, decision, visit.language)
        return reply, after_step(handled, reply, state, visit)

    def _answered(
        self,
        handle: Transaction,
        decision: Decision,
        message: Message,
        state: Conversation,
        visit: Visit,
    ) -> tuple[Reply, Conversation]:
        """Answer what was asked, and begin what the answers lead to."""
        meanings = self._with_own_tickets(handle, decision, visit)
        own = self.front_desk.own_tickets(handle, visit) if _needs_own(meanings) else ()
        answers = []
        for meaning in meanings:
            question = self._question(meaning, visit.language, message.text, state, own)
            question = replace(question, near=self._near(decision))
            answers.append(self.intents[meaning.goal].answer(question))
        handled = self._begun(handle, meanings, answers, message, state, visit)
        if handled is not None and decision.on_behalf:
            handled = self.front_desk.on_behalf(handle, handled, visit)
        if handled is not None:
            answers.extend(handled.answers)
        reply = self.rendered(
            answers, handled.ticket if handled else None, decision, visit.language
        )
        for meaning in meanings:
            if meaning.goal.startswith("silence_"):
                self.front_desk.count(handle, meaning.goal, visit.now)
        after = after_answers((*meanings, *decision.near), answers, reply, state, message.text)
        if handled is None:
            return self._aside(reply, after)
        return reply, after_step(handled, reply, after, visit)

    def _near(self, decision: Decision) -> tuple[Option, ...]:
        """Return as choices what the statement does say and may have been meant."""
        facts = self.replies.statement.fact_ids()
        return tuple(
            Option(f"_common.near_{meaning.goal}", f"{name}.data", meaning.goal, name)
            for meaning in decision.near
            for name in meaning.activities
            if meaning.goal in FACETS
        ) + tuple(
            Option("_common.option_topic", meaning.goal, meaning.goal)
            for meaning in decision.near
            if meaning.goal in facts
        )

    def _with_own_tickets(
        self, handle: Transaction, decision: Decision, visit: Visit
    ) -> Sequence[Meaning]:
        """Return the meanings; cancelling where nothing is prepared is about an open ticket."""
        if decision.meanings[0].goal != "cancel":
            return decision.meanings
        own = self.front_desk.own_tickets(handle, visit)
        goal = "withdraw_request" if any(ticket.is_open for ticket in own) else "cancel"
        return (replace(decision.meanings[0], goal=goal),)

    def _begun(  # noqa: PLR0913, PLR0917 - what a turn is made of
        self,
        handle: Transaction,
        meanings: Sequence[Meaning],
        answers: Sequence[Answer],
        message: Message,
        state: Conversation,
        visit: Visit,
    ) -> Handled | None:
        """Return the first step of what the answers lead to: a request, a question, an incident."""
        effects = [answer.effect for answer in answers]
        if any(isinstance(effect, ReportIncident) for effect in effects):
            return self.front_desk.report(handle, message.text, visit)
        types = [effect.request_type for effect in effects if isinstance(effect, StartRequest)]
        begins = types or any(isinstance(effect, AskHuman) for effect in effects)
        if begins and not visit.sender.is_known:
            return Handled((Answer(Kind.REQUEST, (Line("request.no_identity"),)),))
        if types:
            activities = [name for meaning in meanings for name in meaning.activities]
            facts = [fact for answer in answers for fact in answer.facts]
            words = "" if message.text.startswith("/") else message.text
            demand = Draft(
                TicketKind.REQUEST,
                min(message.sent_at, visit.now),
                words,
                tuple(dict.fromkeys(types)),
                tuple(dict.fromkeys(activities)),
                facts=tuple(dict.fromkeys(facts)),
            )
            draft = self.front_desk.requesting.joined(state.draft, demand)
        elif any(isinstance(effect, AskHuman) for effect in effects):
            draft = Draft(TicketKind.CONTACT, visit.now, state.question)
        else:
            return None
        return self.front_desk.prompt(handle, draft, visit)

    def _question(
        self,
        meaning: Meaning,
        language: Language,
        text: str,
        state: Conversation,
        own: Sequence[OwnTicket],
    ) -> Question:
        now = self.clock()
        named = [name for name in meaning.activities if name not in self.activities]
        return Question(
            goal=meaning.goal,
            activities=tuple(n for n in meaning.activities if n in self.activities),
            language=language,
            statement=self.replies.statement,
            law=self.replies.law,
            now=now,
            mentioned_date=mentioned_date(text, now.date()),
            draft=state.draft is not None,
            own_tickets=tuple(own),
            references=(*named, *references_in(text)),
        )

    def rendered(
        self,
        answers: Sequence[Answer],
        ticket: str | None,
        decision: Decision,
        language: Language,
    ) -> Reply:
        """Return the answers as one reply."""
        meaning = decision.meanings[0] if decision.meanings else Meaning("request_detail")
        intent = self.intents[meaning.goal].name if meaning.goal in self.intents else "request"
        reply = self.replies.render(answers, language, intent, meaning.score)
        return replace(reply, ticket=ticket)

    def _ask_back(
        self, decision: Decision, language: Language, state: Conversation
    ) -> tuple[Reply, Conversation]:
        if decision.choices:
            one_goal = len({meaning.goal for meaning in decision.choices}) == 1
            about = f"{decision.choices[0].activities[0]}.data"
            line = Line("_common.which_data") if one_goal else Line("_common.which_question", about)
            options = tuple(_option(meaning, one_goal) for meaning in decision.choices)
            answer = Answer(Kind.CLARIFY, (line,), options=options)
        elif decision.wanted:
            answer = Answer(Kind.CLARIFY, (Line("_common.which_data"),))
        else:
            again = "_again" if state.misunderstood else ""
            answer = Answer(Kind.CLARIFY, (Line(f"_common.not_understood{again}"),))
        reply = self.replies.render([answer], language, "clarify", 0.0)
        understood = bool(decision.choices or decision.wanted)
        goals = {meaning.goal for meaning in decision.choices} | {decision.wanted} - {""}
        return reply, replace(
            state,
            goal=goals.pop() if len(goals) == 1 else state.goal,
            choices=choices_of(reply),
            misunderstood=0 if understood else state.misunderstood + 1,
        )

    def _aside(self, reply: Reply, state: Conversation) -> tuple[Reply, Conversation]:
        """Return the reply to a question in between: a yes to it files nothing."""
        if state.draft is None:
            return reply, state
        draft = interrupted(state.draft)
        told = reply if reply.kind is Kind.STATUS else self._reminded(reply, draft)
        return told, replace(state, draft=draft)

    def _reminded(self, reply: Reply, draft: Draft) -> Reply:
        """Return the reply with a word that a request is still waiting."""
        names = [self.replies.text(f"_tickets.type_{t}", reply.language) for t in draft.types]
        if not names:
            return reply
        what = self.replies.joined([name[:1].lower() + name[1:] for name in names], reply.language)
        note = Notice(self.replies.text("request.waiting", reply.language, what=what))
        return replace(reply, blocks=(*reply.blocks, note))


def _needs_own(meanings: Sequence[Meaning]) -> bool:
    return any(meaning.goal in _NEED_OWN_TICKETS for meaning in meanings)


def _option(meaning: Meaning, one_goal: bool) -> Option:
    activity = meaning.activities[0]
    facet = "data" if meaning.goal not in {"retention", "controller"} else meaning.goal
    template = "_common.option_activity" if one_goal else f"_common.option_goal_{facet}"
    return Option(template, f"{activity}.data", goal=meaning.goal, activity=activity)
