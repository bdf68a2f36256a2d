"""Descriptions of data that older versions wrote, in today's words."""

import re
from functools import cache

from app.core.datasets.registry import DATASETS
from app.core.datasets.sources import STARTER_COUNTS
from app.core.datasets.types import Variant, counts_text, data_text

_OLD = re.compile(rf"(?P<title>.*), (?P<variant>{'|'.join(Variant)}), (?P<count>[\d,]+)")


@cache
def renewed_description(text: str) -> str:
    """What `Dataset.description` says today of "MNIST, full, 60,000"; other texts stay as they are."""
    found = _OLD.fullmatch(text)
    if found is None:
        return text
    title, variant, count = found["title"], Variant(found["variant"]), int(found["count"].replace(",", ""))
    if variant is Variant.STARTER:
        return data_text(title, variant, *STARTER_COUNTS)
    full = [(spec.files[1].shape[0], spec.files[3].shape[0]) for spec in DATASETS.values() if spec.title == title]
    if variant is Variant.FULL and full and full[0][0] == count:
        return data_text(title, variant, *full[0])
    return f"{title}, {variant.value}: {counts_text(count)}"
