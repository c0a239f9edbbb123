//! What a run came to: a summary, its thresholds, and three ways to show it.
