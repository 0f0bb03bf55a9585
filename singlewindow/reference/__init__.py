"""Reference data: code lists, rates, offices, nomenclature and the profile of the country."""
