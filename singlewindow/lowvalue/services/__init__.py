"""Acts of low-value filing: take a file in, file its parts."""

from singlewindow.lowvalue.services.filing import part_file, setting_from_files
from singlewindow.lowvalue.services.receiving import bulk_file_receive, bulk_file_receive_in, same_file_named

__all__ = ["bulk_file_receive", "bulk_file_receive_in", "part_file", "same_file_named", "setting_from_files"]
