"""Notices by e-mail, for what a chat cannot reach."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate

import aiosmtplib

from bot.errors import ChannelError
from bot.messages import Choices, ConversationRef, Form, Reply, Sender, plain_text

_SECONDS = 20.0
_PERMANENT = range(500, 600)


@dataclass(frozen=True, slots=True)
class MailServer:
    """How to reach the server that sends."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    security: str = "starttls"


class Email:
    """Delivers replies as plain text; buttons stay out, since a mail has none."""

    def __init__(self, server: MailServer, subjects: dict[str, str]) -> None:
        """Take the server, and a neutral subject for each language."""
        self._server = server
        self._subjects = subjects

    async def deliver(self, address: ConversationRef, reply: Reply, notice_id: str) -> None:
        """Send a reply to the address; raises ChannelError when the server does not take it."""
        message = EmailMessage()
        message["From"] = self._server.sender
        message["To"] = address.reply_address
        message["Subject"] = f"{self._subjects[reply.language]} {reply.ticket or ''}".strip()
        message["Date"] = formatdate()
        # The same id at every try, so that a mail program shows a repeated notice once.
        domain = self._server.sender.rpartition("@")[2].strip("> ")
        message["Message-ID"] = f"<{notice_id}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        said = tuple(b for b in reply.blocks if not isinstance(b, Choices | Form))
        message.set_content(plain_text(Reply(reply.kind, reply.language, said)))
        try:
            await aiosmtplib.send(
                message,
                hostname=self._server.host,
                port=self._server.port,
                username=self._server.user or None,
                password=self._server.password or None,
                use_tls=self._server.security == "tls",
                start_tls=self._server.security == "starttls",
                timeout=_SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            code = max((refused.code for refused in error.recipients), default=0)
            raise ChannelError("refused", permanent=code in _PERMANENT) from None
        except aiosmtplib.SMTPResponseException as error:
            raise ChannelError("mail", permanent=error.code in _PERMANENT) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise ChannelError(type(error).__name__) from None

    def private_place(self, _: ConversationRef, __: Sender, /) -> ConversationRef | None:
        """Return nothing: mail is private."""
        return None
