"""Reads of low-value filing; what is another organisation's does not exist."""

from singlewindow.lowvalue.selectors.files import (
    bulk_file_for,
    bulk_files_of,
    bulk_lines_of,
    bulk_released,
    failed_lines,
)

__all__ = ["bulk_file_for", "bulk_files_of", "bulk_lines_of", "bulk_released", "failed_lines"]
