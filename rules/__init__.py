"""What the pipeline and the torch package decide alike: rules that know no word, and ask for all that they need."""
