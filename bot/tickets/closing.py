"""What closing asks for: an outcome, how it was reached, and whom the law wants told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.errors import DeskRefusal
from bot.messages import RequestType, TicketKind
from bot.tickets.model import Announcement, Command, Result, State, Ticket

_CARRIED_OUT = frozenset({Result.GRANTED, Result.PARTLY_GRANTED})
_NEEDS_REASON = frozenset({Result.REFUSED, Result.PARTLY_GRANTED, Result.WITHDRAWN})
_HANDS_DATA_OVER = frozenset({RequestType.ACCESS, RequestType.PORTABILITY})
# GDPR art. 19: whoever received the data is told of a correction, an erasure or a restriction.
_TELLS_RECIPIENTS = frozenset(
    {RequestType.RECTIFICATION, RequestType.ERASURE, RequestType.RESTRICTION}
)
_WITHOUT_A_RIGHT = frozenset({Result.GRANTED, Result.WITHDRAWN})


def closed(ticket: Ticket, command: Command) -> tuple[Ticket, tuple[Announcement, ...]]:
    """Return the closed ticket and its notice; raises DeskRefusal for what is missing."""
    values = command.values
    result = Result(values["outcome"])
    if ticket.kind is TicketKind.REQUEST:
        _check_request(ticket, result, values)
    elif result not in _WITHOUT_A_RIGHT:
        raise DeskRefusal("no_such_result", "outcome")
    done = replace(
        ticket,
        state=State.CLOSED,
        result=result,
        closed_at=command.at,
        identity_method=values.get("identity_method") or ticket.identity_method,
        claimed_by=ticket.claimed_by or command.actor.person,
    )
    told = {name: values[name] for name in ("reason", "handed_over") if values.get(name)}
    notice = Announcement(
        f"closed_{result}" if ticket.kind is TicketKind.REQUEST else f"closed_{ticket.kind}",
        "requester",
        ticket.reference,
        ticket.language,
        told,
    )
    return done, (notice,)


def _check_request(ticket: Ticket, result: Result, values: Mapping[str, str]) -> None:
    if (result is Result.FORWARDED) != (ticket.state is State.FORWARDING):
        raise DeskRefusal("not_forwarding", "outcome")
    if result in _NEEDS_REASON and not values.get("reason"):
        raise DeskRefusal("needs_reason", "reason")
    if result not in _CARRIED_OUT:
        return
    if not (values.get("identity_method") or ticket.identity_method):
        raise DeskRefusal("needs_identity", "identity_method")
    if ticket.details.get("on_behalf") and not values.get("mandate"):
        raise DeskRefusal("needs_mandate", "mandate")
    if ticket.type in _HANDS_DATA_OVER and not values.get("handed_over"):
        raise DeskRefusal("needs_handing_over", "handed_over")
    if ticket.type in _HANDS_DATA_OVER and not values.get("handed_over_on"):
        raise DeskRefusal("needs_handing_over", "handed_over_on")
    told = values.get("recipients") or values.get("recipients_reason")
    if ticket.type in _TELLS_RECIPIENTS and not told:
        raise DeskRefusal("needs_recipients", "recipients")
