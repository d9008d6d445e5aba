"""Who may do what with a ticket, when, and what each action needs to know.

The table is what the desk checks, what forms and commands are drawn from, and what the tests
hold every combination against.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.messages import RequestType, TicketKind
from bot.tickets.model import Result, Role, State, Ticket

FieldKind = Literal["text", "line", "choice", "checks", "date", "flag"]
_OPEN = frozenset(State) - {State.CLOSED}
_BEFORE_FORWARDING = _OPEN - {State.FORWARDING}
_AT_WORK = frozenset({State.RECEIVED, State.IN_PROGRESS})
_EVERY_KIND = frozenset(TicketKind)
_RIGHT = frozenset({TicketKind.REQUEST})
_REQUESTER = frozenset({Role.REQUESTER})
_STAFF = frozenset({Role.SUPPORT, Role.OFFICER})
_OFFICER = frozenset({Role.OFFICER})
_SYSTEM = frozenset({Role.SYSTEM})

HANDED_OVER = ("post", "in_person", "secure_link", "encrypted_mail")
IDENTITY_METHODS = ("workspace_account", "call_back", "known_contact", "shielded_copy", "in_person")
RECIPIENTS = ("processors", "commissioning_party", "authorities")
MANDATES = ("seen_on_paper", "parental_authority", "lawyer")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an action's form."""

    name: str
    kind: FieldKind = "text"
    required: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One action: who may do it, in which states and for which kinds, and its form."""

    roles: frozenset[Role]
    states: frozenset[State] = _OPEN
    kinds: frozenset[TicketKind] = _EVERY_KIND
    fields: tuple[Field, ...] = ()


_REASON = Field("reason")
_TEXT = Field("text")
_NOT_ALWAYS = False

ACTIONS: Mapping[str, Rule] = {
    "confirm": Rule(_REQUESTER),
    "change": Rule(_REQUESTER, _BEFORE_FORWARDING, fields=(_TEXT,)),
    "withdraw": Rule(_REQUESTER),
    "add": Rule(_REQUESTER, fields=(_TEXT,)),
    "claim": Rule(_STAFF),
    "release": Rule(_STAFF),
    "note": Rule(_STAFF, frozenset(State), fields=(_TEXT, Field("answered", "flag", _NOT_ALWAYS))),
    "ask_identification": Rule(_STAFF, _AT_WORK, _RIGHT, (_TEXT,)),
    "ask_clarification": Rule(_STAFF, _AT_WORK, fields=(_TEXT,)),
    "send": Rule(_STAFF, fields=(_TEXT,)),
    "escalate": Rule(_STAFF | _SYSTEM, fields=(_REASON,)),
    "correct_type": Rule(
        _STAFF,
        _BEFORE_FORWARDING,
        _RIGHT,
        (Field("type", "choice", choices=tuple(RequestType)), _REASON),
    ),
    "confirm_identity": Rule(
        _OFFICER,
        _BEFORE_FORWARDING,
        _RIGHT,
        (
            Field("identity_method", "choice", choices=IDENTITY_METHODS),
            Field("reason", required=_NOT_ALWAYS),
        ),
    ),
    "assign": Rule(_OFFICER, fields=(Field("user", "line"),)),
    "extend": Rule(_OFFICER, _BEFORE_FORWARDING, _RIGHT, (_REASON,)),
    "record_sent": Rule(_OFFICER, _BEFORE_FORWARDING, _RIGHT, (Field("sent_on", "date"),)),
    "forward": Rule(_OFFICER, _BEFORE_FORWARDING, _RIGHT, (Field("to", "line"),)),
    "close": Rule(
        _OFFICER,
        fields=(
            Field("outcome", "choice", choices=tuple(Result)),
            Field("reason", required=_NOT_ALWAYS),
            Field("identity_method", "choice", _NOT_ALWAYS, IDENTITY_METHODS),
            Field("handed_over", "choice", _NOT_ALWAYS, HANDED_OVER),
            Field("handed_over_on", "date", _NOT_ALWAYS),
            Field("recipients", "checks", _NOT_ALWAYS, RECIPIENTS),
            Field("recipients_reason", "line", _NOT_ALWAYS),
            Field("mandate", "choice", _NOT_ALWAYS, MANDATES),
        ),
    ),
    "reopen": Rule(_OFFICER, frozenset({State.CLOSED}), fields=(_REASON,)),
    "correct_received": Rule(_OFFICER, fields=(Field("received_on", "date"), _REASON)),
    "hold": Rule(
        _OFFICER,
        frozenset(State),
        fields=(Field("until", "choice", choices=("on", "off")), _REASON),
    ),
    "export": Rule(_OFFICER, frozenset(State)),
    "purge": Rule(_OFFICER | _SYSTEM, frozenset({State.CLOSED})),
    "grant_extension": Rule(_SYSTEM),
    "void_extension": Rule(_SYSTEM),
    "undeliverable": Rule(_SYSTEM, frozenset(State), fields=(Field("notice", "line"),)),
}
STAFF_ACTIONS = tuple(name for name, rule in ACTIONS.items() if rule.roles & _STAFF)
REQUESTER_ACTIONS = tuple(name for name, rule in ACTIONS.items() if rule.roles & _REQUESTER)


# A question or a report is dealt with or taken back; no right is granted or refused.
_WITHOUT_A_RIGHT = (
    Field("outcome", "choice", choices=(Result.GRANTED, Result.WITHDRAWN)),
    Field("reason", required=_NOT_ALWAYS),
)


def fields_for(ticket: Ticket, action: str) -> tuple[Field, ...]:
    """Return the fields of an action's form that make sense for a ticket."""
    if action == "close" and ticket.kind is not TicketKind.REQUEST:
        return _WITHOUT_A_RIGHT
    return ACTIONS[action].fields
