"""Acts of capture: devices are registered and taken out of use, and tell what they see."""

from singlewindow.capture.services.devices import DeviceWish, device_calibrate, device_register, device_retire
from singlewindow.capture.services.remarks import remarks_note
from singlewindow.capture.services.telling import TellReceipt, events_tell

__all__ = [
    "DeviceWish",
    "TellReceipt",
    "device_calibrate",
    "device_register",
    "device_retire",
    "events_tell",
    "remarks_note",
]
