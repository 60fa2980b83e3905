"""Each sentence that an event study prints, and the value that flips it."""

import json

import numpy as np
import pandas as pd
import pytest

from fixtures import prices as made_up
from fixtures.studies import FIRST, days_of, study_of, table_of, walk
from interrex.errors import RunError
from interrex.eventstudy import events, remarks, summary, verdict
from interrex.eventstudy.prices import read_prices

EVENT = str(made_up.days()[made_up.EVENT])
SMALL = {"event": EVENT, "benchmark": "MARKET", "window": (-1, 2), "estimation": (-100, -11)}


@pytest.fixture(scope="module")
def table():
    return read_prices(made_up.FILE).table.drop(columns=["file", "line", "price_low", "price_high"])


@pytest.fixture(scope="module")
def whole(table):
    return events(table, **SMALL)


def notes(study, kind, about=None):
    """Notes of a kind (about a name)."""
    chosen = study["note_kind"].values == kind
    if about is not None:
        chosen &= study["note_about"].values == about
    return [str(one) for one in study["note"].values[chosen]]


def head(study):
    return summary.text(study).split("\n")[0]


def line_of(study, beginning):
    return next(line for line in summary.text(study).split("\n") if line.startswith(beginning))


def test_the_head_says_on_how_many_days_was_estimated(table, whole):
    assert head(whole).endswith("market model on MARKET, estimated on days -100 .. -11")
    longer = events(table, **{**SMALL, "estimation": (-170, -11)})
    assert head(longer).endswith("estimated on 139 of the 160 days -170 .. -11"), (
        "150 before the event, the first without return"
    )
    gone = (table["instrument"] == "BETA") & table["date"].isin(pd.to_datetime([str(made_up.days()[100])]))
    gap = events(table[~gone], **SMALL)
    assert head(gap).endswith("estimated on 89 to 90 of the 90 days -100 .. -11")
    assert head(events(table, **{**SMALL, "benchmark": None, "name": "BETA"})).startswith(
        "Abnormal returns over days -1 .. 2 from the event; constant mean, estimated"
    )


def test_an_estimation_window_that_reaches_before_the_prices_is_told(table, whole):
    assert not notes(whole, "estimation")
    assert not notes(events(table, **{**SMALL, "estimation": (-170, -11)}), "estimation"), (
        "139 of 160 is near enough"
    )
    short = events(table, **{**SMALL, "estimation": (-250, -11)})
    told = notes(short, "estimation", "BETA")
    assert told == [
        f"{EVENT}: 139 of the 240 days -250 .. -11 were used for the estimation (140 of them lie in the data)"
    ]


def test_the_level_is_printed_as_it_was_given(table, whole):
    assert "95 % interval" in summary.text(whole)
    assert "97.5 % interval" in summary.text(events(table, **SMALL, level=0.975))


def test_day_0_stands_in_the_table_only_where_the_window_holds_it(table, whole):
    day0 = f"{100 * whole['abnormal_return'].sel(name='BETA', day=0).item():+.1f} %"
    assert day0 in line_of(whole, "BETA")
    later = events(table, **{**SMALL, "window": (1, 4)})
    assert "–" in line_of(later, "BETA")


def test_a_verdict_turns_with_the_move(table, whole):
    calm = table.copy()
    calm.loc[(calm["instrument"] == "BETA") & (calm["date"] >= pd.Timestamp(EVENT)), "price"] /= (
        1 - made_up.FALL
    )
    said = [json.loads(study.attrs["verdict"])[1] for study in (whole, events(calm, **SMALL))]
    assert "none of 71 other dates" in said[0] and "more than ordinary days explain" in said[0]
    assert "not told apart from ordinary days" in said[1] and "none of" not in said[1]


def test_a_verdict_needs_nineteen_other_dates(table):
    seen = set()
    for first in range(64, 76):
        short = table[table["date"] >= pd.Timestamp(made_up.days()[first])]
        study = events(short, **{**SMALL, "estimation": (-60, -11), "name": "BETA"}, placebo_days="before")
        dates, said = int(study["placebo_dates"].item()), json.loads(study.attrs["verdict"])[0]
        few = dates < 19
        assert few == said.endswith(f"only {dates} other dates to compare with, so no verdict at 5 %.")
        assert few == (notes(study, "placebo") == [f"only {dates} placebo dates: p cannot fall to 5 %"])
        assert few == bool(study["objection"].sel(test="placebo dates").item())
        seen.add(dates)
    assert {18, 19} <= seen


def test_moves_of_either_sign_are_judged_by_their_size(table, whole):
    told = json.loads(whole.attrs["verdict"])[-1]
    size = whole["p"].sel(test="placebo dates, either sign").item()
    large = whole.attrs["placebo_sizes_as_extreme"]
    judged = "more than ordinary" if size <= 0.05 else "not told apart"
    assert (
        f"{large} of {whole.attrs['placebo_compared']} had moves as large (p = {size:.3g}): {judged}" in told
    )
    up = table.copy()
    up.loc[(up["instrument"] == "ALPHA") & (up["date"] >= pd.Timestamp(EVENT)), "price"] *= 1.12
    told = json.loads(events(up, **SMALL).attrs["verdict"])[-1]
    assert "Up or down alike, 0 of" in told and told.count("more than ordinary days explain") == 1


def test_names_of_an_event_are_judged_together_where_there_are_several_events(table):
    second = str(made_up.days()[made_up.EVENT - 30])
    both = {**SMALL, "event": {"fall": EVENT, "calm": second}}
    told = json.loads(events(table, **both).attrs["verdict"])
    assert any(one.startswith("fall, 2 names: mean abnormal return -") for one in told)
    assert any(one.startswith("calm, 2 names: mean abnormal return") for one in told)
    one_each = table_of([EVENT, second], ["BETA", "ALPHA"], ["fall", "calm"])
    told = json.loads(events(table, **{**SMALL, "event": one_each}).attrs["verdict"])
    assert not any("names: mean" in one for one in told), (
        "each event has one name, whose verdict stands already"
    )
    three = table_of([EVENT, EVENT, second], ["ALPHA", "BETA", "ALPHA"], ["fall", "fall", "calm"])
    told = json.loads(events(table, **{**SMALL, "event": three}).attrs["verdict"])
    assert any(one.startswith("calm, 1 name: mean abnormal return") for one in told)


def test_three_names_and_two_events_are_judged_event_by_event():
    prices = walk(3)
    days = days_of(prices, FIRST, FIRST + 30)
    study = study_of(prices, {"first": days[0], "second": days[1]})
    told = json.loads(study.attrs["verdict"])
    for event in ("first", "second"):
        (sentence,) = (one for one in told if one.startswith(f"{event}, 3 names"))
        chosen = study.sel(event=event)
        p, dates, extreme = (chosen[name].item() for name in ("event_p", "event_dates", "event_as_extreme"))
        assert f"{extreme} of {dates} other dates as extreme (p = {p:.3f})" in sentence
        assert f"{100 * chosen['event_car'].item():+.1f} %" in sentence
    one = study_of(prices, {"first": days[0]})
    assert one["event_p"].item() == one["p"].sel(test="placebo dates").item()
    assert study["event_car"].values == pytest.approx(study["car"].mean("name").values)


def test_many_pairs_are_counted_and_compared_with_chance():
    prices = walk(12, shared=0.1)
    fallen = prices.copy()
    fallen.iloc[FIRST:, 1:4] *= 0.7
    day = days_of(prices, FIRST)[0]
    for frame, least in ((prices, 0), (fallen, 3)):
        study = study_of(frame, day)
        beyond = int((study["p_placebo"].values <= 0.05).sum())
        assert beyond >= least
        told = json.loads(study.attrs["verdict"])[-1]
        assert told.startswith(f"{beyond} of the 12 pairs that can be compared") and told.endswith(
            "would give about 1."
        )
    assert not any(
        "pairs that can" in one
        for one in json.loads(study_of(prices, day, name=["N0", "N1"]).attrs["verdict"])
    )


def test_shared_days_are_told_with_their_correlation_and_tests_that_do_not_hold():
    prices = walk(3, shared=0.8)
    days = days_of(prices, FIRST, FIRST + 30, FIRST + 60)
    one, apart = study_of(prices, days[0]), study_of(prices, table_of(days, ["N0", "N1", "N2"], ["x"] * 3))
    told = notes(one, "clustered")
    r = one.attrs["mean_correlation"]
    assert told[0].startswith(
        f"3 of 3 pairs of name and event share days of their windows with others (1 event day(s); mean correlation of their CARs {r:.2f})"
    )
    assert not notes(apart, "clustered")
    assert "does not hold here: 3 of 3 pairs share days" in line_of(one, "BMP")
    assert line_of(apart, "BMP").endswith("independent names")
    mixed = study_of(prices, table_of([days[0], days[0], days[1]], ["N0", "N1", "N2"], ["x"] * 3))
    assert notes(mixed, "clustered")[0].startswith("2 of 3 pairs")
    part = study_of(
        prices, table_of(days_of(prices, FIRST, FIRST + 1, FIRST + 50), ["N0", "N1", "N2"], ["x"] * 3)
    )
    assert "does not hold here: windows of 2 pairs overlap in part" in line_of(part, "permutation")
    assert line_of(one, "permutation").endswith("days being exchangeable")


def test_what_few_names_mean_for_tests_between_them_is_computed():
    prices = walk(12)
    day = days_of(prices, FIRST)[0]
    for count, needed in ((2, "12.7"), (3, "4.3"), (9, "2.3")):
        told = notes(study_of(prices, day, name=[f"N{n}" for n in range(count)]), "few names")
        assert (
            f"{count} pairs of name and event: a test between them asks for a mean of {needed} standard errors"
            in told[0]
        )
    assert notes(study_of(prices, day, name="N0"), "few names")[0].startswith(
        "1 pair of name and event: tests between names"
    )
    assert not notes(study_of(prices, day, name=[f"N{n}" for n in range(10)]), "few names")


def test_halted_days_and_days_in_no_return_are_counted(table, whole):
    assert not notes(whole, "halt")

    def halted(first, last):
        days = pd.to_datetime(
            [str(day) for day in made_up.days()[made_up.EVENT + first : made_up.EVENT + last + 1]]
        )
        return table.assign(
            halt=table["halt"].astype(bool) | ((table["instrument"] == "BETA") & table["date"].isin(days))
        )

    assert (
        f"{EVENT}: 1 day halted; the return across them"
        in notes(events(halted(1, 1), **SMALL), "halt", "BETA")[0]
    )
    told = notes(events(halted(0, 0), **SMALL), "halt", "BETA")
    assert "its first price from the event on is of" in told[0] and "1 day halted" in told[1]
    told = notes(events(halted(2, 4), **SMALL), "halt", "BETA")
    assert (
        "1 of 4 days of the window lie in no return of the window (1 halted): its CAR is that of the other 3"
        in told[0]
    )
    said = json.loads(events(halted(2, 4), **SMALL).attrs["verdict"])
    assert "over 3 of the 4 days -1 .. 2" in said[1] and "over days -1 .. 2" in said[0]


def test_a_thin_name_is_told_and_its_beta_only_where_there_is_one(table, whole):
    rare = table.copy()
    beta = np.flatnonzero(rare["instrument"] == "BETA")
    rare = rare.drop(index=rare.index[beta[20:140:4]])
    assert not notes(whole, "thin")
    told = notes(events(rare, **SMALL), "thin", "BETA")
    assert "24% of the days before" in told[0] or "25% of the days before" in told[0]
    assert told[0].endswith("its beta is biased to 0, see --model scholes-williams and dimson")
    for model in ("dimson", "scholes-williams", "adjusted"):
        assert "biased" not in notes(events(rare, **SMALL, model=model), "thin", "BETA")[0]
    mean = events(rare, **{**SMALL, "benchmark": None, "model": "mean"})
    assert notes(mean, "thin", "BETA")[0].endswith("return or one of nought")


@pytest.mark.parametrize(
    ("shift", "when"),
    [(1, "the day after: is one of the two a day off"), (-1, "the day before: is one of the two a day off"),
     (3, "3 days after: is one of the two 3 days off"), (-2, "2 days before: is one of the two 2 days off")],
)  # fmt: skip
def test_a_benchmark_days_off_is_told_with_both_r2(shift, when):
    prices = walk(2)
    prices["N0"] = 100 * (prices["N0"] / 100) ** 0.2 * prices["M"] / 100  # mostly the market's own moves
    day = days_of(prices, FIRST)[0]
    assert not notes(study_of(prices, day), "days apart")
    off = prices.assign(M=prices["M"].shift(shift)).iloc[3:-3]
    told = notes(study_of(off, day), "days apart", "N0")
    assert len(told) == 1 and told[0].startswith("R2 on M is ") and f"with its return of {when}" in told[0]


def test_a_benchmark_that_often_stands_still_is_told():
    prices = walk(2)
    day = days_of(prices, FIRST)[0]
    assert not notes(study_of(prices, day), "still")
    stale = prices.copy()
    stale.iloc[1::2, 0] = stale.iloc[:-1:2, 0].to_numpy()
    told = notes(study_of(stale, day), "still")
    moves = np.diff(np.log(stale["M"].to_numpy()))
    used = np.ones(len(moves), bool)
    used[FIRST - 1 : FIRST + 2] = False  # the days of the event
    assert told == [
        f"M does not move on {(moves[used] == 0).mean():.0%} of the days: it explains little, or its prices are stale"
    ]


def test_a_day_apart_is_a_matter_of_standard_errors():
    from interrex.eventstudy.returns import Panel

    random = np.random.default_rng(2)
    moves = random.normal(size=(402, 1))
    for weight, told in ((0.05, 0), (0.6, 1)):
        own = weight * np.roll(moves, 1, axis=0) + np.sqrt(1 - weight**2) * random.normal(size=moves.shape)
        span = np.ones(own.shape)
        panel = Panel("", np.arange(402), ["X"], own, span, span, own, own, own, span > 1)
        found = remarks.days_apart(panel, moves, np.ones(own.shape, bool), "M")
        assert len(found) == told
        longer = panel._replace(span=span * 2)
        assert not remarks.days_apart(longer, moves, np.ones(own.shape, bool), "M"), (
            "returns over one day alone"
        )
    same = np.corrcoef(own[:, 0], moves[:, 0])[0, 1] ** 2
    before = np.corrcoef(own[1:, 0], moves[:-1, 0])[0, 1] ** 2
    assert (
        f"R2 on M is {same:.1%} on the same day but {before:.0%} with its return of the day before"
        in found[0].sentence
    )


def test_quoted_ranges_stale_benchmarks_and_large_moves_are_told_with_their_numbers(table, whole):
    for kind in ("quoted", "stale benchmark", "large moves"):
        assert not notes(whole, kind)
    ranged = table.assign(price_low=np.nan, price_high=np.nan)
    row = (ranged["instrument"] == "BETA") & (
        ranged["date"] == pd.Timestamp(made_up.days()[made_up.EVENT + 2])
    )
    ranged.loc[row, ["price_low", "price_high"]] = ranged.loc[row, "price"].iloc[0] * np.array([0.95, 1.02])
    study = events(ranged, **SMALL)
    low, high = (study[name].sel(name="BETA").item() for name in ("car_quote_low", "car_quote_high"))
    assert notes(study, "quoted") == [
        f"{EVENT}: prices are intervals; they alone leave the CAR between {low:+.1%} and {high:+.1%}"
    ]
    gone = (table["instrument"] == "MARKET") & (
        table["date"] == pd.Timestamp(made_up.days()[made_up.EVENT + 2])
    )
    assert (
        f"{EVENT}: on 1 day of the window the return of the benchmark"
        in notes(events(table[~gone], **SMALL), "stale benchmark")[0]
    )
    fallen = table.copy()
    fallen.loc[(fallen["instrument"] == "BETA") & (fallen["date"] >= pd.Timestamp(EVENT)), "price"] *= 0.7
    after = fallen["date"] >= pd.Timestamp(made_up.days()[made_up.EVENT + 1])
    fallen.loc[(fallen["instrument"] == "BETA") & after, "price"] *= 0.7
    study = events(fallen, **SMALL)
    made = study["price_change"].sel(name="BETA").item()
    assert f"but holding it made {made:+.1%}" in notes(study, "large moves", "BETA")[0]
    assert not notes(events(fallen, **SMALL, returns="log"), "large moves")


def test_overlapping_and_masked_events_are_counted(table):
    def at(*lags, **changes):
        return events(
            table, **{**SMALL, "event": [str(made_up.days()[made_up.EVENT + lag]) for lag in lags], **changes}
        )

    assert not notes(at(0), "overlap")
    assert notes(at(0, 3), "overlap")[0].startswith("2 pairs of event windows of the same name overlap")
    assert not any("windows of the same name" in one for one in notes(at(0, 4), "overlap"))
    assert (
        "2 estimation windows hold another event of the same name; its event window is left out"
        in notes(at(-40, 0), "overlap")[0]
    )
    assert "left in, as if its days were ordinary ones" in notes(at(-40, 0, overlap="keep"), "overlap")[0]


def test_membership_of_the_benchmark_is_told_as_given(table):
    assert notes(events(table, **SMALL), "composition") == [
        "whether the names are part of MARKET is not given (--constituent)"
    ]
    told = notes(events(table, **SMALL, constituents=["ALPHA"]), "composition")
    assert told[0] == "BETA: not in MARKET, which cannot show their move"
    assert told[1].startswith("ALPHA: part of MARKET") and len(told) == 2
    assert len(notes(events(table, **SMALL, constituents=["ALPHA", "BETA"]), "composition")) == 1
    assert not notes(events(table, **{**SMALL, "benchmark": None, "name": "BETA"}), "composition")


def test_notes_of_a_kind_are_cut_at_a_number_that_is_told():
    many = [remarks.Note("k", str(n), "s") for n in range(11)]
    cut = remarks.at_most([*many, remarks.Note("other", "", "s")])
    assert [note.sentence for note in cut] == ["s"] * 8 + ["... and 3 more of this kind", "s"]
    assert remarks.at_most(many[:8]) == many[:8]


def flat(table, name):
    return table.assign(price=table["price"].where(table["instrument"] != name, 5.0))


def growing(table, name):
    """The same 0.1 % every day."""
    order = table.groupby("instrument").cumcount()
    return table.assign(price=table["price"].where(table["instrument"] != name, 5.0 * 1.001**order))


@pytest.mark.parametrize(
    ("change", "plan", "sentence"),
    [
        (lambda t: flat(t, "MARKET"), {}, r"MARKET does not move in the estimation window -100 \.\. -11"),
        (lambda t: growing(t, "MARKET"), {}, "MARKET moves by the same share every day in the estimation window"),
        (lambda t: flat(t, "MARKET"), {"model": "adjusted"}, "MARKET does not move"),
        (lambda t: flat(t, "MARKET"), {"model": "scholes-williams"}, "MARKET does not move"),
        (lambda t: flat(t, "ALPHA"), {"name": "BETA", "factors": ["ALPHA"]}, "ALPHA does not move"),
        (lambda t: flat(t, "BETA"), {"name": "BETA"}, "BETA does not move in the estimation window.* out of the ordinary"),
        (lambda t: flat(t, "BETA"), {"name": "BETA", "benchmark": None}, "BETA does not move"),
        (lambda t: pd.concat([t, t[t["instrument"] == "MARKET"].assign(instrument="TWIN")]),
         {"name": "TWIN"}, "TWIN moves exactly as MARKET"),
        (lambda t: pd.concat([t, t[t["instrument"] == "MARKET"].assign(instrument="TWIN")]),
         {"name": "BETA", "factors": ["TWIN"]}, "MARKET and TWIN move alike"),
        (lambda t: t, {"event": str(made_up.days()[25])}, "no name has 20 usable days.* ALPHA has 14 usable days.* 20 are needed"),
    ],
)  # fmt: skip
def test_why_nothing_can_be_measured_is_said(table, change, plan, sentence):
    with pytest.raises(RunError, match=sentence):
        events(change(table), **{**SMALL, **plan})


def test_a_name_that_cannot_be_measured_is_left_out_with_its_reason(table, whole):
    study = events(flat(table, "ALPHA"), **SMALL)
    assert notes(study, "left out", "ALPHA")[0].startswith(f"{EVENT}: left out: ALPHA does not move")
    assert study.attrs["pairs"] == 1 and not notes(whole, "left out")
    assert np.isfinite(study["statistic"].values).sum() and np.nanmax(np.abs(study["statistic"].values)) < 100


def test_percent_is_signed_and_of_a_hundred():
    assert (verdict.percent(-0.0873), verdict.percent(0.5), verdict.percent(float("nan"))) == (
        "-8.7 %",
        "+50.0 %",
        "–",
    )


def test_p_is_printed_to_three_places_and_never_as_nought():
    assert [summary._p(p) for p in (0.0004, 0.001, 0.0456, float("nan"))] == ["<0.001", "0.001", "0.046", "–"]
