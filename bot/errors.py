"""Every error the desk raises by name.

DeskError
├── SettingsError      a setting is missing or wrong
├── StatementError     the statement or the law file has defects (with file, line and key)
├── WordsError         an intent's words or replies have defects
├── GroundingError     an answer names no fact, or a fact that does not exist
├── InputError         what came in cannot be used; its message is for the person
├── DeskRefusal        somebody may not do this, or not now, or not with these values
├── StoreError         the database is busy, full, read-only or broken
├── ChannelError       a channel could not authenticate or deliver
└── NotAdmitted        what came in from a vendor is not let in
    ├── Unauthenticated    nothing proves that the vendor sent it
    ├── Forbidden          the vendor sent it, and it may not come here
    └── KeysUnavailable    the keys that would prove it cannot be had now
"""

from typing import ClassVar


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


class DeskRefusal(DeskError):  # noqa: N818 - a refusal with a reason, and no defect
    """Raised when an action is not allowed or incomplete; `reason` names a text in _desk.yaml."""

    def __init__(self, reason: str, field: str = "") -> None:
        """Keep the reason, and the field of the form that it is about."""
        super().__init__(f"{reason} {field}".strip())
        self.reason = reason
        self.field = field


class StoreError(DeskError):
    """Raised when nothing could be kept; `reason` is busy, full, read_only, exists or failed."""

    def __init__(self, reason: str, detail: str = "") -> None:
        """Keep the reason; the detail is a name from SQLite, never a value."""
        super().__init__(f"{reason} {detail}".strip())
        self.reason = reason


class ChannelError(DeskError):
    """Raised when a reply was not delivered; `permanent` when trying again cannot help."""

    def __init__(
        self, reason: str, *, permanent: bool = False, retry_after: float | None = None
    ) -> None:
        """Keep why, whether it is for good, and how many seconds the vendor asks to wait."""
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after


class NotAdmitted(DeskError):  # noqa: N818 - a refusal with a reason, and no defect
    """Raised when a vendor's request is not let in; `status` is the HTTP status to answer with."""

    status: ClassVar[int]

    def __init__(self, reason: str) -> None:
        """Keep the reason: one fixed word for the log, never a value that came in."""
        super().__init__(reason)
        self.reason = reason


class Unauthenticated(NotAdmitted):
    """Raised when nothing proves who sent a request."""

    status = 401


class Forbidden(NotAdmitted):
    """Raised when a proven sender may not send this, or not from there."""

    status = 403


class KeysUnavailable(NotAdmitted):
    """Raised when a request cannot be judged for want of the issuer's keys; to be sent again."""

    status = 503
