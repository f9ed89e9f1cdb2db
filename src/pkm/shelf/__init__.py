"""Store, vault and net opened together: where the stages meet."""
