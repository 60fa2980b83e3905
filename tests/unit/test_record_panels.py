"""Readers of panels: every format on made-up rows of invented countries, and every message."""

import datetime
import gzip
import json
import zipfile

import numpy as np
import pandas as pd
import pytest

from interrex.cli import main
from interrex.errors import StoreError
from interrex.record import panels
from interrex.record.panels import country_months, leader_months, protest_episodes

A, B = 901, 902  # Arvia and Borvia

REIGN = "stateabb,ccode,leadid,leader,sdate,smonth,syear,emonth,eyear,birthyear,gender,militarycareer,l_month,l_year"
STATES = "stateabb,ccode,statenme,styear,stmonth,stday,endyear,endmonth,endday,version\nARV,901,Arvia,1950,1,1,2016,12,31,2016\nBOR,902,Borvia,1950,1,1,2016,12,31,2016\n"
NEWER = "ARV,901,,Zeta,1,3,2020,,,1970,1,0,,"  # a change far on, so that the list reaches to 2020


@pytest.fixture
def folder(tmp_path):
    """A function that writes files and returns their folder."""

    def write(**files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", ".")
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return write


def reign(*rows):
    return "\n".join([REIGN, *rows]) + "\n"


def told(found, level=None):
    return [str(r) for r in found.remarks if level in (None, r.level)]


def day(text):
    return pd.Timestamp(text)


def one(table, **where):
    rows = table[np.logical_and.reduce([table[c] == v for c, v in where.items()])]
    assert len(rows) == 1, rows
    return rows.iloc[0]


# Leaders


def test_an_end_in_a_month_is_the_start_of_a_successor_who_follows_at_once(folder):
    found = panels.read(folder(l__csv=reign(
        "ARV,901,a,Alpha,1,2,2000,5,2004,1950,1,1,,", "ARV,901,b,Beta,14,5,2004,6,2009,1950,1,0,,",
        "ARV,901,c,Gamma,20,7,2009,3,2012,1950,1,-99,,", "ARV,901,d,Delta,9,9,2012,,,1950,1,0.5,,"))).leaders  # fmt: skip
    ends = dict(zip(found["leader"], found["end"], strict=True))
    assert ends["Alpha"] == day("2004-05-14"), "the successor starts in that month"
    assert ends["Beta"] == day("2009-07-20"), "the successor starts within 31 days of that month"
    assert ends["Gamma"] == day("2012-03-31"), "nobody follows within 31 days: the end of the month"
    assert pd.isna(ends["Delta"])
    assert one(found, leader="Delta")["exit"] == ""
    assert np.isnan(one(found, leader="Gamma")["military"])
    assert one(found, leader="Alpha")["left_known"] == day("2004-05-14")


def test_leaders_are_known_to_the_month_before_the_last_change(folder):
    assert panels.read(folder(l__csv=reign(NEWER))).last == datetime.date(2020, 2, 29)


FAULTS = [
    ("swapped", "ARV,901,a,Alpha,12,21,2000,,,1950,1,0,,", "l.csv:2: the month of the start is 21; day and month are taken as swapped"),
    ("no day", "ARV,901,a,Alpha,31,2,2000,,,1950,1,0,,", "l.csv:2: Alpha: no such first day 2000-2-31; left out"),
    ("no country", "ARV,,a,Alpha,1,2,2000,,,1950,1,0,,", "l.csv:2: Alpha: no number of a country; left out"),
    ("child", "ARV,901,a,Alpha,1,2,2000,,,1990,1,0,,", "l.csv:2: Alpha, born 1990, would start at an impossible age; the year of birth is left out"),
    ("old", "ARV,901,a,Alpha,1,2,2000,2,2020,1900,1,0,,", "l.csv:2: Alpha, born 1900, would be older than 105 at the end; the year of birth is left out"),
    ("open", "ARV,901,a,Alpha,1,2,2000,,,1950,1,0,,", "l.csv:2: Alpha has no end although Zeta follows; the end is that start"),
    ("overlap", "ARV,901,a,Alpha,1,2,2000,8,2020,1950,1,0,,", "l.csv:2: Alpha and Zeta overlap by more than a month; the end is the successor's start"),
    ("month 20", "ARV,901,a,Alpha,1,2,2000,20,2010,1950,1,0,,", "l.csv:2: Alpha ends in no month that exists; the end is the successor's start"),
    ("backward", "ARV,901,a,Alpha,1,2,2000,1,1999,1950,1,0,,", "l.csv:2: Alpha ends before the start; the end is the start, or the successor's start"),
    ("cut off", "ARV,901,a,Alpha,1,2", "l.csv:2: ends before its last column; the missing cells count as empty"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "sentence"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_fault_in_a_row_of_leaders_is_mended_and_said_with_its_line(folder, row, sentence):
    found = panels.read(folder(l__csv=reign(row, NEWER)))
    assert sentence in told(found, "mended")
    assert one(found.leaders, leader="Zeta")["start"] == day("2020-03-01")


def test_doubled_rows_are_left_out_and_a_shared_id_is_said(folder):
    twin = "ARV,901,a,Alpha,1,2,2000,1,2004,1950,1,1,,"
    found = panels.read(folder(l__csv=reign(twin, twin, "ARV,901,a,Beta,2,1,2004,,,1950,1,0,,")))
    assert list(found.leaders["leader"]) == ["Alpha", "Beta"]
    assert "l.csv:3: Alpha starts twice on one day; the second row is left out" in told(found)
    assert "l.csv:4: the id a is that of several leaders; they are told apart by name" in told(found)


def test_lines_count_those_inside_quotes(folder):
    rows = ['ARV,901,"a\nb",Alpha,1,2,2000,1,2004,1950,1,1,,', "ARV,901,b,Beta,40,1,2004,,,1950,1,0,,"]
    assert any(
        "l.csv:4: Beta: no such first day" in t for t in told(panels.read(folder(l__csv=reign(*rows, NEWER))))
    )


def test_of_two_lists_the_one_that_reaches_further_is_taken(folder):
    found = panels.read(
        folder(new__csv=reign(NEWER), old__csv=reign("ARV,901,a,Alpha,1,2,2000,,,1950,1,0,,"))
    )
    assert list(found.leaders["leader"]) == ["Zeta"]
    assert "old.csv: leaders are taken from new.csv instead, which reaches further" in told(found, "found")


LIST = reign(
    "ARV,901,a,Alpha,1,2,2000,5,2004,,1,1,,", "ARV,901,b,Beta Longname,14,5,2004,6,2009,,1,0,,",
    "ARV,901,c,Gamma,20,6,2009,3,2012,,1,0,,", "ARV,901,d,Delta,9,3,2012,8,2017,,1,0,,", "ARV,901,e,Eps,4,8,2017,,,1970,1,0,,",
)  # fmt: skip
ARCHIGOS = """obsid,gwcode,leadid,leader,yrborn,gender,startdate,enddate,entry,exit,exitcode
x,901,1,Alpha,1941,M,2000-02-01,2004-05-14,Irregular,Irregular,"Removed by Military, without Foreign Support"
y,901,2,B. Longname,1951,M,2004-05-20,2009-06-25,Irregular,Irregular,"Popular Protest, without Foreign Support"
z,901,3,Gamma,1961,M,2009-06-20,2012-03-09,Regular,Natural Death,Regular
"""


def test_how_leaders_came_and_went_is_joined_from_archigos(folder):
    found = panels.read(folder(l__csv=LIST, a__csv=ARCHIGOS)).leaders.set_index("leader")
    found = found.sort_values("start")
    assert list(found["exit"]) == ["coup", "revolt", "death", "unknown", ""]
    assert list(found["entry"]) == ["unknown", "coup", "regular", "regular", "unknown"]
    assert list(found["born"])[:3] == [1941, 1951, 1961]


def test_archigos_itself_is_the_list_where_there_is_no_other(folder):
    found = panels.read(folder(a__csv=ARCHIGOS))
    assert found.leaders.set_index("leader")["exit"].to_dict() == {
        "Alpha": "coup",
        "B. Longname": "revolt",
        "Gamma": "death",
    }
    assert any("no list of leaders by REIGN or CoupCats" in t for t in told(found, "missing"))


def test_an_unknown_way_of_leaving_and_a_spell_without_days_are_said(folder):
    rows = "x,901,1,Odd,1941,M,2000-02-01,2004-05-14,Regular,Abducted,Regular\ny,901,2,Lost,1941,M,,2004-05-14,Regular,Regular,Regular\n"
    found = told(panels.read(folder(a__csv=ARCHIGOS + rows)))
    assert "a.csv:5: Odd: unknown way of leaving 'Abducted'; counted as unknown" in found
    assert any(t.startswith("a.csv:6: Lost: no country, or no first or last day") for t in found)


def test_svolik_and_the_extension_of_archigos_fill_what_archigos_leaves_open(folder):
    svolik = "country_name,GWn,leader,startdate,enddate,leadid,entry,exit,pol_aff,birth\nArvia,901,Gamma,2009-06-20,2012-03-09,1,elections,civil war,regime,1961\n"
    more = '"","ccode","idacr","leader","startdate","enddate","entry","exit","exitcode","yrborn"\n1,901,"ARV","Delta",2012-03-09,2017-08-04,"Regular","Irregular","Removed by Rebels, with Foreign Support",1950\n'
    found = panels.read(folder(l__csv=LIST, s__csv=svolik, m__csv=more)).leaders.set_index("leader")
    assert list(found["exit"][["Gamma", "Delta"]]) == ["revolt", "revolt"]
    assert found["entry"]["Gamma"] == "regular"


COUPS = """country,ccode,year,month,day,coup,version
Arvia,901,2017,8,4,2,V1
Arvia,901,2010,1,5,1,V1
Borvia,902,2011,1,5, ,V1
Borvia,902,2012,13,5,1,V1
,,,,,,
"""


def test_a_coup_near_an_exit_of_unknown_manner_made_it_and_the_next_entry(folder):
    found = panels.read(folder(l__csv=LIST, c__csv=COUPS)).leaders.set_index("leader")
    assert found["exit"]["Delta"] == "coup"
    assert found["entry"]["Eps"] == "coup"


@pytest.mark.parametrize(
    ("actors", "exit_"),
    [
        ("1,0,0,0,0,0,0,0", "coup"),
        ("0,0,0,0,0,0,0,1", "revolt"),
        ("0,1,0,0,0,0,0,0", "regular"),
        ("0,0,0,0,0,1,0,0", "regular"),
    ],
)
def test_he_who_resigns_within_a_week_of_a_coup_does_not_go_freely(folder, actors, exit_):
    freely = ARCHIGOS + "d,901,4,Delta,1950,M,2012-03-09,2017-08-04,Regular,Regular,Regular\n"
    found = panels.read(
        folder(l__csv=LIST, a__csv=freely, c__csv=f"{CLINE}\nx,901,Arvia,2017,8,3,coup,{actors}\n")
    )
    assert one(found.leaders, leader="Delta")["exit"] == exit_


def test_the_coup_that_brought_a_leader_in_did_not_remove_him(folder):
    brief = reign(
        "ARV,901,a,Alpha,1,2,2000,8,2017,,1,1,,",
        "ARV,901,b,Brief,4,8,2017,8,2017,,1,1,,",
        "ARV,901,c,Gamma,20,8,2017,,,,1,0,,",
    )
    found = panels.read(folder(l__csv=brief, c__csv=COUPS)).leaders.set_index("leader")
    assert found["exit"].to_dict() == {"Alpha": "coup", "Brief": "unknown", "Gamma": ""}


def test_an_exit_after_a_vote_that_changed_who_rules_is_regular(folder):
    rows = (
        VOTES
        + ',change\n901,1,Arvia,2009,3,3,1,"Vote, As Scheduled",1,X,Y,Y,Y\n901,2,Arvia,2012,1,3,1,"Vote, As Scheduled",2,X,Y,Y,N\n'
    )
    found = panels.read(folder(l__csv=LIST, e__csv=rows)).leaders.set_index("leader")
    assert found["exit"]["Beta Longname"] == "regular"
    assert found["exit"]["Gamma"] == "unknown", "he won"
    assert found["entry"]["Gamma"] == "regular"


def test_a_list_that_contradicts_itself_tells_no_manner(folder):
    found = panels.read(
        folder(
            l__csv=LIST,
            a__csv=ARCHIGOS + "d,901,4,Delta,1950,M,2012-03-09,2017-08-04,Regular,Regular,Still in Office\n",
        )
    )
    assert one(found.leaders, leader="Delta")["exit"] == "unknown"
    assert any(
        t.startswith("a.csv:5: Delta left regularly by `exit` but is in office by `exitcode`")
        for t in told(found)
    )


# Coups


def test_powell_and_thyne_with_days_count_attempts_by_organs_of_the_state(folder):
    found = panels.read(folder(c__csv=COUPS))
    assert list(found.coups["success"]) == [False, True, False]
    assert set(found.coups["kind"]) == {"military_palace"}
    assert (found.coups["known"] == found.coups["day"]).all()
    assert "c.csv:4: neither 1 (failed) nor 2 (succeeded) in `coup`; counted as failed" in told(found)
    assert "c.csv:5: a coup without country or day; left out" in told(found)


CLINE = "coup_id,cowcode,country,year,month,day,event_type,military,dissident,rebel,palace,foreign,auto,resign,popular"


@pytest.mark.parametrize(("actors", "kind"), [
    ("1,0,0,0,0,1,0,0", "self"), ("1,0,0,0,0,0,0,1", "military_palace"), ("0,0,0,1,0,0,0,0", "military_palace"),
    ("0,0,1,0,1,0,0,0", "foreign"), ("0,0,1,0,0,0,0,0", "rebel"), ("0,1,0,0,0,0,0,1", "popular"), ("0,1,0,0,0,0,1,0", "unknown"),
])  # fmt: skip
def test_actors_tell_the_kind_of_a_coup(folder, actors, kind):
    found = panels.read(folder(c__csv=f"{CLINE}\nx,901,Arvia,2001,2,3,coup,{actors}\n")).coups
    assert list(found["kind"]) == [kind]


def test_conspiracies_are_no_attempts_and_ids_come_once(folder):
    rows = ["x,901,Arvia,2001,2,3,conspiracy,1,0,0,0,0,0,0,0", "y,901,Arvia,2001,2,3,attempted,1,0,0,0,0,0,0,0",
            "y,901,Arvia,2005,2,3,coup,1,0,0,0,0,0,0,0", "z,901,Arvia,2006,2,3,rumour,1,0,0,0,0,0,0,0"]  # fmt: skip
    found = panels.read(folder(c__csv="\n".join([CLINE, *rows])))
    assert list(found.coups["success"]) == [False]
    assert "c.csv:4: the id y comes twice; the second row is left out" in told(found)
    assert "c.csv:5: unknown event_type 'rumour'; left out" in told(found)


def test_each_kind_of_coup_comes_from_one_list_and_the_same_coup_counts_once(folder):
    rows = ["x,901,Arvia,2017,8,6,coup,0,0,0,0,0,1,0,0", "y,901,Arvia,2018,1,1,coup,1,0,0,0,0,0,0,0",
            "z,901,Arvia,2019,1,1,coup,0,0,0,0,0,0,0,1"]  # fmt: skip
    found = panels.read(folder(c__csv=COUPS, d__csv="\n".join([CLINE, *rows])))
    assert found.coups.groupby("source").size().to_dict() == {"Powell-Thyne coups": 3, "Cline coups": 1}
    assert one(found.coups, source="Cline coups")["kind"] == "popular"
    assert "d.csv: 1 coups are of kinds that c.csv tells, which is preferred" in told(found, "found")


def test_country_months_give_coups_and_deaths_and_no_forbidden_column(folder):
    text = "country,ccode,year,month,coup_attempt,coup_successful,brd,protests,acledl\nArvia,901,2001,2,1,1,30,.5,7\nArvia,901,2001,3,0,0,-4,.5,7\nArvia,901,2001,3,0,0,5,.5,7\n"
    found = panels.read(folder(m__csv__gz=gzip.compress(text.encode())))
    assert found.coups.iloc[0]["day"] == day("2001-02-28")
    assert list(found.violence["deaths"]) == [30]
    assert found.violence.iloc[0]["known"] == day("2001-04-01")
    assert "m.csv.gz:3: -4 battle deaths are fewer than none; left out" in told(found)
    assert "m.csv.gz:4: a second row for one country and month; left out" in told(found)
    assert not len(found.protests)


def test_lists_of_coups_in_workbooks_are_read(folder, tmp_path):
    def book(name, rows):
        cells = "".join(
            f'<row r="{r}">' + "".join(f'<c r="{"ABCDEFGHIJ"[c]}{r}" t="inlineStr"><is><t>{v}</t></is></c>' for c, v in enumerate(row) if v) + "</row>"
            for r, row in enumerate(rows, 1))  # fmt: skip
        main_ = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        with zipfile.ZipFile(tmp_path / name, "w") as z:
            z.writestr(
                "xl/worksheets/sheet1.xml",
                f'<worksheet xmlns="{main_}"><sheetData>{cells}</sheetData></worksheet>',
            )

    book("c.xlsx", [["id", "ccode", "date", "milcoup", "success", "type"], ["a", "901", "36933", "Military Coup", "1", "CH"],
                    ["b", "901", "36999", "Non-Military Coup", "2", "NM"], ["c", "901", "", "Military Coup", "1", "CH"]])  # fmt: skip
    book(
        "s.xlsx",
        [
            ["ccode", "ruler", "year", "Attempt", "Success"],
            ["902", "Alpha", "1999", "1", "1"],
            ["902", "Alpha", "2003", "1", "2"],
        ],
    )
    found = panels.read(tmp_path)
    assert one(found.coups, day=day("2001-02-11"))["success"]
    assert one(found.coups, kind="unknown")["day"] == day("2001-04-18")
    assert list(found.coups[found.coups["kind"] == "self"]["day"]) == [day("1999-12-31"), day("2003-12-31")]
    assert "s.xlsx:3: Alpha: `Success` is 2, neither 0 nor 1; counted as failed" in told(found)
    assert any(t.startswith("c.xlsx:4: a coup without country or day") for t in told(found))


def test_a_broken_workbook_is_refused_in_one_sentence(folder):
    with pytest.raises(StoreError, match="cannot be read as a workbook"):
        panels.read(folder(c__xlsx=b"no zip"))


# Elections

VOTES = (
    "ccode,electionnumber,country,elec_year,elec_month,elec_day,sequence,event,elecnum,type,direct,regular"
)


def votes(*rows):
    return "\n".join([VOTES, *rows]) + "\n"


def test_a_vote_of_the_term_is_known_four_years_before_and_a_snap_one_from_its_announcement(folder):
    found = panels.read(folder(e__csv=votes(
        '901,1,Arvia,2004,6,6,1,"Vote, As Scheduled",1,X,Y,Y', "901,2,Arvia,2006,3,,1,Announced,2,X,Y,Y",
        '901,2,Arvia,2006,5,7,2,"Vote, Early",2,X,Y,Y', "901,2,Arvia,2008,6,,3,Deadline Met,2,X,Y,Y",
        '901,3,Arvia,2011,6,5,1,"Vote, As Scheduled",3,X,Y,N', '901,4,Arvia,2012,6,5,1,"Vote, As Scheduled",4,R,Y,Y',
        '901,5,Arvia,2030,6,2,1,"Upcoming, Scheduled",5,L,Y,Y'))).elections.set_index("day")  # fmt: skip
    assert found["known"][day("2004-06-06")] == day("2000-06-06")
    assert found["known"][day("2006-05-07")] == day("2006-03-31"), (
        "an announcement without a day: the end of its month"
    )
    assert not found["scheduled"][day("2006-05-07")]
    void = found.loc[day("2008-06-15")]
    assert (void["known"], void["held"]) == (day("2004-06-15"), False), (
        "what an early vote made void had been expected"
    )
    assert found["known"][day("2011-06-05")] == day("2011-06-05"), "no term told it: known on its day"
    assert not found["held"][day("2030-06-02")]
    assert len(found) == 5, "a referendum is no election"


@pytest.mark.parametrize(("then", "scheduled"), [
    ("2014,6,5", True), ("2014,2,20", True), ("2013,9,5", False), ("2010,11,5", False), ("2013,6,5", True), ("2015,1,5", True),
])  # fmt: skip
def test_a_vote_well_before_its_term_is_no_scheduled_one_whatever_the_list_says(folder, then, scheduled):
    on_time = ',1,"Vote, As Scheduled",1,L,Y,Y'
    found = panels.read(
        folder(
            e__csv=votes(
                f"901,1,Arvia,1999,6,5{on_time}",
                f"901,2,Arvia,2004,6,5{on_time}",
                f"901,3,Arvia,2009,6,5{on_time}",
                f"901,4,Arvia,{then}{on_time}",
            )
        )
    )
    last = found.elections.iloc[-1]
    assert last["scheduled"] == scheduled
    assert (last["known"] < last["day"]) == scheduled
    assert any("well before the term of earlier votes" in t for t in told(found)) != scheduled


def test_second_rounds_are_left_out(folder):
    rows = [
        '901,1,Arvia,2004,6,6,1,"Vote, As Scheduled",1,X,Y,Y',
        '901,2,Arvia,2004,6,20,2,"Vote, As Scheduled",2,X,Y,Y',
    ]
    assert list(panels.read(folder(e__csv=votes(*rows))).elections["day"]) == [day("2004-06-06")]


def test_faults_of_elections_are_said(folder):
    found = told(panels.read(folder(e__csv=votes(
        '901,1,Arvia,2004,6,31,1,"Vote, As Scheduled",1,X,Y,Y', '901,2,Arvia,2006,,,1,"Vote, As Scheduled",2,X,Y,Y',
        '901,3,Arvia,2008,1,1,1,"Vote, As Scheduled",2,Q,Y,Y', "901,4,Arvia,2009,1,1,1,Vote by post,2,X,Y,Y",
        "901,5,Arvia,2010,2,2,1,Announced,5,X,Y,Y", '901,5,Arvia,2010,1,1,2,"Vote, Early",5,X,Y,Y'))))  # fmt: skip
    assert "e.csv:2: no such day 2004-6-31; the month alone is used" in found
    assert "e.csv:3: a vote without year or month; left out" in found
    assert "e.csv:4: type 'Q' is none of X (executive), L (legislature), R (referendum); left out" in found
    assert "e.csv:5: unknown event 'Vote by post'; left out" in found
    assert "e.csv:7: announced after the vote; the announcement is left out" in found


# Regimes and national data


def test_regimes_are_spells_named_by_their_first_part(folder):
    rows = "cowcode,gwf_country,gwf_casename,gwf_startdate,gwf_enddate,gwf_regimetype\n901,A,a,4/3/1984,12/23/2008,party-personal-military\n901,A,b,12/24/2008,12/31/2020,indirect military\n902,B,c,1/1/1980,12/31/2020,theocracy\n902,B,c,1/1/1981,,personal\n"
    found = panels.read(folder(r__csv=rows))
    assert list(found.regimes["regime"]) == ["party", "military"]
    assert list(found.regimes["known"]) == [day("1985-01-01"), day("2009-01-01")]
    assert "r.csv:4: unknown type of regime 'theocracy'; left out" in told(found)
    assert any(
        t.startswith("r.csv:5: a regime without country or with no first or last day") for t in told(found)
    )


@pytest.mark.parametrize(("columns", "row"), [
    ("reign_cowcode,gwf_regimetype,Start,End,year", "901,personal,1990-02-03,1999-05-06,{}"),
    ("GWn,gwf_startdate,gwf_enddate,gwf_full_regimetype,year", "901,1990-02-03,1999-05-06,personal,{}"),
    ("gwf_cowcode,year,gwf_startdate,gwf_enddate,gwf_regimetype", "901,{},1990-02-03,1999-05-06,personal"),
])  # fmt: skip
def test_rows_of_years_of_one_spell_are_one_spell(folder, columns, row):
    found = panels.read(folder(r__csv="\n".join([columns, row.format(1990), row.format(1991)]))).regimes
    assert one(found, regime="personal")[["start", "end"]].tolist() == [day("1990-02-03"), day("1999-05-06")]


def test_years_without_days_become_runs(folder):
    rows = [
        "gwf_cowcode,year,gwf_regimetype,gwf_nonautocracy",
        "901,1990,monarchy,",
        "901,1991,monarchy,",
        "901,1992,,democracy",
        "901,1993,monarchy,",
    ]
    found = panels.read(folder(r__csv="\n".join(rows))).regimes
    assert found[["start", "end"]].to_numpy().tolist() == [
        [day("1990-01-01"), day("1991-12-31")],
        [day("1993-01-01"), day("1993-12-31")],
    ]


def test_months_of_military_rule_go_on_where_the_list_of_regimes_ends(folder):
    listed = "cowcode,gwf_startdate,gwf_enddate,gwf_regimetype\n901,1/1/1990,12/31/2020,personal\n"
    months = "ccode,country,year,month,reign_type,milreg\n" + "".join(
        f"901,Arvia,{y},{m},Military-Personal,1\n" for y in (2020, 2021) for m in range(1, 13)
    )
    found = panels.read(folder(r__csv=listed, m__csv=months)).regimes
    assert found[["start", "end", "regime"]].to_numpy().tolist() == [
        [day("1990-01-01"), day("2020-12-31"), "personal"], [day("2021-01-01"), day("2021-12-31"), "military"]]  # fmt: skip


def test_v_dem_of_a_year_is_known_in_march_of_the_next_and_ert_fills_what_it_lacks(folder):
    vdem = "vdem_country_name,country_text_id,year,vdem_cowcode,v2x_polyarchy\nArvia,ARV,2001,901,.3\nArvia,ARV,2002,901,1.3\nIsle,ISL,2001,,.9\n"
    ert = "country_id,country_text_id,country_name,year,v2x_polyarchy,reg_type\n1,ARV,Arvia,2001,.4,0\n1,ARV,Arvia,2003,.5,0\n2,NOW,Nowhere,2003,.5,0\n"
    found = panels.read(folder(v__csv=vdem, t__csv=ert))
    assert list(found.democracy["polyarchy"]) == [0.3, 0.5]
    assert found.democracy.iloc[0]["known"] == day("2002-03-15")
    assert "v.csv:3: v2x_polyarchy is 1.3, outside of 0 to 1; left out" in told(found)
    assert any("t.csv: 1 country-years of 1 places without a number" in t for t in told(found))


def test_capabilities_come_in_persons_and_tons_and_are_known_late(folder):
    found = panels.read(
        folder(
            n__csv="ccode,year,milex,milper,irst,pec,tpop,upop,cinc\n901,2001,1,20,0,7,5000,3,.1\n902,2001,1,-2,0,7,0,3,.1\n"
        )
    )
    row = one(found.nations, ccode=A)
    assert (row["population"], row["energy"], row["soldiers"], row["known"]) == (
        5e6,
        7e3,
        2e4,
        day("2004-01-01"),
    )
    assert np.isnan(one(found.nations, ccode=B)[["population", "soldiers"]].astype(float)).all()
    assert "n.csv:3: milper is -2, below 0; left out" in told(found)


def test_borders_by_land_go_both_ways(folder):
    rows = "ccode1,ccode2,conttype,stdate,enddate\n901,902,1,1960-01-01,2016-12-01\n901,903,4,1960-01-01,2016-12-01\n"
    found = panels.read(folder(b__csv=rows)).borders
    assert found[["ccode", "other"]].to_numpy().tolist() == [[A, B], [B, A]]


def test_numbers_of_other_lists_become_those_of_the_correlates_of_war(folder):
    found = panels.read(
        folder(a__csv=ARCHIGOS + "g,260,9,Kanz,1930,M,1982-10-01,1998-10-27,Regular,Regular,Regular\n")
    )
    assert sorted(found.leaders[found.leaders["leader"] == "Kanz"]["ccode"]) == [255, 260], (
        "Germany has another number since 1990"
    )


def test_a_number_of_no_country_is_said_and_its_rows_left_out(folder):
    found = panels.read(folder(s__csv=STATES, l__csv=reign("XXX,999,a,Alpha,1,2,2000,,,1950,1,0,,", NEWER)))
    assert list(found.leaders["ccode"]) == [A]
    assert "l.csv:2: 999 is the number of no country in the list of states; left out" in told(found)
    assert one(found.states, ccode=A)["country"] == "Arvia"


# Protests

MASS = "id,country,ccode,year,protesterviolence,participants_category,participants,arrests,accomodation,killings,removal_of_politician,start_date,end_date"


def mass(*rows):
    return "\n".join([MASS, *rows]) + "\n"


def test_the_text_tells_the_size_and_the_category_closes_it(folder):
    found = panels.read(folder(p__csv=mass(
        "1,Arvia,901,2001,1,,1000s,1,0,1,1,2001-02-03,2001-02-05", "2,Arvia,901,2001,0,100-999,50+,0,1,0,0,2001-03-03,2001-03-03",
        "3,Arvia,901,2001,0,2000-4999,,0,1,0,0,2001-04-03,2001-04-03", "4,Arvia,901,2001,0,,<1000,0,1,0,0,2001-05-03,2001-05-03",
        "5,Arvia,901,2001,0,,a crowd,0,1,0,0,2001-06-03,2001-06-03", "6,Arvia,901,2001,0,,-80,0,1,0,0,2001-07-03,2001-07-03")))  # fmt: skip
    sizes = found.protests.set_index("name")[["size_low", "size_high"]]
    assert sizes.loc["1"].tolist() == [1_000, 9_999]
    assert sizes.loc["2"].tolist() == [50, 999]
    assert sizes.loc["3"].tolist() == [2_000, 4_999]
    assert sizes.loc["4"].tolist() == [50, 1_000], "the panel lists no protest below 50"
    assert sizes.loc[["5", "6"]].isna().all(axis=None)
    assert "p.csv:6: 'a crowd' tells no size; left empty" in told(found)
    assert "p.csv:7: -80 participants are fewer than none; the size is left out" in told(found)
    first = one(found.protests, name="1")
    assert first[["violent", "arrests", "killings", "concession"]].tolist() == [1, 1, 1, 0]
    assert first["known"] == day("2001-02-03")


def test_faults_of_protests_are_said(folder):
    found = told(panels.read(folder(p__csv=mass(
        "1,Arvia,901,2001,1,,90,1,0,1,0,2001-02-03,2003-02-05", "1,Arvia,901,2001,1,,90,1,0,1,0,2001-02-07,2001-02-07",
        "2,Arvia,901,2001,1,,90,1,0,1,0,2001-02-09,2001-02-07"))))  # fmt: skip
    assert any(t.startswith("p.csv:2: the protest lasts from 2001-02-03 to 2003-02-05") for t in found)
    assert "p.csv:3: the id 1 comes twice; the second row is left out" in found
    assert any(t.startswith("p.csv:4: a protest without country, first or last day") for t in found)


CARNEGIE = "Country,Protest Name,Start Date,Freedom Rating (Status),Peak Size,Duration,Outcomes,Size category,Year_4digit,Month"


def test_carnegie_is_known_after_its_month_and_silence_is_no_absence(folder):
    rows = ['Arvia,Bread,18-Apr,Partly freee,">10,000","1 week","Delta resigned and was replaced.",Tens,2017,Jul',
            'Ärvia,Water,Apr-18,Free,Over 1 million,"1 year, 6 months","No policy/leadership change. Two were killed.",<1000,2018,Apr',
            "Arvia,Salt,Apr-18,Free,big,Active,,Tens,2018,Sept", "Arvia,Lost,,Free,>100,1 day,,Tens,,", "Moon,Dust,Apr-18,Free,>100,1 day,,Tens,2018,Apr"]  # fmt: skip
    found = panels.read(folder(l__csv=LIST, s__csv=STATES, p__csv="\n".join([CARNEGIE, *rows])))
    got = found.protests.set_index("name")
    assert got.loc["Bread", ["start", "end", "known"]].tolist() == [
        day("2017-07-01"),
        day("2017-08-06"),
        day("2017-08-01"),
    ]
    assert (got["size_low"]["Bread"], got["size_low"]["Water"]) == (10_000, 1_000_000)
    assert pd.isna(got["end"]["Salt"])
    assert got["concession"].fillna(-1).to_dict() == {"Bread": 1, "Water": 0, "Salt": -1}
    assert got["killings"].fillna(-1).to_dict() == {"Bread": -1, "Water": 1, "Salt": -1}
    assert one(found.leaders, leader="Delta")["exit"] == "revolt", "the outcome names him"
    assert "p.csv:4: 'big' tells no size; left empty" in told(found)
    assert "p.csv:5: Lost (Arvia): no year or month; left out" in told(found)
    assert any(
        "places without a number of the Correlates of War are left out: Moon" in t for t in told(found)
    )


def test_navco_gives_years_of_unarmed_campaigns_known_after_them(folder):
    rows = "GWn,year,campaign,prim_method,camp_size,success\n901,1980,March,1,2,0\n901,1980,War,0,2,0\n"
    row = panels.read(folder(p__csv=rows)).protests.iloc[0]
    assert (row["name"], row["size_low"], row["size_high"], row["known"]) == (
        "March",
        10_000,
        99_999,
        day("1981-01-01"),
    )


def test_an_export_of_acled_gives_protests_and_deaths(folder):
    rows = ["event_id_cnty,event_date,event_type,sub_event_type,country,fatalities,tags",
            "ARV1,05 January 2022,Protests,Excessive force against protesters,Arvia,3,crowd size=about 200",
            "ARV2,2022-01-07,Riots,Violent demonstration,Arvia,0,crowd size=no report;women", "ARV3,2022-01-09,Battles,Armed clash,Arvia,9,",
            "ARV3,2022-01-09,Battles,Armed clash,Arvia,9,", "ARV4,soon,Battles,Armed clash,Arvia,9,", "ARV5,2022-02-09,Battles,Armed clash,Arvia,-9,"]  # fmt: skip
    found = panels.read(folder(s__csv=STATES, p__csv="\n".join(rows)))
    assert list(found.protests["name"]) == ["ARV1", "ARV2"]
    assert found.protests["size_low"].fillna(-1).tolist() == [200, -1]
    assert found.protests[["violent", "killings"]].to_numpy().tolist() == [[0, 1], [1, 0]]
    assert found.violence[["month", "deaths"]].to_numpy().tolist() == [[day("2022-01-01"), 12]]
    assert "p.csv:5: the id ARV3 comes twice; the second row is left out" in told(found)
    assert "p.csv:6: event_date 'soon' is no day; left out" in told(found)
    assert "p.csv:7: -9 fatalities are fewer than none; left out" in told(found)


def test_events_of_ucdp_are_summed_by_month(folder):
    rows = "id,country_id,date_start,date_end,type_of_violence,best\n1,901,2001-02-03 00:00:00.000,2001-02-04,1,5\n2,901,2001-02-20,2001-03-02,1,6\n3,901,2001-02-20,2001-03-02,1,-6\n"
    found = panels.read(folder(g__csv=rows))
    assert found.violence[["month", "deaths"]].to_numpy().tolist() == [[day("2001-02-01"), 11]]
    assert any(t.startswith("g.csv:4: an event without country or first day") for t in told(found))


# Files


def test_a_file_that_is_no_panel_is_named_with_what_it_lacks(folder):
    found = panels.read(
        folder(
            l__csv=reign(NEWER),
            x__csv="ccode,leader,sdate,smonth,syear,emonth\n1,2,3,4,5,6\n",
            y__csv="price,day\n1,2\n",
            z__xls=b"old",
        )
    )
    missing = told(found, "missing")
    assert any(
        t.startswith("x.csv: none of the") and t.endswith("REIGN leaders it would be with eyear")
        for t in missing
    )
    assert any(t.startswith("y.csv: none of the") and "(price, day)" in t for t in missing)
    assert "z.xls: a workbook of before 2007, which is not read; save it as .xlsx or CSV" in missing


def test_windows_letters_semicolons_and_marks_of_bytes_are_read(folder):
    row = REIGN + "\nARV,901,a,Müller,1,2,2000,,,1950,1,0,,\n"
    found = panels.read(folder(l__csv=row.replace(",", ";").encode("cp1252")))
    assert list(found.leaders["leader"]) == ["Müller"]
    found = panels.read(folder(l__csv=b"\xef\xbb\xbf" + row.encode()))
    assert list(found.leaders["leader"]) == ["Müller"]


def test_what_is_missing_is_said_with_what_it_costs(folder):
    missing = " ".join(told(panels.read(folder(l__csv=LIST)), "missing"))
    assert "no V-Dem: autocracies cannot be told from democracies, so exit models cannot be used" in missing
    assert "the manner of 4 of 4 exits is told by no panel" in missing


@pytest.mark.parametrize(
    ("files", "sentence"),
    [({}, "no file in it is a panel"), ({"y__csv": "price,day\n1,2\n"}, "no file in it is a panel")],
)
def test_a_folder_without_a_panel_ends_with_one_sentence_and_status_2(folder, files, sentence, capsys):
    assert main(["panels", str(folder(**files))]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert len(error.strip().splitlines()) == 1


def test_one_file_that_is_no_panel_is_told_what_it_lacks(folder, capsys):
    path = folder(x__csv="ccode,leader,sdate,smonth,syear,emonth\n1,2,3,4,5,6\n") / "x.csv"
    assert main(["panels", str(path)]) == 2
    assert "REIGN leaders it would be with eyear" in capsys.readouterr().err


def test_no_folder_and_a_cut_archive_end_with_one_sentence_and_status_2(folder, capsys):
    assert main(["panels", str(folder() / "nowhere")]) == 2
    assert "there is no such folder or file" in capsys.readouterr().err
    whole = gzip.compress(reign(*[NEWER] * 50).encode())
    assert main(["panels", str(folder(l__csv__gz=whole[:-20]))]) == 2
    assert "cannot be read" in capsys.readouterr().err


# What was known, and the tables for other programs


def test_what_was_known_on_a_day_holds_no_later_row(folder):
    found = panels.read(
        folder(
            l__csv=LIST,
            c__csv=COUPS,
            e__csv=votes(
                '901,1,Arvia,2004,6,6,1,"Vote, As Scheduled",1,X,Y,Y',
                '901,2,Arvia,2006,5,7,2,"Vote, Early",2,X,Y,Y',
            ),
        )
    )
    then = found.as_of(datetime.date(2004, 5, 1))
    assert list(then.leaders["leader"]) == ["Alpha"]
    assert then.leaders["end"].isna().all()
    assert not len(then.coups)
    assert list(then.elections["day"]) == [day("2004-06-06")]
    assert not then.elections["held"].any()


def test_country_months_count_what_happened_in_each(folder):
    found = panels.read(
        folder(
            l__csv=LIST,
            c__csv=COUPS,
            v__csv="vdem_cowcode,year,v2x_polyarchy\n901,2010,.3\n",
            p__csv=mass(
                "1,Arvia,901,2010,1,,1000s,1,0,1,0,2010-02-03,2010-02-05",
                "2,Arvia,901,2010,1,,700,1,0,1,0,2010-02-03,2010-02-05",
                "3,Arvia,901,2010,1,,700,1,0,1,0,2010-04-03,2010-04-05",
            ),
        )
    )
    rows = country_months(found).set_index(["ccode", "month"]).loc[A]
    assert rows.index[0] == day("2000-02-01")
    assert rows.index[-1] == day("2017-07-01"), "the last month of the panels"
    january, february, march = (rows.loc[day(f"2010-0{m}-01")] for m in (1, 2, 3))
    assert (january["attempts"], january["successes"], january["leader"], january["polyarchy"]) == (
        1,
        0,
        "Gamma",
        0.3,
    )
    assert np.isnan(january["protests"]), "before the panel of protests begins nothing is known"
    assert (february["protests"], february["largest"], march["protests"]) == (2, 1_000, 0)
    assert rows["exits"].sum() == 3


def test_leader_months_carry_the_exit_in_its_month_alone(folder):
    rows = leader_months(panels.read(folder(l__csv=LIST, a__csv=ARCHIGOS)))
    alpha = rows[rows["leader"] == "Alpha"]
    assert len(alpha) == 52
    assert alpha["tenure"].tolist() == list(range(52))
    assert alpha["exit"].tolist() == [""] * 51 + ["coup"]
    assert rows.duplicated(["ccode", "leader", "start", "month"]).sum() == 0


def test_an_episode_is_protests_with_gaps_of_at_most_14_days(folder):
    found = panels.read(folder(l__csv=LIST, p__csv=mass(
        "1,Arvia,901,2001,0,,1000,0,0,0,0,2001-02-01,2001-02-01", "2,Arvia,901,2001,1,,700,0,0,0,0,2001-02-01,2001-02-03",
        "3,Arvia,901,2001,0,,1500,1,0,0,0,2001-02-17,2001-02-17", "4,Arvia,901,2001,0,,90,0,0,0,0,2001-03-04,2001-03-04",
        "5,Borvia,902,2001,0,,>90,0,0,0,0,2001-02-02,2001-02-02", "6,Arvia,901,2002,0,,90,0,0,0,0,2002-01-01,2003-12-01")))  # fmt: skip
    rows = protest_episodes(found)
    assert rows["protests"].tolist() == [3, 1, 1, 1], "14 days make one episode, 15 two, a border two"
    first = rows.iloc[0]
    assert first["size_low"] == 1_700, (
        "two crowds of one day add up; those of another day may be the same people"
    )
    assert first["size_high"] == 1_700
    assert (first["violent"], first["arrests"], first["killings"]) == (1, 1, 0)
    assert first["end"] == day("2001-02-17")
    assert rows.iloc[2]["end"] == day("2002-04-03"), (
        "an entry of two years holds an episode together for 92 days"
    )
    assert np.isnan(one(rows, ccode=B)["size_high"])


def test_carnegie_counts_only_after_the_last_day_of_mass_mobilization(folder):
    rows = ["Arvia,Bread,,Free,>100,1 week,,Tens,2001,Jan", "Arvia,Water,,Free,>100,1 week,,Tens,2001,Jun"]
    found = panels.read(
        folder(
            l__csv=LIST,
            s__csv=STATES,
            c__csv="\n".join([CARNEGIE, *rows]),
            p__csv=mass("1,Arvia,901,2001,0,,1000,0,0,0,0,2001-02-01,2001-02-01"),
        )
    )
    assert len(found.protests) == 3
    assert protest_episodes(found)["source"].tolist() == ["Mass Mobilization", "Carnegie protests"]


def test_the_command_prints_and_writes_tables_with_their_dictionaries(folder, tmp_path_factory, capsys):
    out = tmp_path_factory.mktemp("out")
    assert main(["panels", str(folder(l__csv=LIST, c__csv=COUPS)), "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "l.csv: REIGN leaders, 5 rows: 5 leaders 2000 to 2017" in printed
    assert "leaders known to 2017-07-31" in printed
    for name in ("country_months", "leader_months", "protest_episodes"):
        rows = pd.read_csv(out / f"{name}.csv")
        told_ = json.loads((out / f"{name}.json").read_text())
        assert list(rows) == list(told_["columns"])
        assert told_["rows"] == len(rows)
        assert not rows.duplicated(told_["key"]).any()
        assert all(column["known"] for column in told_["columns"].values())


@pytest.mark.parametrize(
    "cell", [None, "", "x", "1", "901", "2001", "2001-02-03", "-1", "1e400", "9" * 20, 'Ω;,\n"']
)
def test_any_cell_is_read_or_left_out_and_never_ends_in_a_traceback(folder, tmp_path, cell):
    from interrex.record.panels.formats import FORMATS

    for at, form in enumerate(FORMATS):
        columns = form.needs + form.takes
        rows = pd.DataFrame([[cell] * len(columns)] * 3 if cell is not None else [], columns=list(columns))
        rows.to_csv(tmp_path / f"{at}.csv", index=False)
    found = panels.read(tmp_path)
    for table in (country_months, leader_months, protest_episodes):
        table(found)
    assert sum(r.text.startswith(tuple(f.name + "," for f in FORMATS)) for r in found.remarks) == len(FORMATS)
