"""What clerks read: daily digest, workbook, week report, package for the province; and reminders to units."""
