// Spec: 05a-avro. Defaults: JSON as a value of a schema.
import LakeBase

extension SchemaGraph {
  /// The value that `json` stands for as a default of `node`. A union takes its first branch, or
  /// the first branch that fits: newer libraries write those, too.
  func value(of json: JSONValue, _ node: Int) throws(LakeError) -> AvroValue {
    var budget = 1 << 20
    return try value(of: json, node, 0, &budget)
  }

  /// Defaults of missing fields let a short text stand for a large, even endless value: hence
  /// `depth` and `budget`.
  private func value(
    of json: JSONValue, _ node: Int, _ depth: Int, _ budget: inout Int
  ) throws(LakeError) -> AvroValue {
    budget -= 1
    guard budget > 0, depth <= Limits.standard.schemaDepthMax else {
      throw LakeError(.limitExceeded, "a default value is too large or nests too deep")
    }
    switch (nodes[node].kind, json) {
    case (.null, .null): return .null
    case (.boolean, .bool(let flag)): return .boolean(flag)
    case (.int, .number):
      if let wide = json.int64, let number = Int32(exactly: wide) { return .int(number) }
    case (.long, .number): if let number = json.int64 { return .long(number) }
    case (.float, .number): if let number = json.double { return .float(Float(number)) }
    case (.double, .number): if let number = json.double { return .double(number) }
    case (.float, .string(let text)): if let number = special(text) { return .float(Float(number)) }
    case (.double, .string(let text)): if let number = special(text) { return .double(number) }
    case (.string, .string(let text)): return .string(text)
    case (.bytes, .string(let text)): if let bytes = latin1(text) { return .bytes(bytes) }
    case (.fixed(let size), .string(let text)):
      if let bytes = latin1(text), bytes.count == size { return .fixed(bytes) }
    case (.enumeration, .string(let text)):
      if case .enumeration(let type) = nodes[node].schema.bare,
        let position = type.symbols.firstIndex(of: text)
      {
        return .enumeration(position)
      }
    default: return try nested(json, node, depth + 1, &budget)
    }
    throw misfit(json, node)
  }

  private func nested(
    _ json: JSONValue, _ node: Int, _ depth: Int, _ budget: inout Int
  ) throws(LakeError) -> AvroValue {
    switch (nodes[node].kind, json) {
    case (.array(let item), .array(let list)):
      var items: [AvroValue] = []
      for element in list { items.append(try value(of: element, item, depth, &budget)) }
      return .array(items)
    case (.map(let item), .object(let members)):
      var entries: [(key: String, value: AvroValue)] = []
      for member in members {
        entries.append((member.name, try value(of: member.value, item, depth, &budget)))
      }
      return .map(entries)
    case (.record(let parts), .object):
      guard let record = nodes[node].schema.asRecord else { throw misfit(json, node) }
      var fields: [AvroValue] = []
      for (field, part) in zip(record.fields, parts) {
        guard let given = json[field.name] ?? field.defaultValue else { throw misfit(json, node) }
        fields.append(try value(of: given, part, depth, &budget))
      }
      return .record(fields)
    case (.union(let branches), _):
      for (index, branch) in branches.enumerated() {
        do { return .union(index, try value(of: json, branch, depth, &budget)) } catch {
          if error.code == .limitExceeded { throw error }
        }
      }
      throw misfit(json, node)
    default: throw misfit(json, node)
    }
  }

  /// Java writes numbers that JSON does not have as text.
  private func special(_ text: String) -> Double? {
    switch text {
    case "NaN": .nan
    case "Infinity", "INF": .infinity
    case "-Infinity", "-INF": -.infinity
    default: nil
    }
  }

  /// Code points 0...255 stand for bytes.
  private func latin1(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  private func misfit(_ json: JSONValue, _ node: Int) -> LakeError {
    LakeError(
      .avroResolution, "\(JSONWriter.text(json)) is no value of \(nodes[node].schema.typeName)")
  }
}
