"""Documents of Word and WPS: .docx, .doc and .rtf."""
