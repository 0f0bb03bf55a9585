"""The browser of the tests: found on this machine, and it opens our pages."""

import pytest

from singlewindow.runtime.browser import BrowserMissing, chromium_ensure, chromium_path


def test_an_installed_chromium_is_found():
    assert chromium_path() is not None
    assert chromium_ensure(print) == chromium_path()


def test_without_one_and_without_a_way_to_install_it_says_how(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", "http://127.0.0.1:9")
    with pytest.raises(BrowserMissing, match="sudo apt-get install chromium"):
        chromium_ensure(print)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_it_opens_a_page_and_the_policy_blocks_nothing_of_ours(live_server, page):
    refused = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.goto(f"{live_server.url}/sign-in")
    assert page.title()
    assert refused == []
