// LakeStorage: files below one root, and what the store under them guarantees.
//
// This is the only room that touches the file system. Above it, a table is a `Storage` and paths
// below its root. What a store promises decides how a commit is published: see Publishing and
// Probe.
//
// Three types to know first:
//   Storage              the door: list, open, create, publish, delete, gate, heartbeat
//   StoragePath          a validated path below the root; names of a table are only data
//   StorageGuarantees    what the store does, and the class (L, O, S, V) that follows
//
// Read on in this order: StoragePath, FileEntry, Storage, StorageGuarantees, Local/LocalStorage,
// Publishing, Judging/StorageProbe, Memory/MemoryStorage, Observed/ObservedStorage. Spec:
// 15-storage, 13-concurrency.
