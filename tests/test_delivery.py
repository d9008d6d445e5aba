"""From the outbox to people: channels, a real mail server, retries and what reaches nobody."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import Message as Mail
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from bot.app import House
from bot.channels.email import Email, MailServer
from bot.database import Database, rows
from bot.delivery import Deliverer, Delivery
from bot.errors import ChannelError
from bot.messages import ConversationRef, Kind, Reply, Sender, plain_text
from bot.post import EMAIL, Routes
from bot.queues import MOST_TRIES
from bot.worker import Worker
from bot.writer import Writer
from tests.conftest import NOON, Clock, a_house, message
from tests.tickets.conftest import DeskAtWork

STAFF = ConversationRef("desk", "local", "staff")


class Mailbox:
    """A mail server that keeps what it gets, and refuses one domain."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    async def handle_RCPT(  # noqa: N802 - the name that the server calls
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.endswith("@nowhere.example"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(message_from_bytes(envelope.content))
        return "250 OK"


class Chat:
    """A channel of which a test decides whether it works."""

    def __init__(self) -> None:
        self.delivered: list[tuple[str, Reply]] = []
        self.errors: list[Exception] = []

    async def deliver(self, address: ConversationRef, reply: Reply, notice_id: str) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.delivered.append((notice_id, reply))

    def private_place(self, address: ConversationRef, sender: Sender, /) -> ConversationRef | None:
        return None


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def mail_server(mailbox: Mailbox) -> Iterator[MailServer]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield MailServer("127.0.0.1", port, "desk@example.org", security="none")
    controller.stop()


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = NOON
    return clock


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[House]:
    database = Database(tmp_path / "desk.sqlite")
    routes = Routes(frozenset({"web", EMAIL}), (STAFF,), "privacy@example.org")
    yield a_house(clock, database=database, routes=routes)
    database.close()


@pytest.fixture
def at_work(house: House, clock: Clock) -> DeskAtWork:
    return DeskAtWork(house, clock)


@pytest.fixture
def chat() -> Chat:
    return Chat()


@pytest.fixture
async def worker(
    house: House, clock: Clock, chat: Chat, mail_server: MailServer
) -> AsyncIterator[Worker]:
    subjects = {"nl": "Bericht van het privacyteam", "en": "Message from the privacy team"}
    deliverers: dict[str, Deliverer] = {
        "web": chat,
        "desk": chat,
        EMAIL: Email(mail_server, subjects),
    }
    writer = Writer(house.database)
    delivery = Delivery(
        database=house.database,
        desk=house.desk,
        post=house.post,
        outbox=house.outbox,
        notices=house.notices,
        deliverers=deliverers,
        clock=clock,
        writer=writer,
    )
    yield Worker(
        database=house.database,
        assistant=house.assistant,
        triage=house.triage.handle,
        post=house.post,
        inbox=house.inbox,
        outbox=house.outbox,
        timekeeper=house.timekeeper,
        delivery=delivery,
        clock=clock,
        writer=writer,
    )
    writer.close()


def states(house: House) -> list[str]:
    with house.database.reading() as handle:
        return [r["state"] for r in rows(handle, "SELECT state FROM outbox ORDER BY created, id")]


def texts(chat: Chat) -> str:
    return "\n".join(plain_text(reply) for _, reply in chat.delivered)


async def test_what_staff_send_arrives_in_the_words_of_the_privacy_team(
    worker: Worker, at_work: DeskAtWork, chat: Chat
) -> None:
    ticket = at_work.open()
    at_work.perform(ticket, "send", text="We zijn bijna klaar.")

    for channel in ("web", "desk"):
        await worker.delivery.deliver_due(channel)

    assert "Bericht van het privacyteam over uw" in texts(chat)
    assert "We zijn bijna klaar." in texts(chat)
    assert "olga" not in texts(chat)
    assert states(at_work.house) == ["delivered"] * 2


async def test_a_refusal_tells_the_reason_the_law_and_the_authority(
    worker: Worker, at_work: DeskAtWork, chat: Chat
) -> None:
    ticket = at_work.open()
    at_work.perform(ticket, "close", outcome="refused", reason="wettelijke plicht")

    await worker.delivery.deliver_due("web")

    assert "wettelijke plicht" in texts(chat)
    assert "AVG art. 12 lid 4" in texts(chat)
    assert "Autoriteit Persoonsgegevens" in texts(chat)


async def test_a_delivery_that_fails_comes_again_with_the_same_id(
    worker: Worker, at_work: DeskAtWork, chat: Chat, clock: Clock
) -> None:
    at_work.perform(at_work.open(), "send", text="Bijna klaar.")
    chat.errors = [RuntimeError("no answer"), ChannelError("slow", retry_after=120)]
    with at_work.house.database.reading() as handle:
        (first,) = rows(handle, "SELECT id FROM outbox WHERE channel = 'web'")

    await worker.delivery.deliver_due("web")
    clock.now += timedelta(seconds=10)
    await worker.delivery.deliver_due("web")
    clock.now += timedelta(seconds=60)
    await worker.delivery.deliver_due("web")
    assert chat.delivered == []
    clock.now += timedelta(seconds=61)
    await worker.delivery.deliver_due("web")

    assert [identifier for identifier, _ in chat.delivered] == [first["id"]]


async def test_a_person_who_left_gets_an_e_mail_instead(
    worker: Worker, at_work: DeskAtWork, chat: Chat, mailbox: Mailbox
) -> None:
    ticket = at_work.open(reach="anna@example.org, 06 12345678")
    at_work.perform(ticket, "send", text="Bijna klaar.")
    chat.errors = [ChannelError("left", permanent=True)]

    await worker.delivery.deliver_due("web")
    await worker.delivery.deliver_due(EMAIL)

    (mail,) = mailbox.mails
    assert mail["To"] == "anna@example.org"
    assert mail["Subject"] == f"Bericht van het privacyteam {ticket.reference}"
    assert "Bijna klaar." in bytes(mail.get_payload(decode=True)).decode()


async def test_what_reaches_nobody_is_shown_to_staff(
    worker: Worker, at_work: DeskAtWork, chat: Chat
) -> None:
    ticket = at_work.open(reach="anna@nowhere.example")
    at_work.perform(ticket, "send", text="Bijna klaar.")
    chat.errors = [ChannelError("left", permanent=True)]

    for channel in ("web", EMAIL, "desk"):
        await worker.delivery.deliver_due(channel)

    after = at_work.get(ticket)
    assert after is not None
    assert after.undelivered == ("sent",)
    assert "kon niet worden bezorgd" in texts(chat)


async def test_after_a_day_of_trying_a_notice_is_given_up(
    worker: Worker, at_work: DeskAtWork, chat: Chat, clock: Clock
) -> None:
    ticket = at_work.open()
    at_work.perform(ticket, "send", text="Bijna klaar.")
    for _ in range(40):
        chat.errors = [ChannelError("not_here")]
        await worker.delivery.deliver_due("web")
        clock.now += timedelta(hours=1)

    after = at_work.get(ticket)
    assert after is not None
    assert after.undelivered == ("sent",)


async def test_an_extension_counts_from_the_moment_it_is_delivered_and_tells_the_new_date(
    worker: Worker, at_work: DeskAtWork, chat: Chat
) -> None:
    ticket = at_work.open()
    at_work.perform(ticket, "extend", reason="veel verzoeken")
    before = at_work.get(ticket)

    await worker.delivery.deliver_due("web")

    after = at_work.get(ticket)
    assert before is not None
    assert after is not None
    assert str(before.due_on) == "2026-12-24"
    assert str(after.due_on) == "2027-02-24"
    assert "uiterlijk op 24 februari 2027" in texts(chat)
    assert "24 december 2026 antwoord" not in texts(chat)


async def test_an_extension_that_comes_too_late_promises_no_new_date(
    worker: Worker, at_work: DeskAtWork, chat: Chat, clock: Clock
) -> None:
    at_work.perform(at_work.open(), "extend", reason="veel verzoeken")
    clock.now += timedelta(days=31)

    await worker.delivery.deliver_due("web")

    assert "februari 2027" not in texts(chat)


async def test_an_incident_is_mailed_to_the_privacy_mailbox(
    worker: Worker, house: House, mailbox: Mailbox
) -> None:
    reply = house.assistant.answer(
        message("mijn gegevens zijn gelekt, ik kreeg mail van een andere klant", user="anna")
    )

    await worker.delivery.deliver_due(EMAIL)

    (mail,) = mailbox.mails
    body = bytes(mail.get_payload(decode=True)).decode()
    assert reply.ticket
    assert reply.ticket in body
    assert "72 uur" in body
    assert "gelekt" not in body


class TestInbox:
    def kept(self, house: House) -> list[dict[str, Any]]:
        with house.database.reading() as handle:
            return rows(handle, "SELECT * FROM inbox ORDER BY id")

    async def test_an_event_that_comes_again_is_answered_once(
        self, worker: Worker, house: House, chat: Chat
    ) -> None:
        put = [
            self.put(house, "hoe lang bewaren jullie cookies?", key, utterance)
            for key, utterance in (("e1", "u1"), ("e1", "u1"), ("e2", "u1"))
        ]

        await worker.handle_inbox()
        await worker.delivery.deliver_due("web")

        assert put == [True, False, False]
        assert len(chat.delivered) == 1
        assert chat.delivered[0][1].kind is Kind.ANSWER

    async def test_the_text_is_wiped_once_it_is_handled(self, worker: Worker, house: House) -> None:
        self.put(house, "hoe lang bewaren jullie cookies?", "e1")

        await worker.handle_inbox()

        (row,) = self.kept(house)
        assert row["body"] is None
        assert row["handled"]

    async def test_a_row_that_keeps_failing_becomes_a_dead_letter_and_staff_hear_of_it(
        self, worker: Worker, house: House, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.put(house, "hoe lang bewaren jullie cookies?", "e1")
        monkeypatch.setattr(house.assistant, "answer", lambda _: 1 / 0)

        for _ in range(MOST_TRIES):
            await worker.handle_inbox()
            clock.now += timedelta(hours=1)

        (row,) = self.kept(house)
        assert row["dead"] == 1
        with house.database.reading() as handle:
            told = rows(handle, "SELECT channel FROM outbox ORDER BY channel")
        assert [each["channel"] for each in told] == ["desk", EMAIL]
        clock.now += timedelta(days=1)
        house.timekeeper.tick(clock.now)
        assert self.kept(house)[0]["body"] is None

    async def test_a_row_is_left_to_whoever_leased_it(self, worker: Worker, house: House) -> None:
        self.put(house, "hoi", "e1")
        with house.database.transaction() as handle:
            taken = house.inbox.take(handle, NOON.timestamp())
            again = house.inbox.take(handle, NOON.timestamp())
            later = house.inbox.take(handle, NOON.timestamp() + 61)

        assert (len(taken), len(again), len(later)) == (1, 0, 1)

    def put(self, house: House, text: str, key: str, utterance: str | None = None) -> bool:
        item = replace(
            message(text), channel="web", conversation=ConversationRef("web", "local", "anna")
        )
        with house.database.transaction() as handle:
            return house.inbox.put(
                handle, item, event_key=key, utterance_key=utterance, now=NOON.timestamp()
            )


async def test_the_loops_deliver_by_themselves_and_stop_when_told(
    worker: Worker, at_work: DeskAtWork, chat: Chat
) -> None:
    working = asyncio.create_task(worker.run())
    at_work.open()
    worker.wake()
    for _ in range(100):
        if chat.delivered:
            break
        await asyncio.sleep(0.05)
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working

    assert "Nieuw binnengekomen." in texts(chat)
