// Spec: 16-command-line. JSON Lines for programs, in the words of this room.
import LakeBase

/// The members of an object, in order.
typealias JSONFields = [(name: String, value: JSONValue)]

extension JSONValue {
  static func int(_ value: Int) -> JSONValue { .integer(Int64(value)) }
  static func int(_ value: Int?) -> JSONValue { value.map { .int($0) } ?? .null }
  static func text(_ value: String) -> JSONValue { .string(value) }
  static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
  static func texts(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }

  /// Numbers that JSON does not know are strings, as in rows of data.
  static func double(_ value: Double) -> JSONValue {
    if value.isFinite { return .number("\(value)") }
    return .string(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
  }

  /// The shortest text, on one line.
  var line: String { JSONWriter.text(self) }
}
