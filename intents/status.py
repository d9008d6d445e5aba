"""How a request is going, or taking one back: only ever the person's own."""

from __future__ import annotations

from collections.abc import Iterator

from bot.intent import Answer, Intent, Line, OfferWithdrawal, Option, OwnTicket, Question
from bot.messages import Kind

_MOST_SHOWN = 3


def answer(question: Question) -> Answer:
    """Say where the person's own tickets stand, or truthfully that there is none here."""
    if question.goal == "withdraw_request":
        return _withdraw(question)
    if not question.own_tickets:
        return Answer(Kind.STATUS, (Line(f"status.{'draft' if question.draft else 'unknown'}"),))
    shown = question.own_tickets[:_MOST_SHOWN]
    lines = [line for ticket in shown for line in _lines(ticket)]
    if question.draft:
        lines.append(Line("status.draft"))
    if len(question.own_tickets) > _MOST_SHOWN:
        lines.append(Line("status.more"))
    running = [ticket for ticket in shown if ticket.is_open]
    options = tuple(o for ticket in running for o in _options(ticket, alone=len(running) == 1))
    return Answer(Kind.STATUS, tuple(lines), options=options)


def _lines(ticket: OwnTicket) -> Iterator[Line]:
    due = " ".join(ticket.due_lines) if ticket.is_open else ""
    yield Line("status.one", values={**ticket.values, "next": ticket.next_step, "due": due})
    if ticket.unconfirmed:
        yield Line("status.unconfirmed")


def _options(ticket: OwnTicket, *, alone: bool) -> Iterator[Option]:
    named = {"reference": ticket.reference}
    if ticket.unconfirmed:
        yield Option("status.confirm_one", goal="confirm", activity=ticket.reference, values=named)
    if alone:
        yield Option("status.add_one", goal="add", activity=ticket.reference, values=named)
    yield Option(
        "status.withdraw_one", goal="withdraw_request", activity=ticket.reference, values=named
    )


def _withdraw(question: Question) -> Answer:
    running = [ticket for ticket in question.own_tickets if ticket.is_open]
    named = [ticket for ticket in running if ticket.reference in question.references]
    if not running:
        return Answer(Kind.STATUS, (Line("status.withdraw"),))
    chosen = named or running
    if len(chosen) > 1:
        options = tuple(
            Option(
                "status.withdraw_one",
                goal="withdraw_request",
                activity=ticket.reference,
                values={"reference": ticket.reference},
            )
            for ticket in chosen[:_MOST_SHOWN]
        )
        return Answer(Kind.REQUEST, (Line("status.withdraw_which"),), options=options)
    ticket = chosen[0]
    options = (
        Option(
            "status.withdraw_one",
            goal="withdraw",
            activity=ticket.reference,
            values={"reference": ticket.reference},
        ),
        Option("status.keep", goal="status"),
    )
    return Answer(
        Kind.REQUEST,
        (Line("status.withdraw_sure", values=dict(ticket.values)),),
        options=options,
        effect=OfferWithdrawal(ticket.reference),
        request_type=ticket.type,
    )


INTENT = Intent("status", ("status", "withdraw_request"), answer)
