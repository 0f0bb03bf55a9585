"""Documents that try to break the door, each with the answer that it must get; named by the case it belongs to."""

from tests.factories.cds import declaration_xml, plain_for_xml
from tests.factories.declarations import import_json
from tests.hostile.corpus import XML, Hostile

DECLARED = b'<?xml version="1.0" encoding="UTF-8"?>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def good() -> bytes:
    """A declaration that is taken, as a document."""
    return declaration_xml(plain_for_xml(import_json(lrn="HOSTILE-1")))


def behind(doctype: str, *, naming: str = "") -> bytes:
    """The good declaration behind a document type; its description names an entity of it."""
    body = good().replace(DECLARED, DECLARED + doctype.encode(), 1)
    return body.replace(b"Electric", f"&{naming};".encode(), 1) if naming else body


def entity(source: str) -> bytes:
    """The good declaration whose description is an entity from elsewhere."""
    return behind(f'<!DOCTYPE d [<!ENTITY x SYSTEM "{source}">]>', naming="x")


def instead(old: str, new: str | bytes) -> bytes:
    """The good declaration with a part of its text exchanged."""
    body, wanted = good(), old.encode()
    assert wanted in body, old
    return body.replace(wanted, new.encode() if isinstance(new, str) else new, 1)


def _xml(name: str, body: bytes, code: str, status: int = 400, content_type: str = XML) -> Hostile:
    return Hostile(name, body, status, code, content_type)


def fetching(host: str) -> tuple[Hostile, ...]:
    """Documents that want something fetched from a host."""
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{host}x" parse="text"/>'
    parameter = f'<!DOCTYPE d [<!ENTITY % p SYSTEM "{host}p">%p;]>'
    return (
        _xml("X3 an entity that is a file", entity("file:///etc/passwd"), "xml.dtd_forbidden"),
        _xml("X4 an entity behind http", entity(f"{host}meta-data/"), "xml.dtd_forbidden"),
        _xml("X4 an entity behind ftp", entity(f"ftp{host[4:]}"), "xml.dtd_forbidden"),
        _xml("X4 an entity that is a command", entity("expect://id"), "xml.dtd_forbidden"),
        _xml("X5 a document type elsewhere", behind(f'<!DOCTYPE d SYSTEM "{host}d.dtd">'), "xml.dtd_forbidden"),
        _xml(
            "X5 a document type by public name",
            behind(f'<!DOCTYPE d PUBLIC "-//A//B//EN" "{host}d.dtd">'),
            "xml.dtd_forbidden",
        ),
        _xml("X6 a parameter entity", behind(parameter), "xml.dtd_forbidden"),
        _xml(
            "X6 a parameter entity in lower case",
            behind(parameter.replace("<!DOCTYPE", "<!doctype")),
            "xml.dtd_forbidden",
        ),
        _xml("X7 an inclusion of an address", instead("Electric coffee makers", include), "format.", 422),
        _xml(
            "X7 an inclusion of a file",
            instead("Electric coffee makers", include.replace(f"{host}x", "file:///etc/passwd")),
            "format.",
            422,
        ),
        _xml(
            "X7 an inclusion as an element",
            good().replace(b"<p:Declaration ", include.encode() + b"<p:Declaration ", 1),
            "format.",
            422,
        ),
    )


FLOODING: tuple[Hostile, ...] = (
    _xml("X1 a billion laughs", behind(f'<!DOCTYPE d [<!ENTITY l0 "lol">{LAUGHS}]>', naming="l9"), "xml.dtd_forbidden"),
    _xml(
        "X2 200 kB two thousand times",
        behind(f'<!DOCTYPE d [<!ENTITY a "{"a" * 200_000}">]>').replace(b"Electric", b"&a;" * 2_000, 1),
        "xml.dtd_forbidden",
    ),
    _xml("X9 a hundred thousand levels", b"<a>" * 100_000 + b"</a>" * 100_000, "xml.too_deep"),
    _xml("X9 a hundred thousand levels, open", b"<a>" * 100_000, "xml.too_deep"),
    _xml("X9 65 levels", b"<a>" * 65 + b"</a>" * 65, "xml.too_deep"),
    _xml(
        "X10 a hundred thousand attributes",
        b"<a " + b" ".join(b'a%d="1"' % number for number in range(100_000)) + b"/>",
        "xml.too_many_attributes",
    ),
    _xml(
        "X10 attributes in an element of the message",
        instead("<p:Declaration ", "<p:Declaration " + " ".join(f'a{n}=""' for n in range(50_000)) + " "),
        "xml.too_many_attributes",
    ),
    _xml("X11 a text of 12 MB", instead("Electric", "E" * 12_000_000), "too_large", 413),
    _xml("X11 a body of 6 MB", good() + b" " * 6_000_000, "too_large", 413),
    _xml("X11 two hundred thousand elements", b"<a>" + b"<b/>" * 200_000 + b"</a>", "xml.too_many_elements"),
)

ENCODED: tuple[Hostile, ...] = (
    _xml("X12 UTF-7 declared", instead('encoding="UTF-8"', 'encoding="UTF-7"'), "xml.encoding"),
    _xml("X12 UTF-7 markup", b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a+AD4-', "xml.encoding"),
    _xml("X12 UTF-16", good().decode().replace("UTF-8", "UTF-16").encode("utf-16"), "xml.encoding"),
    _xml("X12 UTF-16 with the wrong mark", b"\xfe\xff" + good().decode().encode("utf-16-le"), "xml.encoding"),
    _xml("X12 UTF-16 without a mark", good().decode().encode("utf-16-be"), "xml.encoding"),
    _xml("X12 EBCDIC", good().decode().encode("cp037"), "xml.encoding"),
    _xml("X12 EBCDIC declared", instead('encoding="UTF-8"', 'encoding="cp037"'), "xml.encoding"),
    _xml("X12 declared UTF-8, is Latin 1", instead("Electric", b"\xc9lectric"), "xml.encoding"),
    _xml("X12 declared Latin 1, is UTF-8", instead('encoding="UTF-8"', 'encoding="ISO-8859-1"'), "xml.encoding"),
    _xml("X12 charset=utf-16 announced", good(), "media_type", 415, "application/xml; charset=utf-16"),
)

BROKEN: tuple[Hostile, ...] = (
    _xml("no document", b" ", "xml.not_well_formed"),
    _xml("X18 a second root", good() + b"<a/>", "xml.not_well_formed"),
    _xml("X18 trailing bytes", good() + b"MRN", "xml.not_well_formed"),
    _xml("an unknown entity", instead("Electric", "&lol;"), "xml.not_well_formed"),
    _xml("a NUL reference", instead("Electric", "&#0;"), "xml.not_well_formed"),
    _xml("half a surrogate pair", instead("Electric", "&#xD800;"), "xml.not_well_formed"),
    _xml("X19 another namespace", instead("DEC-DMS:2", "DEC-DMS:3"), "format.", 422),
    _xml(
        "an element that the message does not have",
        instead("<p:GoodsShipment>", "<p:Status>RELEASED</p:Status><p:GoodsShipment>"),
        "format.",
        422,
    ),
    _xml(
        "an element twice",
        instead("<p:GoodsItemQuantity>", "<p:GoodsItemQuantity>1</p:GoodsItemQuantity><p:GoodsItemQuantity>"),
        "format.",
        422,
    ),
    _xml("markup for a text", instead("Electric", "<b>Electric</b>"), "format.", 422),
)
