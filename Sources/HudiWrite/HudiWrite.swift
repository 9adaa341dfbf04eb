// HudiWrite: from a batch to a commit.
//
// Rows fall: incoming batches are brought into the table's schema, get keys and partitions, are
// matched against the files of the table, and are handed to one file group each. Facts rise: what
// was written becomes write stats, the stats become commit metadata, and publishing that is the
// commit.
//
// Three types to know first:
//   WriteOptions   what a caller may choose
//   Transaction    one instant from its request to its one ending
//   TableWriter    an operation on an open table: upsert, insert, bulk insert, delete
//
// Read on in this order: WriteOptions, CommitReport, Input/IncomingSchema, Input/IncomingReader,
// Index/KeyLookup, Assign/SmallFiles, Operations/UpsertOperation, Operations/InsertOperation,
// Transaction/Transaction, Transaction/ConflictRules, Transaction/Rollback. Spec: 13-concurrency,
// 10-merging, 11-keys-and-indexes.
