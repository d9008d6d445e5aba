"""From an utterance to what is asked: act, aspect and subject."""
