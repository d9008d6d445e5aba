"""Slack's Web API: calls with one shared connection, errors by Slack's own word, and roles.

The only importer of slack_sdk.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.pacing import Pace
from bot.channels.slack_render import blocks_of, text_of
from bot.errors import ChannelError
from bot.messages import ConversationRef, Language, Reply, Sender
from bot.tickets.model import Person, Role

CHANNEL = "slack"
_RESPONSES, _OK = "hooks.slack.com", 200
_ROLE_SECONDS = 60.0
_API_SECONDS = 10
# Slack waits three seconds for an answer to a form.
_ANSWER_SECONDS = 2.0
_LOCALE_SECONDS = 24 * 3600.0
_POST, _LOCALE = "chat.postMessage", "users.info"
# About a hundred look-ups a minute are allowed, and staff need some of them.
_LOCALE_PACE_SECONDS = 2.0
# Slack allows about one message a second in a channel, and short bursts.
_PACE_SECONDS, _BURST = 1.0, 4
_PERMANENT = frozenset(
    {
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "token_revoked",
        "token_expired",
        "account_inactive",
        "invalid_auth",
        "user_not_found",
        "user_disabled",
        "user_not_visible",
        "cannot_dm_bot",
        "messages_tab_disabled",
        "thread_not_found",
        "msg_too_long",
        "invalid_blocks",
        "no_permission",
        "restricted_action",
    }
)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """What the app needs to know of its workspace."""

    token: str
    triage_channel: str
    officers: frozenset[str]
    api: str = "https://slack.com/api/"
    language: Language = "nl"


def quiet_logger() -> logging.Logger:
    """Return a logger that says nothing: the SDK would log bodies."""
    quiet = logging.getLogger("privacy_desk.slack")
    quiet.setLevel(logging.CRITICAL)
    quiet.propagate = False
    if not quiet.handlers:
        quiet.addHandler(logging.NullHandler())
    return quiet


class SlackClient:
    """The workspace as we may call it."""

    def __init__(self, settings: SlackSettings) -> None:
        """Take the settings; nothing is called before `start`."""
        self.settings = settings
        self.team_id = ""
        self.bot_user = ""
        self.pace = Pace(_PACE_SECONDS, _BURST)
        self.locale_pace = Pace(_LOCALE_PACE_SECONDS, _BURST)
        self._locales: dict[str, tuple[float, str]] = {}
        self._roles: dict[Person, tuple[float, Role | None]] = {}
        self._looking: set[asyncio.Future[bool]] = set()
        self.web = AsyncWebClient(
            token=settings.token,
            base_url=settings.api,
            timeout=_API_SECONDS,
            logger=quiet_logger(),
            retry_handlers=[],
        )

    async def start(self) -> None:
        """Open the connection and learn who we are; raises ChannelError when Slack refuses."""
        # The SDK minds its time-out only where it opens the session itself.
        self.web.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(_API_SECONDS))
        who = await self.call("auth.test")
        self.team_id, self.bot_user = str(who["team_id"]), str(who["user_id"])

    async def stop(self) -> None:
        """Close the connection."""
        for looking in self._looking:
            looking.cancel()
        if self.web.session is not None:
            await self.web.session.close()

    async def call(self, method: str, **arguments: Any) -> Json:
        """Call the Web API; raises ChannelError with Slack's word for what is wrong."""
        self.pace.check(method)
        try:
            answer = await self.web.api_call(method, json=arguments)
        except SlackApiError as error:
            reason = str(error.response.get("error", "unknown"))
            waits = error.response.headers.get("Retry-After", "")
            seconds = float(waits) if str(waits).isdigit() else None
            permanent = reason in _PERMANENT
            if seconds:
                self.pace.silence(method, seconds)
            raise ChannelError(reason, permanent=permanent, retry_after=seconds) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ChannelError(type(error).__name__) from None
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    async def post(self, channel: str, reply: Reply, thread: str = "", notice_id: str = "") -> Json:
        """Post a reply to a channel or thread; a notice that is sent again keeps its id."""
        self.pace.take(channel)
        return await self.call(
            _POST,
            channel=channel,
            text=text_of(reply),
            blocks=blocks_of(reply),
            unfurl_links=False,
            unfurl_media=False,
            **({"thread_ts": thread} if thread else {}),
            **({"metadata": _marked(notice_id)} if notice_id else {}),
        )

    async def respond(self, address: str, reply: Reply) -> None:
        """Answer where only one person sees it, by the address that came with what they pressed.

        Raises ChannelError, also for an address that is not Slack's.
        """
        if not self._is_slack(address):
            raise ChannelError("not_slack", permanent=True)
        assert self.web.session is not None
        said = {"response_type": "ephemeral", "replace_original": False}
        said |= {"text": text_of(reply), "blocks": blocks_of(reply)}
        try:
            async with self.web.session.post(address, json=said, allow_redirects=False) as answer:
                if answer.status != _OK:
                    raise ChannelError(f"status {answer.status}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ChannelError(type(error).__name__) from None

    def _is_slack(self, address: str) -> bool:
        given, api = urlsplit(address), urlsplit(self.settings.api)
        if given.scheme == "https" and given.hostname == _RESPONSES and not given.port:
            return True
        # In tests Slack is on this machine, which `read_settings` allows for nobody else.
        return api.scheme == "http" and given[:2] == api[:2]

    async def direct_channel(self, address: ConversationRef) -> str:
        """Return the direct channel of somebody whose last channel is not known."""
        user = address.conversation_id.removeprefix("im:")
        if user == address.conversation_id:
            return user
        opened = await self.call("conversations.open", users=user)
        return str(opened["channel"]["id"])

    async def scopes(self) -> set[str]:
        """Return what the token may do, by Slack's own word; raises ChannelError."""
        try:
            answer = await self.web.api_call("auth.test")
        except SlackApiError as error:
            raise ChannelError(str(error.response.get("error", "unknown"))) from None
        listed = str(answer.headers.get("x-oauth-scopes", ""))
        return {scope.strip() for scope in listed.split(",") if scope.strip()}

    def role_of(self, person: Person) -> Role | None:
        """Return the role that was looked up a moment ago for a member; None fails closed."""
        at, role = self._roles.get(person, (0.0, None))
        return role if time.monotonic() - at < _ROLE_SECONDS else None

    async def look_up_role(self, sender: Sender) -> bool:
        """Remember for a minute which role a member has; outsiders, guests and bots have none.

        Returns False where Slack could not tell: then nobody has a role.
        """
        person = Person.of(CHANNEL, sender)
        if self.role_of(person) is not None:
            return True
        role, told = None, True
        if sender.tenant_id == self.team_id:
            try:
                role = await self._role(sender.user_id)
            except ChannelError:
                told = False
        self._roles[person] = (time.monotonic(), role)
        return told

    async def look_up_role_soon(self, sender: Sender) -> bool:
        """Look up a role in the time that Slack waits for an answer; False where that is over.

        The look-up then goes on, so that the next try finds it.
        """
        looking = asyncio.ensure_future(self.look_up_role(sender))
        self._looking.add(looking)
        looking.add_done_callback(self._looking.discard)
        done, _ = await asyncio.wait({looking}, timeout=_ANSWER_SECONDS)
        return bool(done) and looking.result()

    def locale_of(self, user: str) -> str | None:
        """Return the locale that a member chose, such as nl-NL; None when it is not known yet."""
        at, locale = self._locales.get(user, (0.0, ""))
        return locale if at and time.monotonic() - at < _LOCALE_SECONDS else None

    def may_ask_locale(self, user: str) -> bool:
        """Tell whether to look up somebody's locale now: a hint is not worth a rate limit."""
        if self.locale_of(user) is not None:
            return False
        try:
            self.locale_pace.take(_LOCALE)
        except ChannelError:
            return False
        return True

    async def look_up_locale(self, user: str) -> None:
        """Remember for a day which language a member uses Slack in: a hint, no more."""
        self._locales[user] = (time.monotonic(), "")
        found = await self.call("users.info", user=user, include_locale=True)
        locale = str((found.get("user") or {}).get("locale") or "")
        self._locales[user] = (time.monotonic(), locale)

    async def _role(self, user: str) -> Role | None:
        who = (await self.call("users.info", user=user)).get("user") or {}
        outside = ("is_bot", "is_restricted", "is_ultra_restricted", "is_stranger", "deleted")
        elsewhere = who.get("team_id", self.team_id) != self.team_id
        if elsewhere or any(who.get(flag) for flag in outside):
            return None
        if user in self.settings.officers:
            return Role.OFFICER
        members = await self.members()
        return Role.SUPPORT if user in members else None

    async def members(self) -> set[str]:
        """Return who is in the staff channel; raises ChannelError."""
        found: set[str] = set()
        cursor = ""
        while True:
            page = await self.call(
                "conversations.members",
                channel=self.settings.triage_channel,
                limit=200,
                **({"cursor": cursor} if cursor else {}),
            )
            found.update(map(str, page.get("members", ())))
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return found


def _marked(notice_id: str) -> Json:
    return {"event_type": "privacy_desk_notice", "event_payload": {"id": notice_id}}
