"""Why is it so? The derivations of document 000, for any number of arms; a module for each page."""
