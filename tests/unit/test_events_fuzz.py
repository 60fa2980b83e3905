"""Damaged price files through the reader and the command: one sentence with the place, or a study; never a traceback."""

import random
import re

import pytest

from fixtures.walks import EVENT, tidy, walks, wide
from interrex.errors import InterrexError
from interrex.eventstudy import events
from interrex.eventstudy.prices import read_events, read_prices

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")

DAYS, PRICES = walks()
DAYS, PRICES = DAYS[150:], {name: column[150:] for name, column in PRICES.items()}
TEXTS = {
    "tidy": tidy(DAYS, PRICES),
    "wide": wide(DAYS, PRICES),
    "stamped": tidy(
        DAYS, PRICES, stamp="{:%Y-%m-%d 16:00:00-05:00}".format, head="date,instrument,price,venue", tail=",X"
    ),
    "rich": tidy(
        DAYS,
        PRICES,
        head="date,instrument,price,venue,currency,halt,volume,price_low,price_high",
        tail=",X,USD,0,5,,",
    ),
    "vendor": "Date,Close,Close\nDate,SHARE,MARKET\n" + wide(DAYS, PRICES).split("\n", 1)[1],
    "semicolons": wide(DAYS, PRICES, separator=";", number=lambda v: f"{v:.4f}".replace(".", ",")),
}
CELLS = ["", ",", ",,,", '"', "'", "null", "NaN", "inf", "-1", "0", "1e999", "1e-300", "-", "=1+1", "\0", "\ufeff", "\u200e", "Z", "*",
         "9" * 30, "9" * 700, "x" * 5000, "2021-02-30", "0001-01-01", "9999-12-31", "2021-13-01T99:99Z", "2021-12-08 25:00", "T16:00+99:99",
         "EST", ";", "\t", "|", "\r", "\n", "\n\n", "1,5", "1.234,5", "1'234", "date", "price", "{0}", "%s", "\ud83d\ude00", "٣", "½"]  # fmt: skip


def damaged(seed):
    """A price file with one to six damages, the same for a seed on every machine."""
    chance = random.Random(seed)
    kind = chance.choice(sorted(TEXTS))
    text = TEXTS[kind]
    for _ in range(chance.choice([1, 1, 1, 2, 6])):
        lines = text.split("\n")
        at, what = chance.randrange(len(lines)), chance.randrange(8)
        cells = lines[at].split(",")
        spot = chance.randrange(len(cells))
        if what < 3:
            cells[spot] = chance.choice(CELLS) if what else cells[spot] + chance.choice(CELLS)
        elif what == 3:
            cells = chance.choice([cells[:spot], cells * 2, cells[::-1], []])
        lines[at] = ",".join(cells)
        if what == 4:
            lines = lines[:at] + lines[at + chance.randint(1, 9) :]
        elif what == 5:
            lines.insert(at, chance.choice(lines))
        elif what == 6:
            lines.insert(0, chance.choice(CELLS))
        text = "\n".join(lines)
        if what == 7:
            cut = chance.randrange(len(text) + 1)
            text = text[:cut] + chance.choice(CELLS) + text[cut + chance.choice([0, 0, 1, 50, 5000]) :]
    data = text.encode(
        chance.choice(["utf-8"] * 6 + ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"]), "surrogatepass"
    )
    if chance.random() < 0.1 and data:
        cut = chance.randrange(len(data))
        data = data[:cut] + bytes([chance.randrange(256)]) + data[cut + 1 :]
    return data, chance


def outcome(folder, seed):
    """'' for a study, the message otherwise."""
    data, chance = damaged(seed)
    file = folder / "p.csv"
    file.write_bytes(data)
    columns = chance.choice([None, None, {"date": "Date"}, {"price": "price"}, {"date": "date", "instrument": "instrument", "price": "price"}])  # fmt: skip
    try:
        prices = read_prices(
            file, columns=columns, date_format=chance.choice([None] * 5 + ["%d.%m.%Y", "%Y-%m-%d"])
        )
    except InterrexError as error:
        return str(error)
    assert prices.table["price"].max() < float("inf")
    try:
        events(
            prices,
            event=str(EVENT),
            name="SHARE",
            benchmark="MARKET",
            estimation=(-40, -5),
            window=(0, 2),
            placebo=5,
        )
    except InterrexError as error:
        return str(error)
    return ""


def check(folder, seeds):
    studied = 0
    for seed in seeds:
        told = outcome(folder, seed)
        studied += not told
        assert len(told) < 6000, f"seed {seed}: {len(told)} signs"
        for line in told.splitlines():
            assert re.search(
                r"p\.csv(:\d+:\d+)?\b|SHARE|MARKET|\.\.\. and|venue|price|event|name|instrument", line
            ), f"seed {seed}: {line}"
    return studied


def test_a_hundred_damaged_files_end_in_a_sentence_or_a_study(tmp_path):
    assert 5 < check(tmp_path, range(100)) < 95


@pytest.mark.slow
def test_thousands_of_damaged_files_end_in_a_sentence_or_a_study(tmp_path, request):
    check(tmp_path, range(100, 600 if request.config.getoption("--small") else 5000))


def test_damaged_tables_of_events_end_in_a_sentence(tmp_path):
    file = tmp_path / "e.csv"
    for seed in range(200):
        chance = random.Random(seed)
        rows = [
            ["when", "instrument", "label"],
            ["2021-12-08", "SHARE", "fall"],
            ["2021-12-08T09:00+06:00", "MARKET", "fall"],
        ]
        for _ in range(chance.randint(1, 3)):
            row = chance.choice(rows)
            row[chance.randrange(3)] = chance.choice(CELLS)
        file.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8", errors="replace")
        try:
            events(
                read_prices_once(), event=read_events(file), estimation=(-40, -5), window=(0, 2), placebo=5
            )
        except InterrexError as error:
            assert len(str(error)) < 2000


def read_prices_once(kept={}):  # noqa: B006 - read once for all seeds
    if not kept:
        import pandas as pd

        from interrex.eventstudy.prices import prices_from

        kept["prices"] = prices_from(pd.DataFrame(PRICES, index=pd.DatetimeIndex(DAYS)))
    return kept["prices"]
