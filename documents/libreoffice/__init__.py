"""The LibreOffice of this machine: found, kept warm in a sandbox, asked for PDF. Nothing else starts it."""
