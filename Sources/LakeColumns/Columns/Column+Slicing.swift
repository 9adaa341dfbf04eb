// Spec: 01-terms. Part of a column without a copy.
import LakeBase

extension Column {
  /// Rows `range`, sharing the buffers.
  public func slice(_ range: Range<Int>) -> Column {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    if range.count == count { return self }
    let part: Layout
    switch layout {
    case .nothing: part = .nothing
    case .fixed(let values):
      let width = type.fixedWidth ?? 0
      part = .fixed(values[range.lowerBound * width..<range.upperBound * width])
    case .bits(let bits): part = .bits(bits.slice(range))
    case .bytes(let offsets, let data):
      part = .bytes(offsets: offsets[range.lowerBound * 4..<(range.upperBound + 1) * 4], data: data)
    case .list(let offsets, let child):
      part = .list(
        offsets: offsets[range.lowerBound * 4..<(range.upperBound + 1) * 4], child: child)
    case .structure(let children): part = .structure(children.map { $0.slice(range) })
    case .dictionary(let codes, let values):
      part = .dictionary(codes: codes[range.lowerBound * 4..<range.upperBound * 4], values: values)
    }
    return Column(type, count: range.count, validity: validity?.slice(range), layout: part)
  }
}
