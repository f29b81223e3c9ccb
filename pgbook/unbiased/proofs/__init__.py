"""Why is it so? The derivations of document 002, and where they break; a module for each page."""
