// Spec: 16-command-line. One instant with everything its files say.
import HudiModel
import HudiTimeline
import LakeBase

/// A file, group or instant that an action wrote, read, planned or removed.
public struct InstantItem: Sendable {
  /// What became, or shall become, of it.
  public enum Role: String, Sendable {
    case base, log, cdc, planned, replaced, input, delete, deleted, failed, keep, rollback, index
  }

  public let role: Role
  public let partition: String
  /// A file's name, a group's id, or an instant.
  public let name: String
  /// What a write recorded; nil for plans and removals.
  public let stat: WriteStat?

  init(_ role: Role, _ partition: String?, _ name: String, _ stat: WriteStat? = nil) {
    self.role = role
    self.partition = partition ?? ""
    self.name = name
    self.stat = stat
  }
}

/// An instant, decoded.
public struct InstantDetails: Sendable {
  public let instant: Instant
  /// Of a completed write.
  public let metadata: CommitMetadata?
  /// What each state's file says, empty ones left out.
  public let contents: [(state: Instant.State, tree: JSONValue)]
  public let items: [InstantItem]
  /// Whether it has left the active timeline.
  public var isArchived = false
}

extension LakeTable {
  /// The instants of one requested time, a savepoint behind the commit it protects.
  ///
  /// - Parameter text: as for `instant(_:)`; digits may name an instant of any action and state.
  /// Instants that have left the timeline are looked for in the archive.
  /// - Throws: `instantNotFound`, `instantAmbiguous`, `timeMalformed`, and what reading the files
  ///   may throw.
  public func show(_ text: String) throws(LakeError) -> [InstantDetails] {
    let timeline = try context.store.load()
    var found: [Instant] = []
    if !text.isEmpty && text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
      found = timeline.instants.filter { $0.requested.text.hasPrefix(text) }
    } else {
      let moment = try instant(text)
      found = timeline.completedWrites.last { $0.requested <= moment }.map { [$0] } ?? []
    }
    var archived: [[ArchivedTimeline.Entry]] = []
    if found.isEmpty {
      archived = try archivedInstants(timeline).filter {
        $0[0].instant.requested.text.hasPrefix(text)
      }
    }
    let times = Set(found.map(\.requested) + archived.map { $0[0].instant.requested })
    if times.count > 1 {
      throw LakeError(
        .instantAmbiguous, "\(times.count) instants begin with \(text)",
        hint: "add digits: " + times.sorted().prefix(4).map(\.text).joined(separator: ", "))
    }
    guard let time = times.first else {
      throw LakeError(
        .instantNotFound, "no instant of the table is called \(text)", hint: "lake log lists them")
    }
    if !archived.isEmpty {
      return try archived.map { (files) throws(LakeError) in try self.details(archived: files) }
    }
    var details: [InstantDetails] = []
    for instant in timeline.instants where instant.requested == time {
      details.append(try self.details(instant))
    }
    return details
  }

  private func details(
    archived files: [ArchivedTimeline.Entry]
  ) throws(LakeError) -> InstantDetails {
    var contents: [(state: Instant.State, tree: JSONValue)] = []
    var items: [InstantItem] = []
    var metadata: CommitMetadata?
    for file in files {
      let instant = file.instant
      if let tree = try file.tree(world.limits) { contents.append((instant.state, tree)) }
      metadata = try file.commitMetadata(world.limits) ?? metadata
      if let bytes = file.fileBytes {
        let action = instant.action(in: instant.state)
        items += try InstantItem.items(action, instant.state, bytes, world.limits)
      }
    }
    // The archive of layout 1 keeps records and no files.
    if items.isEmpty { items = metadata?.items ?? [] }
    let newest = files[files.count - 1].instant
    return InstantDetails(
      instant: newest, metadata: metadata, contents: contents, items: items, isArchived: true)
  }

  private func details(_ instant: Instant) throws(LakeError) -> InstantDetails {
    var contents: [(state: Instant.State, tree: JSONValue)] = []
    var items: [InstantItem] = []
    for state in [Instant.State.requested, .inflight, .completed] where state <= instant.state {
      guard let bytes = try bytes(of: instant, state), !bytes.isEmpty else { continue }
      do throws(LakeError) {
        if let tree = try InstantContent.tree(of: bytes, limits: world.limits) {
          contents.append((state, tree))
        }
        if state == .completed || state == .requested && instant.isPlan {
          items += try InstantItem.items(instant.action(in: state), state, bytes, world.limits)
        } else if state == instant.state, instant.action.isWrite {
          items += try CommitMetadata(parsing: bytes, limits: world.limits).items
        }
      } catch {
        let name = instant.fileName(context.store.layout, in: state)
        throw error.at(try context.store.path(name).text)
      }
    }
    let isWrite = instant.isCompleted && instant.action.isWrite
    let metadata = try isWrite ? context.commits.metadata(of: instant) : nil
    return InstantDetails(instant: instant, metadata: metadata, contents: contents, items: items)
  }

  /// The bytes of one state; nil where the file is not there: upgraded tables lack earlier states.
  private func bytes(of instant: Instant, _ state: Instant.State) throws(LakeError) -> Buffer? {
    do throws(LakeError) { return try context.store.content(of: instant, in: state) } catch {
      if error.code == .fileNotFound && state != instant.state { return nil }
      throw error
    }
  }
}

extension Instant {
  /// The word of the action in the file of that state.
  fileprivate func action(in state: State) -> Action { state == .completed ? action : origin }

  /// Whether its requested file lists files: the plans of services.
  fileprivate var isPlan: Bool { origin.isPlanned || !origin.isWrite || origin == .replacecommit }
}
