-- One line for each holder that died before it settled the entry: delivery, ms, consumer, separated by tabs.
ALTER TABLE task_entries ADD COLUMN deaths TEXT;
