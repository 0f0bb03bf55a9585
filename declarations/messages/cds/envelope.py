"""What stands around a declaration: the WCO metadata and the request of a gateway. All three forms are taken."""

from typing import NoReturn

from lxml import etree
from lxml.etree import _Element

from declarations.messages.cds.nodes import WCO
from singlewindow.kernel.errors import FormatRefused, Violation
from singlewindow.messaging.kinds import MessageKind, MessageUnsupported, xml_kind

METADATA = "urn:wco:datamodel:WCO:DocumentMetaData-DMS:2"
_DECLARATION = f"{{{WCO}}}Declaration"
_HEAD = (
    "WCODataModelVersionCode",
    "WCOTypeName",
    "ResponsibleCountryCode",
    "ResponsibleAgencyName",
    "AgencyAssignedCustomizationCode",
    "AgencyAssignedCustomizationVersionCode",
)
_AMENDMENTS = {
    "COR": "a request to correct a declaration (COR)",
    "INV": "a request to invalidate a declaration (INV)",
    "GPR": "a notice that goods were presented (GPR)",
}


class StructureRefused(FormatRefused):
    """The XML is well-formed, but its elements do not make the message it claims to be."""

    code = "format.structure"
    status = 422
    title = "The message does not have the structure of a declaration"
    kind = MessageKind("cds-dec", "")


class ContentRefused(StructureRefused):
    """The structure is sound, but the content does not make a declaration."""

    title = "The message does not hold all that a declaration needs"


def declaration_of(root: _Element) -> _Element:
    """The one declaration in a document.

    Raises:
        MessageUnsupported: it is another message.
        StructureRefused: format.unknown_namespace, format.unknown_version, format.repeated, format.unknown_element.
    """
    if root.tag == _DECLARATION:
        return root
    name = etree.QName(root)
    if name.localname == "submitDeclarationRequest":
        inner = root.find(f"{{*}}requestDetail/{{{METADATA}}}MetaData")
        if inner is None:
            _refuse("format.missing", root, "The request holds no MetaData of the WCO.")
        return _inside_metadata(inner)
    if root.tag == f"{{{METADATA}}}MetaData":
        return _inside_metadata(root)
    if name.localname == "Declaration" or any(etree.QName(child).localname == "Declaration" for child in root):
        _refuse(
            "format.unknown_namespace",
            root,
            f"The declaration stands in an unknown namespace ({str(name.namespace)[:100]}).",
            f"Use {WCO}.",
        )
    raise MessageUnsupported(xml_kind(root))


def _inside_metadata(metadata: _Element) -> _Element:
    found: list[_Element] = []
    place = -1
    for child in metadata:
        name = etree.QName(child)
        if child.tag == _DECLARATION:
            found.append(child)
        elif name.namespace == METADATA and name.localname in _HEAD and not found:
            index = _HEAD.index(name.localname)
            if index <= place:
                _refuse("format.order", child, f"The element {name.localname} is out of order.")
            place = index
        elif name.localname == "Response":
            raise MessageUnsupported(xml_kind(metadata))
        elif name.localname == "Declaration":
            _refuse("format.unknown_namespace", child, "The declaration stands in an unknown namespace.", f"Use {WCO}.")
        else:
            _refuse("format.unknown_element", child, f"The element {name.localname[:60]} is not known here.")
    _check_version(metadata)
    if len(found) != 1:
        rule = "format.repeated" if found else "format.missing"
        _refuse(rule, metadata, f"The document holds {len(found)} declarations.", "Send one declaration a message.")
    return found[0]


def _check_version(metadata: _Element) -> None:
    """Version 3 of the WCO Data Model, in any of its minor versions."""
    version = (metadata.findtext(f"{{{METADATA}}}WCODataModelVersionCode") or "3").strip()
    if not version.startswith("3"):
        _refuse("format.unknown_version", metadata, f"Version {version[:10]} of the data model is not known here.")


def kind_of(function: str | None, type_code: str | None) -> MessageKind:
    """The kind of a declaration message.

    Raises:
        MessageUnsupported: it changes, withdraws or follows an earlier declaration.
    """
    kind = MessageKind("cds-dec", (type_code or "")[:10])
    if function == "13" or type_code in _AMENDMENTS:
        words = _AMENDMENTS.get(type_code or "", "a message about an earlier declaration (function code 13)")
        raise MessageUnsupported(
            MessageKind("cds-dec", kind.kind, words),
            "This address takes new declarations; send it to /api/v1/messages.",
        )
    if function == "14":
        words = "a message that asks for no action (function code 14)"
        raise MessageUnsupported(
            MessageKind("cds-dec", kind.kind, words),
            "New declarations (9) and messages about earlier ones (13) are taken.",
        )
    return kind


def _refuse(rule: str, element: _Element, detail: str, remedy: str = "") -> NoReturn:
    path = f"/{etree.QName(element).localname}"
    raise StructureRefused(detail, code=rule, violations=(Violation(rule, "", detail, remedy, source=path),))
