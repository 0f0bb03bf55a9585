"""What each rule of matching finds, in words for officers."""

from collections.abc import Mapping


def gettext_noop(text: str) -> str:
    """Mark a sentence for the translators; the page that shows it translates it."""
    return text


SENTENCES: Mapping[str, str] = {
    "MT-001": gettext_noop("More packages are declared than the transport document has."),
    "MT-002": gettext_noop("The declared gross mass is not that of the transport document."),
    "MT-003": gettext_noop("A declared container is not on the transport document."),
    "MT-004": gettext_noop("The transport document is for somebody else."),
    "MT-005": gettext_noop("The commodity is not one of those on the transport document."),
    "MT-006": gettext_noop("The declared means of transport is not that of the manifest."),
    "MT-007": gettext_noop("The goods were presented while their conveyance was not here."),
    "MT-101": gettext_noop("A container was seen with these goods that is not declared."),
    "MT-102": gettext_noop("The number plate that was seen is not the declared one."),
    "MT-103": gettext_noop("The weighed goods are not as heavy as declared."),
    "MT-104": gettext_noop("The seal is not the one that is declared."),
    "MT-105": gettext_noop("A seal is broken."),
    "MT-106": gettext_noop("A seal is missing."),
    "MT-107": gettext_noop("The picture of the scanner contradicts what is declared."),
}
