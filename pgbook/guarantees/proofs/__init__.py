"""Why is it so? The derivations of document 001, for any number of states and steps, by page."""
