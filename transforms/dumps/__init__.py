"""Region features that somebody else extracted: one file a format, all read by image id, a row at a time."""
