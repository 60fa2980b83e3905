"""The report of a synthetic tree: same bytes, nothing executable, no withheld interval that leaks."""

from __future__ import annotations

import re
import sys
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from interrex.report import build, write_report
from interrex.report.build import MOST_BYTES
from interrex.report.map import outline
from interrex.report.naming import moment
from interrex.report.numbers import plain, safe_url
from interrex.results.schema import empty, problems
from interrex.store.results import read_netcdf, write_netcdf
from interrex.workbench import sections

sys.path.insert(0, str(Path(__file__).parents[1] / "fixtures"))
import results_tree

HOSTILE = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg onload=alert(1)>",
    "'\" onmouseover=alert(1) x='",
    "</style><style>*{display:none}</style>",
    "</title></svg></table><iframe src=javascript:alert(1)>",
    "javascript:alert(1)",
    "]]><!--<a href='javascript:alert(1)'>",
    "{{ 7*7 }}{% raw %}",
    "\u202egnp.exe\x00\x07",
    r" $\frac{1 on$ and $88.3, Halyk $13.8",
)


class Page(HTMLParser):
    """Tags, attributes and text of a page as a browser's parser would see them."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def ids(self) -> list[str]:
        return [a["id"] for _, a in self.tags if a.get("id")]


def report(**options) -> str:
    return build(results_tree.tree(**options), results_tree.MANIFEST, sections()).decode()


@pytest.fixture(scope="module")
def html() -> str:
    return report()


@pytest.fixture(scope="module")
def page(html) -> Page:
    return Page(html)


@pytest.fixture(scope="module")
def sketch() -> str:
    return report(sketch=True)


def test_the_synthetic_tree_follows_the_schema():
    assert problems(results_tree.tree()) == []
    assert problems(results_tree.tree(sketch=True)) == []


def test_same_tree_gives_the_same_bytes(html):
    assert report() == html


def test_a_tree_that_went_through_a_file_gives_the_same_bytes(tmp_path, html):
    write_netcdf(results_tree.tree(), tmp_path / "results.nc")
    assert build(read_netcdf(tmp_path / "results.nc"), results_tree.MANIFEST, sections()).decode() == html


def test_it_is_small_enough_to_send(html):
    assert 100_000 < len(html.encode()) < MOST_BYTES


def test_every_section_stands_in_order_with_its_anchor(page):
    found = [attrs["id"] for tag, attrs in page.tags if tag == "section"]
    assert found == [section.id for section in sections()]
    linked = [a["href"] for tag, a in page.tags if tag == "a" and (a.get("href") or "").startswith("#")]
    assert [f"#{s.id}" for s in sections()] == linked[: len(sections())]
    assert {href[1:] for href in linked} <= set(page.ids)


def test_ids_are_unique_apart_from_shared_shapes_of_matplotlib(page):
    ours = [i for i in page.ids if not re.fullmatch(r"[a-z]+[0-9a-f]{10}", i)]
    assert len(ours) == len(set(ours))


def test_the_policy_forbids_scripts_and_requests(page):
    policies = [
        a for tag, a in page.tags if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    for rule in ("default-src 'none'", "script-src 'none'", "img-src data:", "form-action 'none'"):
        assert rule in policies[0]["content"]


def assert_harmless(page: Page) -> None:
    tags = {tag for tag, _ in page.tags}
    assert not tags & {
        "script",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
        "img",
        "foreignobject",
        "link",
        "image",
    }
    assert sum(tag == "style" for tag, _ in page.tags) == 1
    for tag, attrs in page.tags:
        for name, value in attrs.items():
            assert not name.startswith("on"), (tag, name)
            assert not name.startswith("src"), (tag, name)
            if name in ("href", "xlink:href"):
                assert re.match(r"(https?://|#)", value or ""), (tag, value)
                if not (value or "").startswith("#"):
                    assert "noreferrer" in (attrs.get("rel") or "")
            if name == "style":
                assert "http" not in (value or "") and "expression" not in (value or "")


def test_it_asks_nothing_of_the_network(html, page):
    assert_harmless(page)
    assert not re.findall(r"url\((?!#)", html)
    assert "@import" not in html


def test_hostile_text_in_every_field_stays_text():
    hostile = Page(report(hostile="".join(HOSTILE)))
    assert_harmless(hostile)
    assert [a["id"] for tag, a in hostile.tags if tag == "section"] == [s.id for s in sections()]
    for text in HOSTILE:
        assert hostile.text.count(" ".join(plain(text).split())) > 50, text
    assert "\u202e" not in hostile.text and "\x07" not in hostile.text


def test_hostile_addresses_never_become_links():
    tree = results_tree.tree()
    sources = tree["sources"].to_dataset().copy()
    sources["url"] = ("source", np.array(["javascript:alert(1)", "data:text/html,<script>"], dtype=object))
    references = tree["references"].to_dataset().copy()
    references["doi"] = ("reference", np.array(['"><script>alert(1)</script>'], dtype=object))
    tree["sources"], tree["references"] = xr.DataTree(sources), xr.DataTree(references)
    page = Page(build(tree, {}, sections()).decode())
    assert_harmless(page)
    assert not any((a.get("href") or "").startswith("http") for _, a in page.tags)


def test_only_plain_http_addresses_become_links():
    assert safe_url("https://example.org/a?b=c#d") == "https://example.org/a?b=c#d"
    for bad in (
        "javascript:alert(1)",
        "JaVaScRiPt:x",
        "data:text/html,x",
        "//example.org",
        "https://",
        "ftp://a/b",
        "https://a b",
        'https://a"onclick=1',
        "http://[bad",
        "",
        "\x01javascript:alert(1)",
    ):
        assert safe_url(bad) == ""


@pytest.mark.parametrize("name", ["crowd", "map", "timeline", "sources", "diagnostics", "manifest"])
def test_a_missing_group_is_said_and_the_rest_stands(name):
    tree = results_tree.tree()
    kept = xr.DataTree.from_dict(
        {f"/{n}": node.to_dataset(inherit=False) for n, node in tree.children.items() if n != name}
    )
    page = Page(build(kept, results_tree.MANIFEST, sections()).decode())
    assert [a["id"] for tag, a in page.tags if tag == "section"] == [s.id for s in sections()]


def test_an_empty_group_gives_its_own_reason():
    groups = {f"/{n}": node.to_dataset(inherit=False) for n, node in results_tree.tree().children.items()}
    groups["/silence"] = empty("The case names no absent person.")
    tree = xr.DataTree.from_dict(groups)
    assert problems(tree) == []
    assert "Not computed. The case names no absent person." in Page(build(tree, {}, sections()).decode()).text


def test_a_bare_tree_still_gives_a_page():
    tree = xr.DataTree.from_dict({"/meta": xr.Dataset(attrs={"title": "Toy"})})
    page = Page(build(tree, {}, sections()).decode())
    assert page.text.count("Not computed.") >= 12
    assert "Toy" in page.text


def test_failed_diagnostics_print_no_interval_and_say_why(sketch):
    text = Page(sketch).text
    assert "only 9 ancestors survive" in text
    assert "Intervals withheld:" in text and "nterval withheld" in text
    assert not re.search(r"90 % interval \d", text)
    assert "Sketch." in text


def test_failed_diagnostics_withhold_even_intervals_that_the_tree_carries(sketch):
    tree = results_tree.tree()
    tree["diagnostics"] = xr.DataTree(results_tree.tree(sketch=True)["diagnostics"].to_dataset())
    text = Page(build(tree, results_tree.MANIFEST, sections()).decode()).text
    assert not re.search(r"90 % interval \d", text)
    assert not re.search(r"\d %? to \d+ %", text.split("Key judgements")[2].split("Question, horizon")[0])


def test_withheld_means_everywhere(sketch):
    tree = results_tree.tree()
    tree["diagnostics"] = xr.DataTree(results_tree.tree(sketch=True)["diagnostics"].to_dataset())
    html = build(tree, results_tree.MANIFEST, sections()).decode()
    text = Page(html).text
    for leak in (
        "±",
        "90 % interval |",
        "90 % band",
        "the bar its",
        "lines: 90 %",
        "Bars: 90 %",
        "central 50 % and",
    ):
        assert leak not in text, leak
    for colour in ("#bcd4e6", "#e1ecf4"):  # the bands of the figures; the first also marks table cells
        assert colour not in html.split("<body>")[1], colour
    assert not re.search(r"\d+ % to \d+ %", text.split("Fit and misfit")[-1])


def test_a_good_run_prints_intervals_and_no_banner(page):
    assert re.search(r"90 % interval \d+ % to \d+ %", page.text)
    assert "Intervals withheld" not in page.text and "Sketch." not in page.text


def test_likelihood_and_confidence_never_share_a_sentence(page):
    judgements = page.text.split("Key judgements")[2].split("Question, horizon")[0]
    for sentence in re.split(r"(?<=[.])\s", judgements):
        assert not ("Confidence" in sentence and "%" in sentence), sentence


def test_every_number_cell_and_figure_names_an_existing_variable(page):
    tree = results_tree.tree()
    traced = [a["data-var"] for _, a in page.tags if a.get("data-var")]
    assert len(traced) > 300
    for entry in traced:
        for path in entry.split():
            group, name = path.split("/", 1)
            node = tree[group]
            assert name in node.variables or name in node.attrs, path
    figures = [a for tag, a in page.tags if tag == "figure"]
    assert len(figures) >= 12 and all(a.get("data-var") for a in figures)


def test_crowd_figures_are_titled_as_conditioned(page):
    assert "conditioned on these reports" in page.text


def test_pairing_that_gained_nothing_is_said(page):
    assert "Pairing gained nothing for “Predecessor keeps the council”." in page.text


def _texts(values: list[str]) -> np.ndarray:
    return np.array(values, dtype=object)


def with_plot(extra: float) -> xr.DataTree:
    """The synthetic tree with each explanation a second time, together with a plot."""
    tree = results_tree.tree()
    data = tree["hypotheses"].to_dataset(inherit=False)
    names, labels = [str(v) for v in data["name"].values], [str(v) for v in data["label"].values]
    twice = xr.concat(
        [data, data], dim="hypothesis", data_vars="minimal", coords="minimal", compat="override"
    )
    shift = np.concatenate([np.zeros(len(names)), np.arange(len(names)) * extra + 0.5])
    ratio = twice["log_ratio"].values + shift
    share = np.exp(ratio) / np.exp(ratio).sum()
    twice["name"] = ("hypothesis", _texts(names + [f"{n}+plot" for n in names]))
    twice["label"] = ("hypothesis", _texts(labels + [f"{text}, and A plot" for text in labels]))
    twice["prior"] = ("hypothesis", np.full(2 * len(names), 0.5 / len(names)))
    twice["log_ratio"], twice["posterior"] = ("hypothesis", ratio), ("hypothesis", share)
    tree["hypotheses"] = xr.DataTree(twice)
    return tree


def test_a_plot_that_counts_alike_for_all_stands_in_one_row():
    page = Page(build(with_plot(0.0), {}, sections()).decode())
    assert "A plot (compared with no plot) 50 % 62 %" in page.text
    assert ", and A plot" not in page.text


def test_a_plot_that_counts_differently_keeps_every_pair():
    assert ", and A plot" in Page(build(with_plot(0.3), {}, sections()).decode()).text


def test_claims_of_the_window_stand_open_and_the_rest_in_a_fold(html):
    timeline = html.split('<section id="timeline">')[1].split("</section>")[0]
    shown, folded = timeline.split("<details>", 1)
    assert 'class="badge fit"' in shown and 'class="badge context"' not in shown
    assert 'class="badge context"' in folded and "The other" in folded


@pytest.mark.parametrize(
    ("written", "day", "said"),
    [
        ("2022-01-05", date(2022, 1, 5), ""),
        ("2022-01-05T16:30", date(2022, 1, 5), "16:30"),
        ("~2022-01-05T11", date(2022, 1, 5), "about 11:00"),
        ("2022-01-05T19:00/2022-01-06T02:00", date(2022, 1, 5), "19:00 to next day 02:00"),
        ("2022-01-05/2022-01-07", date(2022, 1, 5), "to 7 Jan"),
        ("2022-01-05", None, "5 Jan 2022"),
        ("2017-01/2021-12", None, "2017-01 to 2021-12"),
    ],
)
def test_times_are_written_as_people_write_them(written, day, said):
    assert moment(written, day) == said


def test_what_the_prior_expects_is_held_against_what_was_wanted(page):
    section = page.text.split("What the model expects before it has seen the case")[-1]
    assert re.search(r"Share of histories that stay calm 90 % 80 % to 95 % 85 % to >99 % met", section)
    assert re.search(r"Small protests a day 2.3 1.9 to 2.8 0.50 to 1.5 missed", section)


def test_a_run_before_any_crowd_says_so_and_keeps_its_verdict():
    tree = results_tree.tree()
    calm = tree["map"].to_dataset(inherit=False).copy()
    calm["median_present"] = calm["median_present"] * 0
    tree["map"] = xr.DataTree(calm)
    unasked = tree["hypotheses"].to_dataset(inherit=False).copy()
    unasked["log_ratio"], unasked["claim_llr"] = unasked["log_ratio"] * 0, unasked["claim_llr"] * np.nan
    tree["hypotheses"] = xr.DataTree(unasked)
    unseen = tree["fit"].to_dataset(inherit=False).copy()
    unseen["observed"] = unseen["observed"] * np.nan
    tree["fit"] = xr.DataTree(unseen)
    text = Page(build(tree, {}, sections()).decode()).text
    assert "there is nothing to map" in text
    assert "Decided by the prior: the sign" in text and "Shock audit" in text
    assert "Not computed." not in text


def test_no_identifier_stands_where_a_name_exists(page):
    section = page.text.split("Forecast questions")[-1].split("Counterfactuals")[0]
    assert not re.search(r"\b[a-z]+_[a-z]+\b", section)


def test_conflicting_claims_point_at_each_other(page):
    assert "Conflicts with:" in page.text


def test_figures_carry_no_date_and_no_mathematics(html):
    assert "<dc:date>" not in html and "matplotlib" not in html.lower().split("</style>")[1][:2000]
    hostile = report(hostile=r" $\frac{1 on$")
    assert r"$\frac{1 on$" in hostile


def test_write_report_puts_the_same_bytes_on_disk(tmp_path, html):
    path = write_report(results_tree.tree(), results_tree.MANIFEST, sections(), tmp_path / "report.html")
    assert path.read_text("utf-8") == html


def test_every_value_missing_still_gives_a_page():
    groups = {}
    for name, node in results_tree.tree().children.items():
        data = node.to_dataset(inherit=False).copy()
        for variable in data.data_vars:
            if data[variable].dtype.kind == "f":
                data[variable] = data[variable] * np.nan
        groups[f"/{name}"] = data
    text = Page(build(xr.DataTree.from_dict(groups), {}, sections()).decode()).text
    assert "nan" not in text.lower().split()


def test_map_shapes_are_scaled_into_their_box_and_thinned():
    shape = outline('{"a": [[[0, 0], [5, 0], [10, 0], [10, 10], [0, 10], [0, 0]]]}', "0 0 10 10", 100.0)
    assert (shape.width, shape.height) == (100.0, 100.0)
    assert shape.rings["a"] == [[(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]]
    with pytest.raises(ValueError, match="no shapes"):
        outline("{}", "", 100.0)


def test_schema_names_what_is_wrong():
    tree = results_tree.tree()
    bad = tree["outcomes"].to_dataset().drop_vars("low")
    bad["p"] = bad["p"] + 1
    tree["outcomes"] = xr.DataTree(bad)
    tree["silence"] = xr.DataTree(xr.Dataset())
    assert problems(tree) == [
        "/silence is empty and does not say why; give it the attribute absent_because",
        "/outcomes/p has values outside 0..1",
        "/outcomes/low is missing",
    ]
