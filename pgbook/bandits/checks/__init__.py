"""Is it true, and how do we know? The claims of document 000; a module for each page."""
