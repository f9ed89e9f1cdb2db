"""The whole loop on sample feeds, run as a user would."""
