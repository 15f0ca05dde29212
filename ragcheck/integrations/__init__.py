"""ragcheck inside other frameworks."""
