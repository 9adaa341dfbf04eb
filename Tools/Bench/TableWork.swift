// What the harness asks of tables, each printed as its last line.
import LakeBase

struct TableWork {
  let call: Call
  init(_ call: Call) { self.call = call }
  func scan() throws(LakeError) { throw LakeError(.usage, "not built yet") }
  func get(_ key: String) throws(LakeError) { throw LakeError(.usage, "not built yet") }
  func micro(_ folder: String) throws(LakeError) { throw LakeError(.usage, "not built yet") }
}
