"""What to cite: works behind the mechanisms, methods of inference, data behind the rates, the case."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import xarray as xr

from interrex.case.cut import CutCase
from interrex.futures.conditioned import Conditioned
from interrex.mechanisms.contract import Mechanism
from interrex.results.described import Column, described
from interrex.topics.references.variables import GROUP


class Work(NamedTuple):
    """One work: key, authors, year ('' without), title, where it appeared, DOI ('' without), its use here."""

    key: str
    authors: str
    year: str
    title: str
    where: str
    doi: str
    use: str

    @property
    def text(self) -> str:
        """The work in one line."""
        year = f" ({self.year})" if self.year else ""
        return f"{self.authors}{year}. {self.title}. {self.where}. Used for: {self.use}."


METHODS = (
    Work(
        "delmoral2006",
        "Del Moral, P., Doucet, A. & Jasra, A.",
        "2006",
        "Sequential Monte Carlo samplers",
        "Journal of the Royal Statistical Society B 68(3), 411-436",
        "10.1111/j.1467-9868.2006.00553.x",
        "tempered sequential Monte Carlo and its estimate of the evidence",
    ),
    Work(
        "cotter2013",
        "Cotter, S. L., Roberts, G. O., Stuart, A. M. & White, D.",
        "2013",
        "MCMC methods for functions: modifying old algorithms to make them faster",
        "Statistical Science 28(3), 424-446",
        "10.1214/13-STS421",
        "preconditioned Crank-Nicolson moves",
    ),
    Work(
        "salmon2011",
        "Salmon, J. K., Moraes, M. A., Dror, R. O. & Shaw, D. E.",
        "2011",
        "Parallel random numbers: as easy as 1, 2, 3",
        "Proceedings of SC11",
        "10.1145/2063384.2063405",
        "random numbers keyed by what they are for (Philox)",
    ),
    Work(
        "jeffreys1946",
        "Jeffreys, H.",
        "1946",
        "An invariant form for the prior probability in estimation problems",
        "Proceedings of the Royal Society A 186(1007), 453-461",
        "10.1098/rspa.1946.0056",
        "intervals of base rates",
    ),
    Work(
        "fairfield2022",
        "Fairfield, T. & Charman, A. E.",
        "2022",
        "Social Inquiry and Bayesian Inference: Rethinking Qualitative Research",
        "Cambridge University Press",
        "",
        "weighing rival explanations by the probability of the evidence",
    ),
    Work(
        "pearl2009",
        "Pearl, J.",
        "2009",
        "Causality: Models, Reasoning, and Inference",
        "2nd edition, Cambridge University Press",
        "10.1017/CBO9780511803161",
        "counterfactuals by abduction, action and prediction",
    ),
    Work(
        "fisman2001",
        "Fisman, R.",
        "2001",
        "Estimating the value of political connections",
        "American Economic Review 91(4), 1095-1102",
        "10.1257/aer.91.4.1095",
        "dependence times news: what connections are worth",
    ),
    Work(
        "pastor2013",
        "Pastor, L. & Veronesi, P.",
        "2013",
        "Political uncertainty and risk premia",
        "Journal of Financial Economics 110(3), 520-545",
        "10.1016/j.jfineco.2013.08.007",
        "why a price gives probability times loss and a premium, and none of them apart",
    ),
    Work(
        "chopin2002",
        "Chopin, N.",
        "2002",
        "A sequential particle filter method for static models",
        "Biometrika 89(3), 539-551",
        "10.1093/biomet/89.3.539",
        "the risk as it was known on each day",
    ),
    Work(
        "dixit1994",
        "Dixit, A. K. & Pindyck, R. S.",
        "1994",
        "Investment under Uncertainty",
        "Princeton University Press",
        "",
        "entry of firms as an option that waits",
    ),
    Work(
        "hawkes1971",
        "Hawkes, A. G.",
        "1971",
        "Spectra of some self-exciting and mutually exciting point processes",
        "Biometrika 58(1), 83-90",
        "10.1093/biomet/58.1.83",
        "the image that an episode leaves with firms",
    ),
    Work(
        "garwood1936",
        "Garwood, F.",
        "1936",
        "Fiducial limits for the Poisson distribution",
        "Biometrika 28(3/4), 437-442",
        "10.1093/biomet/28.3-4.437",
        "exact interval of a count without a denominator",
    ),
    Work(
        "prentice1978",
        "Prentice, R. L. & Gloeckler, L. A.",
        "1978",
        "Regression analysis of grouped survival data with application to breast cancer data",
        "Biometrics 34(1), 57-67",
        "10.2307/2529588",
        "time to the first reaction from abroad, known to the day",
    ),
    Work(
        "cameron2013",
        "Cameron, A. C. & Trivedi, P. K.",
        "2013",
        "Regression Analysis of Count Data, 2nd edition",
        "Cambridge University Press",
        "10.1017/CBO9781139013567",
        "number of later reactions from abroad",
    ),
    Work(
        "cappe2004",
        "Cappe, O., Guillin, A., Marin, J. M. & Robert, C. P.",
        "2004",
        "Population Monte Carlo",
        "Journal of Computational and Graphical Statistics 13(4), 907-929",
        "10.1198/106186004X12803",
        "draws of the rates of reaction",
    ),
    Work(
        "shapley1953",
        "Shapley, L. S.",
        "1953",
        "A value for n-person games",
        "Contributions to the Theory of Games II, Princeton University Press, 307-317",
        "",
        "the share of each support in keeping the incumbent in office",
    ),
    Work(
        "icd203",
        "Office of the Director of National Intelligence",
        "2015",
        "Intelligence Community Directive 203: Analytic Standards",
        "Washington, DC",
        "",
        "words for probabilities",
    ),
)
"""Works behind the inference and the answers."""

DATA = (
    Work(
        "massmobilization",
        "Clark, D. & Regan, P.",
        "2016",
        "Mass Mobilization Protest Data",
        "Harvard Dataverse",
        "10.7910/DVN/HTTWYL",
        "counts of protests and of states' responses, 1990-2010",
    ),
    Work(
        "geddes2014",
        "Geddes, B., Wright, J. & Frantz, E.",
        "2014",
        "Autocratic breakdown and regime transitions: a new data set",
        "Perspectives on Politics 12(2), 313-331",
        "10.1017/S1537592714000851",
        "which country-years are autocratic, and when regimes fail",
    ),
    Work(
        "svolik2012",
        "Svolik, M. W.",
        "2012",
        "The Politics of Authoritarian Rule",
        "Cambridge University Press",
        "10.1017/CBO9781139176040",
        "how leaders of dictatorships left office, 1946-2008",
    ),
    Work(
        "goemans2009",
        "Goemans, H. E., Gleditsch, K. S. & Chiozza, G.",
        "2009",
        "Introducing Archigos: a dataset of political leaders",
        "Journal of Peace Research 46(2), 269-283",
        "10.1177/0022343308100719",
        "leaders in office after large protests",
    ),
    Work(
        "clinecoups",
        "Cline Center for Advanced Social Research",
        "",
        "Coup d'Etat Project Dataset",
        "University of Illinois Urbana-Champaign",
        "",
        "coups, attempts and conspiracies",
    ),
    Work(
        "reign2021",
        "Bell, C., Besaw, C. & Frank, M.",
        "2021",
        "The Rulers, Elections, and Irregular Governance (REIGN) Dataset",
        "One Earth Future",
        "",
        "early elections and referendums",
    ),
    Work(
        "kendalltaylor2016",
        "Kendall-Taylor, A. & Frantz, E.",
        "2016",
        "When Dictators Die",
        "Journal of Democracy 27(4), 159-171",
        "",
        "regimes after the death or other exit of an autocrat",
    ),
)
"""Data sets behind the catalogue of acts and the base rates: counts were taken, none is redistributed."""

_YEAR = re.compile(r"\(\d{4}\)")


def references(mechanisms: Iterable[Mechanism], cut: CutCase) -> xr.Dataset:
    """The group `references`: the case, the mechanisms that ran, methods, and data behind rates."""
    rows = [(cut.id, _case_text(cut), "")]
    for mechanism in mechanisms:
        text = mechanism.reference if published(mechanism) else f"No published model: {mechanism.reference}"
        rows.append((mechanism.name, text, mechanism.doi))
    rows += [(work.key, work.text, work.doi) for work in (*METHODS, *DATA)]
    columns: dict[str, Column] = {
        "key": ([key for key, _, _ in rows], "short name: the case, a mechanism, or a work"),
        "text": ([text for _, text, _ in rows], "what to cite"),
        "doi": ([doi for _, _, doi in rows], "digital object identifier, '' without one"),
    }
    return described(GROUP, columns, "mechanisms, methods and reference classes of this version")


def cite(mechanisms: Iterable[Mechanism]) -> str:
    """BibTeX entries of the works behind mechanisms, methods and reference data, for `interrex cite`.

    A mechanism without a published model is named in a comment."""
    entries = []
    for mechanism in mechanisms:
        if published(mechanism):
            fields = {"note": mechanism.reference, "doi": mechanism.doi}
            entries.append(_entry("misc", f"interrex-{mechanism.name}", fields))
        else:
            entries.append(f"% {mechanism.name}: no published model. {mechanism.reference}")
    for work in (*METHODS, *DATA):
        fields = {
            "author": " and ".join(_authors(work.authors)),
            "year": work.year,
            "title": f"{{{work.title}}}",
            "howpublished": work.where,
            "doi": work.doi,
            "note": f"Used for: {work.use}",
        }
        entries.append(_entry("misc", work.key, fields))
    return "\n\n".join(entries) + "\n"


def published(mechanism: Mechanism) -> bool:
    """Whether a mechanism's reference names a dated work."""
    return _YEAR.search(mechanism.reference) is not None


def _case_text(cut: CutCase) -> str:
    return f"{cut.title}. Case as of {cut.as_of_date}, {len(cut.claims)} claims, sha256 {cut.fingerprint}."


def _authors(line: str) -> list[str]:
    """Persons of 'Family, I., Family, I. & Family, I.'; a body without initials is one author."""
    people = re.findall(r"[^,&]+, (?:[A-Z]\.[ -]?)+", line)
    return [person.strip(" ,") for person in people] or [f"{{{line}}}"]


def _entry(kind: str, key: str, fields: dict[str, str]) -> str:
    lines = [f"  {name} = {{{_escaped(text)}}}," for name, text in fields.items() if text]
    return "\n".join([f"@{kind}{{{key},", *lines, "}"])


def _escaped(text: str) -> str:
    return re.sub(r"([&%#_$])", r"\\\1", text)


def answer(run: Conditioned) -> xr.Dataset:
    """The group /references of a conditioned case."""
    return references(run.model.mechanisms, run.case)
