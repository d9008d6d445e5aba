"""The manifest of the Slack app, made from what the code needs."""

from __future__ import annotations

from typing import Any

import yaml

# Each scope with what it is for; nothing else is asked of a workspace.
SCOPES = {
    "app_mentions:read": "hear questions in channels in which the app is mentioned",
    "chat:write": "answer, and keep the cards of the staff channel up to date",
    "commands": "the command /privacy",
    "groups:read": "see who is in the private staff channel, which makes somebody staff",
    "im:history": "hear questions in direct messages to the app",
    "im:write": "open a direct message to go on in private, and for receipts",
    "users:read": "see that a member is no guest, no bot and of this workspace, and their language",
}
EVENTS = ("app_home_opened", "app_mention", "message.im")
COMMAND = "/privacy"
SHORTCUT_ID = "privacy_request"
EXAMPLE = "https://your-address.example/slack/"
_HEAD = """# Made by `python -m bot manifest slack`; a test compares. Scopes, each with its reason:
"""


def manifest(address: str = EXAMPLE, *, socket_mode: bool = False) -> dict[str, Any]:
    """Return the manifest, for events by HTTP at an address or by Socket Mode without one."""
    reached = {} if socket_mode else {"request_url": address}
    command = {
        "command": COMMAND,
        "description": "Ask about your privacy; only you see the answer",
        "usage_hint": "how long are my calls kept?",
        "should_escape": True,
    } | ({} if socket_mode else {"url": address})
    return {
        "display_information": {
            "name": "Privacy desk",
            "description": "Answers privacy questions and takes data-subject requests",
            "background_color": "#0b5c56",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Privacy desk", "always_online": True},
            "shortcuts": [
                {
                    "name": "Privacy request",
                    "type": "message",
                    "callback_id": SHORTCUT_ID,
                    "description": "For the privacy team: record this message as a request",
                }
            ],
            "slash_commands": [command],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**reached, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **reached},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": False,
        },
    }


def manifest_yaml(address: str = EXAMPLE, *, socket_mode: bool = False) -> str:
    """Return the manifest as the file in `slack/`, with the reason for each scope."""
    reasons = "".join(f"#   {scope}: {reason}\n" for scope, reason in SCOPES.items())
    return (
        _HEAD
        + reasons
        + yaml.safe_dump(
            manifest(address, socket_mode=socket_mode), sort_keys=False, allow_unicode=True
        )
    )
