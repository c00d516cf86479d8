"""The guide in the console: index, search, pages with the ids of this emulator, and text for programs."""

from __future__ import annotations

import sys

import pytest

from cognito_emulator.console import markdown
from cognito_emulator.ports import guide
from tests.helpers.build import setup
from tests.helpers.console_site import Site
from tests.helpers.harness import Running
from tests.helpers.readme import GUIDE, Page, pages

ROOT = "/_emulator/guide"


def test_the_index_has_every_page_with_its_sentence(site: Site) -> None:
    shown = site.get(ROOT)
    links = {str(link["href"]) for link in shown.soup.select("main table a")}
    assert links == {f"{ROOT}/{path.stem}" for path in GUIDE.glob("*.md")}
    assert "To start with your own pools, write a seed" in shown.words()
    assert shown.soup.select_one(f'#nav a[href="{ROOT}"][aria-current="page"]')


def test_a_page_that_no_list_names_is_there_too(monkeypatch: pytest.MonkeyPatch) -> None:
    subjects = [(subject, [name for name in names if name != "seeds"]) for subject, names in guide.SUBJECTS]
    monkeypatch.setattr(guide, "SUBJECTS", subjects)
    monkeypatch.setattr(guide, "ORDER", tuple(name for name in guide.ORDER if name != "seeds"))
    guide.pages.cache_clear()
    try:
        assert guide.pages()[-1].name == "seeds"
        title, others = guide.index()[-1]
        assert (title, [page.name for page in others]) == (guide.OTHERS, ["seeds"])
    finally:
        guide.pages.cache_clear()


def test_a_search_finds_parts_of_pages_with_all_words(site: Site) -> None:
    shown = site.get(f"{ROOT}?q=secret+HASH")
    found = [str(link["href"]) for link in shown.soup.select("main section.gap a")]
    assert f"{ROOT}/sign-in#an-app-client-with-a-secret" in found
    assert all("secret" in hit.get_text().lower() for hit in shown.soup.select("main section.gap td")[:1])
    nothing = site.get(f"{ROOT}?q=zebra+crossing")
    assert "Try fewer or other words" in nothing.words()


@pytest.mark.parametrize("document", pages()[1:], ids=lambda document: document.name)
def test_links_of_a_page_lead_to_anchors_of_the_console(site: Site, document: Page) -> None:
    shown = site.get(f"{ROOT}/{document.path.stem}")
    assert shown.words("h1") == document.headings[0]
    links = [str(link["href"]) for link in shown.soup.select("article a")]
    assert not [link for link in links if not link.startswith((ROOT, "#", "http"))]
    named = {tuple(link.split("#", 1)) for link in links if link.startswith(ROOT) and "#" in link}
    for path in {path for path, _ in named}:
        anchors = {str(one["id"]) for one in site.get(path).soup.select("[id]")}
        assert {anchor for page, anchor in named if page == path} <= anchors, path
    assert not shown.soup.select("article script, article style, article img")
    assert "<!--" not in shown.text.partition("<article")[2]


def test_examples_have_the_address_and_ids_of_this_emulator(running: Running, site: Site) -> None:
    place = setup(running)
    for path in (f"{ROOT}/clients", f"{ROOT}/clients.md"):
        text = site.get(path).text
        assert f"AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER={running.world.public_url}" in text
        assert place.pool in text
        assert place.client in text
        assert "us-east-1_localpool" not in text
        assert "localweb" not in text
        assert "localhost:9229" not in text


def test_hosts_of_domains_have_the_port_of_this_emulator(running: Running, site: Site) -> None:
    text = site.get(f"{ROOT}/hosted-login.md").text
    assert f"http://<domain>.auth.localhost:{running.port}" in text
    assert ":9229" not in text


def test_no_summary_has_marks_of_markdown(site: Site) -> None:
    summaries = [page.summary for page in guide.pages()]
    assert [summary for summary in summaries if "**" in summary or summary.startswith(("#", "|", "-"))] == []


def test_without_a_pool_the_ids_are_those_of_the_built_in_seed(site: Site) -> None:
    assert "us-east-1_localpool" in site.get(f"{ROOT}/clients.md").text


def test_programs_get_a_list_and_each_page(running: Running, site: Site) -> None:
    listed = site.get(f"{ROOT}/llms.txt")
    assert listed.headers["content-type"].startswith("text/plain")
    lines = [line for line in listed.text.splitlines() if line.startswith("- ")]
    assert len(lines) == len(list(GUIDE.glob("*.md")))
    assert "localhost:9229" not in listed.text
    for line in lines:
        url = line.partition("](")[2].partition(")")[0]
        assert url.startswith(f"{running.world.public_url}{ROOT}/")
        source = site.get(url.removeprefix(running.world.public_url))
        assert source.headers["content-type"].startswith("text/markdown")
        assert source.text.startswith("# ")


def test_the_palette_finds_pages(site: Site) -> None:
    shown = site.get("/_emulator/console/find?q=troubleshoot")
    assert shown.soup.select(f'main a[href="{ROOT}/troubleshooting"]')


def test_a_page_that_is_not_there(site: Site) -> None:
    for path in (f"{ROOT}/nowhere", f"{ROOT}/nowhere.md", f"{ROOT}/seeds.md.md"):
        assert "The guide has no such page." in site.get(path, 404).words()
    site.get(f"{ROOT}/..%2Fguide%2Fseeds.md", 404)


def test_pages_keep_to_their_world(running: Running, site: Site) -> None:
    text = site.get("/w/other/_emulator/guide/clients").text
    assert f"{running.world.public_url}/w/other" in text
    assert f'href="/w/other{ROOT}/tokens"' in text


def test_html_in_a_page_stays_text() -> None:
    made = markdown.html(
        '# T\n\n<img src=x onerror=alert(1)> [a](javascript:alert(1))\n\n```html\n<b a="1">\n```\n', ROOT
    )
    assert made is not None
    assert "<img" not in made
    assert "<b" not in made.replace("<button", "")
    assert 'href="javascript' not in made


def test_links_to_other_sites_open_elsewhere() -> None:
    made = markdown.html("# T\n\n[a](https://example.com/) [b](sign-in.md#sign-up) [c]\n\n[c]: pages.md\n", ROOT)
    assert made is not None
    assert '<a href="https://example.com/" target="_blank" rel="noopener noreferrer">a</a>' in made
    assert f'<a href="{ROOT}/sign-in#sign-up">b</a> <a href="{ROOT}/pages">c</a>' in made


def test_without_the_library_a_page_is_plain_text(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "markdown_it", None)
    markdown._reader.cache_clear()
    try:
        shown = site.get(f"{ROOT}/seeds")
        assert "pip install '.[guide]'" in shown.words()
        assert "## What a seed may hold" in shown.words("article pre")
    finally:
        markdown._reader.cache_clear()
