"""Every error the desk raises by name.

DeskError
├── SettingsError      a setting is missing or wrong
├── StatementError     the statement or the law file has defects (with file, line and key)
├── WordsError         an intent's words or replies have defects
├── GroundingError     an answer names no fact, or a fact that does not exist
├── InputError         what came in cannot be used; its message is for the person
└── ChannelError       a channel could not authenticate or deliver
"""


class DeskError(Exception):
    """Base of all errors raised by this project."""


class SettingsError(DeskError):
    """Raised at start when a setting is missing or wrong."""


class StatementError(DeskError):
    """Raised when a knowledge file has defects; holds all of them at once."""

    def __init__(self, defects: list[str]) -> None:
        """Keep the defects, each already a line of file, line, key and reason."""
        super().__init__("\n".join(defects))
        self.defects = defects


class WordsError(DeskError):
    """Raised when an intent's YAML lacks a language, a reply or a field."""


class GroundingError(DeskError):
    """Raised when an answer names no fact, or one that the statement does not hold."""


class InputError(DeskError):
    """Raised when input cannot be used; `reason` names a reply in intents/_common.yaml."""

    def __init__(self, reason: str) -> None:
        """Keep the reason: too_long, bad_line, not_text or empty."""
        super().__init__(reason)
        self.reason = reason


class ChannelError(DeskError):
    """Raised when a channel cannot authenticate an event or deliver a reply."""
