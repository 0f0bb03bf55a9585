"""Numbers in Arabic with western digits.

The framework's own table groups nothing and takes the comma for the decimal point, so that 1,234.50 read as 1234,50.

Source: CLDR, locale ar, numbering system latn.
"""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
