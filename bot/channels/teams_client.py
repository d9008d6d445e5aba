"""The Bot Connector's REST interface: calls with one shared connection and a token kept in hand.

The SDK's own client makes a new connector for each turn and blocks the loop for its token, so the
few calls that we need are made here, as plain JSON.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp

from bot.channels.pacing import Pace
from bot.channels.teams_activities import CHANNEL
from bot.channels.teams_addresses import is_allowed
from bot.channels.teams_auth import SERVICE_HOSTS
from bot.errors import ChannelError, DeskRefusal
from bot.messages import Sender
from bot.tickets.model import Person, Role

LOGIN = "https://login.microsoftonline.com"
SERVICE = "https://smba.trafficmanager.net/teams/"
_SCOPE = "https://api.botframework.com/.default"
_SECONDS = 10
_EARLY_SECONDS = 300.0
_ROLE_SECONDS = 60.0
# Teams waits five seconds for a form.
_LOOK_UP_SECONDS = 3.0
_LOGIN_PACE, _LOGIN_SECONDS = "login", 2.0
# Teams takes seven messages a second in a conversation.
_PACE_SECONDS, _BURST = 0.15, 6
_PERMANENT = {400: "bad_request", 403: "blocked", 404: "gone", 405: "refused", 413: "too_large"}
_UNAUTHORIZED = 401
_TOO_MANY = 429
_FIRST_ERROR = 400

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TeamsSettings:
    """What the app needs to know of itself and of its tenant.

    `loopback` and `anonymous`, without a token of ours, are for tests alone.
    """

    app_id: str
    password: str
    tenant: str
    triage_channel: str
    officers: frozenset[str]
    language: str = "nl"
    login: str = LOGIN
    service_url: str = SERVICE
    loopback: bool = False
    anonymous: bool = False


class TeamsClient:
    """The connector as we may call it."""

    def __init__(self, settings: TeamsSettings) -> None:
        """Take the settings; nothing is called before `start`."""
        self.settings = settings
        self.pace = Pace(_PACE_SECONDS, _BURST)
        self.session: aiohttp.ClientSession | None = None
        self._roles: dict[Person, tuple[float, Role | None]] = {}
        self._unchecked: set[Person] = set()
        self.names: dict[str, str] = {}
        self._token, self._token_ends = "", 0.0
        self._asking = asyncio.Lock()

    async def start(self) -> None:
        """Open the connections."""
        connector = aiohttp.TCPConnector(limit=200)
        timeout = aiohttp.ClientTimeout(_SECONDS)
        self.session = aiohttp.ClientSession(timeout=timeout, connector=connector)

    async def stop(self) -> None:
        """Close the connections."""
        if self.session is not None:
            await self.session.close()

    async def send(self, service_url: str, conversation: str, activity: Json) -> str:
        """Post an activity to a conversation and return its id; raises ChannelError."""
        self.pace.take(conversation)
        path = f"v3/conversations/{quote(conversation, safe='')}/activities"
        return str((await self.call("POST", service_url, path, activity)).get("id") or "")

    async def update(
        self, service_url: str, conversation: str, identifier: str, activity: Json
    ) -> None:
        """Put an activity in the place of one that stands there; raises ChannelError."""
        place = f"v3/conversations/{quote(conversation, safe='')}/activities"
        path = f"{place}/{quote(identifier, safe='')}"
        await self.call("PUT", service_url, path, {**activity, "id": identifier})

    async def open_chat(self, service_url: str, bot_id: str, user: str, tenant: str) -> str:
        """Return the id of the chat with somebody; raises ChannelError where it may not be."""
        wanted = {
            "bot": {"id": bot_id},
            "members": [{"id": user}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
            "isGroup": False,
        }
        return str((await self.call("POST", service_url, "v3/conversations", wanted)).get("id"))

    async def members(self, service_url: str, conversation: str) -> list[Json]:
        """Return who is in a conversation; raises ChannelError."""
        found: list[Json] = []
        path = f"v3/conversations/{quote(conversation, safe='')}/pagedmembers?pageSize=500"
        more = ""
        while True:
            page = await self.call("GET", service_url, path + more)
            found += [each for each in page.get("members") or () if isinstance(each, dict)]
            token = page.get("continuationToken")
            if not token:
                return found
            more = f"&continuationToken={quote(str(token), safe='')}"

    async def call(
        self, method: str, service_url: str, path: str, body: Json | None = None
    ) -> Json:
        """Call the connector; raises ChannelError with a word for what is wrong.

        Our token goes to no other host than the allowed ones.
        """
        if not is_allowed(service_url, SERVICE_HOSTS, loopback=self.settings.loopback):
            raise ChannelError("host", permanent=True)
        address = f"{service_url.rstrip('/')}/{path}"
        self.pace.check(service_url)
        token = ""
        try:
            for last in (False, True):
                token = "" if self.settings.anonymous else await self.token(refused=token)
                headers = {"Authorization": f"Bearer {token}"} if token else {}
                assert self.session is not None
                async with self.session.request(
                    method, address, json=body, headers=headers, allow_redirects=False
                ) as response:
                    if response.status != _UNAUTHORIZED or last:
                        return await self._answer(response, service_url)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ChannelError(type(error).__name__) from None
        raise ChannelError("unauthorized")

    async def _answer(self, response: aiohttp.ClientResponse, service_url: str) -> Json:
        status = response.status
        if status < _FIRST_ERROR:
            found = await response.json(content_type=None) if await response.read() else {}
            return found if isinstance(found, dict) else {}
        if status in _PERMANENT:
            raise ChannelError(_PERMANENT[status], permanent=True)
        waits = response.headers.get("Retry-After", "")
        seconds = float(waits) if waits.isdigit() else None
        if status == _TOO_MANY and seconds:
            self.pace.silence(service_url, seconds)
        raise ChannelError(f"status {status}", retry_after=seconds)

    async def token(self, *, refused: str = "") -> str:
        """Return our token for the connector, and no longer one that was refused.

        It is asked for once, however many wait for it; they share a failure too.
        """
        async with self._asking:
            if refused == self._token:
                self._token = ""
            if not self._token or time.monotonic() > self._token_ends:
                self.pace.check(_LOGIN_PACE)
                try:
                    await self._ask_token()
                except (ChannelError, aiohttp.ClientError, TimeoutError, OSError):
                    self.pace.silence(_LOGIN_PACE, _LOGIN_SECONDS)
                    raise
            return self._token

    async def _ask_token(self) -> None:
        settings = self.settings
        form = {
            "grant_type": "client_credentials",
            "client_id": settings.app_id,
            "client_secret": settings.password,
            "scope": _SCOPE,
        }
        address = f"{settings.login}/{quote(settings.tenant, safe='')}/oauth2/v2.0/token"
        assert self.session is not None
        async with self.session.post(address, data=form, allow_redirects=False) as response:
            if response.status >= _FIRST_ERROR:
                raise ChannelError("login_refused")
            answer = await response.json(content_type=None)
        if not (isinstance(answer, dict) and isinstance(answer.get("access_token"), str)):
            raise ChannelError("login_unreadable")
        self._token = answer["access_token"]
        lasts = answer.get("expires_in")
        seconds = float(lasts) if isinstance(lasts, int | float) else 0.0
        self._token_ends = time.monotonic() + max(0.0, seconds - _EARLY_SECONDS)

    def role_of(self, person: Person) -> Role | None:
        """Return the role that was looked up within the last minute; nobody else is staff.

        Raises DeskRefusal where it could not be looked up.
        """
        if person in self._unchecked:
            raise DeskRefusal("not_checked")
        at, role = self._roles.get(person, (0.0, None))
        return role if at and time.monotonic() - at < _ROLE_SECONDS else None

    async def look_up_role(self, sender: Sender, service_url: str) -> None:
        """Remember whether somebody is staff: of our tenant, no guest, in the staff channel."""
        person = Person.of(CHANNEL, sender)
        at, _ = self._roles.get(person, (0.0, None))
        if at and time.monotonic() - at < _ROLE_SECONDS:
            return
        role = None
        if sender.tenant_id == self.settings.tenant.lower() and sender.is_known:
            try:
                async with asyncio.timeout(_LOOK_UP_SECONDS):
                    role = await self._role(sender.user_id, service_url)
            except (ChannelError, TimeoutError):
                self._unchecked.add(person)
                return
        self._unchecked.discard(person)
        self._roles[person] = (time.monotonic(), role)

    async def _role(self, user: str, service_url: str) -> Role | None:
        if user not in await self.staff(service_url):
            return None
        return Role.OFFICER if user in self.settings.officers else Role.SUPPORT

    async def staff(self, service_url: str) -> frozenset[str]:
        """Return the object ids of the members of the staff channel who are of our tenant."""
        listed = await self.members(service_url, self.settings.triage_channel)
        self.names |= {
            str(each.get("aadObjectId") or each.get("objectId") or "").lower(): str(each["name"])
            for each in listed
            if each.get("name")
        }
        return frozenset(
            str(each.get("aadObjectId") or each.get("objectId") or "").lower()
            for each in listed
            if str(each.get("userRole") or "").lower() not in {"guest", "anonymous"}
            and str(each.get("tenantId") or self.settings.tenant).lower()
            == self.settings.tenant.lower()
        ) - {""}
