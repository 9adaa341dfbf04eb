// HudiFileGroup: door page, to be written.
