"""What it costs: tariff, assessment, the published schedule of charges, quotes and prepaid accounts."""
