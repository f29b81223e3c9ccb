"""Is it true, and how do we know? The claims of document 001; a module for each page."""
