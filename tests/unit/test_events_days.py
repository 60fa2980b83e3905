"""Which trading day an event falls on: zones, stamps, closing hours, and days that are written a day off."""

import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from fixtures.walks import EVENT, LENGTH, tidy, walks, weekdays, wide
from interrex.errors import CaseError, RunError
from interrex.eventstudy import events
from interrex.eventstudy.calendar import Close, closing, moment
from interrex.eventstudy.prices import prices_from, read_prices

ASKED = {"name": "SHARE", "benchmark": "MARKET", "window": (0, 3), "placebo": 50}


@pytest.fixture
def study(tmp_path):
    """A study of prices given as text."""

    def of(text, date_format=None, **asked):
        file = tmp_path / "prices.csv"
        file.write_text(text, encoding="utf-8")
        return events(read_prices(file, date_format=date_format), **{**ASKED, **asked})

    return of


def day_of(study):
    return study["event_day"].item()


def notes(study):
    return " | ".join(map(str, study["note"].values))


def refusal(make, *arguments, **asked):
    with pytest.raises((CaseError, RunError)) as caught:
        make(*arguments, **asked)
    return str(caught.value)


def at_close(clock, zone):
    """A day as the stamp of its close in a zone: 2021-12-08 16:00:00-05:00."""
    time = datetime.time.fromisoformat(clock)
    return lambda day: datetime.datetime.combine(day, time, ZoneInfo(zone)).isoformat(" ")


def in_utc(clock, zone):
    """The same as an instant in UTC."""
    time = datetime.time.fromisoformat(clock)
    return lambda day: (
        datetime.datetime.combine(day, time, ZoneInfo(zone)).astimezone(datetime.UTC).isoformat(" ")
    )


AT_EXCHANGE = {"head": "date,instrument,price,venue", "tail": ",X"}
NEW_YORK = "16:00@America/New_York"


@pytest.mark.parametrize(
    "instant",
    ["2021-12-09T01:30+06:00", "2021-12-08T19:30+00:00", "2021-12-08T14:30-05:00", "2021-12-09T04:30+09:00"],
)
@pytest.mark.parametrize("close", ["21:00", "16:00-05:00", NEW_YORK, "22:00+01:00"])
def test_one_instant_is_one_day_in_whatever_zones_it_and_the_close_are_written(study, instant, close):
    found = study(tidy(*walks(), **AT_EXCHANGE), event=instant, closes={"X": close})
    assert day_of(found) == "2021-12-08"
    assert found["abnormal_return"].sel(day=0).item() < -0.15


@pytest.mark.parametrize(
    ("instant", "day"), [("2021-12-08T03:00+13:00", "2021-12-07"), ("2021-12-08T23:00-10:00", "2021-12-09")]
)
def test_an_event_moves_to_the_day_before_or_after_with_a_note(study, instant, day):
    found = study(tidy(*walks(), **AT_EXCHANGE), event=instant, closes={"X": NEW_YORK})
    assert day_of(found) == day and f"falls on {day}" in notes(found)


@pytest.mark.parametrize(
    "stamp",
    ["{:%Y-%m-%d 00:00:00-05:00}".format, "{:%Y-%m-%dT00:00:00Z}".format, "{:%Y-%m-%d 00:00+06:00}".format,
     "{:%Y-%m-%d 00:00:00.000-05}".format, in_utc("00:00", "America/New_York"), in_utc("00:00", "America/Sao_Paulo"),
     in_utc("09:30", "America/New_York"), at_close("09:30", "America/New_York"), at_close("09:00", "Europe/Berlin")],
)  # fmt: skip
def test_a_stamp_of_midnight_or_of_the_opening_is_a_day_and_tells_no_closing_hour(study, stamp):
    found = study(tidy(*walks(), stamp=stamp), event="2021-12-08T14:00+00:00")
    assert day_of(found) == "2021-12-08"
    assert "midnights" in notes(found) and "its hour is not used" in notes(found)


@pytest.mark.parametrize(
    "zone",
    ["Asia/Almaty", "Europe/Berlin", "Asia/Tokyo", "Europe/London", "Australia/Sydney", "Asia/Kolkata"],
)
def test_midnights_east_of_greenwich_written_in_utc_are_a_day_early_and_refused(study, zone):
    told = refusal(study, tidy(*walks(), stamp=in_utc("00:00", zone)), event=str(EVENT))
    assert "prices.csv:" in told and "a day early" in told


def test_midnights_of_another_zone_are_refused_with_a_clock_but_no_zone_too(study):
    stamp = in_utc("00:00", "Asia/Almaty")
    told = refusal(study, tidy(*walks(), stamp=lambda day: stamp(day)[:19]), event=str(EVENT))
    assert "a day early" in told
    cut = study(tidy(*walks(), stamp=lambda day: stamp(day)[:10]), event=str(EVENT))
    assert "SHARE, MARKET" in notes(cut).replace(
        "MARKET, SHARE", "SHARE, MARKET"
    ) and "rests on Fridays and Saturdays" in notes(cut)


def test_closes_of_new_york_written_in_the_east_are_a_day_late_and_refused(study):
    def stamp(day):
        close = datetime.datetime.combine(day, datetime.time(16), ZoneInfo("America/New_York"))
        return close.astimezone(ZoneInfo("Asia/Almaty")).isoformat(" ")

    assert "a day late" in refusal(study, tidy(*walks(), stamp=stamp), event=str(EVENT))
    assert "a day late" in refusal(study, tidy(*walks(), stamp=lambda day: stamp(day)[:10]), event=str(EVENT))


@pytest.mark.parametrize("resting", [(4, 5), (5, 6)])
def test_weeks_from_sunday_and_from_monday_are_read(study, resting):
    days, prices = walks(weekdays(resting=resting))
    found = study(tidy(days, prices, stamp=at_close("15:00", "Asia/Riyadh")), event="2021-12-08T10:00+03:00")
    assert day_of(found) == "2021-12-08"


def test_a_market_that_never_rests_is_read(study):
    days = [datetime.date(2021, 6, 1) + datetime.timedelta(days=n) for n in range(LENGTH)]
    found = study(
        tidy(*walks(days), stamp="{:%Y-%m-%d 23:59:59+00:00}".format), event="2021-12-08T10:00+00:00"
    )
    assert day_of(found) == "2021-12-08" and "left out" not in notes(found)


@pytest.mark.parametrize(("month", "offset"), [(7, "-04:00"), (12, "-05:00")])
def test_a_close_in_a_zone_holds_in_summer_and_in_winter(study, month, offset):
    text = tidy(*walks(), **AT_EXCHANGE)
    for clock, day in (("15:55", f"2021-{month:02}-08"), ("16:05", f"2021-{month:02}-09")):
        found = study(
            text, event=f"2021-{month:02}-08T{clock}{offset}", closes={"X": NEW_YORK}, estimation=(-80, -11)
        )
        assert day_of(found) == day and "clocks change" not in notes(found)


def test_a_close_at_one_hour_the_year_round_is_doubted_where_an_hour_decides(study):
    text = tidy(*walks(), **AT_EXCHANGE)
    asked = {"closes": {"X": "16:00-05:00"}, "estimation": (-80, -11)}
    near = study(text, event="2021-07-08T16:05-04:00", **asked)
    assert "but on 2021-07-09 if the close is an hour off" in notes(near) and "@" in notes(near)
    assert "hour off" not in notes(study(text, event="2021-07-08T12:00-04:00", **asked))


def test_stamps_close_a_venue_day_by_day(study):
    """London closes at 16:30 by its own clock: 15:30 UTC in summer, 16:30 in winter."""
    text = tidy(*walks(), stamp=in_utc("16:30", "Europe/London"))
    for event, day in (("2021-12-08T15:45+00:00", "2021-12-08"), ("2021-07-08T15:45+00:00", "2021-07-09"), ("2021-07-08T15:15+00:00", "2021-07-08")):  # fmt: skip
        assert day_of(study(text, event=event, estimation=(-60, -11))) == day


def test_a_half_day_closes_when_its_own_stamp_says(study):
    usual, half = at_close("16:00", "America/New_York"), at_close("13:00", "America/New_York")
    text = tidy(*walks(), stamp=lambda day: half(day) if day == EVENT else usual(day))
    assert day_of(study(text, event="2021-12-08T14:00-05:00")) == "2021-12-09"
    assert day_of(study(text, event="2021-12-07T14:00-05:00")) == "2021-12-07"


@pytest.mark.parametrize("zone", ["EST", "MSK", "(ET)", "America/New_York", "+25:00", "-05:99"])
def test_a_zone_that_is_not_read_is_refused(study, zone):
    told = refusal(
        study, tidy(*walks(), stamp=lambda day: f"{day} 16:00:00 {zone}"), event="2021-12-08T22:00+00:00"
    )
    assert "prices.csv:2:1" in told and ("no zone that is read" in told or "no time" in told)


@pytest.mark.parametrize("zone", ["Z", "z", "UTC", " GMT", "+00", "+0000", "-00:00"])
def test_every_way_to_write_utc_tells_the_same_close(study, zone):
    text = tidy(*walks(), stamp=lambda day: f"{day} 21:00:00{zone}")
    assert day_of(study(text, event="2021-12-08T22:00+00:00")) == "2021-12-09"


def test_a_date_format_with_a_zone_keeps_the_day_as_written_and_tells_the_close(study):
    text = tidy(*walks(), stamp="{:%d.%m.%Y 00:00+0600}".format)
    found = study(text, "%d.%m.%Y %H:%M%z", event=str(EVENT))
    assert day_of(found) == "2021-12-08" and found["abnormal_return"].sel(day=0).item() < -0.15
    text = tidy(*walks(), stamp="{:%d.%m.%Y 17:00+0600}".format)
    for event, day in (("2021-12-08T16:59+06:00", "2021-12-08"), ("2021-12-08T11:01+00:00", "2021-12-09")):
        assert day_of(study(text, "%d.%m.%Y %H:%M%z", event=event)) == day


@pytest.mark.parametrize(
    "date_format", ["%Q", "%", "%H:%M", "%d.%m", "%d.%m.%Y %Z", "%y-%y", "", "%A", "%d.%m.%Y\0"]
)
def test_a_format_that_tells_no_day_is_refused(study, date_format):
    assert "does not tell day, month and year" in refusal(
        study, tidy(*walks()), date_format, event=str(EVENT)
    )


@pytest.mark.parametrize(
    ("stamp", "offered"),
    [
        ("%d.%m.%Y", "'%d.%m.%Y'"),
        ("%Y%m%d", "'%Y%m%d'"),
        ("%b %d, %Y", "'%b %d, %Y'"),
        ("%Y/%m/%d", "'%Y/%m/%d'"),
        ("%d/%m/%Y", "('%d/%m/%Y' or '%m/%d/%Y')"),
        ("%m/%d/%Y 16:00:00", "('%d/%m/%Y %H:%M:%S' or '%m/%d/%Y %H:%M:%S')"),
        ("%d/%m/%y", "('%d/%m/%y' or '%m/%d/%y')"),
    ],
)
def test_days_that_are_written_otherwise_are_refused_with_the_format_that_fits(study, stamp, offered):
    text = tidy(*walks(), stamp=lambda day: f'"{day:{stamp}}"')
    assert f"--date-format {offered}" in refusal(study, text, event=str(EVENT))


@pytest.mark.parametrize("closes", [{"X": "21:00"}, {"x": "21:00", "": "20:00"}])
def test_a_close_of_no_venue_is_refused(study, closes):
    assert "no prices are of the venue" in refusal(
        study, tidy(*walks()), event="2021-12-08T22:00+00:00", closes=closes
    )
    told = refusal(
        study,
        tidy(*walks(), **{**AT_EXCHANGE, "tail": ",NYSE"}),
        event="2021-12-08T22:00+00:00",
        closes=closes,
    )
    assert "there are NYSE" in told


def test_a_close_without_a_venue_holds_for_all(study):
    for text in (tidy(*walks()), tidy(*walks(), **AT_EXCHANGE)):
        assert day_of(study(text, event="2021-12-08T22:00+00:00", closes=NEW_YORK)) == "2021-12-09"


def test_the_hour_of_an_event_is_never_dropped_without_a_note(study):
    for text in (tidy(*walks()), tidy(*walks(), stamp="{:%Y-%m-%d 16:00:00}".format)):
        found = study(text, event="2021-12-08T22:00+00:00")
        assert day_of(found) == "2021-12-08" and "its hour is not used" in notes(found)
    assert "hour" not in notes(study(tidy(*walks()), event="2021-12-08"))


@pytest.mark.parametrize(
    "told", ["25:00", "16:00@Atlantis", "16:00+01:00@Europe/Berlin", "16:00@../../etc", "noon", "16:00@"]
)
def test_a_close_that_cannot_be_read_is_refused(told):
    with pytest.raises(RunError, match=r"no time|no time zone|two zones"):
        closing(told)


def test_a_moment_without_zone_is_refused_in_whatever_type_it_comes():
    for wrong in (np.datetime64("2022-01-05T22:00"), datetime.datetime(2022, 1, 5, 22), "2022-01-05 22:00"):
        with pytest.raises(RunError, match="no time zone"):
            moment(wrong)
    assert moment(np.datetime64("2022-01-05T00:00:00.000000000")) == moment(datetime.date(2022, 1, 5))


def test_swapped_days_and_months_are_refused(study):
    def swapped(day):
        return f"{day:%Y-%d-%m}" if day.day <= 12 and day.month <= 12 else f"{day:%Y-%m-%d}"

    for write in (tidy, wide):
        told = refusal(study, write(*walks(), stamp=swapped), event=str(EVENT))
        assert "day and month are exchanged" in told and "prices.csv:" in told


def test_a_frame_indexed_by_midnights_in_a_zone_is_one_of_days():
    import pandas as pd

    days, prices = walks()
    frame = pd.DataFrame(prices, index=pd.DatetimeIndex(days).tz_localize("America/New_York"))
    read = prices_from(frame)
    assert not read.closes and str(read.table["date"].max())[:10] == str(days[-1])


def test_closes_from_stamps_lend_their_hour_to_days_between():
    days = np.array(["2021-12-06", "2021-12-08"], "datetime64[D]")
    close = Close.stamped(days, np.array(["2021-12-06T21:00", "2021-12-08T18:00"], "datetime64[s]"))
    asked = np.array(["2021-12-03", "2021-12-07", "2021-12-09"], "datetime64[D]")
    assert [str(at)[11:16] for at in close.at(asked)] == ["21:00", "21:00", "18:00"]


def test_a_close_that_changes_nothing_is_noted(study):
    text = tidy(*walks(), **AT_EXCHANGE)
    assert "--close changes nothing" in notes(study(text, event=str(EVENT), closes={"X": NEW_YORK}))
    assert "--close changes nothing" not in notes(
        study(text, event="2021-12-08T12:00Z", closes={"X": NEW_YORK})
    )


def test_the_close_that_stamps_tell_is_printed_where_an_hour_is_held_against_it(study):
    text = tidy(*walks(), stamp=at_close("16:00", "America/New_York"))
    assert "held against the close that the stamps of its prices tell, 2021-12-08 21:00 UTC" in notes(
        study(text, event="2021-12-08T12:00Z")
    )


@pytest.mark.parametrize(
    "write",
    [
        lambda day: (day - datetime.date(1899, 12, 30)).days,
        lambda day: f"{day:%s}000",
        lambda day: f"{day:%s}",
    ],
)
def test_numbers_of_days_and_seconds_are_refused_as_such(study, write):
    assert "is a number of days or seconds" in refusal(
        study, tidy(*walks(), stamp=lambda day: str(write(day))), event=str(EVENT)
    )


def test_a_heading_in_brackets_is_offered_as_a_shell_takes_it(study):
    told = refusal(study, tidy(*walks(), head="<DATE>,<TICKER>,<CLOSE>"), event=str(EVENT))
    assert "--map 'date=<DATE>'" in told


def test_an_hour_without_zone_is_printed_as_the_utc_that_it_is_taken_for(study):
    text = tidy(*walks(), **AT_EXCHANGE)
    assert "held against the close at X, 2021-12-09 16:00 UTC" in notes(
        study(text, event="2021-12-08T18:30Z", closes={"X": "16:00"})
    )
    assert "held against the close at X, 2021-12-08 21:00 UTC" in notes(
        study(text, event="2021-12-08T18:30Z", closes={"X": NEW_YORK})
    )
