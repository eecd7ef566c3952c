"""Reports of crime asked by a form that an address holds; what is wrong stands by its field."""
