// Spec: 07-log-files. The rows of an HFile block: keys beside Avro values.
import HudiModel
import LakeAvro
import LakeBase
import LakeColumns
import LakeHFile

/// Rows of a block of HFile data, in the order of their keys. The entry's key is the record key,
/// whatever the value says of it. [LOG-24]
final class HFileLogRows {
  /// The record of metadata tables leaves its own key empty.
  private static let metadataRecord = "HoodieMetadataRecord"

  let rowCount: Int
  private let file: LogFileReader
  private let block: LogBlock
  private let decoder: RowDecoder
  private let decoders: LogDecoders
  private let schema: String
  private let keyColumns: [Int]
  private var scan: HFileScan
  private var entries: HFileEntries?
  /// Entries of `entries` that were decoded.
  private var done = 0
  private let keys = ColumnBuilder(.string)

  init(
    _ file: LogFileReader, _ block: LogBlock, _ decoders: LogDecoders
  ) throws(LakeError) {
    self.file = file
    self.block = block
    self.decoders = decoders
    guard let schema = block.header[.schema] else {
      throw file.malformed("a block of rows without a schema", at: block.offset)
    }
    self.schema = schema
    do throws(LakeError) {
      decoder = try decoders.decoder(schema)
      keyColumns = Self.keyColumns(decoder.schema, try decoders.schema(schema))
    } catch {
      throw LakeError(error.code, error.message, path: file.path, offset: block.offset)
    }
    do throws(LakeError) {
      let hfile = try HFile(file.contentSource(of: block), limits: file.limits)
      rowCount = hfile.entryCount
      scan = hfile.scan()
    } catch { throw error.shifted(by: block.content.lowerBound) }
  }

  private static func keyColumns(_ columns: Schema, _ schema: AvroSchema) -> [Int] {
    var names = [MetaField.recordKey.name]
    if schema.name?.name == metadataRecord { names.append("key") }
    return names.compactMap { name in
      columns.index(of: name).flatMap { columns.fields[$0].type == .string ? $0 : nil }
    }
  }

  func next() throws(LakeError) -> RecordBatch? {
    do throws(LakeError) {
      while !decoder.isFull {
        guard let entries = try current() else { break }
        while done < entries.count && !decoder.isFull {
          try append(entries.key(done), entries.value(done))
          done += 1
        }
      }
      if decoder.count == 0 { return nil }
      return named(try decoder.finish())
    } catch {
      decoders.forget(schema)
      throw error
    }
  }

  private func current() throws(LakeError) -> HFileEntries? {
    if let entries, done < entries.count { return entries }
    done = 0
    do throws(LakeError) { entries = try scan.next() } catch {
      throw error.shifted(by: block.content.lowerBound)
    }
    return entries
  }

  private func append(_ key: Buffer, _ value: Buffer) throws(LakeError) {
    do throws(LakeError) {
      guard UTF8Bytes.firstInvalid(key) == nil else {
        throw LakeError(.logMalformed, "a key of an HFile block is not UTF-8")
      }
      try decoder.append(value)
      try keys.append(bytes: key)
    } catch {
      throw LakeError(
        error.code, "key \(key.lossyText.debugDescription): \(error.message)", path: file.path,
        offset: block.content.lowerBound)
    }
  }

  /// The batch with the keys in their columns.
  private func named(_ batch: RecordBatch) -> RecordBatch {
    let keys = keys.finish()
    var columns = batch.columns
    for place in keyColumns { columns[place] = keys }
    return RecordBatch(batch.schema, columns, count: batch.count)
  }
}
