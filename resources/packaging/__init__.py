"""Installers of the frozen program: `python -m resources.packaging`, see `__main__.py`."""
