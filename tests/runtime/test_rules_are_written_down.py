"""Every rule that the code names stands in the documentation, so that a refusal can be looked up."""

import re

from django.conf import settings

PACKAGES = ("singlewindow", "declarations", "fees", "risk", "agencies", "clearance")
OF_FINDING = re.compile(r"""Violation\(\s*["']([A-Z]{2,3}-[A-Z0-9]+(?:-[A-Z0-9]+)*)["']""")
IN_SENTENCE = re.compile(r"\(([A-Z]{2}-(?:[A-Z]{3}-)?[0-9]{2,3})\)")
ALONE = re.compile(r"""["']((?:AG|AP|CA|CH|CL|CP|DL|EN|EW|FE|LM|LV|MT|RM|SC|SG|TS|WH)-(?:[A-Z]{3}-)?[0-9]{2,3})["']""")


def test_every_rule_that_code_names_stands_in_the_documentation() -> None:
    written = "\n".join(path.read_text(encoding="utf-8") for path in (settings.BASE_DIR / "docs").rglob("*.md"))
    known = set(re.findall(r"\b[A-Z]{2,3}(?:-[A-Z0-9]+)+\b", written))
    named: dict[str, str] = {}
    for package in PACKAGES:
        for path in (settings.BASE_DIR / package).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            for pattern in (OF_FINDING, IN_SENTENCE, ALONE):
                named |= {rule: str(path.relative_to(settings.BASE_DIR)) for rule in pattern.findall(text)}
    assert len(named) > 200, "the patterns find the rules of the code"
    assert {rule: path for rule, path in named.items() if rule not in known} == {}
