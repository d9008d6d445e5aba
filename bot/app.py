"""How everything is put together; the only importer of the intents."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

from bot.answering import Answering
from bot.assistant import Assistant
from bot.cards import Cards
from bot.database import Database
from bot.describing import Describer
from bot.front_desk import FrontDesk
from bot.intake import Intake
from bot.messages import Language
from bot.notices import Notices
from bot.post import Post, Routes
from bot.queues import Inbox, Outbox
from bot.replies import Replies
from bot.requesting import Requesting
from bot.tickets.deadlines import Calendar
from bot.tickets.desk import Desk
from bot.tickets.model import Person, Role
from bot.tickets.sqlite import SqliteTickets
from bot.timekeeping import Timekeeper
from bot.triage import Roles, Triage
from bot.understanding import weights
from bot.understanding.decision import Decider
from bot.understanding.lexicon import Lexicon
from bot.understanding.opinion import Opinion
from bot.understanding.reading import Reader
from intents import HERE, Intents, load_intents
from knowledge import Law, Statement, load_law, load_statement

INTENTS = HERE
EXAMPLES = INTENTS / "examples"
OPINION = INTENTS / "opinion.npz"
_OPTIONAL = "_optional"
LOCAL_STAFF = frozenset({"cli", "desk"})
_NEVER_REPAIRED_INTO = ("silence_", "detail_")


def system_clock() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def build_lexicon(
    statement: Statement,
    intents: Intents,
    common_words: Sequence[str],
    language_odds: Mapping[str, float],
) -> Lexicon:
    """Return the words of the statement's aliases and of the intents as one lexicon."""
    forms: dict[str, Mapping[Any, Any]] = {
        activity.id: {"nl": activity.aliases.nl, "en": activity.aliases.en}
        for activity in statement.activities
    }
    optional: set[str] = set()
    for concept, own in intents.words.items():
        if concept == _OPTIONAL:
            optional.update(word for words in own.values() for word in words)
        else:
            forms[concept] = own
    barred = [concept for concept in forms if concept.startswith(_NEVER_REPAIRED_INTO)]
    return Lexicon(forms, common_words, optional, unrepairable=barred, language_odds=language_odds)


def build_reader(statement: Statement, intents: Intents, opinion: Path = OPINION) -> Reader:
    """Return the reader with the fitted second opinion."""
    fitted = weights.read(opinion)
    lexicon = build_lexicon(statement, intents, fitted.words, fitted.language_odds)
    activities = frozenset(activity.id for activity in statement.activities)
    return Reader(lexicon, Opinion.of(fitted), activities, fitted.language_odds)


@dataclass(frozen=True, slots=True)
class House:
    """Everything that is put together once: the core, the desk and what they share."""

    database: Database
    assistant: Assistant
    desk: Desk
    front_desk: FrontDesk
    post: Post
    inbox: Inbox
    outbox: Outbox
    triage: Triage
    notices: Notices
    timekeeper: Timekeeper


def build_house(  # noqa: PLR0913 - each has a default
    clock: Callable[[], datetime] = system_clock,
    *,
    database: Database | None = None,
    chain_key: bytes | None = None,
    routes: Routes | None = None,
    roles: Roles | None = None,
    staff_language: Language = "nl",
    organisations: Mapping[str, str] | None = None,
    retention_years: int = 3,
    statement: Statement | None = None,
    intents: Intents | None = None,
    reader: Reader | None = None,
) -> House:
    """Return the house over the statement, the law and the intents of this project.

    Without a database it keeps everything in memory.
    """
    law = load_law()
    statement = statement or load_statement(law=law)
    intents = intents or load_intents()
    database = database or Database()
    replies = Replies(statement, law, intents.templates)
    calendar = build_calendar(statement, law)
    store_of = partial(SqliteTickets, retention_years=retention_years)
    desk = Desk(calendar, chain_key or secrets.token_bytes(32), store_of, statement.version)
    inbox, outbox = Inbox(), Outbox()
    post = Post(desk, outbox, routes or Routes())
    describer = Describer(replies, calendar, clock)
    front_desk = FrontDesk(desk, post, inbox, Requesting(replies), describer)
    assistant = Assistant(
        reader=reader or build_reader(statement, intents),
        decider=Decider(),
        answering=Answering(
            intents=intents.by_goal, replies=replies, front_desk=front_desk, clock=clock
        ),
        database=database,
        clock=clock,
    )
    cards = Cards(describer, staff_language, organisations)
    notices = Notices(describer, cards, clock)
    triage = Triage(
        database=database,
        desk=desk,
        post=post,
        cards=cards,
        intake=Intake(desk, post, cards),
        notices=notices,
        roles=roles or local_roles,
        clock=clock,
    )
    timekeeper = Timekeeper(
        database=database,
        desk=desk,
        front_desk=front_desk,
        post=post,
        inbox=inbox,
        outbox=outbox,
    )
    return House(
        database, assistant, desk, front_desk, post, inbox, outbox, triage, notices, timekeeper
    )


def local_roles(person: Person) -> Role | None:
    """Return the role of somebody at this machine: whoever has its terminal is an officer."""
    return Role.OFFICER if person.channel in LOCAL_STAFF else None


def build_calendar(statement: Statement, law: Law) -> Calendar:
    """Return the working days of the law with the hours that the statement states."""
    hours = statement.topic("contact_hours").values
    return Calendar(law, time.fromisoformat(hours["opens"]), time.fromisoformat(hours["closes"]))


def build_assistant(
    clock: Callable[[], datetime] = system_clock, statement: Statement | None = None
) -> Assistant:
    """Return the assistant alone, with everything it keeps in memory."""
    return build_house(clock, statement=statement).assistant
