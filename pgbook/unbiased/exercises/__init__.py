"""The exercises of the chapter that can be checked, in modules with the names of their pages."""
