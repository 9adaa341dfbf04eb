// HudiServices: door page, to be written.
