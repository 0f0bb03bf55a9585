"""The values of enumerations, as constraints want them."""


def values(*enumeration: type) -> list[str]:
    """Every value of the enumerations, in their order."""
    return [str(value) for kind in enumeration for value in kind]  # type: ignore[attr-defined]
