// HudiTimeline: what happened to a table, and the only way to add to it.
//
// A listing of the timeline's directory becomes an immutable `Timeline`; every query works on one
// such value. Everything that creates, completes or removes an instant file goes through
// `TimelineStore`, and everything that touches `hoodie.properties` through `TableHome`.
//
// Five types to know first:
//   Timeline        the instants of one listing, and the views of it that readers need
//   TimelineStore   loads the timeline; requests, starts, completes and removes instants
//   InstantClock    strictly increasing times, chosen inside the critical section
//   TableHome       creates a table's directories and properties, loads and updates the properties
//
// Read on in this order: Timeline, TimelineStore, TimelineStore+Transitions, InstantClock,
// TableLock, TableHome, Archive/ArchivedTimeline, TimelineStore+Archive. Spec: 04-timeline,
// 03-table-config, 13-concurrency.
