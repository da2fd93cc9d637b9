"""The package for the province: accepted files, unpacked and named alike, with the workbook and a covering list."""
