// Lake: door page, to be written.
