"""The document: what a trader says about goods that cross the border."""
