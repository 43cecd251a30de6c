"""YAML that a repository's settings are written in: few have any, so the parser is imported for those alone."""

from importlib import import_module


def told(text: str | bytes) -> object:
    """Return what a text says, JSON as well; None where it is no YAML."""
    yaml = import_module("yaml")
    try:
        said: object = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return said
