"""Acts of cargo: file, amend and cancel manifests, write off, tell arrivals and movements."""

from singlewindow.cargo.services.arrivals import ArrivalReceipt, arrival_tell, conveyance_report
from singlewindow.cargo.services.ledger import (
    cargo_cite,
    over_write_off,
    write_off,
    write_off_again,
    write_off_change,
    write_off_reverse,
)
from singlewindow.cargo.services.linking import manifest_met, room_met
from singlewindow.cargo.services.manifests import (
    ManifestReceipt,
    manifest_amend,
    manifest_cancel,
    manifest_checked,
    manifest_file,
    manifest_named,
)
from singlewindow.cargo.services.movements import movement_take

__all__ = [
    "ArrivalReceipt",
    "ManifestReceipt",
    "arrival_tell",
    "cargo_cite",
    "conveyance_report",
    "manifest_amend",
    "manifest_cancel",
    "manifest_checked",
    "manifest_file",
    "manifest_met",
    "manifest_named",
    "movement_take",
    "over_write_off",
    "room_met",
    "write_off",
    "write_off_again",
    "write_off_change",
    "write_off_reverse",
]
