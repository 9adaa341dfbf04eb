// Spec: 05-commit-metadata. Maps whose order means nothing but is kept, so that equal input gives
// equal bytes.

/// Text to values, in the order of insertion. Equal when the same keys have equal values.
public struct OrderedMap<Value: Sendable>: Sendable, ExpressibleByDictionaryLiteral {
  public struct Entry: Sendable {
    public let key: String
    public var value: Value
  }

  public private(set) var entries: [Entry] = []
  private var places: [String: Int] = [:]

  public init() {}

  public init(dictionaryLiteral elements: (String, Value)...) {
    for (key, value) in elements { self[key] = value }
  }

  public var keys: [String] { entries.map(\.key) }
  public var count: Int { entries.count }
  public var isEmpty: Bool { entries.isEmpty }

  /// Setting nil takes the key out; setting a new key appends it.
  public subscript(key: String) -> Value? {
    get { places[key].map { entries[$0].value } }
    set {
      switch (places[key], newValue) {
      case (let place?, let value?): entries[place].value = value
      case (let place?, nil):
        entries.remove(at: place)
        places = [:]
        for (index, entry) in entries.enumerated() { places[entry.key] = index }
      case (nil, let value?):
        places[key] = entries.count
        entries.append(Entry(key: key, value: value))
      case (nil, nil): break
      }
    }
  }

  /// The value of `key`, which is `missing` and added where there was none.
  public subscript(key: String, default missing: Value) -> Value {
    get { self[key] ?? missing }
    set { self[key] = newValue }
  }

}

extension OrderedMap.Entry: Equatable where Value: Equatable {}
extension OrderedMap.Entry: Hashable where Value: Hashable {}

extension OrderedMap: Equatable where Value: Equatable {
  public static func == (left: OrderedMap, right: OrderedMap) -> Bool {
    left.count == right.count && left.entries.allSatisfy { right[$0.key] == $0.value }
  }

}

extension OrderedMap: Hashable where Value: Hashable {
  public func hash(into hasher: inout Hasher) {
    hasher.combine(entries.count)
    var sum = 0
    for entry in entries { sum &+= entry.hashValue }
    hasher.combine(sum)
  }
}
