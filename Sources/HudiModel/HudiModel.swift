// HudiModel: the vocabulary of a Hudi table as values.
//
// Everything a table's files name or describe is here as an immutable value with a way in (parse)
// and a way out (encode), and nothing else: no file is opened, no clock is read. What the bytes
// mean is decided here once; the rooms above combine these values.
//
// Four types to know first:
//   TableConfig      hoodie.properties: every key in order, and what the keys mean
//   Instant          an action with its requested and completion time, and the file names that
//   spell it
//   CommitMetadata   what a write did: one WriteStat per file, in JSON (version 6) or Avro (8, 9)
//   KeyGenerator     a batch of rows to its record keys and partition paths, a column at a time
//
// Read on in this order: Time/InstantTime, Time/Instant, Time/InstantFileName, Files/BaseFileName,
// Files/LogFileName, Files/FileSlice, Table/TableConfig, Commits/CommitMetadata,
// Schemas/NumberedSchema, Plans/RollbackPlan, Keys/KeyGenerator, Keys/PartitionValues,
// Keys/HudiBloomFilter. Spec: 02-layout-and-names, 03-table-config, 04-timeline,
// 05-commit-metadata, 11-keys-and-indexes, 12b-schema.
