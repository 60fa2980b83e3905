"""Which panels can be read: each known by columns that no other has, not by the name of its file."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from interrex.record.panels import coups, elections, leaders, nations, protests, regimes
from interrex.record.panels.sheet import Frame, Notes, Sheet


class Format(NamedTuple):
    """needs: columns by which a file is known. takes: further columns that are read where they exist."""

    name: str
    needs: tuple[str, ...]
    takes: tuple[str, ...]
    parse: Callable[[Sheet, Notes], dict[str, Frame]]


def _f(name: str, needs: str, takes: str, parse: Callable[[Sheet, Notes], dict[str, Frame]]) -> Format:
    """Columns are parted by spaces, or by bars where their names hold spaces."""
    first, more = (tuple(text.split("|" if "|" in text else None)) for text in (needs, takes))
    return Format(name, first, more, parse)


FORMATS: tuple[Format, ...] = (
    _f("REIGN leaders", "ccode leader sdate smonth syear emonth eyear", "stateabb leadid birthyear militarycareer", leaders.reign),
    _f("Archigos", "gwcode leader startdate enddate entry exit exitcode", "leadid yrborn", leaders.archigos),
    _f("Archigos extended", "ccode leader startdate enddate entry exit exitcode", "leadid yrborn", leaders.leaders2),
    _f("Svolik leaders", "GWn leader startdate enddate entry exit pol_aff", "leadid birth", leaders.svolik),
    _f("Powell-Thyne coups", "ccode year month day coup version", "country", coups.powell_thyne),
    _f("Powell-Thyne coups to 2015", "GWn date coup attempt_type", "", coups.powell_thyne_gw),
    _f("CoupCats months", "ccode year month coup_attempt coup_successful", "country brd", coups.months),
    _f("Cline coups", "coup_id cowcode year month day event_type military palace rebel foreign auto popular", "country", coups.cline),
    _f("Colpus", "id ccode date milcoup success type", "", coups.colpus),
    _f("Self-coups", "ccode ruler year Attempt Success", "", coups.self_coups),
    _f("REIGN elections", "ccode electionnumber elec_year elec_month elec_day event type", "country regular change", elections.reign),
    _f("REIGN regimes", "cowcode gwf_startdate gwf_enddate gwf_regimetype", "", regimes.spells),
    _f("REIGN regimes by year", "reign_cowcode gwf_regimetype Start End", "year", regimes.spells),
    _f("Geddes-Wright-Frantz spells", "GWn gwf_startdate gwf_enddate gwf_full_regimetype", "", regimes.spells),
    _f("Geddes-Wright-Frantz autocracies", "gwf_cowcode year gwf_startdate gwf_enddate gwf_regimetype", "", regimes.spells),
    _f("Geddes-Wright-Frantz years", "gwf_cowcode year gwf_regimetype gwf_nonautocracy", "", regimes.years),
    _f("CoupCats military rule", "ccode year month reign_type", "country", regimes.months),
    _f("V-Dem", "vdem_cowcode year v2x_polyarchy", "country_text_id vdem_country_name", nations.vdem),
    _f("V-Dem's own file", "COWcode year v2x_polyarchy", "country_text_id country_name", nations.vdem),
    _f("Episodes of Regime Transformation", "country_text_id country_name year v2x_polyarchy reg_type", "", nations.ert),
    _f("Mass Mobilization", "id ccode protesterviolence participants start_date end_date",
       "participants_category arrests accomodation killings removal_of_politician", protests.mass_mobilization),
    _f("Carnegie protests", "Country|Protest Name|Year_4digit|Month|Peak Size", "Duration|Outcomes", protests.carnegie),
    _f("NAVCO", "GWn year campaign prim_method camp_size", "", protests.navco),
    _f("UCDP GED", "country_id date_start date_end type_of_violence best", "country", protests.ged),
    _f("UCDP/PRIO conflicts", "conflict_id year gwno_a intensity_level", "", lambda sheet, notes: {}),
    _f("ACLED", "event_id_cnty event_date event_type sub_event_type country fatalities", "tags notes", protests.acled),
    _f("National Material Capabilities", "ccode year milper pec tpop", "", nations.nmc),
    _f("COW contiguity", "ccode1 ccode2 conttype stdate enddate", "", nations.contiguity),
    _f("COW capitals", "ccode capital stdate lat lng", "statenme", nations.capitals),
    _f("COW states", "ccode statenme stateabb endyear", "", nations.states),
    _f("Gleditsch-Ward states", "gwcode statename stateabb enddate", "", nations.states),
)  # fmt: skip
"""In order of preference: of two panels that tell the same fact the earlier here is taken, and of two files of one format
the one that reaches further."""


def known_by(columns: tuple[str, ...]) -> Format | None:
    """The format whose columns a file has; of several the one that asks for most."""
    fitting = [f for f in FORMATS if set(f.needs) <= set(columns)]
    return max(fitting, key=lambda f: len(f.needs), default=None)


def nearest(columns: tuple[str, ...]) -> tuple[Format, list[str]] | None:
    """The format of whose columns a file has the most, and those that it lacks; None where it has less than two thirds."""
    lacks = {f.name: [c for c in f.needs if c not in columns] for f in FORMATS}
    best = min(FORMATS, key=lambda f: len(lacks[f.name]) / len(f.needs))
    return (best, lacks[best.name]) if 3 * len(lacks[best.name]) <= len(best.needs) else None
