"""A browser for the pages of the desk."""

from tests.web.conftest import base_url, browser_type_launch_args

__all__ = ["base_url", "browser_type_launch_args"]
