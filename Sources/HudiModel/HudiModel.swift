// HudiModel: door page, to be written.
