"""Every kind of message that the Slack app sends, made by the real desk, to be looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.channels.base import opened_form, problems_in
from bot.channels.slack_render import REQUEST, blocks_of
from bot.channels.slack_staff import view_for_staff
from bot.channels.slack_views import form_view, home_view, loading_view, reading_view
from bot.messages import Action, ConversationRef, Language, Reply, RequestType, Scope, TicketKind
from bot.messages import Sender as Member
from bot.post import Routes
from bot.tickets.model import Actor, Announcement, Person, Role, Ticket
from tests.channels.block_kit_page import Shown
from tests.channels.fake_slack import TEAM, TRIAGE
from tests.channels.slack_gallery_words import (
    ANNA,
    CHOICES,
    CONVERSATIONS,
    FORMS,
    NOTICES,
    OLGA,
    QUESTIONS,
    REFUSALS,
    SAM,
    STAFF_NOTICES,
    VALUES,
)
from tests.conftest import NOON, Clock, a_house, message
from tests.tickets.conftest import DeskAtWork

Groups = dict[str, Sequence[Shown]]


class Gallery:
    """One house with its clock, and the people who ask and work in it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.clock.now = NOON
        roles = {SAM: Role.SUPPORT, OLGA: Role.OFFICER}
        self.house = a_house(
            self.clock,
            roles=lambda person: roles.get(person.user_id),
            routes=Routes(channels=frozenset({"slack"})),
        )
        self.desk = DeskAtWork(self.house, self.clock)

    def groups(self) -> Groups:
        """Return everything that is shown, in groups."""
        return {
            "The staff channel": list(self._staff_channel()),
            "Answers": list(self._asked(QUESTIONS, apart=True)),
            "Choices": list(self._asked(CHOICES, apart=True)),
            "Refusals": list(self._asked(REFUSALS, apart=True)),
            "A request in conversation": list(self._asked(CONVERSATIONS)),
            "In a channel": list(self._in_a_channel()),
            "Home and the form of a request": list(self._home()),
            "Notices to the requester": list(self._notices()),
            "Cards": list(self._cards()),
            "Forms": list(self._forms()),
            "Details and what goes wrong": list(self._details()),
            "Notices to staff": list(self._staff_notices()),
        }

    def _staff_channel(self) -> Iterator[Shown]:
        """Yield one card with what happened to it, and one that is due soon."""
        self._act("claim", ticket := self._ticket(type=RequestType.ERASURE), SAM)
        self._act("escalate", ticket, SAM, reason="Gaat ook over de back-ups.")
        yield Shown("", "message", self._card(ticket))
        reason = {"reason": "Gaat ook over de back-ups."}
        for kind in ("escalated", "added"):
            notice = Announcement(kind, "officers", ticket.reference, "nl", reason)
            yield Shown("", "thread", blocks_of(self.house.notices.render(notice, [])))
        soon = self._ticket(received_at=NOON - timedelta(days=27))
        yield Shown("", "message", self._card(soon))

    def _card(self, ticket: Ticket) -> Sequence[Mapping[str, Any]]:
        return blocks_of(self.house.triage.channel_card(ticket.reference))

    def _asked(
        self, questions: Mapping[Language, Sequence[str]], *, apart: bool = False
    ) -> Iterator[Shown]:
        for language, texts in questions.items():
            for text in texts:
                person = f"{language} {text if apart else 'one'}"
                place = ConversationRef("slack", TEAM, f"im:{person}")
                yield Shown(f"{language} > {text}", "message", blocks_of(self._say(text, place)))

    def _say(self, text: str, place: ConversationRef) -> Reply:
        who = Member(TEAM, place.conversation_id)
        asked = message(text, channel="slack", conversation=place.conversation_id)
        return self.house.assistant.answer(replace(asked, conversation=place, sender=who))

    def _in_a_channel(self) -> Iterator[Shown]:
        place = ConversationRef("slack", TEAM, "C0HALL", "1.1", "C0HALL", Scope.CHANNEL)
        for text in (
            "hoe lang bewaren jullie cookies?",
            "ik wil inzage in mijn gegevens",
            "er is een mail met klantgegevens naar de verkeerde gestuurd",
        ):
            yield Shown(f"> @Privacy desk {text}", "thread", blocks_of(self._say(text, place)))

    def _home(self) -> Iterator[Shown]:
        empty = ConversationRef("slack", TEAM, "home:nobody")
        yield Shown("Home, empty", "home", view=home_view(self._say("/status", empty)))
        self._ticket(type=RequestType.ERASURE)
        own = message("/status", channel="slack", conversation="home")
        reply = self.house.assistant.answer(
            replace(
                own, conversation=replace(empty, conversation_id="h"), sender=Member(TEAM, ANNA)
            )
        )
        yield Shown("Home, with a request", "home", view=home_view(reply))
        place = ConversationRef("slack", TEAM, "im:form")
        for language in ("nl", "en"):
            values = {"language": language}
            asked = Action("f", "request_form", Member(TEAM, "U0FORM"), place, NOON, values=values)
            form = form_view(self.house.assistant.act(asked), REQUEST)
            assert form is not None
            yield Shown(f"form of a request ({language})", "modal", view=form)
        sent = replace(asked, name="file_request", values={"types": "rectification"})
        wrong = opened_form(self.house.assistant.act(sent))
        assert wrong
        assert form is not None
        yield Shown("problem at its field", "modal", view=form, problems=problems_in(wrong))
        done = self.house.assistant.act(replace(sent, values={"types": "access"}))
        yield Shown("filed", "modal", view=reading_view(done, "Uw verzoek"))

    def _ticket(self, **more: Any) -> Ticket:
        requester = Person("slack", TEAM, ANNA)
        return self.desk.open(
            **{
                "requester": requester,
                "actor": Actor(requester, Role.REQUESTER),
                "conversation": ConversationRef("slack", TEAM, f"im:{ANNA}"),
                "words": "Ik wil alles zien wat jullie van mij hebben.\nOok de opnames.",
                **more,
            }
        )

    def _notices(self) -> Iterator[Shown]:
        ticket = self._ticket()
        for language in ("nl", "en"):
            for kind, wanted in NOTICES.items():
                given = {name: VALUES[name] for name in wanted}
                notice = Announcement(
                    kind, "requester", ticket.reference, "en" if language == "en" else "nl", given
                )
                open_still = not kind.startswith(("closed", "forwarding"))
                told = ticket if open_still else self._closed()
                reply = self.house.notices.render(notice, [told])
                yield Shown(f"{kind} ({language})", "message", blocks_of(reply))

    def _closed(self) -> Ticket:
        ticket = self._ticket()
        self._act("close", ticket, outcome="no_data", identity_method="known_contact")
        return self.desk.get(ticket) or ticket

    def _act(self, name: str, ticket: Ticket, user: str = OLGA, **values: str) -> Reply:
        place = ConversationRef("slack", TEAM, TRIAGE)
        who = Member(TEAM, user)
        action = Action("1", name, who, place, self.clock(), ticket.reference, values)
        return self.house.triage.handle(action)

    def _cards(self) -> Iterator[Shown]:
        for what, ticket in self._tickets():
            yield Shown(what, "message", self._card(ticket))

    def _tickets(self) -> Iterator[tuple[str, Ticket]]:
        yield "just come in", (ticket := self._ticket())
        self._act("claim", ticket, SAM)
        yield "claimed", ticket
        self._act("ask_identification", ticket, SAM, text="Bel ons even terug.")
        yield "awaiting identification", ticket
        self._act("claim", ticket := self._ticket(type=RequestType.ERASURE), SAM)
        self._act("ask_clarification", ticket, SAM, text="Om welke dienst gaat het?")
        yield "awaiting clarification", ticket
        self._act("escalate", ticket := self._ticket(), SAM, reason="ingewikkeld")
        yield "escalated, not claimed", ticket
        yield "to be forwarded", (ticket := self._ticket(to_forward=True))
        self._act("forward", ticket, to="Woningstichting De Haven")
        yield "forwarded", ticket
        yield "unconfirmed", self._ticket(unconfirmed=True)
        yield "a question", self._ticket(kind=TicketKind.CONTACT, type=None)
        yield "an incident", self._ticket(kind=TicketKind.INCIDENT, type=None)
        yield "closed", self._closed()
        for what, days in (("due soon", 25), ("due today", 30), ("overdue", 33)):
            received = NOON - timedelta(days=days)
            yield what, self._ticket(received_at=received)

    def _forms(self) -> Iterator[Shown]:
        ticket = self._ticket(to_forward=True)
        for name in FORMS:
            yield self._modal(name, self._act("form", ticket, action=name))
        first = self._act("send", ticket, text="We zijn bijna klaar.\nNog een week.")
        yield self._modal("preview", first)
        wrong = opened_form(self._act("close", ticket, outcome="granted"))
        drawn = self._modal("problem", self._act("form", ticket, action="close"))
        assert wrong
        yield replace(drawn, problems=problems_in(wrong))
        asked = {
            "text": "Kunnen jullie al mijn gegevens wissen?",
            "author": ANNA,
            "author_tenant": TEAM,
            "author_place": f"im:{ANNA}",
            "written_at": datetime(2026, 11, 20, 9, tzinfo=UTC).isoformat(),
        }
        yield self._modal("message shortcut", self._act("message", ticket, SAM, **asked))

    def _details(self) -> Iterator[Shown]:
        ticket = self._ticket()
        self._act("claim", ticket, SAM)
        self._act("note", ticket, SAM, text="Gebeld, geen gehoor.")
        self._act("ask_clarification", ticket, SAM, text="Om welke dienst gaat het?")
        yield self._modal("Details", self._act("details", ticket))
        yield self._modal("Details", self._act("details", self._closed()))
        yield self._modal("Sluiten", self._act("form", ticket, SAM, action="close"))
        yield self._modal("Details", self._act("details", ticket, "U0PIET2345"))
        yield Shown("loading", "modal", view=loading_view("Details", "nl"))
        other = self._act("claim", ticket)
        yield Shown("claimed before", "ephemeral", blocks_of(other))

    def _modal(self, what: str, reply: Reply) -> Shown:
        return Shown(what, "modal", view=view_for_staff(reply, what))

    def _staff_notices(self) -> Iterator[Shown]:
        ticket = self._ticket()
        self._act("claim", ticket, SAM)
        incident = self._ticket(kind=TicketKind.INCIDENT, type=None)
        for kind in STAFF_NOTICES:
            notice = Announcement(kind, "staff", ticket.reference, "nl", VALUES)
            reply = self.house.notices.render(notice, [])
            yield Shown(kind, "thread", blocks_of(reply))
        self.clock.now = NOON + timedelta(hours=5)
        notice = Announcement("incident", "officers", incident.reference)
        reply = self.house.notices.render(notice, [incident])
        yield Shown("incident", "message", blocks_of(reply))
        self.clock.now = NOON + timedelta(days=28)
        claimed = self.desk.get(ticket) or ticket
        values = {"references": "x", "head": "9f2c1b7a0d3e4f56"}
        digest = Announcement("digest", "staff", values=values)
        reply = self.house.notices.render(digest, [claimed, incident, self._ticket()])
        yield Shown("digest", "message", blocks_of(reply))
        dead = self.house.notices.render(Announcement("dead_letter", "staff"), [])
        yield Shown("dead letter", "message", blocks_of(dead))


def gallery() -> Groups:
    """Return everything that is shown, in groups."""
    return Gallery().groups()
