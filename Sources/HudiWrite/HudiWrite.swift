// HudiWrite: door page, to be written.
