"""The font that ships with the program, and what stands in for it where our pictures and reports are read elsewhere."""

from pathlib import Path

from app.core.paths import resources_dir

FAMILY = "Pretendard"
FAMILIES = f"{FAMILY}, Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"
"""For CSS and SVG, which may meet a machine without our font."""


def font_files() -> list[Path]:
    """The weights of FAMILY, as OpenType files."""
    return sorted((resources_dir() / "fonts").glob("*.otf"))
