"""台账.xlsx: what the ledger holds of one bureau and notice, as a workbook that a clerk sorts and filters."""
