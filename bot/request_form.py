"""The request as one form: for a page or a modal, filed when it is sent in."""

from __future__ import annotations

from collections.abc import Mapping

from bot.database import Transaction
from bot.front_desk import FrontDesk, Handled, must_ask_name
from bot.messages import Draft, Form, FormField, Language, RequestType, TicketKind
from bot.naming import has_address
from bot.tickets.desk import LONGEST_TEXT
from bot.visit import Visit

FILE = "file_request"
_FIELDS = (
    ("types", "checks", True),
    ("words", "text", False),
    ("correction", "text", False),
    ("grounds", "text", False),
    ("name", "line", False),
    ("reach", "line", False),
)
_NAMED = frozenset({"name", "reach"})


class RequestForm:
    """Draws the form, checks what was filled in, and files it."""

    def __init__(self, front_desk: FrontDesk) -> None:
        """Take the front desk that files."""
        self.front_desk = front_desk
        self._text = front_desk.describer.text

    def draw(
        self,
        language: Language,
        values: Mapping[str, str] | None = None,
        problems: Mapping[str, str] | None = None,
        *,
        asks_name: bool = True,
    ) -> Form:
        """Return the form with what was filled in and what is wrong."""
        given, wrong = values or {}, problems or {}
        types = tuple((t.value, self._text(f"request.form_{t}", language)) for t in RequestType)
        return Form(
            action=FILE,
            ticket="",
            label=self._text("request.form_submit", language),
            title=self._text("request.form_title", language),
            fields=tuple(
                FormField(
                    name=name,
                    label=self._text(f"request.field_{name}", language),
                    kind=kind,
                    required=required,
                    choices=types if name == "types" else (),
                    value=given.get(name, ""),
                    problem=self._text(f"request.problem_{wrong[name]}", language)
                    if name in wrong
                    else "",
                )
                for name, kind, required in _FIELDS
                if asks_name or name not in _NAMED
            ),
            opened=True,
        )

    def file(
        self, transaction: Transaction, values: Mapping[str, str], message_id: str, visit: Visit
    ) -> Handled | Form:
        """Return what was filed, or the form with its problems."""
        problems = _problems(values)
        if problems:
            asks_name = must_ask_name(visit.conversation.channel)
            return self.draw(visit.language, values, problems, asks_name=asks_name)
        types = tuple(RequestType(name) for name in values["types"].split(","))
        slots = {name: values[name].strip() for name in _NAMED if values.get(name, "").strip()}
        for slot, wanted in (
            ("correction", RequestType.RECTIFICATION),
            ("grounds", RequestType.OBJECTION),
        ):
            if wanted in types and values.get(slot, "").strip():
                slots[slot] = values[slot].strip()
        draft = Draft(
            TicketKind.REQUEST, visit.now, values.get("words", "").strip(), types, slots=slots
        )
        return self.front_desk.file(transaction, draft, message_id, visit)


def _problems(values: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with each field."""
    chosen = [name for name in values.get("types", "").split(",") if name]
    problems = {}
    if not chosen or not set(chosen) <= set(RequestType):
        problems["types"] = "choose"
    if RequestType.RECTIFICATION in chosen and not values.get("correction", "").strip():
        problems["correction"] = "fill_in"
    if (reach := values.get("reach", "").strip()) and not has_address(reach):
        problems["reach"] = "address"
    problems |= {name: "too_long" for name, text in values.items() if len(text) > LONGEST_TEXT}
    return problems
