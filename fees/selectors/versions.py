"""Which version of the tariff stood when: now, at an instant, or the one that an old notice names."""

from datetime import datetime

from fees.models import TariffVersion
from singlewindow.kernel.errors import NotFound


def version_current() -> TariffVersion:
    """The version that stands now. Raises NotFound when none was ever loaded."""
    version = TariffVersion.objects.order_by("-id").first()
    if version is None:
        raise NotFound("No tariff is loaded; run the command load_fees.")
    return version


def version_known(at: datetime | None) -> TariffVersion:
    """The version that stood at an instant, now without one. Raises NotFound when there was none yet."""
    if at is None:
        return version_current()
    version = TariffVersion.objects.filter(loaded_at__lte=at).order_by("-id").first()
    if version is None:
        raise NotFound("No tariff was loaded at that time.")
    return version


def version_of(number: int | None) -> TariffVersion:
    """The version of a number, the current one without. Raises NotFound."""
    if number is None:
        return version_current()
    version = TariffVersion.objects.filter(pk=number).first()
    if version is None:
        raise NotFound("There is no such version of the tariff.")
    return version
