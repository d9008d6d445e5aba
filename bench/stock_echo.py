"""What one would start from: the stock echo of the Bot Framework SDK, its adapter as it is shipped.

Here to compare with and for nothing else. `python -m bench.stock_echo` serves it on PORT and
proves tokens by the issuer at CLOUD. Its own token is made up on the spot: one less thing to do.
"""

from __future__ import annotations

import os
from functools import partial

from aiohttp import web
from botbuilder.core import ActivityHandler, MessageFactory, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter
from botframework.connector.auth import (
    AppCredentials,
    AuthenticationConfiguration,
    BotFrameworkAuthenticationFactory,
    ServiceClientCredentialsFactory,
)

from tests.channels.fake_issuer import ISSUER
from tests.channels.fake_teams import APP, TENANT, TOKEN


class LocalCredentials(AppCredentials):  # type: ignore[misc] # ships no types
    """Holds a token that nobody has to be asked for."""

    def get_access_token(self, force_refresh: bool = False) -> str:  # noqa: ARG002, FBT002 - theirs
        """Return the token."""
        return f"{TOKEN}-local"


class LocalCredentialsFactory(ServiceClientCredentialsFactory):  # type: ignore[misc] # as above
    """Makes credentials for the one app, as the factory for passwords does."""

    async def is_valid_app_id(self, app_id: str) -> bool:
        """Tell whether it is our app."""
        return app_id == APP

    async def is_authentication_disabled(self) -> bool:
        """Keep authentication on."""
        return False

    async def create_credentials(
        self,
        app_id: str,
        oauth_scope: str,
        login_endpoint: str,  # noqa: ARG002 - nobody signs in
        validate_authority: bool,  # noqa: ARG002 - as above
    ) -> AppCredentials:
        """Return new credentials, as the factory for passwords does."""
        return LocalCredentials(app_id, TENANT, oauth_scope)


class Echo(ActivityHandler):  # type: ignore[misc] # as above
    """Says what it hears."""

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Answer with the same text."""
        said = turn_context.activity.text
        await turn_context.send_activity(MessageFactory.text(f"Echo: {said}"))


def create_app(cloud: str) -> web.Application:
    """Return the echo as the samples of the SDK set it up."""
    authentication = BotFrameworkAuthenticationFactory.create(
        validate_authority=True,
        to_channel_from_bot_login_url=f"{cloud}/login",
        to_channel_from_bot_oauth_scope=ISSUER,
        to_bot_from_channel_token_issuer=ISSUER,
        oauth_url=f"{cloud}/oauth",
        to_bot_from_channel_open_id_metadata_url=f"{cloud}/openid",
        to_bot_from_emulator_open_id_metadata_url=f"{cloud}/openid",
        caller_id="bench",
        credential_factory=LocalCredentialsFactory(),
        auth_configuration=AuthenticationConfiguration(),
    )
    adapter, echo = CloudAdapter(authentication), Echo()

    async def messages(request: web.Request) -> web.Response:
        answered: web.Response = await adapter.process(request, echo)
        return answered

    app = web.Application()
    app.router.add_post("/api/messages", messages)
    return app


if __name__ == "__main__":
    web.run_app(
        create_app(os.environ["CLOUD"]),
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        print=partial(print, flush=True),
        access_log=None,
    )
