"""How records become official documents: layout, forms, LibreOffice, publishing."""
