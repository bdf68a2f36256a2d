"""Python source, put together line by line as a formatter would lay it out."""

from collections.abc import Sequence

WIDTH = 88
"""The usual width of formatted Python."""


def call(function: str, arguments: Sequence[str], indent: int = 0, prefix: str = "", suffix: str = "") -> list[str]:
    """A call as lines: on one if that fits into `WIDTH`, otherwise an argument a line."""
    margin = " " * indent
    line = f"{margin}{prefix}{function}({', '.join(arguments)}){suffix}"
    if len(line) <= WIDTH:
        return [line]
    inner = [f"{margin}    {argument}," for argument in arguments]
    return [f"{margin}{prefix}{function}(", *inner, f"{margin}){suffix}"]


def keywords(**values: object) -> list[str]:
    """Arguments by name, as source."""
    return [f"{name}={_source(value)}" for name, value in values.items()]


def _source(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)
