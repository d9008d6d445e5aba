"""What the channels share: what they may ask of the house, and the forms of a reply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.messages import Action, ConversationRef, Form, Language, Message, Reply, Text

_BEGIN = {"nl": "Een verzoek doen", "en": "Make a request"}


@dataclass(frozen=True, slots=True)
class Core:
    """What a channel may ask of the house; each runs in the thread of the database."""

    keep: Callable[[Message, str, str | None], Awaitable[bool]]
    forget: Callable[[str], Awaitable[None]]
    answer: Callable[[Message], Awaitable[Reply]]
    requester: Callable[[Action], Awaitable[Reply]]
    tell: Callable[[ConversationRef, Reply], Awaitable[None]]
    staff: Callable[[Action], Awaitable[Reply]]
    channel_card: Callable[[str], Awaitable[Reply]]
    find_card: Callable[[str, ConversationRef], Awaitable[str]]
    keep_card: Callable[[str, ConversationRef, str], Awaitable[None]]


def begin_request(language: Language) -> Form:
    """Return the button that opens the form of a request."""
    return Form("request_form", "", _BEGIN[language])


def opened_form(reply: Reply) -> Form | None:
    """Return the form that a reply opens, or None."""
    return next((b for b in reply.blocks if isinstance(b, Form) and b.opened), None)


def problems_in(form: Form) -> dict[str, str]:
    """Return the problems of a form by the names of its fields."""
    return {field.name: field.problem for field in form.fields if field.problem}


def without_forms(reply: Reply) -> Reply:
    """Return a reply without its buttons and forms; never an empty one."""
    kept = tuple(block for block in reply.blocks if not isinstance(block, Form))
    return replace(reply, blocks=kept or (Text("…"),))
