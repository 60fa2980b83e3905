"""How the report writes numbers. '–' stands for what was not computed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from typing import SupportsFloat
from urllib.parse import urlsplit

from interrex import words

NONE = "–"
WITHHELD = "interval withheld"


def known(value: SupportsFloat | None) -> bool:
    """Whether there is a finite number."""
    return value is not None and math.isfinite(float(value))


def count(value: SupportsFloat) -> str:
    """Persons, to two significant digits: a model knows no more."""
    return words.count_text(float(value)) if known(value) else NONE


def exact(value: SupportsFloat) -> str:
    """A number as a source gave it."""
    if not known(value):
        return NONE
    value = float(value)
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,g}"


def figure(value: SupportsFloat, digits: int = 2) -> str:
    """A plain number to so many significant digits."""
    if not known(value):
        return NONE
    value = float(value)
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    decimals = max(0, digits - 1 - int(math.floor(math.log10(abs(value)))))
    return f"{value:.{min(decimals, 6)}f}"


def signed(value: SupportsFloat, digits: int = 2) -> str:
    """A number with its sign, to so many significant digits."""
    if not known(value):
        return NONE
    value = float(value)
    text = figure(abs(value), digits)
    if text == "0" or float(text.replace(",", "")) == 0:
        return "0"
    return ("+" if value > 0 else "−") + text


def nats(value: SupportsFloat) -> str:
    """A log ratio or log score, signed, to two decimals (one from 10 on)."""
    if not known(value):
        return NONE
    value = float(value)
    text = f"{abs(value):.1f}" if abs(value) >= 9.95 else f"{abs(value):.2f}"
    if float(text) == 0:
        return "0"
    return ("+" if value > 0 else "−") + text


def compact(value: SupportsFloat) -> str:
    """A number to three significant digits without trailing zeros."""
    if not known(value):
        return NONE
    value = float(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def long_day(day: date) -> str:
    """A day in a sentence: '5 January 2022'."""
    return f"{day.day} {day:%B %Y}"


def chance(p: SupportsFloat) -> str:
    """A probability for a table: '72 %', '<1 %'."""
    if not known(p):
        return NONE
    p = min(max(float(p), 0.0), 1.0)
    return words.interval_text(p, p)


def counts(weight: SupportsFloat) -> str:
    """What a part does in a sum: 'counts 25 %', 'does not count'."""
    if not float(weight) > 0:
        return "does not count"
    return f"counts {100 * float(weight):.0f} %" if float(weight) >= 0.005 else "counts <1 %"


def points(change: SupportsFloat) -> str:
    """A change of a share in percentage points."""
    if not known(change):
        return NONE
    change = float(change)
    text = f"{abs(100 * change):.1f}" if abs(change) < 0.0995 else f"{abs(100 * change):.0f}"
    if float(text) == 0:
        return "0"
    return ("+" if change > 0 else "−") + text


def interval(low: SupportsFloat, high: SupportsFloat, write: Callable[[SupportsFloat], str] = chance) -> str:
    """'12 % to 30 %', or that it is withheld."""
    if not (known(low) and known(high)):
        return WITHHELD
    return f"{write(low)} to {write(high)}"


def reach(low: SupportsFloat, high: SupportsFloat) -> str:
    """'12 % to 30 %' for the ends of a range of chances; '–' where there is none or both ends print alike."""
    if not (known(low) and known(high)) or chance(low) == chance(high):
        return NONE
    return f"{chance(low)} to {chance(high)}"


def give_or_take(error: SupportsFloat) -> str:
    """A Monte Carlo error of a probability in percentage points, to the point above a tenth; '–' where there is none."""
    if not known(error):
        return NONE
    text = f"{100 * float(error):.0f}" if float(error) >= 0.00995 else f"{100 * float(error):.1f}"
    return f"± {text}"


def plain(text: str) -> str:
    """Text without control characters and bidirectional overrides, which could make a source look like
    another one."""
    return "".join(c for c in text if c in "\n\t" or not _hidden(ord(c)))


def _hidden(code: int) -> bool:
    return (
        code < 0x20
        or 0x7F <= code < 0xA0
        or 0x202A <= code <= 0x202E
        or 0x2066 <= code <= 0x2069
        or code in (0x200E, 0x200F, 0x061C, 0xFEFF)
        or 0xD800 <= code <= 0xDFFF
    )


def safe_url(url: str) -> str:
    """The address if it is plain http(s), else ''."""
    url = plain(url).strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return (
        url if parts.scheme in ("http", "https") and parts.netloc and not set(url) & set(' "<>\n\t') else ""
    )


def short_day(day: date) -> str:
    """A day in a figure: '5 Jan'."""
    return f"{day.day} {day:%b}"


def day_name(day: date) -> str:
    """A day as a heading: 'Wednesday 5 January 2022'."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def iso_day(text: str) -> str:
    """'2022-01-31' as '31 Jan 2022'; any other text unchanged."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return text
    return f"{day.day} {day:%b %Y}"


_ISO = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


def said_days(text: str) -> str:
    """Running text with its ISO dates as people write them."""
    return _ISO.sub(lambda found: iso_day(found[0]), text)


def sentence(text: str) -> str:
    """Text with a capital at its start and a full stop at its end."""
    text = text.strip()
    if not text:
        return ""
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?:" else text + "."


def shorten(text: str, limit: int) -> str:
    """Text cut to ``limit`` characters with an ellipsis."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip(" ,.;:") + "…"


def heat(value: float, full: float) -> str:
    """Style class for a signed value: plus-1..3 or minus-1..3, full strength at |value| >= full."""
    if not known(value) or abs(value) < full / 12:
        return ""
    level = 3 if abs(value) >= full * 0.75 else 2 if abs(value) >= full / 3 else 1
    return ("plus-" if value > 0 else "minus-") + str(level)
