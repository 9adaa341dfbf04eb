// LakeAvro: Avro schemas, the binary encoding into columns and out of them, and object container
// files.
//
// A schema is a value (`AvroSchema`), parsed from JSON and printed as Java's library prints it,
// custom attributes included. Two schemas are compiled into one `SchemaResolution`; both readers
// follow it. Small things (instant files, log headers' lists) are read as an `AvroValue` tree; rows
// go straight from bytes into columns through a `RowDecoder`, and back through a `RowEncoder`.
//
// Three types to know first:
//   AvroSchema        what the bytes mean
//   RowDecoder        rows of bytes into batches, compiled once per pair of schemas
//   AvroObjectFile    a container file: header, blocks, sync markers
//
// Read on in this order: Schema/AvroSchema, Schema/AvroNamedTypes, Schema/AvroSchema+Parsing,
// Binary/AvroValue, Binary/AvroReader, Schema/SchemaResolution, Rows/RowDecoder,
// Container/AvroObjectFile. Spec: 05a-avro, 05b-avro-files, 17-limits.
