"""Evidence to scores: self-containedness, conflict, sufficiency, redundancy."""
