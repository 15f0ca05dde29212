"""What a pytest fixture offers over examined evidence. The plugin imports it inside fixtures."""
