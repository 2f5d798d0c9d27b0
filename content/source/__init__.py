"""From files to text: one module a family of formats, and the registry that knows them."""
