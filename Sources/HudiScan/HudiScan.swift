// HudiScan: what a table looks like at a moment, and the rows a query yields.
//
// A snapshot is a value: the timeline as it was loaded, the schema that follows, and the file
// slices that belong to it. Whatever commits meanwhile, a query that holds a snapshot sees the same
// rows.
//
// Five types to know first:
//   TableContext   storage, configuration and timeline of one table: what every query and write
//   needs
//   Snapshot       one moment of the table
//   SnapshotScan   its rows, batch by batch, decoded ahead on several threads
//   IncrementalScan  the rows that commits of a range wrote, and where the next pull begins
//   ChangeScan     what commits of a range did to rows, with images before and after
//
// Read on in this order: TableContext, TableSchema, NumberedHistory, FileColumns, CommitCache,
// Snapshot, Snapshot+View, ScanOptions, PartitionPruning, FileStatistics, PartitionStatistics,
// DataSkipping, ScanPlan, ScanExplanation, SnapshotScan, IncrementalRange, IncrementalPosition,
// RangeInstants, RangeStates, IncrementalPlan, RemovedRows, IncrementalScan, PointLookup,
// ChangePlan, ChangeUnit, ChangeReader, ChangeLogs, ChangeScan. Spec: 12-queries, 12b-schema,
// 12c-pruning, 12d-changes.
