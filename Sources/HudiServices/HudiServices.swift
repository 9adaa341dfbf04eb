// HudiServices: everything that looks after a table without changing its rows.
//
// Today one service lives here, the check that a table is what its timeline says. Compaction,
// clustering, cleaning, archiving, savepoints and index building move in as they are written.
//
// One type to know first:
//   TableCheck   compares files with timeline and keys with each other; reports findings, repairs
//   nothing
//
// Read on in this order: Care/CheckFinding, Care/TableCheck, Care/TableCheck+Files. Spec:
// 13-concurrency.
