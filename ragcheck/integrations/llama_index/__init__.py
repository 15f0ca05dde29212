"""LlamaIndex parts behind ragcheck's roles."""
