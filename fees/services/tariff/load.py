"""Loading the first tariff of a database from CSV files; whatever follows needs two people."""

from dataclasses import dataclass
from pathlib import Path

from fees.services.tariff.difference import difference_find
from fees.services.tariff.reading import folder_read
from fees.services.tariff.versions import version_lock, version_write
from fees.types import VersionBasis
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.errors import NotPermitted

DATA = Path(__file__).resolve().parents[2] / "data"


@dataclass(frozen=True, slots=True)
class TariffLoaded:
    """Which version stands now, and what the load changed."""

    label: str
    changed: bool
    added: int
    ended: int


def tariff_load(folder: Path = DATA, *, actor: Actor | None = None) -> TariffLoaded:
    """Load the files of a folder as the first tariff of this database, or find that they say what stands already.

    Locks: the tariff as a whole.
    Idempotent: files that say what stands already change nothing and make no version.

    Source: docs/rules/fees.md, FE-TAR-05, FE-TAR-06 and FE-TAR-10.

    Raises:
        RuleViolated: a line cannot be read (FE-TAR-05); all such lines are named and nothing is loaded.
        NotPermitted: FE-TAR-10, a tariff stands and the files change it: that takes two people.
    """
    wanted = folder_read(folder)
    with unit_of_work() as work:
        last = version_lock(work)
        changes = difference_find(wanted)
        if last is not None and not any(one.added or one.ended for one in changes.values()):
            return TariffLoaded(str(last), changed=False, added=0, ended=0)
        if last is not None:
            raise NotPermitted("A tariff is in force: propose the change, and another person agrees (FE-TAR-10).")
        version = version_write(work, changes, basis=VersionBasis.FIRST, actor=actor or system_actor("fees"))
    return TariffLoaded(str(version), True, sum(len(one.added) for one in changes.values()), 0)
