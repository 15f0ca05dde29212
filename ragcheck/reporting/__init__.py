"""A report to bytes, one module a format; ``formats`` names them."""
