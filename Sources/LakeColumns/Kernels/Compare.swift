// Spec: 12a-predicates. The order of bytes, open to inlining because it is asked per value.

/// Negative, zero or positive as `left` is before, equal to or after `right`, byte by byte
/// unsigned; a prefix comes first.
@inlinable
public func compareBytes(
  _ left: UnsafePointer<UInt8>?, _ leftCount: Int, _ right: UnsafePointer<UInt8>?, _ rightCount: Int
) -> Int {
  guard let left, let right else { return leftCount &- rightCount }
  let common = leftCount < rightCount ? leftCount : rightCount
  var at = 0
  while at &+ 8 <= common {
    let a = (UnsafeRawPointer(left) + at).loadUnaligned(as: UInt64.self)
    let b = (UnsafeRawPointer(right) + at).loadUnaligned(as: UInt64.self)
    if a != b { return a.bigEndian < b.bigEndian ? -1 : 1 }
    at &+= 8
  }
  while at < common {
    if left[at] != right[at] { return left[at] < right[at] ? -1 : 1 }
    at &+= 1
  }
  return leftCount &- rightCount
}
