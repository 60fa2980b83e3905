"""The catalogue of acts: what named actors can do, identical for every case.

Each kind of act is one marked point process in continuous time. Its rate per day in a phase is

    rate(t) = r_phase * exp(sum_j b_j * z_j(t)),        log r_phase ~ Normal(log((n + .5) / days), sd)

- `n` events in `days` of exposure come from the reference class that `source` names. The sd of the log
  rate follows from n alone: .5 from 20 events on, 1 from 3 to 19, 1.5 below 3. `assumption=True` marks a
  rate that nothing counts: then `source` says which class is meant, and the figures are a judgement.
- Phase `crisis`: more than 1,000 people on the streets of one unit, or of the country by the ledger, or a death.
  All other days are `calm`, the days after a crisis too (they are told apart by the signal `aftermath`).
- `covariates` pairs a signal z in [0, 1] with a sign or a `Slope`. Signs +1 and -1 give b a half-normal prior of
  scale .7 and are assumptions; sign 0 gives b ~ Normal(0, .5); a slope gives its own mean and sd.
- `gate`: conditions that must all hold, else the rate is 0. `('after', kind)`: that kind has happened at
  least once; `('not_after', kind)`: it has not; `('crisis',)`: the phase is crisis; `('role', role)`: the
  case has an actor of this role. The rate of a gated act is a rate per day on which its gate is open.
- `role`: who does it, in most cases; `also`: other roles that can.
- `repeat`: how often an act of the kind can happen in one history at most.
- `world`: `public` acts that the ledger does not hold did not happen while coverage lasted; `hidden` acts
  may have happened unseen.

Which counts are used. *Crises* are the 26 leadership crises of the comparison file (1989 to 2023, the
case itself never among them) with 2,068 days from start to outcome; two of them stand in one country with
the shipped case (2011 and 2019). They were chosen because something happened in them, so exits and coups
are over-counted, and their days include quiet weeks, so reactions are under-counted: another reason for
wide sds. A shipped case that is itself one of the 26 adds at most one event to a count of its own prior.
*Autocracies* are countries with V-Dem's polyarchy below .5 in the year before, in years in which somebody is
listed as their leader: one class for every rate, and one that does not end where codings of regimes do. Each
rate is counted from 1990 to the last year that its panel covers well; the `source` names it.
*Country-days* are those of autocracies, 1 January 1990 to the end of the years named; the few days of crisis
among them are not taken out. *Leader-days* are the days in power of their leaders, 1990 to 2015, where most
exits have a known manner; assassinations alone are counted among Svolik's dictators 1946-2008 (5,008
leader-years, from 1946 on since nobody could leave the panel before), as no other panel tells all assassins
from coups.
*Protest-days* are days of protests of at least 1,000 people in autocracies, January 1990 to March 2020, in
Mass Mobilization: the class nearest to the crisis phase (3,029 protests; 197 over prices or taxes). Sizes are
read from the coders' words first. A listing counts at most `LONGEST` days: 90 of the 3,029 are longer,
campaigns with pauses, and what they last beyond would be 38 % of all days. Where acts of a crisis are coded
with hindsight they serve as counts only, never as predictors. tests/unit/test_act_rates.py recounts each rate
from the panels.
*Breaks.* 13 of the crises date a first break before their outcome: an organ that refused, withdrew or threatened (7), or
somebody else of the elite who changed sides (6). In the `BREAK_DAYS` after one the ruler left office on 5 of 80 days, and
3 of 57; on the 1,931 other days, those of crises whose break came on the day of the fall among them, 6 times. Ways out of
office have their crisis rate from the other days, and the ratio of the two, 20 after a refusal (95 %: 6 to 63) and 18 (5 to
66), as slopes on what is left of the break. The three ways share a ratio since each has 2 to 4 of the 8 exits. Breaks were
dated by those who knew the end, so the ratio is over-counted: the slopes' sd is 1, not the counts' .6. No crisis dates a
second break, so slopes of further breaks are open, and who counts both a refusal and a defection takes the stronger.
"""

from __future__ import annotations

import math
from typing import NamedTuple

COUPS_REALISED = 44 / 100
"""Share of open coup attempts that take power in calm times: 44 of 100 by soldiers or others within the state (Powell and
Thyne, autocracies 1990-2025; without self-coups, risings, rebels and foreign armies). In a crisis the rate below counts
seizures of power only, so there every attempt succeeds."""

LONGEST = 14
"""Days that one listed protest counts at most; an assumption. With 7 the protest-days would be 15 % fewer, with 31 21 % more."""

AFTERMATH_DAYS = 14.0
"""So long after a crisis an exit is still read as forced by it (docs/model.md)."""

BREAK_DAYS = 28.0
"""So long after a refusal or defection exits are counted as following it; in the engine, mean life of its memory."""

REPORT_DAYS = 1.0
"""Mean life of a crowd of which the ledger says nothing more. So a crowd of 10,000 keeps the phase at crisis for 3.3 days and
one of 100,000 for 5.6: in Mass Mobilization (protest-days as above) 3.5 and 4.9 of the next 14 days have crowds of 1,000."""

PHASES = ("calm", "crisis")
WORLDS = ("public", "hidden")
GATES = ("after", "not_after", "crisis", "role")
ORGANS = ("army", "security_service", "interior_ministry", "national_guard")
"""Roles of those who bear the state's arms."""
ROLES = {
    "incumbent": "incumbent",
    "predecessor": "predecessor",
    "kin": "predecessor's kin",
    "circle": "predecessor's circle",
    "security_service": "security service",
    "interior_ministry": "interior ministry",
    "national_guard": "national guard",
    "army": "army",
    "cabinet": "cabinet",
    "civil_society": "civil society",
    "street": "street",
    "activists": "activists",
    "opposition_exile": "opposition in exile",
    "patron": "patron",
    "alliance": "alliance",
    "foreign_state": "foreign state",
    "firm": "firm",
    "party": "party",
    "parliament": "parliament",
    "market": "market",
    "prosecutor": "prosecutor",
    "health_ministry": "health ministry",
    "agency": "agency",
}
"""Roles of actors, each in words for a reader."""

SIGNALS = {
    "crowd": "people on the streets of the whole polity, on a log scale",
    "violence": "deaths and violent crowds",
    "capital": "crowd in the capital or the largest city",
    "overload": "crowd against forces in the unit where the ratio is worst",
    "predecessor_in": "the predecessor still holds a lever of power",
    "emergency": "a state of emergency is in force",
    "patron_in": "the patron's troops are in the country",
    "elapsed": "days since the crisis began, divided by 14, at most 1",
    "aftermath": "the crisis is over",
    "distrust": "fall of confidence in the incumbent since the start",
    "elite_doubt": "doubt of the elite in the incumbent's survival",
    "blackout": "share of the population cut off from the networks",
    "refused": "organs refused or stood down in the last weeks",
    "defected": "others of the elite broke away in the last weeks, beyond what organs refused",
}

COUP_DAYS = 3043 * 365.25  # autocratic country-years 1990-2025
CLINE_DAYS = 2793 * 365.25  # to 2022
VOTE_DAYS = 2631 * 365.25  # to 2020
CALM_PROTEST_DAYS = 910_087.0  # to March 2020, countries that Mass Mobilization covers
LEADER_DAYS = 814_525.0  # 1990-2015
DICTATOR_DAYS = 1_829_160.0  # 1946-2008
CRISIS_DAYS = 2068.0
PROTEST_DAYS = 5466.0
PRICE_PROTEST_DAYS = 384.0
DEFECTION_DAYS = 1395.0
REFUSED_DAYS, DEFECTED_DAYS, UNBROKEN_DAYS = 80.0, 57.0, 1931.0  # they add to CRISIS_DAYS

_AUTOCRACIES = "autocracies (V-Dem polyarchy below .5 the year before)"
_CRISES = "26 leadership crises 1989-2023, start to outcome"
_UNBROKEN = f"{_CRISES}, without the {BREAK_DAYS:.0f} days after a first refusal or defection"
_MM = f"Mass Mobilization, {_AUTOCRACIES}, January 1990 to March 2020, protests of at least 1,000"
_MM_SMALL = (
    f"Mass Mobilization, protests below 1,000 or of unrecorded size, per country-day in {_AUTOCRACIES}, "
    "January 1990 to March 2020"
)
_VOTES = f"REIGN election list as extended by CoupCats, {_AUTOCRACIES} 1990-2020"
_CLINE = f"Cline Center, {_AUTOCRACIES} 1990-2022"
_COUPS = f"Powell and Thyne, {_AUTOCRACIES} 1990-2025"
_LEADERS = f"leaders of REIGN, manners by Archigos, {_AUTOCRACIES} 1990-2015"
_SVOLIK = "leaders of dictatorships 1946-2008 (Svolik)"


class Rate(NamedTuple):
    """Events counted in a reference class and what they say about a rate.

    n: events (0 or more); days: exposure in days (> 0); sd: of the log rate; source: the reference class;
    assumption: True where nothing was counted.
    """

    n: int
    days: float
    sd: float
    source: str
    assumption: bool

    @property
    def per_day(self) -> float:
        """Median of the prior of the rate, events per day."""
        return (self.n + 0.5) / self.days

    @property
    def log_mean(self) -> float:
        """Mean of the prior of the natural logarithm of the rate per day."""
        return math.log(self.per_day)


class Slope(NamedTuple):
    """Prior of the log ratio by which a rate is higher where a signal is 1: Normal(mean, sd)."""

    mean: float
    sd: float
    source: str
    assumption: bool


class PhaseRates(NamedTuple):
    """Base rates outside and inside a crisis."""

    calm: Rate
    crisis: Rate


class Act(NamedTuple):
    """One kind of act; the fields are explained at the head of this module."""

    kind: str
    role: str
    phase_rates: PhaseRates
    covariates: tuple[tuple[str, int | Slope], ...]
    gate: tuple[tuple[str, ...], ...]
    repeat: int
    world: str
    also: tuple[str, ...]
    text: str
    words: str  # as a noun phrase, for tables and figures

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles of which one must act in a case."""
        return (self.role, *self.also)


def rate_sd(n: int) -> float:
    """Prior sd of a log rate that rests on n events."""
    return 0.5 if n >= 20 else 1.0 if n >= 3 else 1.5


def _counted(n: int, days: float, source: str) -> Rate:
    return Rate(n, days, rate_sd(n), source, False)


def _assumed(n: int, days: float, meant: str) -> Rate:
    return Rate(n, days, rate_sd(n), "assumed; class meant: " + meant, True)


def _ratio(n: int, days: float, others: int, other_days: float, source: str) -> Slope:
    """Counted: n events in so many days where the signal is 1, others elsewhere. The sd is wider than the counts'."""
    return Slope(math.log((n + 0.5) / days * other_days / (others + 0.5)), RATIO_SD, source, False)


def _act(
    kind: str,
    role: str,
    words: str,
    text: str,
    calm: Rate,
    crisis: Rate,
    covariates: tuple[tuple[str, int | Slope], ...] = (),
    gate: tuple[tuple[str, ...], ...] = (),
    repeat: int = 1,
    world: str = "public",
    also: tuple[str, ...] = (),
) -> Act:
    return Act(kind, role, PhaseRates(calm, crisis), covariates, gate, repeat, world, also, text, words)


RATIO_SD = 1.0
AFTER_A_BREAK = (
    ("refused", _ratio(5, REFUSED_DAYS, 6, UNBROKEN_DAYS, f"exits after a first refusal and without a break; {_CRISES}")),
    ("defected", _ratio(3, DEFECTED_DAYS, 6, UNBROKEN_DAYS, f"exits after a first defection and without a break; {_CRISES}")),
)  # fmt: skip
_OPEN = Slope(0.0, 1.0, "assumed; no crisis dates a second break", True)
AFTER_ANOTHER = (("refused", _OPEN), ("defected", _OPEN))
_HAS_PREDECESSOR = ("role", "predecessor")
_HAS_KIN = ("role", "kin")
_HAS_PATRON = ("role", "patron")

ACTS: tuple[Act, ...] = (
    _act(
        "concede_price", "incumbent", "price concession",
        "Lowers the price or withdraws the tax that people protest against.",
        _counted(39, CALM_PROTEST_DAYS, "accommodated price or tax protests; " + _MM_SMALL),
        _counted(33, PRICE_PROTEST_DAYS, "accommodated price or tax protests per protest-day; " + _MM),
        (("crowd", 1), ("capital", 1), ("elapsed", 0)), repeat=3,
    ),
    _act(
        "regulate_prices", "cabinet", "price regulation",
        "Puts price controls on goods beyond the one that set off the protest.",
        _assumed(1, 1461, "new price controls in autocracies, one in some years"),
        _assumed(1, 86, "accommodations of large price protests that go beyond the demand"),
        (("crowd", 1), ("elapsed", 0)), repeat=2,
    ),
    _act(
        "dismiss_cabinet", "incumbent", "dismissal of the cabinet",
        "Dismisses the government or accepts its resignation.",
        _assumed(1, 1461, "change of prime minister in autocracies, one in some years"),
        _counted(4, CRISIS_DAYS, "cabinet or government out, column concessions; " + _CRISES),
        (("crowd", 1), ("capital", 1), ("distrust", 1)),
    ),
    _act(
        "appoint_cabinet", "incumbent", "appointment of a cabinet",
        "Appoints a new government or prime minister.",
        _assumed(1, 14, "days from dismissal to appointment, government without a coalition to find"),
        _assumed(1, 14, "days from dismissal to appointment, government without a coalition to find"),
        (("aftermath", 0),), (("after", "dismiss_cabinet"),), repeat=2,
    ),
    _act(
        "remove_predecessor", "incumbent", "removal of the predecessor",
        "Takes an office or lever of power from the predecessor.",
        _assumed(1, 1461, "successors who strip a predecessor of his last lever within some years"),
        _assumed(0, 30, "the same while a crisis lasts; no crisis on file has a predecessor with a lever"),
        (("crowd", 1), ("elite_doubt", 0), ("predecessor_in", 0)), (_HAS_PREDECESSOR,), repeat=3,
    ),
    _act(
        "transfer_party", "predecessor", "transfer of the ruling party",
        "Hands the ruling party's chair to the incumbent.",
        _assumed(1, 1461, "predecessors who give up the ruling party within some years"),
        _assumed(0, 60, "the same while a crisis lasts"),
        (("aftermath", 1), ("predecessor_in", 0)), (_HAS_PREDECESSOR,),
    ),
    _act(
        "state_of_emergency", "incumbent", "state of emergency",
        "Declares or widens a state of emergency.",
        _assumed(1, 3652, "emergencies in autocracies, one in a decade"),
        _assumed(1, 30, "emergencies over unrest; not coded in the 26 crises"),
        (("crowd", 1), ("violence", 1), ("overload", 0)), repeat=4,
    ),
    _act(
        "lift_emergency", "incumbent", "end of the emergency",
        "Ends the state of emergency.",
        _assumed(1, 45, "length of an emergency after local unrest, of the order of six weeks"),
        _assumed(0, 45, "the same while crowds are still out"),
        (("aftermath", 1), ("violence", -1)), (("after", "state_of_emergency"),), repeat=2,
    ),
    _act(
        "shutdown", "security_service", "internet shutdown",
        "Cuts or throttles networks in a region or everywhere.",
        _assumed(0, 3652, "shutdowns outside unrest and elections, less than one in ten years"),
        _counted(12, CRISIS_DAYS, "networks cut before the outcome, column shutdown; " + _CRISES),
        (("crowd", 1), ("violence", 1), ("capital", 0)), repeat=4,
    ),
    _act(
        "restore_internet", "security_service", "internet restored",
        "Restores the networks, for hours or for good.",
        _assumed(1, 5, "length of a blackout, Egypt 2011: five days"),
        _assumed(1, 5, "length of a blackout, Egypt 2011: five days"),
        (("aftermath", 1), ("violence", -1)), (("after", "shutdown"),), repeat=4,
    ),
    _act(
        "frame_foreign", "incumbent", "blame on foreign enemies",
        "Says that foreigners or terrorists stand behind the unrest.",
        _assumed(1, 365, "speeches that blame foreign enemies, calm times"),
        _assumed(1, 10, "the same while a crisis lasts"),
        (("violence", 1), ("crowd", 1), ("patron_in", 0)), repeat=4,
    ),
    _act(
        "arrest_activists", "interior_ministry", "arrest of activists",
        "Arrests organisers, activists or journalists by name.",
        _counted(814, CALM_PROTEST_DAYS, "protests met by arrests; " + _MM_SMALL),
        _counted(404, PROTEST_DAYS, "protests met by arrests per protest-day; " + _MM),
        (("crowd", 0), ("aftermath", 1), ("emergency", 1)), repeat=4,
    ),
    _act(
        "order_lethal_force", "incumbent", "order to use lethal force",
        "Orders or allows fire on crowds, known to the public.",
        _counted(505, CALM_PROTEST_DAYS, "protests on which the state fired or killed; " + _MM_SMALL),
        _counted(402, PROTEST_DAYS, "protests on which the state fired or killed per protest-day; " + _MM),
        (("violence", 1), ("overload", 1), ("patron_in", 0)), repeat=3,
    ),
    _act(
        "reject_talks", "incumbent", "refusal to talk",
        "Refuses talks with protesters in public.",
        _assumed(0, 365, "public refusals of talks, calm times"),
        _assumed(1, 20, "the same while a crisis lasts"),
        (("violence", 1), ("patron_in", 1)), (("crisis",),), repeat=2,
    ),
    _act(
        "dismiss_security_chief", "incumbent", "dismissal of the security chief",
        "Dismisses the head of a security organ.",
        _assumed(1, 1461, "change of a security chief or interior minister, one in some years"),
        _counted(2, CRISIS_DAYS, "interior minister sacked, column concessions; " + _CRISES),
        (("overload", 1), ("violence", 1), ("predecessor_in", 0)), repeat=4,
    ),
    _act(
        "arrest_security_chief", "incumbent", "arrest of the security chief",
        "Has a former head of a security organ arrested or charged.",
        _assumed(0, 60, "arrest in the weeks after a dismissal"),
        _assumed(0, 30, "arrest in the days after a dismissal while a crisis lasts"),
        (("violence", 1), ("aftermath", 0)), (("after", "dismiss_security_chief"),), repeat=2,
    ),
    _act(
        "purge_kin", "incumbent", "purge of the predecessor's kin",
        "Removes or prosecutes kin or close allies of the predecessor.",
        _assumed(1, 365, "successors who move against the predecessor's family within about a year"),
        _assumed(0, 60, "the same while a crisis lasts"),
        (("predecessor_in", -1), ("aftermath", 1), ("patron_in", 0)), (_HAS_KIN,), repeat=4,
    ),
    _act(
        "promise_reform", "incumbent", "promise of reform",
        "Promises political reform, a freer law, or not to run again.",
        _assumed(1, 730, "programme speeches of autocrats that promise a political reform"),
        _counted(8, CRISIS_DAYS, "reform or renunciation promised, column concessions; " + _CRISES),
        (("crowd", 1), ("distrust", 1), ("aftermath", 0)), repeat=4,
    ),
    _act(
        "amnesty", "incumbent", "amnesty",
        "Pardons participants or releases prisoners of the unrest.",
        _assumed(1, 730, "amnesties for political prisoners in autocracies"),
        _assumed(0, 180, "amnesties while crowds are still out"),
        (("aftermath", 1), ("distrust", 0)), repeat=2,
    ),
    _act(
        "call_election", "incumbent", "election called",
        "Calls an early national election.",
        _counted(170, VOTE_DAYS, "early legislative or executive votes; " + _VOTES),
        _counted(3, CRISIS_DAYS, "rerun or early election granted, column concessions; " + _CRISES),
        (("distrust", 1), ("crowd", 0), ("aftermath", 0)), repeat=2,
    ),
    _act(
        "referendum", "incumbent", "referendum",
        "Calls a referendum, usually on the constitution.",
        _counted(111, VOTE_DAYS, "referendums held; " + _VOTES),
        _assumed(0, CRISIS_DAYS, "referendum called before the outcome; none is noted in the 26 crises"),
        (("distrust", 0), ("aftermath", 0)),
    ),
    _act(
        "request_patron", "incumbent", "request to the patron",
        "Asks the patron or alliance for troops.",
        _assumed(0, 36525, "requests for foreign troops without a crisis, less than one in a century"),
        _assumed(1, CRISIS_DAYS, "Belarus 2020 as the one request in the 26 crises, start to outcome"),
        (("violence", 1), ("overload", 1), ("elite_doubt", 1)), (_HAS_PATRON,), repeat=2,
    ),
    _act(
        "patron_accepts", "patron", "acceptance by the patron",
        "Grants the request for troops.",
        _assumed(0, 2, "answers to a request within days; accepted and refused together as Beta(.5, 2.5)"),
        _assumed(0, 2, "answers to a request within days; accepted and refused together as Beta(.5, 2.5)"),
        (), (_HAS_PATRON, ("after", "request_patron"), ("not_after", "patron_refuses")),
    ),
    _act(
        "patron_refuses", "patron", "refusal by the patron",
        "Declines the request for troops.",
        _assumed(2, 2, "answers to a request within days; accepted and refused together as Beta(.5, 2.5)"),
        _assumed(2, 2, "answers to a request within days; accepted and refused together as Beta(.5, 2.5)"),
        (), (_HAS_PATRON, ("after", "request_patron"), ("not_after", "patron_accepts")),
    ),
    _act(
        "patron_deploys", "patron", "deployment by the patron",
        "The first unit of the patron or alliance arrives.",
        _assumed(1, 3, "two days from grant to first unit under a treaty alone"),
        _assumed(1, 3, "two days from grant to first unit under a treaty alone"),
        (), (_HAS_PATRON, ("after", "patron_accepts")),
    ),
    _act(
        "patron_withdraws", "patron", "withdrawal by the patron",
        "The patron's troops leave.",
        _assumed(0, 45, "length of a foreign deployment after the crisis, weeks to years"),
        _assumed(0, 180, "the same while crowds are still out"),
        (("aftermath", 1), ("violence", -1)), (_HAS_PATRON, ("after", "patron_deploys")),
    ),
    _act(
        "patron_supports", "patron", "support voiced by the patron",
        "The patron speaks for the incumbent or gives money, short of troops.",
        _assumed(1, 365, "public words of a patron for his client, calm times"),
        _counted(2, CRISIS_DAYS, "external_support for_incumbent; " + _CRISES),
        (("crowd", 1), ("violence", 0), ("aftermath", 0)), (_HAS_PATRON,), repeat=3,
    ),
    _act(
        "foreign_condemns", "foreign_state", "foreign condemnation",
        "A state or union condemns or sanctions the incumbent.",
        _assumed(1, 730, "condemnations by other states, calm times"),
        _counted(5, CRISIS_DAYS, "pressure on or against the incumbent, or a condemning note; " + _CRISES),
        (("violence", 1), ("patron_in", 0)), repeat=4,
    ),
    _act(
        "foreign_supports", "foreign_state", "foreign support",
        "A state other than the patron speaks for the incumbent.",
        _assumed(1, 365, "words of other states for the incumbent, calm times"),
        _counted(2, CRISIS_DAYS, "external_support for_incumbent; " + _CRISES),
        (("crowd", 0), ("patron_in", 0)), repeat=4,
    ),
    _act(
        "foreign_mediation", "foreign_state", "foreign mediation",
        "A state or organisation mediates or sends envoys.",
        _assumed(0, 3652, "mediation without a crisis, less than one in ten years"),
        _counted(4, CRISIS_DAYS, "external_support mediation; " + _CRISES),
        (("elapsed", 1), ("violence", 0), ("patron_in", -1)), (("crisis",),), repeat=2,
    ),
    _act(
        "annexation_demand", "foreign_state", "demand for territory",
        "A state demands or claims territory.",
        _assumed(0, 3652, "claims to territory by a neighbour, less than one in ten years"),
        _assumed(0, CRISIS_DAYS, "none is noted before the outcome of the 26 crises"),
        (("patron_in", 0), ("violence", 0)),
    ),
    _act(
        "predecessor_appears", "predecessor", "appearance of the predecessor",
        "Is seen or heard in public, datable.",
        _assumed(0, 7, "one appearance in two weeks, Gamma(1, 2 weeks)"),
        _assumed(0, 7, "one appearance in two weeks, Gamma(1, 2 weeks)"),
        (("predecessor_in", 1), ("violence", 0)), (_HAS_PREDECESSOR,), repeat=4,
    ),
    _act(
        "predecessor_supports", "predecessor", "support voiced by the predecessor",
        "Declares for the incumbent, himself or through a spokesman.",
        _assumed(1, 365, "public words of a predecessor for his successor"),
        _assumed(1, 30, "the same while a crisis lasts"),
        (("crowd", 0), ("aftermath", 0)), (_HAS_PREDECESSOR,), repeat=3,
    ),
    _act(
        "predecessor_speaks_against", "predecessor", "predecessor speaks against the incumbent",
        "Speaks against the incumbent in public.",
        _assumed(0, 1461, "public breaks of a predecessor with his successor"),
        _assumed(0, 365, "the same while a crisis lasts"),
        (("predecessor_in", 0), ("elite_doubt", 1)), (_HAS_PREDECESSOR,), repeat=2,
    ),
    _act(
        "kin_appears", "kin", "appearance of the predecessor's kin",
        "A kinsman with office is seen or heard in public, datable.",
        _assumed(0, 7, "one appearance in two weeks, Gamma(1, 2 weeks)"),
        _assumed(0, 7, "one appearance in two weeks, Gamma(1, 2 weeks)"),
        (("predecessor_in", 1), ("violence", 0)), (_HAS_KIN,), repeat=4,
    ),
    _act(
        "kin_resigns", "kin", "resignation of the predecessor's kin",
        "A kinsman gives up an office or a seat.",
        _assumed(1, 1461, "kin of an autocrat who leave an office, one in some years"),
        _assumed(0, 60, "the same while a crisis lasts"),
        (("predecessor_in", -1), ("aftermath", 1)), (_HAS_KIN,), repeat=4,
    ),
    _act(
        "incumbent_appears", "incumbent", "appearance of the incumbent",
        "Speaks or is seen in public, datable.",
        _assumed(1, 7, "addresses and televised meetings of a president, a few a week"),
        _assumed(1, 2, "addresses while a crisis lasts, near one a day"),
        (("violence", 0), ("crowd", 0)), repeat=4,
    ),
    _act(
        "step_down", "incumbent", "resignation of the incumbent",
        "Announces that he leaves office, by agreement or of his own.",
        _counted(69, LEADER_DAYS, "regular exits with no national vote in the year before; " + _LEADERS),
        _counted(2, UNBROKEN_DAYS, "outcome or second outcome negotiated_exit; " + _UNBROKEN),
        (("distrust", 1), ("elite_doubt", 1), ("patron_in", -1), *AFTER_A_BREAK),
    ),
    _act(
        "flight", "incumbent", "flight of the incumbent",
        "Flees the capital or the country.",
        _counted(13, CLINE_DAYS, "leaders who fled before rebels or a crowd, soldiers and palace apart; " + _CLINE),
        _counted(2, UNBROKEN_DAYS, "uprisings whose leader fled by the Cline Center's coup data; " + _UNBROKEN),
        (("capital", 1), ("elite_doubt", 1), ("patron_in", -1), *AFTER_A_BREAK),
    ),
    _act(
        "assassination", "circle", "assassination",
        "The incumbent is killed by an assassin.",
        _counted(18, DICTATOR_DAYS, "leaders assassinated; " + _SVOLIK),
        _counted(0, CRISIS_DAYS, "no outcome by assassination; " + _CRISES),
        (("violence", 0), ("elite_doubt", 0)),
    ),
    _act(
        "coup_attempt", "army", "coup attempt",
        "An organ or faction moves openly to remove the incumbent.",
        _counted(100, COUP_DAYS, "attempts by soldiers or others within the state (44 succeeded); " + _COUPS),
        _counted(2, UNBROKEN_DAYS, "security_forces seized power after the crisis began; " + _UNBROKEN),
        (("elite_doubt", 1), ("crowd", 1), ("patron_in", -1), *AFTER_A_BREAK), repeat=2, also=ORGANS[1:],
    ),
    _act(
        "elite_defects", "circle", "defection within the elite",
        "A senior figure breaks with the incumbent in public.",
        _assumed(56, CLINE_DAYS, "conspiracies as the nearest count; " + _CLINE),
        _counted(17, DEFECTION_DAYS, "first dated defection, days up to it or to the outcome; " + _CRISES),
        (("elite_doubt", 1), ("violence", 0), ("patron_in", -1), *AFTER_ANOTHER), repeat=4,
    ),
    _act(
        "army_refuses", "army", "refusal by the army",
        "The army, the national guard or a command shows that it will not act against crowds.",
        _assumed(0, 36525, "open refusals without a crisis, less than one in a century"),
        _counted(5, CRISIS_DAYS, "army refused, neutral or split, or a commander refused; " + _CRISES),
        (("elite_doubt", 1), ("crowd", 1), ("patron_in", -1), *AFTER_ANOTHER), (("crisis",),), repeat=2,
        also=("national_guard",),
    ),
    _act(
        "stand_down", "security_service", "security forces stand down",
        "A security organ leaves a guarded site without a fight.",
        _assumed(0, 36525, "guards who leave their posts without a crisis, less than one in a century"),
        _counted(4, CRISIS_DAYS, "stood down, withdrew or collapsed, column security_forces; " + _CRISES),
        (("overload", 1), ("elite_doubt", 1), ("patron_in", -1), *AFTER_ANOTHER), (("crisis",),), repeat=4,
        world="hidden", also=("interior_ministry", "national_guard", "army"),
    ),
    _act(
        "organised_seizure", "street", "organised seizure",
        "An armed or organised group takes a building, station or airport.",
        _assumed(0, 36525, "seizures without a crisis, less than one in a century"),
        _assumed(1, 30, "seizures of state buildings while large crowds are out"),
        (("overload", 1), ("violence", 1), ("crowd", 1)), (("crisis",),), repeat=4,
    ),
    _act(
        "clear_square", "interior_ministry", "clearing of a square",
        "Disperses the main gathering of a city by force.",
        _counted(1469, CALM_PROTEST_DAYS, "protests dispersed; " + _MM_SMALL),
        _counted(1031, PROTEST_DAYS, "protests dispersed per protest-day; " + _MM),
        (("capital", 1), ("overload", -1), ("emergency", 1)), repeat=4,
    ),
    _act(
        "exile_claims", "opposition_exile", "claim of leadership from exile",
        "An exile claims to lead or to have planned the protest.",
        _assumed(1, 180, "calls of exiled opponents, calm times"),
        _assumed(1, 10, "the same while a crisis lasts"),
        (("crowd", 1), ("blackout", -1)), (("role", "opposition_exile"),), repeat=3,
    ),
    _act(
        "opposition_calls", "activists", "call by the opposition",
        "Opponents or activists call for protest or publish demands.",
        _assumed(1, 60, "calls for protest by known opponents, calm times"),
        _assumed(1, 5, "the same while a crisis lasts"),
        (("crowd", 1), ("blackout", -1), ("distrust", 1)), repeat=4,
    ),
    _act(
        "firm_cuts_output", "firm", "output cut by a firm",
        "A large firm or its workers cut output, or the firm halts work.",
        _assumed(0, 365, "stoppages at large firms, calm times"),
        _assumed(1, 30, "the same while a crisis lasts"),
        (("crowd", 1), ("blackout", 0)), (("role", "firm"),), repeat=3,
    ),
    _act(
        "market_halt", "market", "market halt",
        "The exchange or the banks close.",
        _assumed(0, 3652, "closures without a crisis, less than one in ten years"),
        _assumed(1, 30, "closures of exchanges or banks while a crisis lasts"),
        (("violence", 1), ("blackout", 1), ("emergency", 1)), (("role", "market"),), repeat=2,
    ),
    _act(
        "contact_patron", "incumbent", "contact with the patron",
        "Speaks with the patron's leader, by telephone or face to face.",
        _assumed(1, 45, "contacts of a client leader with the patron's leader, about twelve a year"),
        _assumed(1, 4, "the same while a crisis lasts"),
        (("violence", 1), ("crowd", 1), ("overload", 0)), (_HAS_PATRON,), repeat=4, world="hidden",
    ),
)  # fmt: skip
"""The one list of kinds; its order numbers them."""

ACT_KINDS: tuple[str, ...] = tuple(act.kind for act in ACTS)
BY_KIND: dict[str, Act] = dict(zip(ACT_KINDS, ACTS, strict=True))


def act(name: str) -> int:
    """Number of an act kind, as `on_act` gets it; ValueError if there is no such kind."""
    return ACT_KINDS.index(name)


def catalogue_hash() -> str:
    """Sha256 of all that rates depend on, with the closed lists: equal in every case and run of one version."""
    import hashlib

    rows = [repr((tuple(ROLES), SIGNALS, PHASES, WORLDS, GATES))] + [repr(tuple(act)[:-1]) for act in ACTS]
    canonical = "\n".join(rows)
    return hashlib.sha256(canonical.encode()).hexdigest()
