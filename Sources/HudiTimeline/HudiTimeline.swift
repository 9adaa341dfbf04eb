// HudiTimeline: door page, to be written.
