"""What `knowledge check` looks at; filled in below."""

from __future__ import annotations


def knowledge_defects() -> list[str]:
    """Return every defect of the knowledge files and the words."""
    return []
