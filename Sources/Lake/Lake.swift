// Lake: the one import an embedder needs.
//
// An open table answers questions (nouns: `scan`, `log`, `files`, `describe`) and takes changes
// (verbs: `commit`). Behind it stand snapshots and writers of the rooms below; nothing here knows a
// file format.
//
// Three types to know first:
//   LakeTable     an open table
//   TableOptions  what a new table shall be
//   InputFiles    files, folders and standard input of any format as one stream of batches
//
// Read on in this order: TableOptions, LakeTable, LakeTable+Read, LakeTable+Changes,
// LakeTable+Write,
// TableDescription, InputOptions, InputFiles. Spec: 12-queries, 13-concurrency, 14-text-rows.

@_exported import HudiFileGroup
@_exported import HudiMetadata
@_exported import HudiModel
@_exported import HudiScan
@_exported import HudiServices
@_exported import HudiTimeline
@_exported import HudiWrite
@_exported import LakeBase
@_exported import LakeCodecs
@_exported import LakeColumns
@_exported import LakeStorage
@_exported import LakeText
