"""A YAML file with its lines, so that a defect can be told where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.errors import StatementError

Place = tuple[str | int, ...]
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class YamlFile:
    """What a file holds, with the node tree that knows the lines and the keys that stand twice."""

    name: str
    root: yaml.Node | None
    content: Any
    doubled: list[str]

    @classmethod
    def read(cls, path: Path) -> YamlFile:
        """Return a file; raises StatementError when it cannot be read or is not YAML."""
        try:
            root, content = _parse(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise StatementError([f"{path.name}: {error.strerror}"]) from error
        except UnicodeDecodeError as error:
            raise StatementError([f"{path.name}: is not UTF-8: {error.reason}"]) from error
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f":{mark.line + 1}" if mark else ""
            problem = getattr(error, "problem", None) or error
            raise StatementError([f"{path.name}{line}: is not YAML: {problem}"]) from error
        doubled = [
            _told(path.name, line, place, "stands twice") for line, place in _doubled(root, ())
        ]
        return cls(path.name, root, content, doubled)

    def told(self, place: Place, reason: str) -> str:
        """Return a defect as `file:line: key.path: reason`."""
        return _told(self.name, self.line(place), place, reason)

    def line(self, place: Place) -> int:
        """Return the line of the deepest node on the way to a place that the file holds."""
        node = self.root
        line = 1 if node is None else node.start_mark.line + 1
        for key in place:
            if isinstance(node, yaml.MappingNode):
                pair = next((pair for pair in node.value if pair[0].value == str(key)), None)
                if pair is None:
                    break
                line, node = pair[0].start_mark.line + 1, pair[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(key, int):
                node = node.value[key]
                line = node.start_mark.line + 1
            else:
                break
        return int(line)


def _parse(text: str) -> tuple[yaml.Node | None, Any]:
    """Return the nodes and what they mean; one pass of the reader gives both."""
    reader = _LOADER(text)
    try:
        root = reader.get_single_node()
        return root, None if root is None else reader.construct_document(root)
    finally:
        reader.dispose()


def _doubled(node: yaml.Node | None, place: Place) -> Iterator[tuple[int, Place]]:
    """Yield line and place of each key that its mapping already has; YAML would drop the first."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                yield key.start_mark.line + 1, (*place, name)
            seen.add(name)
            yield from _doubled(value, (*place, name))
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            if not isinstance(item, yaml.ScalarNode):
                yield from _doubled(item, (*place, index))


def _told(name: str, line: int, place: Place, reason: str) -> str:
    return f"{name}:{line}: {'.'.join(map(str, place)) or 'file'}: {reason}"
