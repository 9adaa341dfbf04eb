// Spec: 15-storage. When a probe runs, and where its result is kept (R2).
import LakeBase

extension LocalStorage {
  public func probeStorage() throws(LakeError) -> StorageReport {
    let kept = try StoragePath(TableNames.probes).appending(probeName)
    if let findings = try? readAll(kept, limit: 64 << 10).text.flatMap(ProbeFindings.init(text:)) {
      return report(probe: findings)
    }
    let findings = try tryOut()
    // A store that cannot keep the result is probed again; nothing else follows from it.
    try makeDirectory(kept.parent)
    _ = try publish(Buffer(utf8: findings.text), at: kept, .replacing)
    return report(probe: findings)
  }

  /// Changes with the device, the mount and the boot.
  private var probeName: String {
    "\(identity.device)-\(facts.mount?.identifier ?? 0)-\(identity.boot)"
  }

  private func tryOut() throws(LakeError) -> ProbeFindings {
    let place = try StoragePath(TableNames.auxiliary).appending("probe-" + world.random.uuid())
    try makeDirectory(place)
    let opened = try telling("cannot probe", place) { () throws(SystemFailure) in
      try folder(place, writing: true)
    }
    defer {
      for entry in (try? list(place)) ?? [] {
        if let path = try? place.appending(entry.name) { _ = try? delete(path) }
      }
      _ = try? delete(place)
      _ = try? delete(place.parent)
    }
    return StorageProbe.run(
      on: LocalProbeGround(folder: opened, resolution: resolution),
      fileSystem: facts.mount?.fileSystem ?? "")
  }
}

// The kept form: one `name=value` line each.
extension ProbeFindings {
  private static let version = "lake.probe=1"

  var text: String {
    func flat(_ text: String) -> String {
      String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    }
    var lines = [Self.version, "lost=\(lost.rawValue)", "writesBack=\(writesBack ? 1 : 0)"]
    if let missingPrimitive { lines.append("missing=" + flat(missingPrimitive)) }
    if let changedName {
      lines += ["wanted=" + flat(changedName.wanted), "got=" + flat(changedName.got)]
    }
    lines += evidence.map { "evidence=" + flat($0) }
    return lines.joined(separator: "\n") + "\nend\n"
  }

  /// Nil unless it is whole.
  init?(text: String) {
    let lines = text.split(separator: "\n").map(String.init)
    guard lines.first == Self.version, lines.last == "end" else { return nil }
    var wanted: String?
    for line in lines.dropFirst().dropLast() {
      guard let equals = line.firstIndex(of: "=") else { return nil }
      let value = String(line[line.index(after: equals)...])
      switch line[..<equals] {
      case "lost":
        guard let raw = Int(value) else { return nil }
        lost = StorageGuarantees(rawValue: raw)
      case "writesBack": writesBack = value == "1"
      case "missing": missingPrimitive = value
      case "wanted": wanted = value
      case "got": changedName = wanted.map { ($0, value) }
      case "evidence": evidence.append(value)
      default: return nil
      }
    }
  }
}
