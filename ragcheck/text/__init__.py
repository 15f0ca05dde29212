"""What every room needs to know about a text: language, sentences, words and typed values."""
