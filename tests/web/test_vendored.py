"""What others wrote is listed with version, licence and checksum, and nothing is loaded from elsewhere."""

import hashlib
import json
import re
from pathlib import Path

import singlewindow.web

WEB = Path(singlewindow.web.__file__).parent
VENDOR = WEB / "static" / "vendor"
PACKAGES = json.loads((VENDOR / "VENDOR.json").read_text())["packages"]


def test_every_vendored_file_is_listed_with_its_checksum() -> None:
    listed = {name: digest for package in PACKAGES for name, digest in package["files"].items()}
    there = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "VENDOR.json"
    }
    assert there == listed


def test_every_vendored_package_names_version_and_a_free_licence() -> None:
    assert all(package["version"] and package["licence"] for package in PACKAGES)
    assert not [package["name"] for package in PACKAGES if "GPL" in package["licence"]]


def test_no_page_carries_what_the_content_policy_refuses() -> None:
    refused = re.compile(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)|javascript:")
    found = [path.name for path in WEB.rglob("templates/**/*.html") if refused.search(path.read_text())]
    assert found == []


def test_styles_speak_of_start_and_end_so_that_they_hold_in_both_directions() -> None:
    physical = re.compile(r"(?:margin|padding|border|inset)-(?:left|right)|text-align:\s*(?:left|right)|float:")
    found = [path.name for path in WEB.rglob("static/web/**/*.css") if physical.search(path.read_text())]
    assert found == []
