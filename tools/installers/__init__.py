"""Installers of the frozen program: `python -m tools.installers`, see `__main__.py`."""
