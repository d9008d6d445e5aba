"""Every action by every role, in every state and kind, on own and other tickets of any tenant."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from bot.errors import DeskRefusal
from bot.messages import RequestType, TicketKind
from bot.tickets.model import (
    SYSTEM,
    Actor,
    Command,
    Extension,
    Person,
    Result,
    Role,
    State,
    Suspension,
    Ticket,
)
from bot.tickets.rules import ACTIONS
from tests.conftest import Clock, a_house
from tests.tickets.conftest import DeskAtWork

# Written out by hand from the design, apart from the table that the desk uses.
REQUESTER = {"confirm", "change", "withdraw", "add"}
SUPPORT = {
    "claim",
    "release",
    "note",
    "ask_identification",
    "ask_clarification",
    "send",
    "escalate",
    "correct_type",
}
OFFICER = SUPPORT | {
    "confirm_identity",
    "assign",
    "extend",
    "record_sent",
    "forward",
    "close",
    "reopen",
    "correct_received",
    "hold",
    "export",
    "purge",
}
BY_ITSELF = {"escalate", "purge", "grant_extension", "void_extension", "undeliverable"}
ALLOWED = {
    Role.REQUESTER: REQUESTER,
    Role.SUPPORT: SUPPORT,
    Role.OFFICER: OFFICER,
    Role.SYSTEM: BY_ITSELF,
}
AFTER_CLOSING = {"note", "reopen", "hold", "export", "purge", "undeliverable"}
ONLY_AFTER_CLOSING = {"reopen", "purge"}
ONLY_REQUESTS = {
    "ask_identification",
    "correct_type",
    "confirm_identity",
    "extend",
    "record_sent",
    "forward",
}
NOT_WHILE_FORWARDING = {
    "change",
    "correct_type",
    "confirm_identity",
    "extend",
    "record_sent",
    "forward",
}
ONLY_AT_WORK = {"ask_identification", "ask_clarification"}
VALUES = {
    "text": "tekst",
    "reason": "reden",
    "type": "erasure",
    "identity_method": "call_back",
    "user": "sam",
    "sent_on": "2026-11-24",
    "to": "Voorbeeld BV",
    "outcome": "granted",
    "handed_over": "post",
    "handed_over_on": "2026-11-24",
    "received_on": "2026-11-20",
    "until": "on",
    "notice": "sent",
}
STAFF_TENANT, OTHER_TENANT = "staff", "customer"
ACTING = Person("slack", STAFF_TENANT, "actor")


@pytest.fixture(scope="module")
def desk() -> DeskAtWork:
    """Return one desk in memory for all combinations."""
    clock = Clock()
    return DeskAtWork(a_house(clock), clock)


def allowed(  # noqa: PLR0911 - one line a rule reads best
    action: str, role: Role, state: State, kind: TicketKind, *, own: bool
) -> bool:
    """Say by the design whether an action may pass."""
    if action not in ALLOWED[role]:
        return False
    if role is Role.REQUESTER and not own:
        return False
    if role in {Role.SUPPORT, Role.OFFICER} and own:
        return False
    if kind is not TicketKind.REQUEST and action in ONLY_REQUESTS:
        return False
    if state is State.CLOSED:
        return action in AFTER_CLOSING
    if action in ONLY_AFTER_CLOSING:
        return False
    if action in ONLY_AT_WORK:
        return state in {State.RECEIVED, State.IN_PROGRESS}
    return state is not State.FORWARDING or action not in NOT_WHILE_FORWARDING


def ticket_in(
    at_work: DeskAtWork, state: State, kind: TicketKind, action: str, requester: Person
) -> Ticket:
    """Return a kept ticket in a state in which nothing but authority can stop an action."""
    now = at_work.clock()
    opened = at_work.open(
        kind=kind,
        type=RequestType.ACCESS if kind is TicketKind.REQUEST else None,
        requester=requester,
        actor=Actor(requester, Role.REQUESTER),
        to_forward=True,
    )
    waiting = action in {"record_sent", "grant_extension", "void_extension"}
    ready = replace(
        opened,
        state=state,
        version=opened.version + 1,
        result=Result.REFUSED if state is State.CLOSED else None,
        closed_at=now if state is State.CLOSED else None,
        claimed_by=ACTING if action == "release" else None,
        extension=Extension("druk", now) if waiting else None,
        suspensions=(Suspension("clarification", now, counts=True),),
    )
    with at_work.house.database.transaction() as handle:
        at_work.house.desk.store_of(handle).update(ready, opened.version)
    return ready


def test_the_design_names_every_action_of_the_desk() -> None:
    assert set(ACTIONS) == REQUESTER | OFFICER | BY_ITSELF


@pytest.mark.parametrize("action", sorted(ACTIONS))
@pytest.mark.parametrize("role", list(Role))
def test_only_what_the_design_names_passes(desk: DeskAtWork, action: str, role: Role) -> None:
    for state, kind, own, tenant in itertools.product(
        State, TicketKind, (True, False), (STAFF_TENANT, OTHER_TENANT)
    ):
        if role is Role.SYSTEM and own:
            continue
        actor = SYSTEM if role is Role.SYSTEM else Actor(ACTING, role)
        requester = ACTING if own else Person("slack", tenant, "somebody else")
        ticket = ticket_in(desk, state, kind, action, requester)
        forwarded = state is State.FORWARDING and kind is TicketKind.REQUEST
        values = {**VALUES, "outcome": "forwarded" if forwarded else "granted"}
        refused = refusal_of(desk, ticket, action, actor, values)

        case = f"{action} by {role} on {kind} {state}, own={own}, tenant={tenant}: {refused}"
        assert (refused == "") == allowed(action, role, state, kind, own=own), case
        assert refused == "" or desk.get(ticket) == ticket, f"{case}, yet changed"


def refusal_of(
    desk: DeskAtWork, ticket: Ticket, action: str, actor: Actor, values: dict[str, str]
) -> str:
    """Return why the desk refuses, or an empty text where it does what was asked."""
    try:
        desk.perform(ticket, action, actor, **values)
    except DeskRefusal as refusal:
        return refusal.reason
    return ""


def test_a_staff_role_on_another_channel_is_still_the_ticket_of_somebody_else(
    at_work: DeskAtWork,
) -> None:
    ticket = at_work.open()
    same_name = Actor(Person("web", "elsewhere", "anna"), Role.REQUESTER)

    with pytest.raises(DeskRefusal, match="not_found"):
        at_work.perform(ticket, "withdraw", same_name)


def test_a_requester_cannot_open_a_ticket_for_somebody_else(at_work: DeskAtWork) -> None:
    with pytest.raises(DeskRefusal, match="not_allowed"):
        at_work.open(actor=Actor(Person("web", "local", "bert"), Role.REQUESTER))


def test_an_unknown_ticket_and_that_of_another_look_the_same(at_work: DeskAtWork) -> None:
    ticket = at_work.open()
    stranger = Actor(Person("web", "local", "bert"), Role.REQUESTER)
    reasons = []
    for reference in (ticket.reference, "PR-2222-2222"):
        command = Command("withdraw", stranger, at_work.clock(), reference)
        with (
            pytest.raises(DeskRefusal) as refusal,
            at_work.house.database.transaction() as handle,
        ):
            at_work.house.desk.perform(handle, command)
        reasons.append(refusal.value.reason)

    assert reasons == ["not_found", "not_found"]
