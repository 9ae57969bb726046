"""A finished data set as people see it: a page for the browser, one record for the terminal."""
