"""A data file of the program as it is written: YAML, whose keys are text."""

from collections.abc import Hashable
from typing import Any

import yaml
from yaml.constructor import ConstructorError


def read_table(data: bytes) -> dict[str, Any]:
    """Return a data file of the program, shaped as the file says; its keys are text, whatever they look like.

    Raises:
        yaml.YAMLError: it is no YAML, or a key stands twice.
    """
    loaded = yaml.load(data, _TextKeys)  # noqa: S506 - a safe loader, whose keys are text
    assert isinstance(loaded, dict)
    return loaded


class _TextKeys(yaml.CSafeLoader):
    """Keys are text, as they are written: ``1:`` is no number and ``no:`` no falsehood. None stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(set(keys)) < len(node.value):
            raise ConstructorError(None, None, "a key stands twice, or is no text", node.start_mark)
        for key, _ in node.value:
            key.tag = "tag:yaml.org,2002:str"
        return super().construct_mapping(node, deep)
