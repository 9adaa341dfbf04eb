// HudiMetadata: door page, to be written.
