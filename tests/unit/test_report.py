"""The report of a synthetic tree: same bytes, nothing executable, no withheld interval that leaks."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

import numpy as np
import pytest
import xarray as xr

from fixtures import stored_run
from interrex.report import build, write_report
from interrex.report.build import MOST_BYTES
from interrex.report.map import outline
from interrex.report.naming import moment
from interrex.report.numbers import plain, safe_url
from interrex.results.schema import empty, problems
from interrex.store.results import read_netcdf, write_netcdf
from interrex.topics import TOPICS, groups
from interrex.workbench import sections

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


def report(tree: xr.DataTree) -> str:
    return build(tree, stored_run.manifest(), sections()).decode()


@pytest.fixture(scope="module")
def html() -> str:
    return report(stored_run.tree())


@pytest.fixture(scope="module")
def page(html) -> Page:
    return Page(html)


@pytest.fixture(scope="module")
def sketch() -> str:
    return report(stored_run.failed())


def test_the_stored_run_is_of_today():
    # Where this fails a topic's variables have changed: python tests/fixtures/stored_run.py
    for tree in (stored_run.tree(), stored_run.failed()):
        assert problems(tree, groups()) == []


def test_same_tree_gives_the_same_bytes(html):
    assert report(stored_run.tree()) == html


def test_a_tree_that_went_through_a_file_gives_the_same_bytes(tmp_path, html):
    write_netcdf(stored_run.tree(), tmp_path / "results.nc")
    assert build(read_netcdf(tmp_path / "results.nc"), stored_run.manifest(), sections()).decode() == html


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
    hostile = Page(report(stored_run.hostile("".join(HOSTILE))))
    assert_harmless(hostile)
    assert [a["id"] for tag, a in hostile.tags if tag == "section"] == [s.id for s in sections()]
    for text in HOSTILE:
        assert hostile.text.count(" ".join(plain(text).split())) > 50, text
    assert "\u202e" not in hostile.text and "\x07" not in hostile.text


def test_hostile_addresses_never_become_links():
    tree = stored_run.tree()
    sources = tree["sources"].to_dataset().copy()
    bad = ["javascript:alert(1)", "data:text/html,<script>"]
    sources["url"] = ("source", np.array([bad[n % 2] for n in range(sources["url"].size)], dtype=object))
    references = tree["references"].to_dataset().copy()
    references["doi"] = references["doi"].copy(data=['"><script>alert(1)</script>'] * references["doi"].size)
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


def test_topics_that_were_not_asked_leave_no_section_and_the_rest_stands():
    gone = ("silence", "markets", "hypotheses", "map", "opinion_piece")
    page = Page(report(stored_run.without(*gone)))
    told = [t.section.id for t in TOPICS if t.told and t.name not in gone]
    assert [a["id"] for tag, a in page.tags if tag == "section"] == told
    assert "Not computed." not in page.text


def test_an_empty_group_gives_its_own_reason():
    groups_ = {f"/{name}": dataset for name, dataset in stored_run.datasets(stored_run.tree()).items()}
    groups_["/silence"] = empty("The case names no absent person.")
    tree = xr.DataTree.from_dict(groups_)
    assert problems(tree, groups()) == []
    assert "Not computed. The case names no absent person." in Page(build(tree, {}, sections()).decode()).text


def test_a_bare_tree_still_gives_a_page():
    tree = xr.DataTree.from_dict({"/meta": xr.Dataset(attrs={"title": "Toy"})})
    page = Page(build(tree, {}, sections()).decode())
    assert "Toy" in page.text
    assert [a["id"] for tag, a in page.tags if tag == "section"] == [
        t.section.id for t in TOPICS if t.told and not t.stored
    ]


def test_failed_diagnostics_are_said(sketch):
    text = Page(sketch).text
    assert "the sampler's own checks failed: made up" in text
    assert "Intervals withheld:" in text and "nterval withheld" in text
    assert "Sketch." in text


def moved(passed: bool, by: float) -> xr.DataTree:
    """The stored run with every end of an interval of the sampler moved, its checks passed or not."""
    tree = stored_run.datasets(stored_run.tree())
    tree["diagnostics"] = stored_run.datasets(stored_run.tree() if passed else stored_run.failed())[
        "diagnostics"
    ]
    for name, group in groups().items():
        for variable in group.variables:
            if variable.bound and variable.name in tree.get(name, {}):
                values = tree[name][variable.name]
                shifted = values.copy(data=np.nan_to_num(values.values) * (1 - by))
                of_records = tree[name][variable.kept] == 1 if variable.kept in tree[name] else False
                tree[name][variable.name] = xr.where(of_records, values, shifted, keep_attrs=True)
    return xr.DataTree.from_dict({f"/{name}": dataset for name, dataset in tree.items()})


def test_no_end_of_an_interval_reaches_the_report_of_a_run_whose_checks_failed():
    assert report(moved(False, 0.0)) == report(moved(False, 0.31))
    assert report(moved(True, 0.0)) != report(moved(True, 0.31))


def test_failed_diagnostics_leave_no_bands_in_the_figures(sketch):
    for words in ("90 % band", "lines: 90 %", "Bars: 90 %"):
        assert words not in Page(sketch).text, words
    for colour in ("#bcd4e6", "#e1ecf4"):  # the bands of the figures; the first also marks table cells
        section = sketch.split('<section id="crowds">')[1].split("</section>")[0]
        assert colour not in section, colour


def test_a_good_run_prints_intervals_and_no_banner(page):
    assert re.search(r"\d+ % to >?\d+ % over what the parts leave open", page.text)
    assert "Intervals withheld" not in page.text and "Sketch." not in page.text


def test_likelihood_and_confidence_never_share_a_sentence(page):
    judgements = page.text.split("Key judgements")[2].split("Question, horizon")[0]
    for sentence in re.split(r"(?<=[.])\s", judgements):
        likelihoods = re.sub(r"\d+ % of the reports", "", sentence)  # a share of reports is none
        assert not ("Confidence" in sentence and "%" in likelihoods), sentence


def test_every_number_cell_and_figure_names_an_existing_variable(page):
    tree = stored_run.tree()
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


def test_a_run_before_any_crowd_says_so():
    tree = stored_run.tree()
    calm = tree["map"].to_dataset(inherit=False).copy()
    calm["median_present"] = calm["median_present"] * 0
    tree["map"] = xr.DataTree(calm)
    text = Page(report(tree)).text
    assert "there is nothing to map" in text and "Not computed." not in text


def test_no_identifier_stands_where_a_name_exists(page):
    section = page.text.split("Forecast questions")[-1].split("Counterfactuals")[0]
    assert not re.search(r"\b[a-z]+_[a-z]+\b", section)


def test_conflicting_claims_point_at_each_other(page):
    assert "Conflicts with:" in page.text


def test_figures_carry_no_date_and_no_mathematics(html):
    assert "<dc:date>" not in html and "matplotlib" not in html.lower().split("</style>")[1][:2000]
    hostile = report(stored_run.hostile(r" $\frac{1 on$"))
    assert r"$\frac{1 on$" in hostile


def test_write_report_puts_the_same_bytes_on_disk(tmp_path, html):
    path = write_report(stored_run.tree(), stored_run.manifest(), sections(), tmp_path / "report.html")
    assert path.read_text("utf-8") == html


def test_every_value_missing_still_gives_a_page():
    groups = {}
    for name, node in stored_run.tree().children.items():
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
    tree = stored_run.tree()
    bad = tree["outcomes"].to_dataset().drop_vars("p_low")
    bad["p"] = bad["p"] + 1
    tree["outcomes"] = xr.DataTree(bad)
    tree["silence"] = xr.DataTree(xr.Dataset())
    assert problems(tree, groups()) == [
        "/silence is empty and does not say why; give it the attribute absent_because",
        "/outcomes/p has values outside 0..1",
        "/outcomes/p_low is missing",
    ]


@pytest.mark.parametrize(
    ("effort", "sketch", "said"),
    [
        ("quick", 1, "Sketch. Run with effort “quick”: too few histories to rely on;"),
        ("default", 1, "Sketch. The sampler's own checks failed;"),
        ("default", 0, ""),
    ],
)
def test_a_sketch_says_why_it_is_one(effort, sketch, said):
    meta = xr.Dataset(attrs={"title": "Toy", "effort": effort, "sketch": sketch})
    text = Page(build(xr.DataTree.from_dict({"/meta": meta}), {}, sections()).decode()).text
    assert said in text if said else "Sketch." not in text
