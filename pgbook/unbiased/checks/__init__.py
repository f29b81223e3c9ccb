"""Is it true, and how do we know? The claims of document 002; a module for each page."""
